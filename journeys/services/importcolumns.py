"""Which column of a file is which field: Japanese and English headings, whatever their width, case and kana."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import jaconv
from django.utils.functional import Promise
from django.utils.translation import get_language

DECORATION = re.compile(r"[\s_\-‐・/.,:*※'\"#()「」【】\[\]]|(必須|任意)")
LONGEST_NAME = 80
LONGEST_SAMPLE = 40
GUESSED, PROFILE, REMEMBERED, CHOSEN = "guess", "profile", "remembered", "chosen"
# What our own file of refused rows puts in front; whoever corrects it and uploads it again has matched the rest before.
OURS = (("line", "reason"), ("行", "理由"))


@dataclass(frozen=True)
class Field:
    """One thing a file can tell. The first heading of each language is the one our sample file uses.

    `instead_of`: not read where that field has a column of its own (a whole name beside its parts).
    """

    name: str
    label: str | Promise
    japanese: tuple[str, ...]
    english: tuple[str, ...]
    examples: tuple[str | Promise, ...]
    instead_of: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a file: its heading, the field we take it for (empty: not used), values from the file.

    `origin` says who took it for that field: our guess, a profile, or a person, now or at an earlier file.
    """

    name: str
    field: str
    sample: str = ""
    others: Sequence[str] = ()
    origin: str = GUESSED


def key(heading: str) -> str:
    """Return what of a heading counts: one width, one kana, lower case, no decoration (会員No.（必須） -> 会員no)."""
    plain = jaconv.hira2kata(unicodedata.normalize("NFKC", heading)).casefold()
    return DECORATION.sub("", plain)


def keys_of(fields: Sequence[Field]) -> dict[str, str]:
    """Return field names by what of a heading counts."""
    return {key(heading): field.name for field in fields for heading in (*field.japanese, *field.english)}


def recognise(
    headings: Sequence[str], *, fields: Sequence[Field], special: Mapping[str, str] | None = None
) -> list[Column]:
    """Return the columns in file order, each with its field; a whole name beside its parts is not used.

    `special` names a profile's own headings, by what of them counts; where it knows a heading it has the last word.
    """
    known, special = keys_of(fields), special or {}
    found = [special.get(key(heading), known.get(key(heading), "")) for heading in headings]
    told = set(found)
    parts = {field.name: field.instead_of for field in fields if field.instead_of}
    return [
        Column(
            heading.strip()[:LONGEST_NAME],
            "" if parts.get(name) in told else name,
            origin=PROFILE if key(heading) in special else GUESSED,
        )
        for heading, name in zip(headings, found, strict=True)
    ]


def matched(columns: Sequence[Column], *, chosen: Sequence[str], origin: str) -> list[Column]:
    """Return the columns with fields somebody chose, in file order; what is not mentioned is not used."""
    padded = [*chosen, *[""] * (len(columns) - len(chosen))]
    return [replace(column, field=name, origin=origin) for column, name in zip(columns, padded, strict=False)]


def lacking(columns: Sequence[Column], *, needs: Sequence[Sequence[str]]) -> str:
    """Return why these columns cannot be read yet, as a code of importwords.FAILURES; empty when they can."""
    told = [column.field for column in columns if column.field]
    repeated = sorted({field for field in told if told.count(field) > 1})
    if repeated:
        return f"columns_repeated:{repeated[0]}"
    missing = [either[0] for either in needs if not set(either) & set(told)]
    if not missing:
        return ""
    return f"columns_missing:{','.join(missing)}" if told else "no_known_column"


def mark_of(headings: Sequence[str]) -> str:
    """Return what files with the same headings have in common: a hash of the headings, without our own two."""
    keys = [key(heading) for heading in headings]
    if tuple(keys[:2]) in OURS:
        keys = keys[2:]
    return hashlib.sha256(json.dumps(keys, ensure_ascii=False).encode()).hexdigest()


def own_columns(headings: Sequence[str]) -> int:
    """Return how many columns in front are ours: two in a file of refused rows that comes back, else none."""
    return 2 if tuple(key(heading) for heading in headings[:2]) in OURS else 0


def sample(*, fields: Sequence[Field], values: Mapping[str, str]) -> list[list[str]]:
    """Return the rows of a file that can be imported as it is, with headings in the language in force.

    `values` fill the places that only this installation knows ({store}, {sku}).
    """
    is_english = (get_language() or "").startswith("en")
    shown = [field for field in fields if not field.instead_of]
    head = [(field.english if is_english else field.japanese)[0] for field in shown]
    rows = [[str(field.examples[number]).format(**values) for field in shown] for number in (0, 1)]
    return [head, *rows]
