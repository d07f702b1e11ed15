"""Who may do what, held against every route of the resolver for every member of the cast."""

from __future__ import annotations

import pytest

from customers import access
from tests.cast import STAFF_ROLES
from tests.permissions import matrix
from tests.permissions.policy import BARE, EVERYONE, OTHER, STAFF, STRANGERS, TABLE
from tests.permissions.world import World

pytestmark = pytest.mark.django_db


def test_every_route_and_method_has_its_row_here() -> None:
    assert matrix.routes() == sorted(access.ROUTES)
    assert sorted(TABLE) == sorted((route, method) for route, rules in access.ROUTES.items() for method in rules)


def test_every_member_of_the_cast_is_in_the_matrix(world: World) -> None:
    assert set(world.cast.members()) == EVERYONE == STAFF | BARE | STRANGERS
    assert set(STAFF_ROLES) == STAFF - OTHER


def test_the_matrix_has_its_size() -> None:
    assert len(list(matrix.cells())) >= 2_500


@pytest.mark.parametrize("route", matrix.routes())
def test_route(world: World, route: str) -> None:
    problems = [line for cell in matrix.cells(route) for line in matrix.judge(world, cell)]
    assert not problems, "\n" + "\n".join(problems)
