"""Dates as Japanese files write them: 1990-04-01, 1990/4/1, 1990年4月1日, 19900401, 平成2年4月1日, H2.4.1."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# Spreadsheets add a midnight to a date they were given without a time.
MIDNIGHT = re.compile(r"(?<=\d)[T ]0?0:00(:00(\.0+)?)?$")
PLAIN = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
ERA = re.compile(r"^(明治?|大正?|昭和?|平成?|令和?|[MTSHR])\.?(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
# First day and last year of each era. Days after the change of an era are still written in its last year.
ERAS = {
    "M": (date(1868, 1, 25), 45),
    "T": (date(1912, 7, 30), 15),
    "S": (date(1926, 12, 25), 64),
    "H": (date(1989, 1, 8), 31),
    "R": (date(2019, 5, 1), 99),
}
INITIALS = {"明": "M", "大": "T", "昭": "S", "平": "H", "令": "R"}


class NotADate(ValueError):
    """The text has none of the forms we read."""


class NoSuchDay(ValueError):
    """The form is right, but there is no such day (30 February, the 50th year of Heisei)."""


def read(text: str) -> date:
    """Return the day a text names, in any width. Raises NotADate or NoSuchDay."""
    plain = MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip().upper())
    plain = re.sub(r"\s+", "", plain)
    match = PLAIN.match(plain) or COMPACT.match(plain)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]))
    era = ERA.match(plain)
    if era is None:
        raise NotADate(text)
    first, last_year = ERAS[INITIALS.get(era[1][0], era[1][0])]
    year = 1 if era[2] == "元" else int(era[2])
    day = _day(first.year + year - 1, int(era[3]), int(era[4]))
    if not 1 <= year <= last_year or day < first:
        raise NoSuchDay(text)
    return day


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoSuchDay(f"{year}-{month}-{day}") from error
