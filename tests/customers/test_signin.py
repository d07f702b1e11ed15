"""Signing in: staff only, limited, telling nothing about who exists, and never by the demo's password in earnest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from config.lib.errors import TooMany
from customers.models import User
from customers.services.signin import DEMO_PASSWORD, StaffBackend
from tests.cast import Cast
from tests.races.crowd import at_once, errors

ENGLISH = {"Accept-Language": "en"}
WRONG = "Please enter the correct username and password for a staff account."


def sign_in(client: Client, username: str, password: str, **headers: str) -> Any:
    """Send the sign-in form."""
    body = {"username": username, "password": password}
    return client.post(reverse("admin:login"), body, headers={**ENGLISH, **headers})


def is_in(client: Client) -> bool:
    """Return whether the browser is signed in."""
    return client.get("/").status_code == 200


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of passwords hashed: the work a caller could time."""
    done: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        done.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return done


def test_staff_sign_in_with_their_password(cast: Cast, client: Client) -> None:
    answer = sign_in(client, "clerk", "clerk")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)


def test_signing_in_starts_another_session(cast: Cast, client: Client) -> None:
    client.get(reverse("admin:login"))
    session = client.session
    session["kept"] = 1
    session.save()
    old = session.session_key
    client.cookies["yorisoi-session"] = old
    sign_in(client, "clerk", "clerk")
    assert client.cookies["yorisoi-session"].value != old
    assert client.cookies["yorisoi-session"]["max-age"] == 12 * 60 * 60
    assert client.cookies["yorisoi-session"]["httponly"]
    assert client.cookies["yorisoi-session"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("username", "password"),
    [("clerk", "wrong"), ("nobody", "clerk"), ("CLERK", "clerk"), ("clerk", ""), ("", "clerk"), ("clerk ", "wrong")],
)
def test_what_is_wrong_is_not_told_apart(cast: Cast, client: Client, username: str, password: str) -> None:
    answer = sign_in(client, username, password)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert (WRONG in text) is bool(username and password)
    assert not is_in(client)


def test_a_closed_account_is_told_like_a_wrong_password(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.staff["clerk"].pk).update(is_active=False)
    assert WRONG in sign_in(client, "clerk", "clerk").content.decode()
    assert not is_in(client)


def test_a_shopper_never_signs_in_here(cast: Cast, client: Client) -> None:
    cast.shopper.set_password("shopper-password")
    cast.shopper.save(update_fields=["password"])
    assert WRONG in sign_in(client, cast.shopper.username, "shopper-password").content.decode()
    assert StaffBackend().get_user(cast.shopper.pk) is None


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://[", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(cast: Cast, client: Client, target: str) -> None:
    body = {"username": "clerk", "password": "clerk", "next": target}
    answer = client.post(reverse("admin:login"), body)
    assert (answer.status_code, answer["Location"]) == (302, "/")


# --- the demo's password ---
@pytest.fixture
def demo_clerk(cast: Cast) -> User:
    """The clerk has the password everybody knows."""
    user = cast.staff["clerk"]
    user.set_password(DEMO_PASSWORD)
    user.save(update_fields=["password"])
    return user


def test_in_the_demo_its_password_opens(demo_clerk: User, client: Client, settings: Any) -> None:
    settings.DEMO = True
    sign_in(client, "clerk", DEMO_PASSWORD)
    assert is_in(client)


def test_outside_the_demo_its_password_is_wrong_even_where_it_is_set(
    demo_clerk: User, client: Client, settings: Any
) -> None:
    settings.DEMO = False
    assert WRONG in sign_in(client, "clerk", DEMO_PASSWORD).content.decode()
    assert not is_in(client)
    assert demo_clerk.check_password(DEMO_PASSWORD)


def test_every_refusal_costs_the_same_work(demo_clerk: User, cast: Cast, settings: Any, hashes: list[str]) -> None:
    settings.DEMO = False
    tries: list[tuple[str, str]] = [
        ("clerk", DEMO_PASSWORD),  # known, and it would be right
        ("agent", DEMO_PASSWORD),  # known
        ("nobody", DEMO_PASSWORD),  # unknown
        ("agent", "wrong"),
        ("nobody", "wrong"),
        (cast.shopper.username, "wrong"),
    ]
    costs = []
    for username, password in tries:
        cache.clear()
        hashes.clear()
        assert StaffBackend().authenticate(None, username=username, password=password) is None
        costs.append(list(hashes))
    assert costs == [[password] for _username, password in tries]


# --- the limit ---
def test_the_eleventh_try_is_refused_even_with_the_right_password(cast: Cast, client: Client) -> None:
    for number in range(10):
        assert WRONG in sign_in(client, "clerk", f"guess {number}").content.decode()
    answer = sign_in(client, "clerk", "clerk")
    assert answer.status_code == 200
    assert "Too many tries. Wait and try again." in answer.content.decode()
    assert WRONG not in answer.content.decode()
    assert not is_in(client)


def test_a_success_gives_the_tries_back(cast: Cast, client: Client) -> None:
    # given a clerk who comes back to her tablet all day, mistyping now and then
    for _return in range(12):
        assert WRONG in sign_in(client, "clerk", "mistyped").content.decode()
        sign_in(client, "clerk", "clerk")
        assert is_in(client)
        client.post("/admin/logout/")
    # then her account still has all of its tries
    for number in range(10):
        assert WRONG in sign_in(client, "clerk", f"guess {number}").content.decode()


def test_another_spelling_of_the_name_has_no_tries_of_its_own(cast: Cast) -> None:
    for name in ["clerk", "CLERK", "Clerk", "cLERK"] * 3:
        cost: Callable[[], Any] = partial(StaffBackend().authenticate, None, username=name, password="guess")
        try:
            cost()
        except TooMany:
            break
    with pytest.raises(TooMany):
        StaffBackend().authenticate(None, username="clerk", password="clerk")


def test_other_accounts_keep_their_tries(cast: Cast, client: Client) -> None:
    for number in range(11):
        sign_in(client, "clerk", f"guess {number}")
    sign_in(client, "agent", "agent")
    assert is_in(client)


def test_one_address_has_a_hundred_tries_over_all_accounts(cast: Cast) -> None:
    here = RequestFactory().post("/", REMOTE_ADDR="10.0.0.1")
    for number in range(100):
        assert StaffBackend().authenticate(here, username=f"guess-{number}", password="x") is None
    with pytest.raises(TooMany):
        StaffBackend().authenticate(here, username="clerk", password="clerk")
    elsewhere = RequestFactory().post("/", REMOTE_ADDR="10.0.0.2")
    assert StaffBackend().authenticate(elsewhere, username="clerk", password="clerk") == cast.staff["clerk"]


@pytest.mark.django_db(transaction=True)
def test_of_forty_guesses_at_once_ten_are_looked_at(cast: Cast, hashes: list[str]) -> None:
    # when
    guesses = [partial(StaffBackend().authenticate, None, username="clerk", password=f"g{n}") for n in range(40)]
    told = at_once(guesses)
    # then
    assert len(hashes) == 10
    assert [type(error) for error in errors(told)] == [TooMany] * 30
    assert [outcome.value for outcome in told if outcome.error is None] == [None] * 10
