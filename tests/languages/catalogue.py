"""The committed catalogues, as the tests read them."""

from __future__ import annotations

from pathlib import Path

import polib
from django.conf import settings

OURS = Path(settings.BASE_DIR) / "locale" / "ja" / "LC_MESSAGES" / "django.po"
LIBRARIES = Path(settings.BASE_DIR) / "locale" / "libraries" / "ja" / "LC_MESSAGES" / "django.po"


def entries(path: Path) -> list[polib.POEntry]:
    """Return a catalogue's entries."""
    return list(polib.pofile(str(path)))


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    """Return what identifies an entry: context, text, plural text."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def japanese(entry: polib.POEntry) -> str:
    """Return the translation; Japanese has one form for any number."""
    return str(entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr)
