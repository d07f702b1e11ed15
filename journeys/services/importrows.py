"""One row of a file -> what it says about a member, or every reason why it cannot be taken. No queries.

A cell is data and nothing else: a text that looks like a formula is stored as the text it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import models
from django.utils import translation

from config.lib import parsing
from config.lib.errors import Invalid
from customers.models import Customer, Store
from customers.services import contact, names
from customers.services.profiles import ProfileIn
from journeys.services import importdates
from journeys.services.importcolumns import WHOLE, Column
from journeys.services.importfiles import BLANKS, Row

LONGEST_RAW = 254
OLDEST = timedelta(days=130 * 366)
# Marks nobody types: zero-width spaces, byte order marks and direction marks that come along when copying.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
LINE_BREAK = re.compile("[\t\r\n\x0b\x0c\x85\u2028\u2029]")
# Signs one computer's owner drew herself (gaiji): another computer shows a blank or somebody else's sign.
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
SPLIT_KANA = re.compile("[\u3040-\u30ff][\u3099\u309a]")  # a file from a Mac writes ガ as two characters
SCIENTIFIC = re.compile(r"^\d(\.\d+)?E\+\d+$", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WORDS: dict[str, tuple[str, ...]] = {
    "ja": ("日本語", "japanese", "jp", "jpn"),
    "en": ("英語", "english", "eng"),
    "zh": ("中国語", "chinese", "cn", "中文"),
    "ko": ("韓国語", "korean", "kr", "한국어"),
    "other": ("その他", "other"),
    "alone": ("ひとりで見たい", "一人で見たい"),
    "advice": ("相談したい", "アドバイスがほしい"),
}


class Refusal(Exception):
    """This cell cannot be taken; `code` is an entry of selectors.importwords.REASONS."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Problem(NamedTuple):
    """One reason: the column as the file calls it (empty: the whole row), what the cell says, the code."""

    column: str
    value: str
    code: str


@dataclass(frozen=True)
class Lookups:
    """What rows are compared with: stores by folded code or name, and today in the stores' time zone."""

    stores: Mapping[str, int]
    today: date


def store_keys(stores: Sequence[Store]) -> dict[str, int]:
    """Return store ids by code and, where only one store has it, by name. Codes win over names."""
    by_name: dict[str, int] = {}
    for store in stores:
        for name in {names.fold(store.name_ja), names.fold(store.name_en)} - {""}:
            by_name[name] = store.pk if by_name.get(name, store.pk) == store.pk else 0
    by_code = {names.fold(store.code): store.pk for store in stores}
    return {name: pk for name, pk in by_name.items() if pk} | by_code


class Reader:
    """Reads the rows of one file."""

    def __init__(self, columns: Sequence[Column], lookups: Lookups) -> None:
        self._columns = columns
        self._used = [(number, column) for number, column in enumerate(columns) if column.field]
        self._number_at = next(at for at, column in self._used if column.field == "member_number")
        self._parse: dict[str, Callable[[str], Any]] = {
            "member_number": _member_number,
            "full_name": lambda text: _two_parts(text, "name_not_split", _name),
            "full_kana": lambda text: _two_parts(text, "kana_not_split", _kana),
            "family_name": _name,
            "given_name": _name,
            "family_kana": _kana,
            "given_kana": _kana,
            "romaji": _romaji,
            "birthday": lambda text: _birthday(text, lookups.today),
            "member_since": lambda text: _past_day(text, lookups.today),
            "phone": lambda text: (_identifier(text, contact.phone), text),
            "email": lambda text: (_identifier(text, contact.email), text),
            "language": lambda text: _choice(text, Customer.Language, "language_unknown"),
            "approach": lambda text: _choice(text, Customer.Approach, "approach_unknown"),
            "home_store": lambda text: _store(text, lookups.stores),
        }

    def member_number(self, row: Row) -> str | None:
        """Return the row's member number as stored, None when it has none that can be read."""
        if row.is_torn or self._number_at >= len(row.cells):
            return None
        try:
            return _member_number(_clean(row.cells[self._number_at])) or None
        except Refusal:
            return None

    def read(self, row: Row) -> ProfileIn | list[Problem]:
        """Return what the row says, or all its problems in file order."""
        if row.is_torn:
            return [Problem("", row.cells[0], "torn")]
        extra = row.cells[len(self._columns) :]
        if any(cell.strip(BLANKS) for cell in extra):
            return [Problem("", str(len(row.cells)), f"cells_too_many:{len(self._columns)}")]
        if len(row.cells) < len(self._columns):
            return [Problem("", str(len(row.cells)), f"cells_too_few:{len(self._columns)}")]
        told: dict[str, Any] = {}
        problems = []
        for at, column in self._used:
            try:
                told |= self._told(column.field, row.cells[at])
            except Refusal as refusal:
                problems.append(Problem(column.name, row.cells[at], refusal.code))
        return problems or ProfileIn(**told)

    def _told(self, field: str, cell: str) -> dict[str, Any]:
        text = _clean(cell)
        if not text:
            if field in {"member_number", "family_name", "full_name"}:
                raise Refusal("missing")
            return {}  # blank is "not told"
        value = self._parse[field](text)
        if field in WHOLE:
            family = WHOLE[field]
            return {family: value[0], family.replace("family", "given"): value[1]}
        return {"home_store_id" if field == "home_store" else field: value} if value is not None else {}


def _clean(cell: str) -> str:
    """The text of a cell without its margins. Raises Refusal for what cannot stand in one line of text."""
    if cell.isascii() and cell.isprintable():
        return _unquoted(cell.strip())
    text = INVISIBLE.sub("", cell).strip().strip(BLANKS)
    if LINE_BREAK.search(text):
        raise Refusal("line_break")
    if PRIVATE.search(text):
        raise Refusal("private_character")
    if "\ufffd" in text:
        raise Refusal("damaged_character")
    try:
        parsing.check_text(text)
    except Invalid as error:
        raise Refusal("unwritable") from error
    return _unquoted(SPLIT_KANA.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text))


def _unquoted(text: str) -> str:
    """Our own file of refused rows puts an apostrophe before what a spreadsheet would run; it comes off again."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text


def _length_of(field: str) -> int:
    return int(getattr(Customer._meta.get_field(field), "max_length", 0))


NAME_LENGTH, ROMAJI_LENGTH = _length_of("family_name"), _length_of("romaji")


def _fitting(text: str, longest: int) -> str:
    # The search key is the folded name, and folding may make it longer (㍿ -> 株式会社).
    if len(text) > longest or len(names.fold(text)) > longest:
        raise Refusal(f"too_long:{longest}")
    return text


def _name(text: str) -> str:
    return _fitting(text, NAME_LENGTH)


def _kana(text: str) -> str:
    if not names.is_reading(text):
        raise Refusal("kana")
    return _fitting(names.fold(text), NAME_LENGTH)


def _romaji(text: str) -> str:
    return _fitting(unicodedata.normalize("NFKC", text), ROMAJI_LENGTH)


def _two_parts(text: str, code: str, part: Callable[[str], str]) -> tuple[str, str]:
    halves = text.split(maxsplit=1)
    if len(halves) != 2:
        raise Refusal(code)
    return part(halves[0]), part(halves[1])


def _member_number(text: str) -> str:
    return _identifier(text, contact.member_number)


def _identifier(text: str, normalise: Callable[[str], str]) -> str:
    if SCIENTIFIC.match(text):
        raise Refusal("scientific")
    if len(text) > LONGEST_RAW:
        raise Refusal(f"too_long:{LONGEST_RAW}")
    try:
        return normalise(text)
    except Invalid as error:
        raise Refusal(error.code) from error


def _day(text: str) -> date:
    try:
        return importdates.read(text)
    except importdates.NoSuchDay as error:
        raise Refusal("date_impossible") from error
    except importdates.NotADate as error:
        raise Refusal("date") from error


def _past_day(text: str, today: date) -> date:
    day = _day(text)
    if day > today:
        raise Refusal("date_future")
    return day


def _birthday(text: str, today: date) -> date:
    day = _past_day(text, today)
    if today - day > OLDEST:
        raise Refusal("birthday_too_early")
    return day


def _store(text: str, stores: Mapping[str, int]) -> int:
    found = stores.get(names.fold(text))
    if found is None:
        raise Refusal("store_unknown")
    return found


@cache
def _words(choices: type[models.TextChoices]) -> dict[str, str]:
    """Every way to write a choice: its code, its label in each language, its synonyms."""
    found: dict[str, str] = {}
    for choice in choices:
        found[names.fold(choice.value)] = choice.value
        found |= {names.fold(word): choice.value for word in WORDS.get(choice.value, ())}
        for language in ("ja", "en"):
            with translation.override(language):
                found[names.fold(str(choice.label))] = choice.value
    return found


def _choice(text: str, choices: type[models.TextChoices], code: str) -> str | None:
    value = _words(choices).get(names.fold(text))
    if value is None:
        raise Refusal(code)
    return value or None  # "not asked yet" tells nothing
