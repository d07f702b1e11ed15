"""docs/tutorial.md is typed into a copy of the repository and run: what it prints must work as printed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import tutorial
from tests.docs.tutorial import Command, Edit, Rotten

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "tutorial.md"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "*.mo"
)
COMPILE = ("-m", "config.lib.catalogues")
TEN_MINUTES = 1_000  # words of prose; the code is for typing


def test_the_tutorial_works_as_printed(tmp_path: Path) -> None:
    copy = tmp_path / "yorisoi"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    steps = list(tutorial.steps(PAGE.read_text()))
    edits = [step for step in steps if isinstance(step, Edit)]
    for before, step in zip([None, *steps], steps, strict=False):
        if isinstance(step, Edit):
            step.apply(copy)
            continue
        if isinstance(before, Edit):
            run(copy, *COMPILE)  # as every make target does first
        run(copy, *step.arguments(), **step.settings())
    # then it was a whole tutorial, it cost the customer page the one query it says, and it keeps the house's format
    assert len(edits) >= 12
    assert budget(copy) == budget(ROOT) + 1
    assert len(steps) - len(edits) >= 6
    python = sorted({edit.path for edit in edits if edit.path.endswith(".py")})
    run(copy, "-m", "ruff", "check", "--no-cache", *python)
    run(copy, "-m", "ruff", "format", "--no-cache", "--check", *python)


def test_it_is_read_in_ten_minutes() -> None:
    prose = tutorial.BLOCK.sub("", PAGE.read_text())
    assert len(re.findall(r"\w+", prose)) <= TEN_MINUTES


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("Create `a.txt`:\n\n```py\nx\n```\n", "exists already"),
        ("In `b.txt`, above the line `one`, add:\n\n```py\nx\n```\n", "does not exist"),
        ("In `a.txt`, above the line `three`, add:\n\n```py\nx\n```\n", "0 lines hold"),
        ("In `a.txt`, below the line `o`, add:\n\n```py\nx\n```\n", "2 lines hold"),
        ("Somewhere put:\n\n```py\nx\n```\n", "does not say where"),
    ],
)
def test_a_step_that_does_not_fit_is_noticed(tmp_path: Path, page: str, reason: str) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    with pytest.raises(Rotten, match=reason):
        type_in(tmp_path, page)
    assert (tmp_path / "a.txt").read_text() == "one\ntwo\n"


def test_a_command_it_cannot_run_is_noticed() -> None:
    with pytest.raises(Rotten, match="cannot run"):
        Command("rm -r docs").arguments()


def type_in(root: Path, page: str) -> None:
    """Apply the edits of a page that has no commands."""
    for step in tutorial.steps(page):
        assert isinstance(step, Edit)
        step.apply(root)


def budget(root: Path) -> int:
    """Return how many queries the customer page may take."""
    told = json.loads((root / "tests" / "permissions" / "query_budgets.json").read_text())
    return int(told["GET customer-page"])


def run(copy: Path, *arguments: str, **settings: str) -> None:
    """Run Python in the copy; a failure shows what it printed."""
    env = environment(copy) | settings
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Rotten(f"{' '.join(arguments)} failed in the copy:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


def environment(copy: Path) -> dict[str, str]:
    """The copy's own code and database. Its cache is the last of this run's slot, which no other worker takes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    suffix = f"{os.environ.get('TEST_DB_SUFFIX', '')}_tutorial".strip("_")
    return kept | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TEST_CACHE_BASE": str(int(os.environ.get("TEST_CACHE_BASE", "2")) + 11),
        "TEST_DB_SUFFIX": suffix,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / ".hypothesis"),
    }
