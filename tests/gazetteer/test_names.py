"""Laws of folding: one character for each, and one key for spellings of one name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.gazetteer.names import fold, key


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_a_key_of_a_key_is_itself(text: str) -> None:
    assert key(key(text)) == key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mocímboa da Praia", "MOCIMBOA DA PRAIA"),
        ("Kabardino-Balkaria", "kabardino balkaria"),
        ("İdlib", "idlib"),
        ("إدلب", "ادلب"),
        ("غزة", "غزه"),
        ("Cote d'Ivoire", "Côte d’Ivoire"),
        ("Sa\u0301hara", "Sáhara"),
        ("Ёлка", "елка"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)
