"""The database's schema, as append-only steps: a step that has been released is never edited."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("tocsin")


@migrations()
def m001_articles(db: Database) -> None:
    """Sources, stories, articles and what was read from them."""
    db.table("sources").create(
        {
            "id": int, "name": str, "url": str, "publisher": str, "etag": str, "last_modified": str, "body_hash": str,
            "next_poll": str, "last_poll": str, "last_success": str, "failures": int, "error": str,
        },
        pk="id", not_null={"name", "url", "publisher", "failures"}, defaults={"failures": 0},
    )  # fmt: skip
    db.table("sources").create_index(["name"], unique=True)
    db.table("stories").create(
        {"id": int, "title": str, "opened": str, "changed": str}, pk="id", not_null={"title", "opened", "changed"}
    )
    db.table("articles").create(
        {
            "id": int, "url": str, "url_key": str, "source_id": int, "story_id": int, "copy_of": int, "title": str, "text": str,
            "published": str, "precision": str, "lang": str, "fetched": str, "error": str, "retry": int, "placed": str,
        },
        pk="id", foreign_keys=[("source_id", "sources", "id"), ("story_id", "stories", "id"), ("copy_of", "articles", "id")],
        not_null={"url", "url_key", "source_id", "story_id", "title", "text", "fetched", "retry", "placed"}, defaults={"retry": 0},
    )  # fmt: skip
    db.table("articles").create_index(["url_key"], unique=True)
    db.table("articles").create_index(["story_id"])
    db.table("articles").create_index(["fetched"])
    db.table("articles").create_index(["source_id", "retry"])
    db.table("articles").enable_fts(["title", "text"], create_triggers=True, tokenize="unicode61 remove_diacritics 2")


@migrations()
def m002_facts(db: Database) -> None:
    """The facts of an article, each with the sentence it was read from."""
    db.table("facts").create(
        {
            "article_id": int, "lang": str, "killed": int, "killed_max": int, "killed_approximate": int, "killed_quote": str,
            "injured": int, "injured_max": int, "injured_approximate": int, "injured_quote": str,
            "civilians": int, "security": int, "militants": int, "disputed": str,
        },
        pk="article_id", foreign_keys=[("article_id", "articles", "id")],
    )  # fmt: skip
    db.table("article_places").create(
        {
            "id": int, "article_id": int, "role": str, "code": str, "name": str, "kind": str, "country": str, "country_name": str,
            "admin1": str, "admin1_name": str, "within": str, "surface": str, "start": int, "end": int, "field": str, "quote": str,
        },
        pk="id", foreign_keys=[("article_id", "articles", "id")],
    )  # fmt: skip
    db.table("article_places").create_index(["article_id"])
    db.table("article_groups").create(
        {"id": int, "article_id": int, "group_id": str, "name": str, "lineage": str, "role": str, "denied": int, "surface": str, "quote": str},
        pk="id", foreign_keys=[("article_id", "articles", "id")],
    )  # fmt: skip
    db.table("article_groups").create_index(["article_id"])


@migrations()
def m003_alerts(db: Database) -> None:
    """Decisions, alerts, the deliveries owed for them, and each attempt to deliver."""
    db.table("alerts").create(
        {
            "id": int, "rule": str, "story_id": int, "article_id": int, "reason": str, "severity": str, "killed": int, "injured": int,
            "title": str, "body": str, "created": str,
        },
        pk="id", foreign_keys=[("story_id", "stories", "id"), ("article_id", "articles", "id")],
        not_null={"rule", "story_id", "article_id", "reason", "title", "body", "created"},
    )  # fmt: skip
    db.table("alerts").create_index(["story_id", "rule"])
    db.table("alerts").create_index(["created"])
    db.table("decisions").create(
        {"id": int, "article_id": int, "story_id": int, "rule": str, "reason": str, "explanation": str, "alert_id": int, "decided": str},
        pk="id", foreign_keys=[("article_id", "articles", "id"), ("story_id", "stories", "id"), ("alert_id", "alerts", "id")],
    )  # fmt: skip
    db.table("decisions").create_index(["article_id"])
    db.table("deliveries").create(
        {"id": int, "alert_id": int, "channel": str, "state": str, "key": str, "attempts": int, "due": str, "settled": str, "detail": str},
        pk="id", foreign_keys=[("alert_id", "alerts", "id")],
        not_null={"alert_id", "channel", "state", "key", "attempts"}, defaults={"attempts": 0},
    )  # fmt: skip
    db.table("deliveries").create_index(["state", "due"])
    db.table("deliveries").create_index(["alert_id"])
    db.table("attempts").create(
        {"id": int, "delivery_id": int, "at": str, "outcome": str, "detail": str},
        pk="id",
        foreign_keys=[("delivery_id", "deliveries", "id")],
    )
    db.table("attempts").create_index(["delivery_id"])


@migrations()
def m004_views(db: Database) -> None:
    """What a person opens first, in Datasette or with `sqlite-utils rows`."""
    db.create_view(
        "latest_articles",
        """
        select a.id, coalesce(a.published, a.fetched) as published, s.publisher, a.title, f.killed, f.injured,
          (select group_concat(distinct p.name) from article_places p where p.article_id = a.id and p.role =
          'event') as happened_in,
          (select group_concat(distinct g.name) from article_groups g where g.article_id = a.id) as groups_named,
          a.story_id, a.url, a.error
        from articles a join sources s on s.id = a.source_id left join facts f on f.article_id = a.id
        order by coalesce(a.published, a.fetched) desc
        """,
    )
    db.create_view(
        "alert_log",
        """
        select l.id, l.created, l.severity, l.rule, l.reason, l.title,
          (select group_concat(d.channel || ' ' || d.state, ', ') from deliveries d where d.alert_id = l.id)
          as deliveries,
          a.url, l.story_id
        from alerts l join articles a on a.id = l.article_id order by l.id desc
        """,
    )
    db.create_view(
        "story_list",
        """
        select t.id, t.opened, t.changed, t.title, count(a.id) as articles, count(distinct s.publisher) as publishers,
          max(f.killed) as killed, max(f.injured) as injured,
          (select count(*) from alerts l where l.story_id = t.id) as alerts
        from stories t join articles a on a.story_id = t.id join sources s on s.id = a.source_id
          left join facts f on f.article_id = a.id
        group by t.id order by t.changed desc
        """,
    )
    db.create_view(
        "source_health",
        "select name, last_success, next_poll, failures, error, publisher, url from sources order by failures "
        "desc, name",
    )


@migrations()
def m005_sources_in_earnest(db: Database) -> None:
    """What each listing named, how each source is, revisions of articles, and notices about Tocsin's own troubles."""
    for name, kind in {
        "kind": str, "parts": str, "caught_up": int, "flood": int, "last_new": str, "failing_since": str, "interval": float, "gap": float, "ttl": float, "rhythm": str,
        "health": str, "health_why": str, "health_since": str, "health_told": str, "health_told_at": str, "fault": str,
    }.items():  # fmt: skip
        db.table("sources").add_column(name, kind)
    # A source that was polled before has no backlog any more.
    db.execute("update sources set caught_up = last_success is not null")
    db.table("entries").create(
        {"source_id": int, "url_key": str, "guid": str, "title": str, "fingerprint": str, "published": str, "seen": str},
        pk=("source_id", "url_key"), foreign_keys=[("source_id", "sources", "id")], not_null={"source_id", "url_key", "seen"},
    )  # fmt: skip
    db.table("entries").create_index(["source_id", "guid"])
    db.table("entries").create_index(["source_id", "title"])
    for name in ("quiet", "text_hash"):
        db.table("articles").add_column(name, str)
    db.table("articles").create_index(["text_hash"])
    db.table("articles").create_index(["source_id", "fetched"])
    db.table("revisions").create(
        {"id": int, "article_id": int, "title": str, "text": str, "published": str, "fetched": str, "replaced": str, "facts": str},
        pk="id", foreign_keys=[("article_id", "articles", "id")], not_null={"article_id", "title", "text", "fetched", "replaced"},
    )  # fmt: skip
    db.table("revisions").create_index(["article_id"])
    db.table("notices").create(
        {"id": int, "kind": str, "severity": str, "title": str, "body": str, "created": str},
        pk="id", not_null={"kind", "severity", "title", "body", "created"},
    )  # fmt: skip
    db.table("deliveries").transform(not_null={"alert_id": False}, keep_table=None)
    db.table("deliveries").add_column("notice_id", int, fk="notices", fk_col="id")
    db.table("deliveries").create_index(["notice_id"])
    db.create_view(
        "source_health",
        "select name, health, health_why, health_since, last_success, last_new, next_poll, failures, error, publisher, url "
        "from sources order by health in ('broken', 'degraded', 'silent') desc, failures desc, name",
        replace=True,
    )


@migrations()
def m006_stories(db: Database) -> None:
    """How articles were placed, alerts that wait, and stories that were split and merged by hand."""
    for name, kind in {"sketch": bytes, "score": float, "rival_story": int, "rival_score": float}.items():
        db.table("articles").add_column(name, kind)
    db.table("stories").add_column("kind", str)
    db.table("holds").create(
        {"id": int, "rule": str, "story_id": int, "article_id": int, "since": str, "due": str},
        pk="id", foreign_keys=[("story_id", "stories", "id"), ("article_id", "articles", "id")],
        not_null={"rule", "story_id", "article_id", "since", "due"},
    )  # fmt: skip
    db.table("holds").create_index(["due"])
    db.table("corrections").create(
        {"id": int, "kind": str, "story_id": int, "into_id": int, "article_id": int, "asked": str, "applied": str, "note": str},
        pk="id", not_null={"kind", "story_id", "asked"},
    )  # fmt: skip


@migrations()
def m007_marks(db: Database) -> None:
    """What a person says of alerts: right, wrong, or missed."""
    db.table("marks").create(
        {"id": int, "rule": str, "story_id": int, "article_id": int, "alert_id": int, "verdict": str, "note": str, "marked": str},
        pk="id", foreign_keys=[("story_id", "stories", "id"), ("article_id", "articles", "id"), ("alert_id", "alerts", "id")],
        not_null={"rule", "story_id", "verdict", "marked"},
    )  # fmt: skip
    db.table("marks").create_index(["rule", "story_id"])


@migrations()
def m008_gathering(db: Database) -> None:
    """Deliveries that wait for a digest, digests, and silences."""
    # `begun` is when a delivery began to be owed: what a limit counts. A gathered one waits until `due`.
    for name, kind in {"begun": str, "kind": str, "terms": str, "urgent": int}.items():
        db.table("deliveries").add_column(name, kind)
    db.table("digests").create(
        {"id": int, "kind": str, "channel": str, "severity": str, "title": str, "body": str, "created": str},
        pk="id", not_null={"kind", "channel", "severity", "title", "body", "created"},
    )  # fmt: skip
    db.table("silences").create(
        {"id": int, "kind": str, "value": str, "name": str, "author": str, "because": str, "begun": str, "until": str, "ended": str},
        pk="id", not_null={"kind", "value", "name", "author", "because", "begun", "until"},
    )  # fmt: skip
    db.table("silences").create_index(["until"])
    db.table("deliveries").add_column("digest_id", int, fk="digests", fk_col="id")
    db.table("deliveries").add_column("silence_id", int, fk="silences", fk_col="id")
    db.table("deliveries").create_index(["channel", "begun"])
    db.table("deliveries").create_index(["silence_id"])


@migrations()
def m009_dead_letters(db: Database) -> None:
    """Why a delivery died, and which delivery another channel's stands in for."""
    # `note` is the line by which the message on the other channel says so.
    for name, kind in {"problem": str, "fallback_of": int, "note": str}.items():
        db.table("deliveries").add_column(name, kind)
    db.table("deliveries").create_index(["fallback_of"])
    db.table("notices").create_index(["kind"])


@migrations()
def m010_configuration(db: Database) -> None:
    """The configuration that the daemon runs by, what is wrong with the file as it is now, and what was asked of it."""
    db.table("configuration").create(
        {"id": int, "path": str, "loaded": str, "rules": str, "sources": str, "problems": str, "since": str},
        pk="id", not_null={"path", "loaded", "rules", "sources"},
    )  # fmt: skip
    db.table("requests").create(
        {"id": int, "kind": str, "value": str, "asked": str}, pk="id", not_null={"kind", "value", "asked"}
    )


@migrations()
def m011_tellings(db: Database) -> None:
    """What an alert tells, as JSON: what its message is made of when it is sent, in each channel's form."""
    db.table("alerts").add_column("telling", str)


@migrations()
def m012_acknowledgements(db: Database) -> None:
    """Who has seen the alerts of a story."""
    db.table("acknowledgements").create(
        {"id": int, "story_id": int, "by": str, "at": str},
        pk="id", foreign_keys=[("story_id", "stories", "id")], not_null={"story_id", "by", "at"},
    )  # fmt: skip
    db.table("acknowledgements").create_index(["story_id", "at"])
