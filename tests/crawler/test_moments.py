"""Days, times and ages are read in nine languages, and anything else is let be."""

from datetime import date

import pytest

from crawler.moments import ages_named, days_named, speech, times_named

WEDNESDAY = date(2026, 3, 4)
LANGUAGES = ("en", "ru", "uk", "ar", "tr", "fr", "es", "pt", "de")


def days(text, lang):
    words = {word.strip(".,") for word in text.lower().split()}
    return {date.fromordinal(day).isoformat() for day in days_named(text, words, lang, WEDNESDAY)}


@pytest.mark.parametrize(
    ("text", "lang", "named"),
    [
        ("It happened on Monday", "en", {"2026-03-02"}),
        ("It happened yesterday", "en", {"2026-03-03"}),
        ("on March 3 and on 28 February, 2026", "en", {"2026-03-03", "2026-02-28"}),
        ("on Feb. 27th", "en", {"2026-02-27"}),
        ("взрыв в понедельник, 2 марта", "ru", {"2026-03-02"}),
        ("вибух у вівторок", "uk", {"2026-03-03"}),
        ("يوم الاثنين", "ar", {"2026-03-02"}),
        ("3 Mart'ta patlama", "tr", {"2026-03-03"}),
        ("le 1er mars, lundi", "fr", {"2026-03-01", "2026-03-02"}),
        ("el 28 de febrero", "es", {"2026-02-28"}),
        ("no dia 2 de março, segunda-feira", "pt", {"2026-03-02"}),
        ("am 3. März, am Montag", "de", {"2026-03-03", "2026-03-02"}),
        ("am 27.02.2026", "de", {"2026-02-27"}),
        ("on 31 February and on 99 March", "en", set()),
        ("on 3 March of long ago: 12.04.1999", "en", {"2026-03-03"}),
        ("SALI GÜNÜ KASIM 12", "tr", set()),
        ("in Kaksoisviikko", "fi", set()),
    ],
)
def test_days_are_named(text, lang, named):
    assert days(text, lang) == named


def test_without_a_date_of_publication_no_day_is_known():
    assert days_named("on Monday", {"monday"}, "en", None) == set()


@pytest.mark.parametrize(
    ("text", "lang", "ages"),
    [
        ("a 34-year-old man, Salisu Bako, 41, and a girl aged 7; 23 others", "en", {34, 41, 7}),
        ("1,234 people, 12,500 in all", "en", set()),
        ("мужчина 34 лет и 19-летний", "ru", {34, 19}),
        ("34 yaşındaki adam", "tr", {34}),
        ("un homme de 34 ans", "fr", {34}),
        ("un hombre de 34 años", "es", {34}),
        ("ein 34-jähriger Mann", "de", {34}),
        ("رجل عمره 34", "ar", {34}),
        ("a 999-year-old tree", "en", set()),
        ("34 Jahre", None, set()),
    ],
)
def test_ages_are_named(text, lang, ages):
    assert ages_named(text, lang) == ages


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("at 9:20 a.m. and 12 p.m.", {560, 720}),
        ("at 21:40 and 7 pm", {1300, 1140}),
        ("25:00 or 10:75 or 1:2:3", set()),
        ("12 am", {0}),
    ],
)
def test_times_of_day_are_named(text, minutes):
    assert times_named(text) == minutes


@pytest.mark.parametrize("text", ["", "1" * 100_000, ", 34" * 5000, "3 March " * 5000, "\0", "ا 3 " * 5000])
@pytest.mark.parametrize("lang", ["en", "ar", None])
def test_any_text_is_read(text, lang):
    days_named(text, set(text.lower().split()), lang, WEDNESDAY)
    ages_named(text, lang)
    times_named(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_has_seven_days_and_twelve_months(lang):
    words = speech(lang)
    assert set(words.days.values()) == set(range(9))
    assert set(words.months.values()) == set(range(1, 13))
