"""Gold pages -> the share of article links that are kept, and of menu links: `python -m tests.bench.links GOLD`.

GOLD is a file of JSON lines (gzip or not) with `url`, `html` and, where there is one, `title`. The pages' own addresses
stand for article links; links of the same site in nav, header and footer whose text has at most two words stand for
menu links. Some of those do lead to articles, so that their share is an upper bound.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import lxml.html

from crawler.frontpage import parse, same_site
from crawler.linkscore import ENOUGH, Clues, score


def rows(path: Path) -> Iterator[dict[str, str]]:
    data = path.read_bytes()
    yield from map(json.loads, (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines())


def menu_links(url: str, html: str) -> dict[str, str]:
    tree = lxml.html.document_fromstring(html.encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    found: dict[str, str] = {}
    for anchor in tree.xpath("//*[self::nav or self::header or self::footer]//a[@href]"):
        words = anchor.text_content().split()
        try:
            target = urldefrag(urljoin(url, anchor.get("href").strip()))[0]
        except ValueError:
            continue
        if 0 < len(words) <= 2 and target.startswith("http") and same_site(target, url) and target != url:
            found.setdefault(target, " ".join(words))
    return found


def main(path: Path) -> None:
    alone = titled = titles = by_url = by_link = as_read = menus = pages = 0
    for row in rows(path):
        pages += 1
        alone += score(row["url"]) >= ENOUGH
        if row.get("title"):
            titles += 1
            titled += score(row["url"], Clues(row["title"])) >= ENOUGH
        links = menu_links(row["url"], row["html"])
        menus += len(links)
        by_url += sum(score(link) >= ENOUGH for link in links)
        by_link += sum(score(link, Clues(text)) >= ENOUGH for link, text in links.items())
        entries = {entry.url for entry in parse(row["html"].encode(), row["url"], "text/html", None).entries}
        as_read += len(links.keys() & entries)
    print(f"{pages} article links: kept {alone / pages:.3f} by the address alone")
    print(
        f"{titles} article links: kept {titled / max(titles, 1):.3f} by the address with the title as the link's text"
    )
    print(f"{menus} menu links: kept {by_url / menus:.3f} by the address alone (an upper bound, as are the next two)")
    print(f"{menus} menu links: kept {by_link / menus:.3f} by the address and the link's text")
    print(f"{menus} menu links: kept {as_read / menus:.3f} on the page as it is read")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
