"""The demonstration's script hangs together, on any day of the year."""

import re
from datetime import UTC, datetime

import pytest

from scheduler.demo.script import load

DAYS = [
    datetime(2026, 1, 3, 0, 5, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2026, 11, 22, 12, tzinfo=UTC),
]


@pytest.mark.parametrize("now", DAYS)
def test_every_piece_appears_once_and_every_scene_shows_pieces_that_exist(now):
    script = load(now)

    shown = [slug for scene in script.scenes for slug in scene.publish]

    assert sorted(shown) == sorted(script.pieces)
    assert {piece.outlet for piece in script.pieces.values()} == {outlet.slug for outlet in script.outlets}


def test_every_piece_has_something_to_come_of_it_or_is_plain_news():
    script = load(DAYS[0])
    told = {outcome.piece for outcome in (*script.rings, *script.held, *script.quiet)}

    assert told <= set(script.pieces)
    assert set(script.pieces) - told == {"grain-port"}


@pytest.mark.parametrize(("now", "stated"), list(zip(DAYS, ["22 December", "17 February", "10 November"], strict=True)))
def test_dates_in_the_texts_are_reckoned_from_the_day_of_the_showing(now, stated):
    report = load(now).pieces["first-report"]

    assert any(f"On {stated} a man" in paragraph for paragraph in report.text)
    assert f"on {now:%A}" in report.text[0]


@pytest.mark.parametrize("now", DAYS)
def test_no_placeholder_or_line_break_is_left_in_a_text(now):
    for piece in load(now).pieces.values():
        assert not re.search(r"[{}%]|\n|  ", " ".join(piece.text))


def test_the_edited_copy_has_its_own_lead_and_most_of_its_text_from_the_first_report():
    pieces = load(DAYS[0]).pieces
    first, copy = (" ".join(pieces[slug].text) for slug in ("first-report", "edited-copy"))
    sentences = re.split(r"(?<=[.\"]) ", copy)

    assert sentences[0] not in first
    assert len([sentence for sentence in sentences if sentence in first]) > 0.7 * len(sentences)
