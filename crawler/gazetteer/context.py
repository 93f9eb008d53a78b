"""context_en.yaml -> Context: the English words around a name that say what it is and which part it plays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from crawler.gazetteer.names import key
from crawler.gazetteer.regions import gazetteer


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Word lists and the patterns made of them. Patterns match folded text (`names.fold`); the file says what each list means."""

    events: re.Pattern[str]
    background: re.Pattern[str]
    governed: re.Pattern[str]
    never_after: re.Pattern[str]
    suffered: re.Pattern[str]
    facility: re.Pattern[str]
    speakers: re.Pattern[str]
    units: frozenset[str]
    towns: frozenset[str]
    fillers: frozenset[str]
    parts_before: frozenset[str]
    parts_after: frozenset[str]
    titles: frozenset[str]
    forenames: frozenset[str]
    ordinary: frozenset[str]


@lru_cache(maxsize=1)
def context() -> Context:
    """Return the English context, read once."""
    text = files("crawler.gazetteer").joinpath("context_en.yaml").read_text("utf-8")
    words: dict[str, list[str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    sets = {name: frozenset(map(key, words[name])) for name in words}
    governors, fillers = _any_of(words["governors"]), _any_of(words["fillers"])
    people = "|".join(sorted({key(word) for region in gazetteer().by_code.values() for word in region.people}, key=lambda w: -len(w)))
    kinds = "|".join(key(word) for word in [*words["towns"], *words["units"]])
    return Context(
        events=re.compile(rf"\b(?:{_any_of(words['events'])})\b"),
        background=re.compile(rf"\b(?:{_any_of(words['background'])})\b"),
        governed=re.compile(
            rf"\b(?:{governors}) +(?:(?:(?:{fillers}|{people}) +){{0,7}}|(?:\w+ +){{1,6}}(?:{kinds}) of +)\Z"
        ),
        facility=re.compile(rf" (?:\w+ )?(?:{_any_of(words['facilities'])})\b"),
        suffered=re.compile(
            rf" (?:was|were|is|are|has been|have been|had been|came under|is being|was being)(?: \w+)? (?:{_any_of(words['suffered'])}|attack|fire)\b"
        ),
        never_after=re.compile(rf"\b(?:{_any_of(words['never_after'])}) +(?:(?:{fillers}) +){{0,4}}\Z"),
        speakers=re.compile(rf" +(?:(?:also|has|have|had|is|was|later|on \w+day|\w+ly) +)?(?:{_any_of(words['speakers'])})\b"),
        **{name: sets[name] for name in ("units", "towns", "fillers", "parts_before", "parts_after", "titles", "forenames", "ordinary")},
    )


def _any_of(words: list[str]) -> str:
    """One alternation, the longest first; a `*` stands for any ending."""
    keys = sorted({(key(word), word.endswith("*")) for word in words}, key=lambda pair: -len(pair[0]))
    return "|".join(re.escape(word) + (r"\w*" if open_ended else "") for word, open_ended in keys)
