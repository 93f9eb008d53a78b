"""Laws of group_forms: a name's other spellings, cases and prefixed forms are made, and never the name itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.gazetteer import groups
from crawler.gazetteer.group_forms import forms


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Lashkar-e-Taiba", "Lashkar i Toiba"),
        ("Hizb-ul-Mujahideen", "Hizbul Mujahidin"),
        ("Jabhat al-Nusra", "Jabhat an Nusra"),
        ("Ta'ang National Liberation Army", "Taang National Liberation Army"),
        ("Syrian National Defence", "Syrian National Defense"),
        ("HEZBOLLAH", "HIZBULLAH"),
        ("Хезболла", "Хезболлы"),
        ("Исламское государство", "Исламского государства"),
        ("Аш-Шабаб", "Аш-Шабаба"),
        ("талибы", "талибов"),
        ("ИГИЛ", "ИГИЛа"),
        ("Боко Харам", "Боко Харама"),
        ("Ісламська держава", "Ісламської держави"),
        ("таліби", "талібів"),
        ("вагнерівці", "вагнерівців"),
        ("Husiler", "Husilerin"),
        ("داعش", "وداعش"),
        ("القاعدة", "للقاعدة"),
        ("الحوثيون", "الحوثيين"),
    ],
)
def test_a_form_of_the_name_is_made(name: str, form: str) -> None:
    assert form in forms(name)


@pytest.mark.parametrize("name", ["ИГ", "ИДУ", "ISIS", "", "-", "«»"])
def test_short_initials_have_no_forms(name: str) -> None:
    assert forms(name) == ()


@given(st.text(max_size=40))
def test_a_name_is_no_form_of_itself(name: str) -> None:
    assert name not in forms(name)


def test_no_name_has_so_many_forms_that_the_table_swells() -> None:
    assert sum(len(forms(alias)) for group in groups() for alias in group.aliases) < 60_000
