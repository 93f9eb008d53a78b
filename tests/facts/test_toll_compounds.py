"""Laws of the two modules that take words apart: German compounds and Turkish endings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.facts.toll import read_toll
from crawler.lexicon import Lexicon, de, load, tr

MODULES = {"de": de.pieces, "tr": tr.pieces}


def lexicon(lang: str) -> Lexicon:
    found = load(lang)
    assert found is not None
    return found


def value(lang: str, words: Sequence[str]) -> int:
    """What the reader counts for number words before a noun of the dead."""
    noun, verb = ("Menschen", "starben") if lang == "de" else ("kişi", "öldü")
    toll = read_toll("", f"{' '.join(words)} {noun} {verb}.", lang, None)
    assert toll.killed is not None
    return toll.killed.low


@pytest.mark.parametrize(
    ("word", "parts", "number"),
    [
        ("einundzwanzig", ("zwanzig", "ein"), 21),
        ("siebenunddreissig", ("dreissig", "sieben"), 37),
        ("zweihundertdrei", ("zwei", "hundert", "drei"), 203),
        ("dreihundertundfünf", ("drei", "hundert", "fünf"), 305),
        ("zweitausendfünfundvierzig", ("zwei", "tausend", "vierzig", "fünf"), 2045),
        ("vierhundertzwölf", ("vier", "hundert", "zwölf"), 412),
        ("neunundneunzigtausend", ("neunzig", "neun", "tausend"), 99_000),
    ],
)
def test_a_german_number_written_together_is_its_words_in_the_order_of_a_sum(
    word: str, parts: tuple[str, ...], number: int
) -> None:
    assert de.pieces(word, lexicon("de").known) == parts
    assert value("de", [word]) == value("de", parts) == number


@pytest.mark.parametrize(
    ("word", "head"),
    [
        ("grenzpolizisten", "polizisten"),
        ("regierungskämpfern", "kämpfern"),
        ("bergbauarbeiterinnen", "arbeiterinnen"),
        ("zivilschutzbeamter", "beamter"),
        ("schlauchboote", "boote"),
        ("flutopfern", "opfern"),
        ("vierunddreissigjähriger", "jähriger"),
        ("zweijährigen", "jährigen"),
    ],
)
def test_a_german_compound_is_read_as_its_last_part(word: str, head: str) -> None:
    assert de.pieces(word, lexicon("de").known) == (head,)


def test_a_german_family_of_so_many_heads_counts_them() -> None:
    assert de.pieces("siebzehnköpfige", lexicon("de").known) == ("siebzehn",)
    toll = read_toll("", "Bei dem Luftangriff wurde eine siebzehnköpfige Familie getötet.", "de", None)
    assert toll.killed is not None
    assert toll.killed.low == 17


@pytest.mark.parametrize("word", ["jemenitische", "dschihadistischen", "paraguayischer", "separatistisches"])
def test_a_german_adjective_of_a_people_or_creed_stands_for_a_listed_one(word: str) -> None:
    found = lexicon("de")
    (adjective,) = de.pieces(word, found.known)
    assert adjective in found.tags["adjective"]
    assert adjective not in found.tags["people"] | found.tags["person"]


@pytest.mark.parametrize(
    "word", ["vordermann", "tische", "fische", "hundertstel", "achtung", "zweifel", "undankbar", "x"]
)
def test_a_german_word_that_only_looks_like_a_compound_counts_nobody(word: str) -> None:
    parts = de.pieces(word, lexicon("de").known)
    assert not any(part in lexicon("de").numbers for part in parts)
    toll = read_toll("", f"Am Abend war von {word.title()} die Rede.", "de", None)
    assert toll.killed is None
    assert toll.injured is None


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("askeri", "asker"),
        ("askerin", "asker"),
        ("kişiyi", "kişi"),
        ("kişinin", "kişi"),
        ("memurunun", "memuru"),
        ("çocuğu", "çocuğu"),
        ("kayınpederini", "kayınpederi"),
        ("eşini", "eşi"),
    ],
)
def test_a_turkish_accusative_or_genitive_is_its_listed_noun(word: str, stem: str) -> None:
    found = lexicon("tr")
    assert word in found.known or tuple(tr.pieces(word, found.known)) == (stem,)
    assert stem in found.known


@pytest.mark.parametrize("word", ["askere", "köylülerden", "teröristle", "polisten", "doktorda"])
def test_who_stands_in_another_turkish_case_is_beside_the_event(word: str) -> None:
    found = lexicon("tr")
    (adverb,) = tr.pieces(word, found.known)
    assert adverb in found.tags["adverb"]
    assert adverb not in found.tags["person"]


@pytest.mark.parametrize("word", ["onun", "yüzü", "altına", "binin", "ormanda", "evet"])
def test_a_turkish_word_that_only_looks_inflected_stays_whole(word: str) -> None:
    found = lexicon("tr")
    assert not any(part in found.numbers for part in tr.pieces(word, found.known))


@pytest.mark.parametrize("lang", MODULES)
@given(word=st.text(alphabet="abcdeğfghıiklmnoöprsşßtuüvyzäç-", min_size=1, max_size=80))
def test_any_word_is_read_as_known_ones_or_as_itself(lang: str, word: str) -> None:
    found = lexicon(lang)
    assert all(part in found.known for part in MODULES[lang](word, found.known))


@pytest.mark.parametrize("lang", MODULES)
@pytest.mark.parametrize("part", ["hundert", "einund", "soldaten", "köpfige", "larının", "ü"])
def test_a_word_of_hostile_length_is_left_whole(lang: str, part: str) -> None:
    assert not MODULES[lang](part * 5_000, lexicon(lang).known)
