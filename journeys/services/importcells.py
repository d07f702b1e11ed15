"""One cell of a file -> a value, or the reason why it cannot be taken. No queries.

A cell is data and nothing else: a text that looks like a formula is stored as the text it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import translation

from config.lib import parsing
from config.lib.errors import Invalid
from customers.services import names
from journeys.services import importdates
from journeys.services.importfiles import BLANKS

LONGEST_RAW = 254
# Marks nobody types: zero-width spaces, byte order marks and direction marks that come along when copying.
INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
LINE_BREAK = re.compile("[\t\r\n\x0b\x0c\x85\u2028\u2029]")
# Signs one computer's owner drew herself (gaiji): another computer shows a blank or somebody else's sign.
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
SPLIT_KANA = re.compile("[\u3040-\u30ff][\u3099\u309a]")  # a file from a Mac writes ガ as two characters
SCIENTIFIC = re.compile(r"^\d(\.\d+)?E\+\d+$", re.IGNORECASE)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# How many digits the minor unit of a currency has. What is not here cannot be imported.
CURRENCIES = {
    "JPY": 0, "USD": 2, "EUR": 2, "GBP": 2, "CNY": 2, "KRW": 0, "TWD": 2, "HKD": 2, "SGD": 2, "THB": 2, "AUD": 2,
}  # fmt: skip
HIGHEST_AMOUNT = 10**12
MOST_PIECES = 1_000_000
AMOUNT = re.compile(r"^-?\d+(\.\d+)?$")
# Currency marks and thousands as shops write them: ¥1,200, 1,200円, $29.33.
MONEY_MARKS = re.compile(r"[,\s¥\\$€£₩円]|JPY|USD|EUR", re.IGNORECASE)
MOMENT = re.compile(
    r"^(?P<day>.+?)[T\s]+(?P<hour>\d{1,2})[:時](?P<minute>\d{1,2})分?"
    r"(?:[:]?(?P<second>\d{1,2})秒?)?(?:\.\d+)?\s*(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
COMPACT_MOMENT = re.compile(r"^(\d{8})(\d{2})(\d{2})(\d{2})$")
NOON = time(12)
YES = frozenset({"1", "true", "yes", "y", "はい", "有", "有効", "公開", "販売中", "営業中", "○", "active"})
NO = frozenset(
    {"0", "false", "no", "n", "いいえ", "無", "無効", "非公開", "販売停止", "閉店", "×", "draft", "archived"}
)


class Refusal(Exception):
    """This cell cannot be taken; `code` is an entry of selectors.importwords.REASONS."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Moment(NamedTuple):
    """When something was, and whether the file told the time of day or only the day."""

    at: datetime
    is_time_known: bool


def clean(cell: str) -> str:
    """Return the text of a cell without its margins. Raises Refusal for what cannot stand in one line of text."""
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


def fitting(text: str, *, longest: int) -> str:
    """Return a text that fits its column. Raises Refusal (`too_long`)."""
    if len(text) > longest:
        raise Refusal(f"too_long:{longest}")
    return text


def plain(text: str, *, longest: int) -> str:
    """Return a text in one width that fits its column. Raises Refusal (`too_long`)."""
    return fitting(unicodedata.normalize("NFKC", text), longest=longest)


def code(text: str, *, longest: int) -> str:
    """Return a code, SKU or barcode in one width. Raises Refusal (`scientific`, `too_long`)."""
    value = plain(text, longest=longest)
    if SCIENTIFIC.match(value):
        raise Refusal("scientific")
    return value


def identifier(text: str, *, normalise: Callable[[str], str]) -> str:
    """Return an identifier as it is stored. Raises Refusal with the code of what is wrong with it."""
    if SCIENTIFIC.match(text):
        raise Refusal("scientific")
    if len(text) > LONGEST_RAW:
        raise Refusal(f"too_long:{LONGEST_RAW}")
    try:
        return normalise(text)
    except Invalid as error:
        raise Refusal(error.code) from error


def day(text: str) -> date:
    """Return the day a text names. Raises Refusal (`date`, `date_impossible`)."""
    try:
        return importdates.read(text)
    except importdates.NoSuchDay as error:
        raise Refusal("date_impossible") from error
    except importdates.NotADate as error:
        raise Refusal("date") from error


def past_day(text: str, *, today: date) -> date:
    """Return a day up to today. Raises Refusal (`date`, `date_impossible`, `date_future`)."""
    found = day(text)
    if found > today:
        raise Refusal("date_future")
    return found


def moment(text: str, *, zone: ZoneInfo) -> Moment:
    """Return the moment a text names, in the file's zone unless it tells an offset; a day alone is noon there.

    Raises Refusal (`date`, `date_impossible`).
    """
    plain_text = unicodedata.normalize("NFKC", text).strip()
    compact = COMPACT_MOMENT.match(plain_text)
    if compact:
        plain_text = f"{compact[1]} {compact[2]}:{compact[3]}:{compact[4]}"
    told = MOMENT.match(plain_text)
    if told is None:
        return Moment(datetime.combine(day(plain_text), NOON, zone), is_time_known=False)
    try:
        clock_time = time(int(told["hour"]), int(told["minute"]), int(told["second"] or 0))
    except ValueError as error:
        raise Refusal("date_impossible") from error
    at = datetime.combine(day(told["day"]), clock_time, zone)
    return Moment(_with_offset(at, told["offset"]), is_time_known=True)


def _with_offset(at: datetime, offset: str | None) -> datetime:
    if not offset:
        return at
    sign = "+00:00" if offset.upper() in {"Z", "UTC"} else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    try:
        return datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + sign)
    except ValueError as error:
        raise Refusal("date_impossible") from error


def amount(text: str, *, currency: str) -> int:
    """Return money in the currency's minor unit; a fraction too fine is refused, never rounded.

    Raises Refusal (`amount`, `amount_fraction`, `amount_negative`, `amount_too_high`).
    """
    value = MONEY_MARKS.sub("", unicodedata.normalize("NFKC", text).replace("−", "-"))
    if not AMOUNT.match(value):
        raise Refusal("amount")
    digits = CURRENCIES[currency]
    try:
        scaled = Decimal(value).scaleb(digits)
        whole = int(scaled)
    except (InvalidOperation, OverflowError) as error:
        raise Refusal("amount") from error
    if scaled != whole:
        raise Refusal(f"amount_fraction:{currency}")
    if whole < 0:
        raise Refusal("amount_negative")
    if whole > HIGHEST_AMOUNT:
        raise Refusal("amount_too_high")
    return whole


def shown_amount(value: int | None, *, currency: str) -> str:
    """Return money of the minor unit as people write it: 12,800 or 29.33; empty for None."""
    if value is None:
        return ""
    digits = CURRENCIES.get(currency, 0)
    return f"{Decimal(value).scaleb(-digits):,.{digits}f}"


def count(text: str) -> int:
    """Return a number of pieces. Raises Refusal (`count`)."""
    value = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix(".0")
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or int(value) > MOST_PIECES:
        raise Refusal("count")
    return int(value)


def degrees(text: str, *, most: int) -> float:
    """Return a latitude (most 90) or longitude (most 180). Raises Refusal (`position`)."""
    value = unicodedata.normalize("NFKC", text)
    if not AMOUNT.match(value) or len(value) > 24 or abs(float(value)) > most:
        raise Refusal("position")
    return float(value)


def yes(text: str) -> bool:
    """Return whether a cell says yes. Raises Refusal (`yes_or_no`)."""
    word = names.fold(text)
    if word in {names.fold(value) for value in YES}:
        return True
    if word in {names.fold(value) for value in NO}:
        return False
    raise Refusal("yes_or_no")


@cache
def _words(choices: type[models.TextChoices], synonyms: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    """Every way to write a choice: its code, its label in each language, its synonyms."""
    more = dict(synonyms)
    found: dict[str, str] = {}
    for option in choices:
        found[names.fold(option.value)] = option.value
        found |= {names.fold(word): option.value for word in more.get(option.value, ())}
        for language in ("ja", "en"):
            with translation.override(language):
                found[names.fold(str(option.label))] = option.value
    return found


def choice(
    text: str, *, choices: type[models.TextChoices], refusal: str, synonyms: Mapping[str, tuple[str, ...]]
) -> str | None:
    """Return the code of a choice written in either language; None for the empty choice. Raises Refusal."""
    value = _words(choices, tuple(synonyms.items())).get(names.fold(text))
    if value is None:
        raise Refusal(refusal)
    return value or None  # "not asked yet" tells nothing
