"""The shape of each value of config.yaml, as JSON Schema says it to an editor.

A shape is wider than the value: what a name refers to, or whether an expression compiles, only `tocsin check` knows.
"""

from __future__ import annotations

from typing import Any

from pydantic import WithJsonSchema

from scheduler.config_languages import LANGUAGES


def _pattern(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


def _one_of(*names: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(names)})


def _or_number(pattern: str, least: int, *examples: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": pattern,
            "minimum": least,
            "maximum": 999_999_999,
            "examples": list(examples),
        }
    )


_TEXT: dict[str, Any] = {"type": ["string", "integer"], "pattern": r"\S"}
_TEXTS: list[dict[str, Any]] = [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]

TEXT = WithJsonSchema(_TEXT)
FLAG = WithJsonSchema({"type": "boolean"})
SWITCH = WithJsonSchema({"enum": [True, False, "yes", "no"]})
COMPARISON = _or_number(r"^\s*(>=|<=|==|>|<)?\s*[0-9]{1,9}\s*$", 0, ">= 5", "< 3")
RISE = _or_number(r"^\s*(\+\s*[1-9][0-9]{0,5}|x\s*[0-9]{1,6}(\.[0-9]{1,3})?)\s*$", 1, "+5", "x2")
DURATION = _pattern(r"^\s*[0-9]{1,6}\s*[smhd]\s*$", "30s", "5m", "6h", "1d")
LANGUAGE = _one_of(*LANGUAGES)
SEVERITY = _one_of("info", "warning", "critical")
SIDE = _one_of("civilians", "security", "militants")
KIND = _one_of("feed", "sitemap", "page")
BACKLOG = _one_of("quiet", "alert")
ZONE = _pattern(r"^\s*[A-Za-z][A-Za-z0-9_+/-]*\s*$", "Europe/Berlin", "UTC")
HOURS = _pattern(r"^\s*[0-9]{1,2}:[0-9]{2}\s*(-|–|—|to|until)\s*[0-9]{1,2}:[0-9]{2}\s*$", "22:00-07:00")
LIMIT = _pattern(r"^\s*[0-9]*[1-9][0-9]*\s*/\s*[0-9]{0,4}\s*[smhd]\s*$", "10/h", "5/30m", "50/d")
DIGEST = _pattern(r"^\s*(hourly|daily\s+[0-9]{1,2}:[0-9]{2}(\s+[A-Za-z]\S*)?)\s*$", "hourly", "daily 08:00")
CHANNEL_URL = _pattern(r"^\s*([A-Za-z][A-Za-z0-9+.-]+://|\$\{)", "mailtos://user:${SMTP_PASSWORD}@smtp.example.org")
WEB_URL = _pattern(r"^\s*([Hh][Tt][Tt][Pp][Ss]?://\S+|\$\{.*)\s*$", "https://example.org/rss.xml")
DOTTED_PATH = _pattern(r"^\s*[^\s.]+(\.[^\s.]+)+\s*$", "mypackage.MySpider")
NAMES = WithJsonSchema(
    {"oneOf": [*_TEXTS, {"type": "object", "description": "by language", "additionalProperties": {"oneOf": _TEXTS}}]}
)
PARTLY = WithJsonSchema({"type": "object", "minProperties": 1, "additionalProperties": {"oneOf": _TEXTS}})
