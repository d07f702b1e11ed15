"""Names, identifiers and dates from any text: keys are stable, and nothing but the announced error comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import strategies as st

from config.lib.errors import Invalid
from customers.services import contact, names
from journeys.services import importdates
from tests.fuzz.explore import Budget, budget, explore
from tests.fuzz.hostile import ANY_TEXT, NASTY, TEXT

JAPANESE = st.text(
    st.characters(min_codepoint=0x3041, max_codepoint=0x30FF) | st.sampled_from("ｶﾞﾊﾟｰ-‐−―山髙﨑　 ・Ａaßİŉ΅゙゚ヷヸヹヺ"),
    max_size=20,
)
DIGITS = st.text(st.sampled_from("0123456789０１９-‐−ー()（）+ 　.#*x"), max_size=24)
ADDRESSES = st.text(st.sampled_from('abcA.@＠.-_ <>"日本'), max_size=30)
DATES = st.text(st.sampled_from("0123456789１２年月日明治大正昭和平成令元MTSHR./- T:0"), max_size=16)
WRITTEN_DATES = st.builds(
    "{}{}{}{}{}{}{}".format,
    st.sampled_from(["", "明治", "昭", "H", "Ｒ.", "令和"]),
    st.integers(0, 10_000) | st.just("元"),
    st.sampled_from(["-", "/", "年", ".", ""]),
    st.integers(0, 99),
    st.sampled_from(["-", "/", "月", ".", ""]),
    st.integers(0, 99),
    st.sampled_from(["", "日", " 0:00", "T00:00:00"]),
)


@pytest.mark.parametrize("key", [names.fold, names.name_key, names.kana_key], ids=lambda key: key.__name__)
@budget(short=200, long=8_000)
def test_a_key_of_a_key_is_the_key(budget: Budget, key: Callable[[str], str]) -> None:
    def check(text: str) -> None:
        once = key(text)
        assert key(once) == once
        assert key(f" {text}　") == once

    explore(budget, TEXT | JAPANESE, check)


@budget(short=100, long=4_000)
def test_whatever_is_a_reading_stays_one(budget: Budget) -> None:
    def check(text: str) -> None:
        assert names.is_reading(text) == names.is_reading(names.fold(text))

    explore(budget, TEXT | JAPANESE, check)


@pytest.mark.parametrize(
    ("normalise", "shape"),
    [
        (contact.member_number, r"[0-9A-Z]{4,20}"),
        (contact.phone, r"\+[0-9]{3,17}"),
        (contact.email, r"[^\s@]+@[^\s@]+"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
@budget(short=150, long=6_000)
def test_an_identifier_is_normalised_once_or_refused(
    budget: Budget, normalise: Callable[[str], str], shape: str
) -> None:
    def check(text: str) -> None:
        try:
            value = normalise(text)
        except Invalid:
            return
        assert re.fullmatch(shape, value), value
        assert normalise(value) == value

    explore(budget, ANY_TEXT | NASTY | DIGITS | ADDRESSES, check)


@budget(short=300, long=12_000)
def test_a_date_is_a_day_or_one_of_two_errors(budget: Budget) -> None:
    def check(text: str) -> None:
        with suppress(importdates.NotADate, importdates.NoSuchDay):
            assert type(importdates.read(text)) is date

    explore(budget, TEXT | DATES | WRITTEN_DATES, check)


@budget(short=60, long=2_000)
def test_a_day_survives_every_way_of_writing_it(budget: Budget) -> None:
    def check(day: date) -> None:
        forms = [day.isoformat(), f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.isoformat()} 0:00"]
        assert {importdates.read(form) for form in forms} == {day}

    explore(budget, st.dates(min_value=date(1000, 1, 1)), check)
