"""Pages, feeds and sitemaps of an invented paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests import site

NOW = datetime.now(UTC).replace(microsecond=0)
WORDS = ["minister", "valley", "harvest", "bridge", "river", "council", "border", "market", "school", "winter"]


def link(path, title=""):
    return f'<link rel="alternate" type="application/rss+xml" href="{path}" title="{title}">'


def page(head="", menu="", stories=0, folder="/news", lang="en"):
    """Return a page with a menu and links to so many stories."""
    made = "".join(
        f'<h2><a href="{folder}/2026/11/22/{WORDS[n % 10]}-reopens-after-{WORDS[(n + 1) % 10]}-talks-{1000 + n}">'
        f"The {WORDS[n % 10]} reopens after {WORDS[(n + 1) % 10]} talks in the capital</a></h2>"
        for n in range(stories)
    )
    return (
        f'<html lang="{lang}"><head><title>Example Wire</title>{head}</head><body><nav>{menu}</nav>{made}</body></html>'
    )


def items(wire, count, newest, path="/story/{}"):
    return [
        site.Item(f"Report {n} from the valley and the river", wire.url(path.format(n)), newest - timedelta(hours=n))
        for n in range(count)
    ]


def urlset(wire, count, newest=NOW, titles=True, path="/map/{}"):
    news = (
        "<news:news><news:publication><news:name>W</news:name><news:language>en</news:language></news:publication>"
        "<news:publication_date>{}</news:publication_date><news:title>Title of the story {}</news:title></news:news>"
    )
    rows = "".join(
        f"<url><loc>{wire.url(path.format(n))}</loc>"
        + (news.format((newest - timedelta(minutes=n)).isoformat(), n) if titles else "")
        + "</url>"
        for n in range(count)
    )
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )
