"""Compiles the translation catalogues (`locale/**/*.po`) with polib: a bare machine has no gettext.

Needs neither Django nor settings, since it runs before them: `python -m config.lib.catalogues`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

LOCALES = Path(__file__).resolve().parent.parent.parent / "locale"


def compile_catalogues(root: Path = LOCALES) -> list[Path]:
    """Compile each catalogue below `root` that changed since it was compiled; return the .mo files written."""
    return [_compile(source) for source in sorted(root.rglob("*.po")) if not _is_current(source)]


def _is_current(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    import polib  # type: ignore[import-untyped] # a start with nothing to compile does not pay for it

    target = source.with_suffix(".mo")
    # Written aside first: a process that starts meanwhile never reads half a catalogue.
    draft = target.with_suffix(f".mo.{os.getpid()}")
    polib.pofile(str(source)).save_as_mofile(str(draft))
    draft.replace(target)
    return target


if __name__ == "__main__":
    for written in compile_catalogues():
        sys.stdout.write(f"{written.relative_to(LOCALES.parent)}\n")
