"""What a session is worth: without its token, with the wrong origin, and once the account has changed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from customers import access
from customers.models import Role, User
from customers.services import staff
from tests.permissions import matrix
from tests.permissions.digest import changed, digest
from tests.permissions.policy import TABLE
from tests.permissions.world import NEAR, World

pytestmark = pytest.mark.django_db
UNSAFE = sorted(
    (row.route, row.method) for row in TABLE.values() if row.method != "GET" and "not-found" not in row.route
)
TOKEN = "t" * 32


def guarded(world: World, member: str) -> Client:
    """Return the member's browser, this time with CSRF checks as in the real product."""
    return world.client(member, enforce_csrf_checks=True)


@pytest.mark.parametrize(("route", "method"), UNSAFE)
def test_a_cookie_without_the_token_writes_nothing(world: World, route: str, method: str) -> None:
    # given: a member who may do this
    member = sorted(TABLE[route, method].near or {"admin"})[0]
    url, body = world.url(route, member, NEAR), world.body(route, member, NEAR)
    is_api = route.startswith("api:")
    before = digest()
    # when
    client = guarded(world, member)
    answer = client.post(url, orjson.dumps(body), content_type="application/json") if is_api else client.post(url, body)
    # then
    assert answer.status_code == 403
    assert changed(before, digest()) == []
    assert (answer.json()["code"] == "csrf") if is_api else ("もう一度" in answer.content.decode())


def note(world: World, client: Client, **headers: str) -> Any:
    """Write a note over the API as the clerk."""
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    url = reverse("api:customer-notes", args=[world.customers[NEAR].uuid])
    body = orjson.dumps({"text": "トークンあり", "scope": "company"})
    return client.post(url, body, content_type="application/json", headers={"X-CSRFToken": TOKEN, **headers})


def test_the_cookie_with_the_token_writes(world: World) -> None:
    assert note(world, guarded(world, "clerk")).status_code == 201


def test_the_token_from_a_foreign_page_writes_nothing(world: World) -> None:
    before = digest()
    answer = note(world, guarded(world, "clerk"), Origin="https://evil.example")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert changed(before, digest()) == []


def test_a_wrong_token_writes_nothing(world: World) -> None:
    answer = note(world, guarded(world, "clerk"), **{"X-CSRFToken": "u" * 32})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def both(world: World, member: str) -> tuple[int, int]:
    """Return what the start page and the API answer the member's open session.

    The API first: a page deletes a session it no longer believes, and the API must not live off that.
    """
    api = world.client(member).get(reverse("api:customer", args=[world.customers[NEAR].uuid]))
    return (world.client(member).get("/").status_code, api.status_code)


def move(world: World, member: str, **given: Any) -> None:
    """Let the administrator change an account."""
    user = world.cast.staff[member]
    row = User.objects.get(pk=user.pk)
    for name, value in given.items():
        setattr(row, name, value)
    role = Role(given.get("role", user.staff.role))
    staff.move(
        actor=access.actor_of(world.cast.staff["admin"]),
        user=row,
        role=role,
        store=world.cast.shibuya if role == Role.CLERK else None,
        changed=sorted(set(given) - {"role"}),
    )


def test_a_disabled_accounts_open_session_ends_at_once(world: World) -> None:
    assert both(world, "agent") == (200, 200)
    move(world, "agent", is_active=False)
    assert both(world, "agent") == (302, 401)


def test_a_new_role_counts_from_the_next_call_on(world: World) -> None:
    assert both(world, "agent") == (200, 200)
    move(world, "agent", role=Role.MARKETER)
    assert both(world, "agent") == (200, 404)


def test_a_new_password_ends_the_open_sessions(world: World) -> None:
    assert both(world, "sales") == (200, 200)
    User.objects.filter(pk=world.cast.staff["sales"].pk).update(password="!another")
    assert both(world, "sales") == (302, 401)


def test_an_account_without_its_profile_opens_nothing(world: World) -> None:
    assert both(world, "agent") == (200, 200)
    world.cast.staff["agent"].staff.delete()
    assert both(world, "agent") == (403, 404)


def test_flags_add_nothing_to_a_role(world: World) -> None:
    User.objects.filter(pk=world.cast.staff["clerk"].pk).update(is_superuser=True, is_staff=True)
    problems = [
        line
        for route in ("admin:customers_user_changelist", "admin:customers_contextreceipt_changelist", "customer-page")
        for cell in matrix.cells(route)
        if cell.member == "clerk"
        for line in matrix.judge(world, cell)
    ]
    assert problems == []


def test_a_session_of_another_sign_in_way_is_nobodys(world: World, settings: Any) -> None:
    assert both(world, "agent") == (200, 200)
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    assert both(world, "agent") == (302, 401)
