"""Addresses of one page share a key, addresses of two never do: tests/cases/urlkey.yaml."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.article import url_key

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "urlkey.yaml").read_text("utf-8"))
SAME = [(group[0], other) for group in CASES["same"] for other in group[1:]]
DIFFER = [pair for group in CASES["differ"] for pair in combinations(group, 2)]

# fmt: off
PIECES = [
    "a", "amp", "index.html", "..", ".", "www", "%2e", "%7E", "%zz", "é", "&amp;", ";jsessionid=1", "?", "&", "=", "#",
    "#!/", "/", ":", "utm_source", "consent", "url=https://b.org/x", "url=%2Fy", "id=1", "cid", "+", "{", "<",
    "google.com/amp/s/b.org/c",
]
# fmt: on
HOSTS = ["www.a.org", "m.b.org", "google.com", "cmp.a.org", "l.facebook.com", "x.cdn.ampproject.org"]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_addresses_of_one_page_share_a_key(one: str, other: str) -> None:
    assert url_key(other) == url_key(one)


@pytest.mark.parametrize(("one", "other"), DIFFER)
def test_addresses_of_two_pages_never_share_a_key(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize("address", CASES["wrong"])
def test_what_is_no_web_address_is_refused_in_words(address: str) -> None:
    with pytest.raises(ValueError, match=r"^not an? |^an address of"):
        url_key(address)


def test_an_endless_address_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="too long") as caught:
        url_key("https://example.org/" + "a" * 100_000)
    assert len(str(caught.value)) < 200


@settings(deadline=None)
@given(st.sampled_from(HOSTS), st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_key_is_its_own_key(host: str, tail: list[str]) -> None:
    key = url_key(f"http://{host}/{''.join(tail)}")
    assert url_key(key) == key


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_a_key_of_its_own_or_is_refused(text: str) -> None:
    for address in (text, f"https://{text}", f"https://example.org/{text}", f"https://example.org/?{text}"):
        try:
            key = url_key(address)
        except ValueError:
            continue
        assert key.isascii()
        assert url_key(key) == key
