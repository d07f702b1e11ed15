"""Every address has its policy row, its cells in the permission matrix, and its query budget."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from django.urls import path
from django.views.generic import RedirectView, View

from config.lib.health import livez
from customers import access
from customers.access import Rule
from customers.api.authentication import StaffSessionAuthentication
from customers.api.permissions import PolicyPermission
from customers.checks import named_routes
from tests.architecture.conftest import ROOT
from tests.architecture.rules import routes
from tests.architecture.rules.routes import Route
from tests.cast import STAFF_ROLES, Cast

# Answers 404 to everybody, so that an unknown API address is a problem document.
OPEN_TO_ALL = {"api:not-found"}
TABLE = {"home": {"GET": Rule("home.open")}, "note": {"GET": Rule("x"), "POST": Rule("x")}}
HOME, NOTE = Route("home", "/"), Route("note", "note/", methods=frozenset({"GET", "POST"}))


def found() -> list[Route]:
    return [routes.route_of(name, pattern) for name, pattern in named_routes()]


def members() -> set[str]:
    nobody: dict[str, Any] = dict.fromkeys(field.name for field in fields(Cast))
    return set(Cast(**{**nobody, "staff": dict.fromkeys(STAFF_ROLES)}).members())


def test_resolver_and_policy_table_are_equal() -> None:
    assert routes.unequal(found(), access.ROUTES) == []


def test_every_api_class_asks_the_policy_table() -> None:
    api = [route for route in found() if route.permissions is not None]
    assert {"api:customer", "api:customer-notes", "api:not-found"} <= {route.name for route in api}
    told = routes.weakened(
        api, permission=PolicyPermission, authentication=StaffSessionAuthentication, open_to_all=OPEN_TO_ALL
    )
    assert told == []


def test_the_matrix_calls_every_route_by_every_method_as_every_member() -> None:
    from tests.permissions import matrix

    called = {(cell.route, cell.method, cell.member) for cell in matrix.cells()}
    known = {cell for cell in called if cell[1] in access.ROUTES.get(cell[0], {})}
    assert routes.difference(known, routes.cells(access.ROUTES, members())) == []


def test_every_page_and_write_has_a_query_budget() -> None:
    budgets = json.loads((ROOT / "tests" / "permissions" / "query_budgets.json").read_text(encoding="utf-8"))
    assert routes.difference(set(budgets), routes.budgeted(access.ROUTES)) == []


# --- the rules themselves ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("planted", "table", "told"),
    [
        ([HOME, NOTE], TABLE, []),
        ([HOME, NOTE, Route("", "<path:object_id>/", is_redirect=True)], TABLE, []),
        ([HOME, NOTE, Route("new", "new/")], TABLE, ["new has no policy row"]),
        ([HOME], TABLE, ["policy row note names no address"]),
        ([HOME, NOTE, Route("", "secret/")], TABLE, ["secret/ has no name"]),
        (
            [HOME, Route("note", "note/", methods=frozenset({"GET", "PUT"}))],
            TABLE,
            ["note answers ['GET', 'PUT'], its policy rows say ['GET', 'POST']"],
        ),
    ],
)
def test_a_difference_is_found(planted: list[Route], table: routes.Table, told: list[str]) -> None:
    assert routes.unequal(planted, table) == told


@pytest.mark.parametrize(
    ("permissions", "authentications", "is_found"),
    [
        (("policy",), ("session",), False),
        ((), ("session",), True),
        (("policy", "other"), ("session",), True),
        (("policy",), (), True),
        (("everyone",), ("session",), True),
    ],
)
def test_a_weakened_class_is_found(
    permissions: tuple[str, ...], authentications: tuple[str, ...], is_found: bool
) -> None:
    planted = [Route("x", "x", permissions=permissions, authentications=authentications)]
    told = routes.weakened(planted, permission="policy", authentication="session", open_to_all={"y"})
    assert bool(told) is is_found


def test_a_class_that_stands_open_must_be_wholly_open() -> None:
    planted = [Route("x", "x", permissions=(), authentications=("session",))]
    assert len(routes.weakened(planted, permission="policy", authentication="session", open_to_all={"x"})) == 1


def test_missing_and_needless_cells_and_budgets_are_found() -> None:
    wanted = routes.cells(TABLE, ["clerk", "outsider"])
    assert len(wanted) == 6
    assert routes.difference(wanted, wanted) == []
    assert routes.difference(wanted - {("note", "POST", "outsider")}, wanted) == [
        "missing: ('note', 'POST', 'outsider')"
    ]
    assert routes.difference({"GET home", "GET old"}, {"GET home"}) == ["not needed: GET old"]


def test_a_budget_is_needed_where_somebody_may_read_or_write() -> None:
    closed = {"a": {"GET": Rule(access.NOBODY), "POST": Rule("x")}, "b": {"DELETE": Rule("x"), "GET": Rule("")}}
    assert routes.budgeted(closed) == {"POST a", "GET b"}


def test_methods_are_read_from_the_class() -> None:
    class Page(View):
        def get(self) -> None: ...
        def put(self) -> None: ...

    assert routes.route_of("x", path("x/", Page.as_view())).methods == frozenset({"GET", "PUT"})
    assert routes.route_of("", path("x/", RedirectView.as_view())).is_redirect
    assert routes.route_of("x", path("x/", livez)).methods is None


def test_the_cast_has_everybody() -> None:
    assert {*STAFF_ROLES, "other_clerk", "shopper", "outsider"} <= members()
