"""The figure of a story is the one that stands: rises count at once, lower ones only where they correct."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from alerts.figures import stands
from alerts.history import history
from alerts.story import Story
from crawler.article import Article
from crawler.facts import Facts, Toll
from crawler.facts.toll import Count
from crawler.reading import Reading

ROOT = Path(__file__).parents[2]
CASES = [
    case
    for path in sorted((ROOT / "tests" / "cases" / "history").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf8"))
]
DAY = datetime(2026, 3, 3, 8, tzinfo=UTC)


def a_reading(number, at=None, by=None, says="", title="", text=None, lang="en", **said):
    """One article of a case: `says` is its sentence, in its lead unless `text` puts it elsewhere."""
    published = DAY + timedelta(hours=number if at is None else at)
    body = says if text is None else text
    article = Article(
        url=f"https://wire.example/{number}",
        url_key=f"https://wire.example/{number}",
        source=by or f"outlet {number}",
        publisher=by or f"outlet {number}",
        title=title or ("" if says else "A report"),
        text=body,
        published=published,
        precision=said.get("precision", "minute"),
        lang=lang,
        fetched=DAY + timedelta(hours=number),
    )
    figures = {name: said[name] for name in ("killed", "injured") if said.get(name) is not None}
    toll = Toll(**{name: a_count(figure, says, about=said.get("about", False)) for name, figure in figures.items()})
    return Reading(article, None if said.get("unread") else Facts(lang=lang, toll=toll))


def a_count(said, quote, *, about=False):
    low, high = said if isinstance(said, list) else (said, said)
    return Count(low=low, high=high, approximate=about, quote=quote)


def a_story(case):
    readings = []
    reports = [said for said in case["reports"] for _ in range(said.get("times", 1))]
    for number, said in enumerate(reports, 1):
        quote = said.get("says", f"It was {said.get('killed', said.get('injured'))}.")
        readings.append(a_reading(number, **(said | {"says": quote})))
    copies = frozenset(r.article.url_key for r, said in zip(readings, reports, strict=True) if said.get("copy"))
    return Story(id=1, readings=tuple(readings), copies=copies)


def span(count):
    return None if count is None else count.low if count.low == count.high else [count.low, count.high]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"].replace(" ", "-"))
def test_the_figure_that_stands(case):
    story = a_story(case)
    assert {name: span(getattr(story, name)) for name in ("killed", "injured") if name in case} == {
        name: case[name] for name in ("killed", "injured") if name in case
    }
    changes = [change.what for change in history(story) if change.kind in ("killed", "injured", "corrected")]
    assert changes == case.get("changes", changes)
    if "claims" in case:
        assert {claim.publisher: claim.count.low for claim in story.deaths.claims} == case["claims"]


def test_there_are_eighty_timelines():
    assert len(CASES) >= 80


def test_every_language_with_a_lexicon_has_its_words_of_correction():
    table = yaml.safe_load((ROOT / "alerts" / "figures.yaml").read_text(encoding="utf8"))
    langs = {path.stem for path in (ROOT / "crawler" / "lexicon").glob("??.yaml")}
    assert {what: set(words) for what, words in table.items()} == dict.fromkeys(
        ("correction", "official", "saying"), langs
    )


def test_words_of_a_figure_are_words():
    table = yaml.safe_load((ROOT / "alerts" / "figures.yaml").read_text(encoding="utf8"))
    words = [word for langs in table.values() for listed in langs.values() for word in listed]
    assert [word for word in words if not isinstance(word, str) or word != word.lower() or not word.strip("* ")] == []


def test_a_long_story_is_worked_out_once_and_in_one_pass():
    readings = tuple(a_reading(n, says=f"It was {n}.", killed=n) for n in range(1, 1001))
    story = Story(id=1, readings=readings)
    assert story.killed.low == 1000
    assert story.deaths is story.deaths
    assert len(story.deaths.steps) == 1000
    assert len(history(story)) == 2000


def test_no_readings_claim_nothing():
    assert stands((), frozenset(), "killed") is None
