"""The Japanese is complete, fits its places, and is written the way a store clerk reads it."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.languages.catalogue import LIBRARIES, OURS, entries, japanese, key
from tests.languages.style import KANA_OR_KANJI, PLACE, TAG, avoided, has_half_width_marks, rude_sentences

BOTH = [pytest.param(OURS, id="ours"), pytest.param(LIBRARIES, id="libraries")]
# Written in Latin letters, or made of marks and places only, in Japanese as well.
LATIN = {
    "API",
    "SKU",
    "%(name)s（%(code)s）",
    "LINE",
    "SMS",
    "SNS",
    "UTF-8",
    "Shift_JIS（Windows、cp932）",
    "Y/m/d（D）",
    "n/j",
    "n/j H:i",
    "%s",
    "%(filter_title)s",
    "%(column)s：%(reason)s",
    "「%(words)s」",
}


@pytest.mark.parametrize("path", BOTH)
def test_nothing_is_untranslated_unsure_or_left_over(path: Path) -> None:
    lacking = [key(entry) for entry in entries(path) if not entry.translated() or entry.fuzzy or entry.obsolete]
    assert lacking == []


@pytest.mark.parametrize("path", BOTH)
def test_each_text_stands_once(path: Path) -> None:
    found = [key(entry) for entry in entries(path)]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("path", BOTH)
def test_places_and_tags_stay(path: Path) -> None:
    unlike = [
        entry.msgid
        for entry in entries(path)
        for pattern in (PLACE, TAG)
        if sorted(pattern.findall(entry.msgid_plural or entry.msgid)) != sorted(pattern.findall(japanese(entry)))
    ]
    assert unlike == []


@pytest.mark.parametrize("path", BOTH)
def test_japanese_is_japanese(path: Path) -> None:
    found = {japanese(entry) for entry in entries(path) if not KANA_OR_KANJI.search(japanese(entry))}
    assert found <= LATIN


@pytest.mark.parametrize("path", BOTH)
def test_words_our_writing_avoids(path: Path) -> None:
    assert [japanese(entry) for entry in entries(path) if avoided(japanese(entry))] == []


@pytest.mark.parametrize("path", BOTH)
def test_marks_are_full_width_beside_japanese(path: Path) -> None:
    assert [japanese(entry) for entry in entries(path) if has_half_width_marks(japanese(entry))] == []


def test_what_ends_in_english_ends_in_japanese() -> None:
    """A sentence has its full stop in both languages, a label in neither."""
    found = [
        f"{entry.msgid} -> {japanese(entry)}"
        for entry in entries(OURS)
        if entry.msgid.endswith(".") != japanese(entry).endswith("。")
    ]
    assert found == []


@pytest.mark.parametrize("path", BOTH)
def test_sentences_are_polite(path: Path) -> None:
    assert [sentence for entry in entries(path) for sentence in rude_sentences(japanese(entry))] == []


def test_english_is_short_and_in_sentence_case() -> None:
    titled = re.compile(r"^[A-Z][a-z]+(?: [A-Z][a-z]+)+$")
    found = [
        entry.msgid
        for entry in entries(OURS)
        if titled.match(entry.msgid) or re.search(r"\bplease\b", entry.msgid, re.IGNORECASE)
    ]
    assert found == []


def test_the_libraries_still_have_these_texts() -> None:
    """A text a newer library dropped or reworded would leave its page in English without a word."""
    site = Path(polib.__file__).parent
    sources = _joined(site / "unfold") + _joined(site / "rest_framework")
    django = {
        entry.msgid
        for file in site.glob("django/**/locale/en/LC_MESSAGES/django.po")
        for entry in polib.pofile(str(file))
    }
    gone = [
        entry.msgid
        for entry in entries(LIBRARIES)
        if entry.msgid not in django and " ".join(entry.msgid.split()) not in sources
    ]
    assert gone == []


def test_our_catalogue_wins_over_the_libraries() -> None:
    assert list(settings.LOCALE_PATHS) == [OURS.parents[2], LIBRARIES.parents[2]]


def _joined(package: Path) -> str:
    """Return the sources of a package as one text: blanks folded, literals joined, places as in a catalogue."""
    text = " ".join(file.read_text(encoding="utf-8") for kind in ("py", "html") for file in package.rglob(f"*.{kind}"))
    text = re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", text)
    return " ".join(re.sub(r"[\"']\s*\n\s*[\"']", "", text).split())
