"""The committed catalogue holds exactly the texts of code and templates. Needs gettext.

Without gettext these are skipped with one line, since a newcomer needs none; REQUIRE_GETTEXT=1 makes that a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
import unfold
from django.conf import settings
from django.utils.translation import trans_real

from tests.languages.catalogue import OURS, entries, key

UNREAD = shutil.ignore_patterns(".*", "var", "tests", "docs", "node_modules", "static", "__pycache__", "*.mo")


@pytest.fixture(scope="module", autouse=True)
def gettext() -> None:
    """Skip, or fail where it was asked for."""
    if all(map(shutil.which, ("xgettext", "msgmerge", "msguniq", "msgattrib"))):
        return
    line = "gettext is not installed, so the texts were not extracted anew (Debian: apt install gettext)"
    if os.environ.get("REQUIRE_GETTEXT") == "1":
        pytest.fail(line)
    pytest.skip(line)


def test_the_catalogue_holds_the_texts_of_the_code(tmp_path: Path) -> None:
    # given a copy of the product
    copy = tmp_path / "product"
    shutil.copytree(settings.BASE_DIR, copy, ignore=UNREAD)
    # when the texts are collected anew
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--verbosity", "0"], cwd=copy, check=True, env=os.environ
    )
    # then nothing is new and nothing is gone
    anew = {key(entry) for entry in polib.pofile(str(copy / OURS.relative_to(settings.BASE_DIR)))}
    committed = {key(entry) for entry in entries(OURS)}
    assert {"missing": sorted(anew - committed), "surplus": sorted(committed - anew)} == {"missing": [], "surplus": []}


def test_every_text_of_the_theme_has_japanese(tmp_path: Path) -> None:
    copy = tmp_path / "unfold"
    shutil.copytree(Path(unfold.__file__).parent, copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
    (copy / "locale").mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "ja", "--verbosity", "0"],
        cwd=copy,
        check=True,
        env=environment,
    )
    found = entries(copy / "locale" / "ja" / "LC_MESSAGES" / "django.po")
    assert len(found) > 150
    known = trans_real.translation("ja")._catalog
    missing = [entry.msgid for entry in found if not (known.get(entry.msgid) or known.get((entry.msgid, 0)))]
    assert missing == []
