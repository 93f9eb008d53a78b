"""Laws of sentences.split: where a sentence ends, where it only seems to, and what it costs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts import sentences
from crawler.facts.sentences import split

CASES = [
    ("One died. Two fled.", ["One died.", "Two fled."]),
    ("Maj-Gen. S. Kanchukov spoke. He left.", ["Maj-Gen. S. Kanchukov spoke.", "He left."]),
    ("It began on Nov. 22 in the north. Troops came.", ["It began on Nov. 22 in the north.", "Troops came."]),
    ("No. 5 Brigade moved. It halted.", ["No. 5 Brigade moved.", "It halted."]),
    ("Was it over? No. Nobody knew.", ["Was it over?", "No.", "Nobody knew."]),
    ("He flew to the U.S. Navy base.", ["He flew to the U.S. Navy base."]),
    ("He flew to the U.S. The base was shut.", ["He flew to the U.S.", "The base was shut."]),
    ("It was 3.5 km away. They walked.", ["It was 3.5 km away.", "They walked."]),
    ("See example.org for more. Bye.", ["See example.org for more.", "Bye."]),
    ('"It is over." He sat down.', ['"It is over."', "He sat down."]),
    ("“It is over!” he said. “Go.”", ["“It is over!” he said.", "“Go.”"]),
    ("«Конец.» Они ушли.", ["«Конец.»", "Они ушли."]),
    ("Операция прошла в г. Нальчик. Убиты двое.", ["Операция прошла в г. Нальчик.", "Убиты двое."]),
    ("هل انتهت؟ نعم۔ انتهت", ["هل انتهت؟", "نعم۔", "انتهت"]),
    ("爆炸发生了。五人死亡。", ["爆炸发生了。", "五人死亡。"]),
    ("Blast kills 8\n\nPolice said so.", ["Blast kills 8", "Police said so."]),
    ("Blast kills 8\nPolice said so.", ["Blast kills 8", "Police said so."]),
    ("The blast killed\neight people.", ["The blast killed\neight people."]),
    ("Am 10. November starb er. Es war kalt.", ["Am 10. November starb er.", "Es war kalt."]),
    (
        "Das 3. Bataillon zog ab. Sie war 30. Danach war Ruhe.",
        ["Das 3. Bataillon zog ab.", "Sie war 30.", "Danach war Ruhe."],
    ),
    ("He was killed.Police came.", ["He was killed.", "Police came."]),
    ("Wait... What? Yes!", ["Wait...", "What?", "Yes!"]),
    ("Wait... and see.", ["Wait... and see."]),
    ("no end", ["no end"]),
    ("", []),
    (" \n\t\n ", []),
    ("...", ["..."]),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:40] or "empty" for text, _ in CASES])
def test_a_sentence_ends_where_a_reader_would_stop(text: str, expected: list[str]) -> None:
    assert [sentence.text for sentence in split(text)] == expected


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from('aB. !?\n"”)۔؟。U1,\u00a0\x00é'), max_size=60) | st.text(max_size=60))
def test_sentences_are_exact_pieces_in_order_and_lose_nothing_but_white_space(text: str) -> None:
    found = split(text)
    assert all(text[s.start : s.end] == s.text == s.text.strip() != "" for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert "".join("".join(s.text.split()) for s in found) == "".join(text.split())


@pytest.mark.parametrize("piece", [".", ". ", "A. ", "\n", " \n ", '"', "(", " ", "a", ".'"])
def test_a_hostile_text_is_looked_at_once_a_candidate(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    ends = sentences._ends

    def counting(text: str, start: int, end: int) -> bool:
        nonlocal seen
        seen += end - start
        return ends(text, start, end)

    monkeypatch.setattr(sentences, "_ends", counting)
    text = piece * 50_000
    split(text)
    assert seen <= len(text)
