"""Which story an article belongs to."""

import pytest

from alerts.placing import place
from tests.fakes import NALCHIK, reading, story
from tests.fakes import place as somewhere

OPERATION = (
    "Security forces killed five militants in an operation in the Kabardino-Balkar Republic on Sunday, the "
    "National Anti-Terrorist "
    "Committee said. The house in the town of Chegem was surrounded before dawn and the men inside refused to "
    "give themselves up. "
    "Investigators found automatic rifles, grenades and two home-made bombs in the cellar. Nobody among the "
    "residents was hurt."
)
UPDATE = (
    "The number of militants killed in Sunday's operation in Chegem, in Kabardino-Balkaria, has risen to "
    "eleven, the National "
    "Anti-Terrorist Committee said. Six more bodies were found under the ruins of the house that was "
    "surrounded before dawn."
)
ELSEWHERE = (
    "Police in Karachi killed five militants in a raid on a house on Sunday, a senior officer said. The men "
    "were said to have planned "
    "attacks on the port. Rifles and explosives were found in the house in the west of the city."
)


def nalchik():
    return [somewhere("Kabardino-Balkaria", *NALCHIK)]


@pytest.fixture
def known():
    return story(
        reading("Five militants killed in Kabardino-Balkaria operation", OPERATION, places=nalchik(), killed=5)
    )


def test_the_first_article_opens_a_story():
    placing = place(reading(), [])

    assert (placing.story, placing.copy_of) == (None, None)


def test_a_re_edited_copy_is_a_copy_of_what_it_repeats(known):
    edited = "MOSCOW, November 22. " + OPERATION.replace("on Sunday", "this morning").replace(
        "Nobody among", "No one of"
    )

    placing = place(
        reading("Russia: militants die in raid", edited, url="https://other.example/2", places=nalchik()), [known]
    )

    assert (placing.story, placing.copy_of) == (known, "https://wire.example/1")


def test_a_later_report_with_a_higher_toll_joins_the_story_and_is_no_copy(known):
    update = reading(
        "Toll in Kabardino-Balkaria operation rises to 11",
        UPDATE,
        url="https://other.example/2",
        places=nalchik(),
        killed=11,
    )

    placing = place(update, [known])

    assert (placing.story, placing.copy_of) == (known, None)


def test_a_like_event_in_another_place_is_another_story(known):
    placing = place(
        reading(
            "Five militants killed", ELSEWHERE, url="https://o.example/3", places=[somewhere("Sindh", "PK-SD", "PK")]
        ),
        [known],
    )

    assert placing.story is None
    assert "too unlike" in placing.why


@pytest.mark.parametrize(
    "text",
    ["", "   ", "…", "\x00" * 50, "а" * 200_000, "كلمة " * 2000],
    ids=["empty", "blank", "sign", "nul", "huge", "arabic"],
)
def test_any_text_can_be_placed(known, text):
    assert place(reading("", text, url="https://o.example/4"), [known]).score >= 0
