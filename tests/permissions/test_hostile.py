"""Client input never ends in a 5xx: every hostile input against every route, from outside and from inside.

Each run: the known breakers from everybody to every route, the others from whoever reaches furthest to the routes that
read them. `make test-deep`: everything from everybody to everything.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from customers import access
from tests.permissions import hostile, hostile_edges, matrix
from tests.permissions.digest import changed, digest
from tests.permissions.hostile import FORM, Attack
from tests.permissions.policy import TABLE
from tests.permissions.world import NEAR, World

pytestmark = pytest.mark.django_db
SLOWEST = 1.0
MACHINES = ("/api/", "/livez", "/readyz")
SENDERS = ("outsider", "clerk", "data_steward")
POSTS = sorted(route for route, method in TABLE if method == "POST")
LISTS = tuple(route for route in matrix.routes() if route.endswith("_changelist"))
READ_THEIR_QUERY = {
    *LISTS,
    *("home", "customer-page", "customer-panel", "api:customer", "api:customer-timeline", "api:customer-notes"),
    *("api:not-found", "admin:login", "admin:jsi18n", "admin:customers_store_change", "admin:customers_user_add"),
    "admin:journeys_importrun_progress",
    *("customer-tryon", "promises", "store-reservations"),
}
READ_THEIR_HEADERS = {
    *("livez", "home", "set_language", "customer-search", "customer-page", "customer-note-add", "api:not-found"),
    *("api:customer-search", "api:customer-notes", "admin:login", "admin:customers_store_changelist"),
}
Sent = tuple[str, Attack]


def furthest(route: str) -> str:
    """Return one of the senders who is allowed in, or somebody who is where none of them is."""
    allowed = sorted({name for row in TABLE.values() if row.route == route for name in row.near})
    return next((name for name in reversed(SENDERS) if name in allowed), [*allowed, "admin"][0])


def send(world: World, member: str, method: str, url: str, attack: Attack) -> Any:
    """Make one call and return the answer."""
    extra = dict(attack.extra)
    if attack.cookie is not None:
        extra["HTTP_COOKIE"] = attack.cookie
    content_type = str(extra.pop("CONTENT_TYPE", attack.content_type))
    address = f"{url}{'&' if '?' in url else '?'}{attack.query}" if attack.query else url
    client = world.client(member)
    return client.generic(attack.method or method, address, attack.body, content_type=content_type, **extra)


def complaints(url: str, response: Any) -> Iterator[str]:
    """Yield what is wrong with an answer to hostile input."""
    status, kind = response.status_code, response.get("Content-Type", "")
    if status >= 500:
        yield f"ends in {status} {getattr(response, 'exc_info', [''])[0]}"
    wanted = "application/problem+json" if url.startswith(MACHINES) else "text/html"
    if status >= 400 and not kind.startswith(wanted):
        yield f"is refused with {status} as {kind}"
    place = urlsplit(response.get("Location", "/"))
    if place.netloc not in {"", "testserver"} or place.scheme not in {"", "http"}:
        yield f"leads to {response['Location']}"
    if "X-Evil" in response.headers or "pwned" in response.cookies:
        yield "writes a foreign header"


def timed(world: World, member: str, method: str, url: str, attack: Attack) -> tuple[Any, float]:
    """Make one call in a savepoint; what was answered below 400 is rolled back."""
    with transaction.atomic():
        started = time.perf_counter()
        answer = send(world, member, method, url, attack)
        seconds = time.perf_counter() - started
        transaction.set_rollback(answer.status_code < 400)
    if answer.status_code < 400:
        world.put_files_back()
    return answer, seconds


def onslaught(world: World, method: str, sent: Iterable[tuple[str, str, Attack]]) -> list[str]:
    """Make the calls (member, address, attack); return the problems. A refused call must change nothing."""
    problems = []
    before = digest()
    for member, url, attack in sent:
        cache.clear()
        answer, seconds = timed(world, member, method, url, attack)
        if seconds > SLOWEST:  # once more: the machine may have been busy, a bad input stays slow
            answer, seconds = timed(world, member, method, url, attack)
        told = [*complaints(url, answer), *([f"takes {seconds:.1f} s"] if seconds > SLOWEST else [])]
        problems += [f"{method} {url[:80]} as {member}, {attack.name}: {line}" for line in told]
    traces = changed(before, digest())
    return [*problems, f"refused calls changed {traces}"] if traces else problems


def usual(route: str, sent: Iterable[Sent], *, is_read: bool) -> Iterator[tuple[str, str, Attack]]:
    """Yield what each run sends: the known breakers from everybody, the others from one where they are read."""
    best = furthest(route)
    for url, attack in sent:
        members = {*SENDERS, best} if attack.is_core else {best} if is_read else set()
        yield from ((member, url, attack) for member in sorted(members))


def everything(route: str, sent: Iterable[Sent]) -> Iterator[tuple[str, str, Attack]]:
    """Yield everything from everybody."""
    for url, attack in sent:
        yield from ((member, url, attack) for member in sorted({*SENDERS, furthest(route)}))


def first_method(route: str) -> str:
    """Return the method that reads, where there is one."""
    return "GET" if "GET" in access.ROUTES[route] else sorted(access.ROUTES[route])[0]


def at(world: World, route: str, attacks: Iterable[Attack]) -> list[Sent]:
    """Return the attacks with the address of a route."""
    url = world.url(route, "data_steward", NEAR)
    return [(url, attack) for attack in attacks]


def other_paths(world: World, route: str, *, only_ids: bool) -> list[Sent]:
    """Return addresses with one part replaced: each part in turn, or only the ids."""
    url = world.url(route, "data_steward", NEAR).partition("?")[0]
    parts = url.strip("/").split("/")
    places = [place for place, part in enumerate(parts) if not only_ids or part.isdecimal() or "-" in part]
    return [
        ("/" + "/".join([*parts[:place], evil, *parts[place + 1 :]]) + "/" * url.endswith("/"), Attack("path"))
        for place in places
        for evil in hostile_edges.PATH_PARTS
    ]


def bodies(world: World, route: str) -> list[Sent]:
    """Return broken bodies, then each hostile value in each field of a good one."""
    fields = world.body(route, furthest(route), NEAR)
    plain = {name: value for name, value in fields.items() if not isinstance(value, SimpleUploadedFile)}
    broken = hostile.json_bodies(next(iter(plain), "x")) if route.startswith("api:") else hostile.form_bodies()
    return at(
        world, route, [*broken, *(_with_value(route, plain, name, kind) for name in plain for kind in hostile.VALUES)]
    )


def _with_value(route: str, fields: dict[str, Any], name: str, kind: str) -> Attack:
    told = {**fields, name: hostile.VALUES[kind]}
    if route.startswith("api:"):  # half a surrogate pair stands among the broken bodies: no encoder writes it
        return Attack(f"{name} {kind}", body=orjson.dumps({**told, name: told[name].replace("\ud800", "")}))
    return Attack(f"{name} {kind}", body=urlencode(told, errors="surrogatepass").encode(), content_type=FORM)


@pytest.mark.parametrize("route", matrix.routes())
def test_addresses(world: World, route: str) -> None:
    sent = usual(route, at(world, route, hostile_edges.addresses()), is_read=route in READ_THEIR_QUERY)
    problems = onslaught(world, first_method(route), sent)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("route", matrix.routes())
def test_headers(world: World, route: str) -> None:
    sent = usual(route, at(world, route, hostile_edges.headers()), is_read=route in READ_THEIR_HEADERS)
    problems = onslaught(world, first_method(route), sent)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("route", POSTS)
def test_bodies(world: World, route: str) -> None:
    problems = onslaught(world, "POST", usual(route, bodies(world, route), is_read=True))
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("route", matrix.routes())
def test_ids(world: World, route: str) -> None:
    sent = usual(route, other_paths(world, route, only_ids=True), is_read=True)
    problems = onslaught(world, first_method(route), sent)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.parametrize("route", [route for route in POSTS if not route.startswith("api:")])
@pytest.mark.parametrize("body", [b"any=%00", b"any=1&any=x%00", b"%00=1"])
def test_a_form_with_a_nul_goes_no_further_than_the_door(world: World, route: str, body: bytes) -> None:
    (url, attack) = at(world, route, [Attack("nul", body=body, content_type=FORM)])[0]
    assert send(world, furthest(route), "POST", url, attack).status_code == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_paths_that_lead_nowhere(world: World, method: str) -> None:
    sent = [(member, path, Attack(path[:40])) for path in hostile_edges.PATHS for member in SENDERS]
    problems = onslaught(world, method, sent)
    assert not problems, "\n" + "\n".join(problems)


@pytest.mark.deep
@pytest.mark.parametrize("route", matrix.routes())
def test_everything_from_everybody(world: World, route: str) -> None:
    edges = [*hostile_edges.addresses(), *hostile_edges.headers()]
    sent = [*at(world, route, edges), *other_paths(world, route, only_ids=False)]
    problems = onslaught(world, first_method(route), everything(route, sent))
    if route in POSTS:
        problems += onslaught(world, "POST", everything(route, bodies(world, route)))
    assert not problems, "\n" + "\n".join(problems)
