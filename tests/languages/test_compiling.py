"""Compiling needs neither gettext nor Django, and does no work twice."""

from __future__ import annotations

import gettext
import os
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.conf import settings

from config.lib.catalogues import compile_catalogues


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A catalogue with one text in plural and one that nobody is sure of."""
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
    file.append(polib.POEntry(msgid="%(n)d shop", msgid_plural="%(n)d shops", msgstr_plural={0: "%(n)d店"}))
    file.append(polib.POEntry(msgid="Perhaps", msgstr="たぶん", flags=["fuzzy"]))
    path = tmp_path / "deep" / "ja" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    file.save(str(path))
    return path


def test_a_catalogue_is_compiled_once(source: Path, tmp_path: Path) -> None:
    target = source.with_suffix(".mo")
    assert compile_catalogues(tmp_path) == [target]
    assert compile_catalogues(tmp_path) == []
    assert list(source.parent.iterdir()) == [source, target] or set(source.parent.iterdir()) == {source, target}


def test_a_changed_catalogue_is_compiled_again(source: Path, tmp_path: Path) -> None:
    [target] = compile_catalogues(tmp_path)
    later = target.stat().st_mtime_ns + 1
    os.utime(source, ns=(later, later))
    assert compile_catalogues(tmp_path) == [target]


def test_what_was_compiled_can_be_read(source: Path, tmp_path: Path) -> None:
    [target] = compile_catalogues(tmp_path)
    with target.open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.ngettext("%(n)d shop", "%(n)d shops", 2) == "%(n)d店"
    assert read.gettext("Perhaps") == "Perhaps"


def test_it_runs_before_there_are_settings() -> None:
    code = "import sys; from config.lib.catalogues import compile_catalogues as c; c(); print('django' in sys.modules)"
    bare = {"PATH": os.environ.get("PATH", os.defpath)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=bare, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
