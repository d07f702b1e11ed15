"""docs/mission.md holds every row once, and claims nothing that no test and no route stands for."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from customers.access import ROUTES

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "mission.md"
CELLS = re.compile(r"^\|" + r"([^|\n]*)\|" * 5 + "$", re.MULTILINE)
ROWS = {"000": 63, "001": 20, "002": 25, "003": 29, "004": 21}
STATES = ("done", "started", "open")


class Row(NamedTuple):
    """One row; `where` and `test` are empty for an open one."""

    number: str
    what: str
    state: str
    where: str
    test: str


def rows() -> list[Row]:
    page = PAGE.read_text()
    cells = [[cell.strip().strip("`") for cell in line] for line in CELLS.findall(page)]
    found = [Row(*line) for line in cells if line[0][:1].isdigit()]
    # a line of another shape would silently fall out
    assert len(found) == len(re.findall(r"^\| *\d", page, re.MULTILINE))
    return found


def functions_of(path: str) -> set[str]:
    """Return the names of the test functions a file defines."""
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_row_stands_once_in_order() -> None:
    expected = [f"{article}-{number:02}" for article, last in ROWS.items() for number in range(1, last + 1)]
    assert len(expected) == 158
    assert [row.number for row in rows()] == expected


def test_every_row_says_what_it_is_and_how_far() -> None:
    assert [row.number for row in rows() if len(row.what) < 3 or row.state not in STATES] == []


def test_what_is_done_or_started_names_a_route_and_a_test_that_exist() -> None:
    claimed = [row for row in rows() if row.state != "open"]
    assert claimed
    assert [row.number for row in claimed if row.where not in ROUTES] == []
    known = {path: functions_of(path) for path in {row.test.partition("::")[0] for row in claimed}}
    missing = [row.test for row in claimed if row.test.partition("::")[2] not in known[row.test.partition("::")[0]]]
    assert missing == []


def test_what_is_open_claims_nothing() -> None:
    assert [row.number for row in rows() if row.state == "open" and (row.where or row.test)] == []


def test_the_sum_at_the_top_is_right() -> None:
    counts = Counter(row.state for row in rows())
    sentence = f"Now: {counts['done']} done, {counts['started']} started, {counts['open']} open."
    assert sentence in PAGE.read_text()
