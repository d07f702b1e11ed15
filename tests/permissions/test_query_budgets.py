"""How many queries each page and call may take: an exact number each, the same with one related row and with fifty.

`UPDATE_BUDGETS=1` writes the counts of this run into query_budgets.json; a changed number is then a line of the diff.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers import access
from tests.permissions import growth, matrix
from tests.permissions.policy import TABLE, Row
from tests.permissions.world import NEAR, World

pytestmark = pytest.mark.django_db
BUDGETS = Path(__file__).parent / "query_budgets.json"
UPDATE = os.environ.get("UPDATE_BUDGETS") == "1"
MOST = {"api": 15, "admin": 25, "page": 25}
# These walk through every table that knows a customer: a number for each, however many rows it has.
EVERY_TABLE = {"POST customer-export": 60, "POST merge-do": 60, "POST merge-undo": 60}
FIRST = ("support_lead", "data_steward", "admin", "auditor", "clerk")
SAVEPOINTS = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")
ROWS = {
    f"{row.method} {row.route}": row
    for row in TABLE.values()
    if row.method in {"GET", "POST"} and access.ROUTES[row.route][row.method].capability != access.NOBODY
}


def privileged(row: Row) -> str:
    """Return the member the count is taken for: one who is allowed, the most powerful first."""
    return next(name for name in (*FIRST, *sorted(row.near)) if name in row.near)


def statements(world: World, row: Row) -> list[str]:
    """Return the SQL of one call that found everything warm. Savepoints are the tests' own."""
    cell = matrix.Cell(row.route, row.method, privileged(row), NEAR)
    for _time in ("warm", "counted"):
        cache.clear()
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            response = matrix.call(world, cell)
            transaction.set_rollback(True)
        world.put_files_back()
        assert response.status_code == row.ok, cell
    return [entry["sql"] for entry in captured if not entry["sql"].startswith(SAVEPOINTS)]


def budgets() -> dict[str, int]:
    """Return the counts that are allowed."""
    return dict(json.loads(BUDGETS.read_text(encoding="utf-8"))) if BUDGETS.exists() else {}


def kind_of(route: str) -> str:
    """Return which of the limits counts."""
    return route.partition(":")[0] if ":" in route else "page"


def test_every_budget_has_its_route() -> None:
    assert UPDATE or sorted(budgets()) == sorted(ROWS)


@pytest.mark.parametrize("key", sorted(ROWS))
def test_a_call_takes_exactly_its_queries(world: World, key: str) -> None:
    # when
    sql = statements(world, ROWS[key])
    if UPDATE:
        _write(key, len(sql))
    # then
    allowed = budgets()[key]
    assert len(sql) == allowed, f"{key}: {len(sql)} queries, not {allowed}\n" + "\n".join(sql)
    assert len(sql) <= EVERY_TABLE.get(key, MOST[kind_of(ROWS[key].route)])


@pytest.fixture(scope="module")
def grown(world: World) -> World:
    """The shop with fifty more of everything. Module scope: comes after the tests that count the small one."""
    growth.grow(world)
    return world


@pytest.mark.parametrize("key", sorted(ROWS))
def test_fifty_more_rows_take_no_query_more(grown: World, key: str) -> None:
    sql = statements(grown, ROWS[key])
    allowed = budgets()[key]
    assert len(sql) == allowed, f"{key}: {len(sql)} queries with fifty rows, {allowed} with one\n" + "\n".join(sql)


def _write(key: str, count: int) -> None:
    kept = {name: value for name, value in {**budgets(), key: count}.items() if name in ROWS}
    BUDGETS.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n", encoding="utf-8")
