"""A publisher is at home where its country's domain says, and nowhere for a domain that anybody may buy."""

from __future__ import annotations

import pytest

from crawler.facts.places import read_places
from crawler.gazetteer.home import home_of


@pytest.mark.parametrize(
    ("url", "country"),
    [
        ("https://punchng.com/a", None),
        ("https://www.vanguard.com.ng/a", "NG"),
        ("https://www.bbc.co.uk/news", "GB"),
        ("https://ria.ru:443/2026", "RU"),
        ("https://www.eltiempo.com.co/x", "CO"),
        ("https://t.co/x", None),
        ("https://amu.tv/feed", None),
        ("https://example.eu/", None),
        ("https://xn--80ak6aa92e.su/", "RU"),
        ("https://UPPER.CASE.FR./x", "FR"),
        ("https://192.0.2.7/a", None),
        ("https://[2001:db8::1]/a", None),
        ("https://[broken/a", None),
        ("https://ng/", None),
        ("no address", None),
        ("", None),
        ("https://" + "a." * 5_000 + "de", "DE"),
        ("https://новости.рф/", None),
        ("https://example.zz/", None),
    ],
)
def test_a_domain_tells_the_country(url: str, country: str | None) -> None:
    assert home_of(url) == country


@pytest.mark.parametrize(
    ("home", "country"), [("PK", "PK"), ("IN", "IN")], ids=["a Pakistani paper's Punjab", "an Indian paper's Punjab"]
)
def test_of_namesakes_the_one_at_home_is_meant(home: str, country: str) -> None:
    (punjab, *_) = read_places("", "Five people were killed in Punjab on Monday, police said.", "en", home)
    assert punjab.country == country


def test_what_the_text_says_goes_before_where_its_publisher_is() -> None:
    text = "Five people were killed in Punjab on Monday, officials in Islamabad and Lahore said."
    (punjab, *_) = read_places("", text, "en", "IN")
    assert punjab.country == "PK"
