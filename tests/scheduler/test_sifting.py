"""What is new in a listing is read, what was edited is read again, and what merely looks new is not."""

from datetime import timedelta

import pytest

from crawler.listing import Entry
from crawler.reading import Announced
from scheduler.sifting import MOST_EDITS, Known, entry_row, sift, text_hash, title_hash
from tests.fakes import NOON

TITLE = "Eleven militants killed in Nalchik"


def entry(url="https://wire.example/1", title=TITLE, **more):
    own = {"published": NOON, "precision": "minute", "guid": "g-1"} | more
    made = Entry(url=url, title=title, **own)
    return Announced(
        entry=made, url_key=url, source="Wire", publisher="Wire", fetched=NOON, fingerprint=made.fingerprint
    )


def known(*before, read=True, retry=0):
    articles = {one.url_key: retry for one in before} if read else {}
    return Known(articles, [entry_row(1, one, "") for one in before])


def urls(found):
    return [(one.url_key[-2:], one.edited) for one in found]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (entry(), []),
        (entry("https://wire.example/2", "Another matter in Gao", guid="g-2"), [("/2", False)]),
        (entry("https://wire.example/2"), []),  # another address
        (entry(guid="g-2"), []),  # another GUID
        (entry("https://wire.example/2", guid="g-2"), []),  # both, but title and minute are the same
        (entry("https://wire.example/2", guid=None, published=NOON + timedelta(hours=1)), [("/2", False)]),
        (entry(published=NOON + timedelta(hours=3)), []),  # its date was bumped
        (entry("https://wire.example/2", "Another matter in Gao"), [("/2", False)]),  # a GUID that every entry has
        (entry(title=TITLE + ", police say"), [("/1", True)]),
        (entry(summary="The number has risen to 12."), [("/1", True)]),
        (entry(updated=NOON + timedelta(hours=1)), [("/1", True)]),
        (entry(title=TITLE + ", police say", published=NOON - timedelta(days=4)), []),  # too old to look again
    ],
)
def test_an_entry_is_new_edited_or_neither(now, found):
    assert urls(sift([now], known(entry()), NOON)) == found


def test_short_titles_name_many_articles():
    live = entry(title="Live", guid=None)

    assert urls(sift([entry("https://wire.example/2", "Live", guid=None)], known(live), NOON)) == [("/2", False)]


def test_an_entry_that_was_dealt_with_without_becoming_an_article_is_not_read_again():
    assert sift([entry()], known(entry(), read=False), NOON) == []


def test_a_page_that_failed_is_tried_again():
    assert urls(sift([entry()], known(entry(), retry=1), NOON)) == [("/1", False)]


def test_a_site_that_restamps_everything_has_only_some_of_it_read_again():
    before = [entry(f"https://wire.example/{n:02}", f"{TITLE} {n}", guid=str(n)) for n in range(50)]
    after = [entry(one.url_key, one.entry.title, guid=one.entry.guid, updated=NOON) for one in before]

    assert urls(sift(after, known(*before), NOON)) == [(f"{n:02}", True) for n in range(MOST_EDITS)]


def test_an_article_known_through_another_source_is_not_taken_for_edited():
    assert sift([entry()], Known({"https://wire.example/1": 0}, []), NOON) == []


@pytest.mark.parametrize("title", ["", "!!!", "ﷺ", "\ud800", "x" * 100_000, "Боевики убиты"])
def test_any_title_has_a_hash_that_ignores_case_and_signs(title):
    assert title_hash(title) == title_hash(f" {title.upper() if title.isascii() else title}… ")


def test_a_text_of_few_words_tells_no_articles_apart():
    assert text_hash("Live", "Please switch JavaScript on to read this.") is None
