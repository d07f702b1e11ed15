"""Our pages point at things that are there: files, parts of pages, make targets, words of the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCES = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
SOURCE = re.compile(r"^[\w.-]+(/[\w.-]+)+/?$|^\w+\.(md|toml|in)$")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
# The tutorial makes these; the product makes those.
NOT_YET = ("alteration", "var/")
ROOMS = ("customers", "journeys", "loyalty", "campaigns", "support", "config", "static", "templates")

by_page = pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])


@by_page
def test_every_link_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@by_page
def test_every_file_named_is_there(page: Path) -> None:
    named = {word for word in CODE.findall(FENCES.sub("", page.read_text())) if SOURCE.match(word)}
    ours = {word for word in named if not any(part in word for part in NOT_YET)}
    starts = {path.name for path in ROOT.iterdir()}
    wrong = [word for word in sorted(ours) if word.split("/")[0] in starts and not (ROOT / word).exists()]
    assert wrong == []


@by_page
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pieces = [*CODE.findall(page.read_text()), *FENCES.findall(page.read_text())]
    used = {target for piece in pieces for target in TARGET.findall(piece)}
    assert used - targets == set()


def test_decisions_are_numbered_without_gaps_and_say_what_they_cost() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert [part for part in ("Tags:", "**Decision.**", "**Price.**") if part not in text] == [], path.name


# --- the glossary --------------------------------------------------------------------------------------------------


@cache
def glossary() -> list[list[str]]:
    """Return the rows of the glossary's tables that have a column for the code."""
    rows = [line.split("|")[1:-1] for line in (ROOT / "docs/glossary.md").read_text().splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in row] for row in rows]
    return [row for row in cells if len(row) == 4 and row[2].startswith("`")]


def test_the_glossary_is_a_glossary() -> None:
    assert 60 <= len(glossary()) <= 120
    english = [row[1] for row in glossary()]
    assert sorted(english) == sorted(set(english))


def test_screens_use_the_words_of_the_glossary() -> None:
    catalogue = polib.pofile(str(ROOT / "locale/ja/LC_MESSAGES/django.po"))
    shown: dict[str, set[str]] = {}
    for entry in catalogue:
        if entry.msgstr and not entry.msgctxt:
            shown.setdefault(entry.msgid.casefold(), set()).add(entry.msgstr)
    wrong = {
        row[1]: (row[0], shown[row[1].casefold()])
        for row in glossary()
        if row[1].casefold() in shown and not set(row[0].split("、")) & shown[row[1].casefold()]
    }
    assert wrong == {}


def test_the_code_has_the_nouns_of_the_glossary() -> None:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in {".py", ".html", ".css"}]
    source = "\n".join(path.read_text() for path in files)
    missing = [row[2] for row in glossary() if not _is_in(row[2].strip("`"), source)]
    assert missing == []


def _is_in(noun: str, source: str) -> bool:
    """Role.CLERK stands in the code as a class and a member; anything else as written."""
    if re.fullmatch(r"([A-Z]\w*\.)+[A-Z_]+", noun):
        *owners, member = noun.split(".")
        return all(f"class {owner}(" in source for owner in owners) and f" {member} = " in source
    return re.search(rf"\b{re.escape(noun)}\b", source) is not None
