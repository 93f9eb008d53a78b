"""Of what is new, the newest is read first and the oldest told first; a whole archive is not read at all."""

from datetime import timedelta

from crawler.harvest import MOST_AT_ONCE, UNDATED, choose
from crawler.listing import Entry
from crawler.reading import Announced
from tests.fakes import NOON


def entries(count, *, step=timedelta(hours=1), **more):
    """Return entries as listings have them: the newest, number 0, first."""
    made = []
    for number in range(count):
        dates = dict.fromkeys(more.get("dated", ()), NOON - number * step)
        entry = Entry(url=f"https://wire.example/{number}", **dates)
        made.append(Announced(entry=entry, url_key=str(number), source="W", publisher="W", fetched=NOON))
    return made


def keys(chosen):
    return [int(one.url_key) for one in chosen]


def test_the_newest_are_read_now_and_told_oldest_first():
    choice = choose(entries(10, dated=["published"]), 3, NOON)

    assert (keys(choice.now), len(choice.waiting), choice.never) == ([2, 1, 0], 7, 0)


def test_dates_outrank_the_listings_order_where_all_have_one():
    shuffled = entries(4, dated=["published"])[::-1]

    assert keys(choose(shuffled, 4, NOON).now) == [3, 2, 1, 0]


def test_a_sitemap_of_everything_ever_written_has_its_last_month_read():
    choice = choose(entries(5000, dated=["updated"]), 100, NOON)

    assert (keys(choice.now)[-1], len(choice.now) + len(choice.waiting)) == (0, 30 * 24)
    assert choice.never == 5000 - 30 * 24


def test_a_thousand_are_read_at_the_most():
    choice = choose(entries(5000, step=timedelta(minutes=1), dated=["published"]), 100, NOON)

    assert (len(choice.now) + len(choice.waiting), choice.never) == (MOST_AT_ONCE, 4000)


def test_of_many_without_a_date_the_first_hundred_of_the_listing_are_read():
    choice = choose(entries(5000), 40, NOON)

    assert (keys(choice.now), len(choice.waiting)) == (list(range(39, -1, -1)), UNDATED - 40)


def test_nothing_new_is_nothing_to_read():
    assert choose([], 100, NOON).now == ()
