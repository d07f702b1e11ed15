"""Rule 7, first half: each kind of the timeline can be read in both languages, drawn, kept and erased."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from django.utils.translation import override

from journeys.hooks import Kind

PLACE = re.compile(r"%\((\w+)\)")
SYMBOL = re.compile(r'<symbol id="([\w-]+)"')
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SAME_IN_BOTH: frozenset[str] = frozenset()  # labels that Japanese writes as English does, such as a product's name


def icons_in(file: Path) -> set[str]:
    """Return the names of the symbols of a sprite."""
    return set(SYMBOL.findall(file.read_text(encoding="utf-8")))


def flaws(kind: Kind, *, icons: set[str]) -> list[str]:
    """Return what a kind lacks, in words; empty when it is complete."""
    told = _words("label", kind, str(kind.label), _japanese(kind.label))
    told += _words("sentence", kind, str(kind.sentence), _japanese(kind.sentence))
    if kind.icon not in icons:
        told.append(f"icon {kind.icon} is not in icons.svg")
    if kind.retention is not None and kind.retention <= timedelta(0):
        told.append("is kept for no time")
    return [f"{kind.name}: {problem}" for problem in [*told, *_erasing(kind)]]


def _japanese(text: object) -> str:
    with override("ja"):
        return str(text)


def _words(what: str, kind: Kind, english: str, japanese: str) -> list[str]:
    told = []
    if not english.strip() or (english not in SAME_IN_BOTH and (english == japanese or not JAPANESE.search(japanese))):
        told.append(f"{what} has no Japanese: {japanese!r} (are the catalogues compiled?)")
    for text in (english, japanese):
        unknown = set(PLACE.findall(text)) - set(kind.fields)
        if unknown:
            told.append(f"{what} names {', '.join(sorted(unknown))}, which is no field")
        elif not _can_be_filled(text, kind.fields):
            told.append(f"{what} cannot be filled: {text!r}")
    if set(PLACE.findall(english)) != set(PLACE.findall(japanese)):
        told.append(f"{what} tells other fields in Japanese than in English")
    return told


def _can_be_filled(text: str, fields: tuple[str, ...]) -> bool:
    try:
        return bool(text % dict.fromkeys(fields, "x"))
    except (KeyError, TypeError, ValueError):
        return False


def _erasing(kind: Kind) -> list[str]:
    if kind.erase is None:
        return ["does not say how it is erased"]
    kept = kind.erase(dict.fromkeys(kind.fields, "words about her"))
    if not set(kept) <= set(kind.fields):
        return ["erase makes up fields"]
    return ["is personal and keeps its payload when erased"] if kind.is_personal and any(kept.values()) else []
