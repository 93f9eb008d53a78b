"""The archive, read from its beginning -> articles as they came, for the rules to be tried on."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from alerts.backtest import Arrived, Trial, replay
from alerts.index import WINDOW, StoryIndex
from alerts.rules import RuleSet
from alerts.story import Story
from crawler.reading import Reading, read_text
from crawler.sketch import Sketch, sketch
from scheduler import rows
from scheduler.archive import Archive

CHUNK = 1_000  # articles read at once
KEPT_READINGS = 12_000  # articles held in memory: some 80 MB; what is needed again is read again
Row = dict[str, Any]

_ARTICLES = """
select a.id, a.url, a.url_key, a.title, a.text, a.published, a.precision, a.lang, a.fetched, a.error, a.retry, a.quiet,
  a.story_id, a.copy_of, s.name as source, s.publisher, t.kind as told_as, f.*
from articles a join sources s on s.id = a.source_id join stories t on t.id = a.story_id
  left join facts f on f.article_id = a.id
"""


class Replay:
    """The articles of an archive from a moment on, and their stories as they stood."""

    def __init__(self, archive: Archive, since: datetime, *, loud: bool = False) -> None:
        """Begin a story's length before `since`, so that what an older story told is known.

        With `loud`, articles that were taken in quietly ring too.
        """
        self.archive, self.loud = archive, loud
        self.first = self._first(since - WINDOW)
        self._stories: OrderedDict[int, Story] = OrderedDict()
        self._readings = 0
        self._seen: set[int] = set()
        self._at = 0
        self._index: _Index | None = None

    def _first(self, since: datetime) -> int:
        found = self.archive.rows("select min(id) as id from articles where fetched >= ?", [rows.to_text(since)])
        return int(found[0]["id"] or 0)

    def __len__(self) -> int:
        """Return how many articles there are."""
        return int(self.archive.rows("select count(*) as n from articles where id >= ?", [self.first])[0]["n"])

    def __iter__(self) -> Iterator[Arrived]:
        """Yield the articles in the order they came, and each edit when it was seen."""
        edits = deque(self._edits())
        for arrived in self._articles():
            while edits and edits[0][0] <= arrived.now:
                yield self._edit(*edits.popleft())
            yield arrived
        for edit in edits:
            yield self._edit(*edit)

    def _edits(self) -> list[tuple[datetime, int, int]]:
        """Return every edit in order: when it was seen, the article, and the revision after the one it replaced."""
        seen = self.archive.rows(
            "select article_id, id, replaced, lead(id) over (partition by article_id order by id) as next "
            "from revisions where article_id >= ?",
            [self.first],
        )
        return sorted(
            (rows.to_time(row["replaced"]) or rows.NEVER, row["article_id"], row["next"] or 0) for row in seen
        )

    def _edit(self, seen: datetime, article: int, revision: int) -> Arrived:
        """Return an article as an edit left it: as it is, or as the next revision keeps it."""
        row = self.archive.rows(f"{_ARTICLES} where a.id = ?", [article])[0]
        last = self._at
        places, groups = (self._within(table, article - 1, article)[article] for table in ("places", "groups"))
        reading = rows.reading(row, row if row["article_id"] else None, places, groups)
        if revision:
            reading = self._as_it_was(reading, "id = ?", revision)
        arrived = self._arrived(row, reading)
        self._at = last
        return replace(arrived, now=seen, edited=True)

    def _as_it_was(self, reading: Reading, which: str, value: int) -> Reading:
        """Return an article as a revision keeps it: its words, read anew."""
        sql = f"select title, text, published from revisions where {which} order by id limit 1"  # noqa: S608  our own words
        old = self.archive.rows(sql, [value])[0]
        words = {"title": old["title"], "text": old["text"], "published": rows.to_time(old["published"])}
        return read_text(replace(reading.article, **words))

    def _articles(self) -> Iterator[Arrived]:
        edited = {row["id"] for row in self.archive.rows("select distinct article_id as id from revisions", [])}
        after = self.first - 1
        while chunk := self.archive.rows(f"{_ARTICLES} where a.id > ? order by a.id limit {CHUNK}", [after]):
            places, groups = (self._within(table, after, chunk[-1]["id"]) for table in ("places", "groups"))
            for row in chunk:
                id_ = row["id"]
                reading = rows.reading(row, row if row["article_id"] else None, places[id_], groups[id_])
                if id_ in edited:
                    reading = self._as_it_was(reading, "article_id = ?", id_)
                yield self._arrived(row, reading)
            after = chunk[-1]["id"]

    def _within(self, what: str, after: int, last: int) -> defaultdict[int, list[Row]]:
        found: defaultdict[int, list[Row]] = defaultdict(list)
        sql = f"select * from article_{what} where article_id > ? and article_id <= ? order by rowid"  # noqa: S608  our own names
        for row in self.archive.rows(sql, [after, last]):
            found[row["article_id"]].append(row)
        return found

    def _arrived(self, row: Row, reading: Reading) -> Arrived:
        self._at = row["id"]
        copied, told_as = row["copy_of"] is not None, row["told_as"]
        roundup = told_as == "roundup" and not copied
        return Arrived(
            article=row["id"],
            story=row["story_id"],
            reading=reading,
            now=reading.article.fetched,
            copied=copied,
            quiet=None if self.loud else row["quiet"],
            passages=read_text(reading.article).passages if roundup else (),
            silent=told_as == "roundup" and copied,
        )

    # stories as they stood

    def get(self, story: int) -> Story | None:
        """Return a story with the articles that came so far."""
        if story in self._stories:
            self._stories.move_to_end(story)
            return self._stories[story]
        return self._load(story) if story in self._seen else None

    def put(self, story: Story) -> None:
        """Keep a story; those not asked for lately go, and are read again if they are."""
        assert story.id is not None  # noqa: S101  an archive's stories have ids
        old = self._stories.pop(story.id, None)
        self._stories[story.id] = story
        self._seen.add(story.id)
        self._readings += len(story.readings) - (len(old.readings) if old else 0)
        while self._readings > KEPT_READINGS and len(self._stories) > 1:
            self._readings -= len(self._stories.popitem(last=False)[1].readings)

    def _load(self, story_id: int) -> Story:
        whole = self.archive.story(story_id)
        came = "select url_key from articles where story_id = ? and id >= ? and id < ?"
        so_far = {row["url_key"] for row in self.archive.rows(came, [story_id, self.first, self._at])}
        readings = tuple(reading for reading in whole.readings if reading.article.url_key in so_far)
        return Story(id=story_id, readings=readings, copies=whole.copies & so_far)

    def own(self, passage: Reading, now: datetime) -> int | None:
        """Return the story that tells a round-up's event by itself."""
        if self._index is None:
            self._index = _Index(self.archive)
        return self._index.place(passage, now, self._at)


class _Index:
    """The index of stories as it stood, made only where a round-up needs it, and grown from one to the next."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.index = archive, StoryIndex()
        self._upto = 0

    def place(self, passage: Reading, now: datetime, before: int) -> int | None:
        self._grow(now, before)
        return self.index.place(passage.sketch or sketch(passage.article, passage.facts), now).story

    def _grow(self, now: datetime, before: int) -> None:
        columns = "select id, story_id, copy_of, fetched, sketch from articles"
        between = "id > ? and id < ? and fetched >= ?"
        for row in self.archive.rows(
            f"{columns} where {between} order by id", [self._upto, before, rows.to_text(now - WINDOW)]
        ):
            try:
                compared = Sketch.unpack(row["sketch"] or b"")
            except ValueError:
                continue
            fetched = rows.to_time(row["fetched"]) or rows.NEVER
            self.index.add(row["id"], row["story_id"], compared, fetched, copied=row["copy_of"] is not None)
        self._upto = max(self._upto, before - 1)


def tried(
    run: Replay, trials: Sequence[Trial], since: datetime, now: datetime, step: Callable[[int], None] = lambda _: None
) -> tuple[int, int]:
    """Run sets of rules over the articles from `since` on; return how many articles and stories those are.

    `step` is called after each article. What rang before is dropped: it was replayed to know what was told.
    """
    articles, stories = 0, set()
    for arrived in replay(run, run, trials, run.own):
        if arrived.now >= since:
            articles += 1
            stories.add(arrived.story)
        step(1)
    for trial in trials:
        trial.release(now, run)
        trial.rang = [alert for alert in trial.rang if alert.at >= since]
    return articles, len(stories)


def began(archive: Archive) -> datetime | None:
    """Return when the first article came, `None` where none did."""
    return rows.to_time(archive.rows("select min(fetched) as first from articles", [])[0]["first"])


def counted(
    archive: Archive, rules: RuleSet, since: datetime, now: datetime, bar: Callable[[int], Callable[[int], None]]
) -> dict[str, int]:
    """Return, by rule, how many alerts it would have rung since then.

    `bar` is given how many articles are looked at, and returns what is called after each.
    """
    run, trial = Replay(archive, since), Trial(rules)
    tried(run, [trial], since, now, bar(len(run)))
    counts = dict.fromkeys((rule.name for rule in rules), 0)
    for alert in trial.rang:
        counts[alert.rule] += 1
    return counts
