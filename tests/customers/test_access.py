"""The policy table's own functions: who an account is, what it may, whom it sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from config.lib.errors import NotFound, Refused
from customers import access
from customers.access import Actor, Scope, Sight
from customers.models import Customer, User
from customers.selectors import customers as people
from tests.cast import STAFF_ROLES, Cast

NEAR, ALL = {"hanako", "namesake"}, {"hanako", "namesake", "far"}
SEES = {
    "clerk": NEAR,
    "store_manager": NEAR,
    "agent": ALL,
    "support_lead": ALL,
    "sales": ALL,
    "data_steward": ALL,
    "marketer": set(),
    "marketing_manager": set(),
    "product_developer": set(),
    "executive": set(),
    "auditor": set(),
    "admin": set(),
}


def seen(cast: Cast, actor: Actor) -> set[str]:
    """Return which of the cast's customers an actor sees."""
    names = {cast.hanako.pk: "hanako", cast.namesake.pk: "namesake", cast.far.pk: "far"}
    return {names[pk] for pk in people.visible_to(actor).values_list("pk", flat=True)}


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_whom_a_role_sees(cast: Cast, role: str) -> None:
    assert seen(cast, cast.actor(role)) == SEES[role]


def test_whom_the_others_see(cast: Cast) -> None:
    assert seen(cast, access.actor_of(cast.other_clerk)) == {"far"}
    for actor in (access.actor_of(cast.bare), access.actor_of(cast.shopper), access.actor_of(AnonymousUser())):
        assert seen(cast, actor) == set()


@pytest.mark.parametrize(
    ("job", "count"), [(access.SYSTEM_IMPORT, 3), (access.SYSTEM_REACTIONS, 3), ("system:invented", 0)]
)
def test_a_job_has_a_row_of_its_own_or_sees_nobody(cast: Cast, job: str, count: int) -> None:
    assert people.visible_to(access.system(job)).count() == count


def test_a_customer_without_a_store_is_nobodys_in_the_shops(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.hanako.pk).update(home_store=None)
    assert seen(cast, cast.actor("clerk")) == {"namesake"}
    assert seen(cast, cast.actor("agent")) == ALL


def test_who_an_account_is(cast: Cast) -> None:
    clerk = cast.staff["clerk"]
    assert access.actor_of(clerk) == Actor("clerk", clerk.pk, cast.shibuya.pk)
    assert access.actor_of(cast.staff["admin"]) == Actor("admin", cast.staff["admin"].pk, None)
    assert access.actor_of(cast.bare) == Actor(access.NOBODY, cast.bare.pk)
    assert access.actor_of(cast.shopper) == Actor(access.SHOPPER, cast.shopper.pk)
    assert access.actor_of(AnonymousUser()) == Actor(access.ANONYMOUS)
    clerk.is_active = False
    assert access.actor_of(clerk) == Actor(access.ANONYMOUS)


def test_knowing_who_called_takes_no_query(cast: Cast, django_assert_num_queries: Any) -> None:
    loaded = User.objects.select_related("staff__store").get(username="clerk")
    with django_assert_num_queries(0):
        access.actor_of(loaded)


def test_jobs_and_strangers_have_no_account_and_no_store() -> None:
    for actor in (access.system(access.SYSTEM_IMPORT), Actor(access.ANONYMOUS)):
        with pytest.raises(LookupError, match="has no account"):
            _account = actor.account_id
    with pytest.raises(LookupError, match="has no store"):
        _store = Actor("agent", 1).own_store_id


def test_a_route_or_method_without_a_row_is_refused(cast: Cast) -> None:
    admin = cast.staff["admin"]
    assert access.may_open(admin, "home", "GET")
    assert not access.may_open(admin, "home", "DELETE")
    assert not access.may_open(admin, "invented", "GET")
    assert access.may_open(None, "livez", "GET")


def test_no_role_has_the_capability_of_closed_doors(cast: Cast) -> None:
    for role in (*STAFF_ROLES, access.NOBODY, access.SHOPPER, access.ANONYMOUS):
        assert not access.may(Actor(role, 1), access.NOBODY)
        assert not access.may(Actor(role, 1), "invented.capability")


def test_requiring_returns_the_scope_or_refuses_as_told() -> None:
    assert access.require(Actor("clerk", 1, 1), "note.write") is Scope.STORE
    assert access.require(Actor("agent", 1), "note.write") is Scope.ALL
    with pytest.raises(Refused):
        access.require(Actor("marketer", 1), "note.write")
    with pytest.raises(NotFound):
        access.require(Actor("marketer", 1), "note.write", hidden=True)


@pytest.mark.parametrize("role", ["marketer", "executive", "admin", "auditor", access.NOBODY, access.SYSTEM_IMPORT])
def test_a_role_without_a_row_sees_no_field(role: str) -> None:
    fields = ("name", "reading", "phone", "email", "birthday", "member_number")
    assert [access.sight(Actor(role, 1), field) for field in fields] == [Sight.HIDDEN] * 6


def test_a_field_without_a_row_is_hidden_from_everybody() -> None:
    assert [access.sight(Actor(role, 1), "income") for role in STAFF_ROLES] == [Sight.HIDDEN] * len(STAFF_ROLES)
