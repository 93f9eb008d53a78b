"""The grammar of config.yaml -> its JSON Schema (draft 2020-12), for editors that complete and check the file."""

from __future__ import annotations

from typing import Any

from scheduler import config_shapes as shapes
from scheduler.config_model import File, Included, Rule

_URL_ALONE = {"Channel": shapes.CHANNEL_URL, "Source": shapes.WEB_URL}


def schema(*, included: bool = False) -> dict[str, Any]:
    """Return the schema of config.yaml, or of a file that it includes."""
    made = _plain((Included if included else File).model_json_schema())
    names = made["$defs"]
    for name in _URL_ALONE.keys() & names.keys():  # an address alone stands for a mapping with one
        names[name] = {"oneOf": [_URL_ALONE[name].json_schema, names[name]]}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of rules for Tocsin" if included else "Tocsin's config.yaml",
    }
    if included:
        rules = {"type": "array", "items": {"$ref": f"#/$defs/{Rule.__name__}"}}
        return {**head, "oneOf": [rules, {key: made[key] for key in made if key != "$defs"}], "$defs": names}
    return {**head, **made}


def _plain(node: Any) -> Any:
    """Return the schema without what only restates names, and without the nothing that no key may hold."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: {name: _plain(one) for name, one in value.items()} if key in ("properties", "$defs") else _plain(value)
        for key, value in node.items()
        if key != "title" and not (key == "default" and value in (None, [], {}, "", False))
    }
    options = [one for one in kept.pop("anyOf", []) if one != {"type": "null"}]
    return {**options[0], **kept} if options else kept
