"""HEAD and OPTIONS have no rows of their own: they must not be a way around the rows of GET."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from tests.permissions import matrix
from tests.permissions.digest import changed, digest
from tests.permissions.policy import EVERYONE, TABLE
from tests.permissions.world import FAR, World

pytestmark = pytest.mark.django_db
READS = sorted(route for route, method in TABLE if method == "GET")


# The sign-in form sends whoever is signed in on to the start page only by GET.
OTHERWISE = {"admin:login": {302: 200}}


@pytest.mark.parametrize("route", READS)
def test_head_is_answered_as_get_without_a_body(world: World, route: str) -> None:
    for member in sorted(EVERYONE):
        cell = matrix.Cell(route, "GET", member, FAR)
        wanted = matrix.expected(cell).status
        with transaction.atomic():
            response = matrix.call(world, replace(cell, method="HEAD"))
            transaction.set_rollback(True)
        body = response.getvalue() if response.streaming else response.content
        assert (response.status_code, body) == (OTHERWISE.get(route, {}).get(wanted, wanted), b""), cell
        assert matrix.shown_secrets(member, response) == [], cell


@pytest.mark.parametrize("route", [route for route in READS if route.startswith("api:") and "not-found" not in route])
def test_options_tells_the_methods_and_nothing_else(world: World, route: str) -> None:
    before = digest()
    for member in sorted(EVERYONE):
        response = matrix.call(world, matrix.Cell(route, "OPTIONS", member, FAR))
        assert response.status_code == 200
        assert matrix.shown_secrets(member, response) == []
        assert sorted(response.json()) == ["description", "name", "parses", "renders"]
    assert changed(before, digest()) == []
