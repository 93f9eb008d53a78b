"""The starter configuration is one that works, and says where its addresses are from."""

import re
from pathlib import Path

import pytest

from alerts.delivery import valid_url
from scheduler.config import load

ROOT = Path(__file__).resolve().parents[2]
STARTER = ROOT / "config.yaml"
OFFERED = re.findall(r"^  # (\w+): (\S+) {2,}# \S", STARTER.read_text(), re.MULTILINE)
SECRETS = {
    "SMTP_PASSWORD": "correct-horse",
    "SLACK_TOKENS": "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "TELEGRAM_BOT_TOKEN": "123456789:abcdefg_hijklmnop",
    "HOOK_PASSWORD": "correct-horse",
}


def test_the_starter_is_accepted_as_it_is():
    config = load(STARTER, {}, valid_url=valid_url)

    assert 25 <= len(config.sources) <= 40
    assert 6 <= len(config.rules) <= 8
    assert {name: channel.url for name, channel in config.channels.items()} == {"desk": "console://"}


def test_every_starter_feed_says_where_its_address_was_found_and_no_other_is_listed():
    table = dict(
        re.findall(r"^\| ([^|]+) \| (https://\S+) \| [A-G′, ]+ \|$", (ROOT / "docs" / "sources.md").read_text(), re.M)
    )

    assert {source.name: source.url for source in load(STARTER, {}).sources} == table


def test_no_two_starter_feeds_are_the_same():
    urls = [source.url for source in load(STARTER, {}).sources]

    assert len(urls) == len(set(urls))


def test_the_starter_offers_the_usual_channels():
    assert [name for name, _ in OFFERED] == ["email", "phone", "slack", "telegram", "webhook"]


@pytest.mark.parametrize(("name", "url"), OFFERED)
def test_a_channel_that_the_starter_offers_works_once_its_line_is_uncommented(tmp_path, name, url):
    lines = [line.replace(f"# {name}:", f"{name}:", 1) for line in STARTER.read_text().splitlines()]
    (tmp_path / "config.yaml").write_text("\n".join(lines))

    config = load(tmp_path / "config.yaml", SECRETS, valid_url=valid_url)

    assert set(config.channels) == {"desk", name}
    assert "$" not in config.channels[name].url
