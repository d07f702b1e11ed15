"""The permission matrix: every route of the resolver, every method, every member, on near and on far things.

A cell is one call. What it must answer comes from policy.py, written by hand; what is called comes from the resolver
and customers.access.ROUTES, so that a new route or method without a row is a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse

from config.lib import clock
from customers import access
from customers.checks import named_routes
from customers.models import ContextReceipt
from tests.permissions.digest import changed, digest
from tests.permissions.policy import DESK, EVERYONE, OTHER, STEWARD, STORE, STRANGERS, TABLE, Row
from tests.permissions.world import FAR, NEAR, World, secrets_of

MAY_KNOW = {NEAR: STORE | DESK | STEWARD, FAR: OTHER | DESK | STEWARD}
UNNAMED = ""  # the admin's redirects and its catch-all: nothing to allow


@dataclass(frozen=True)
class Cell:
    """One call: the ids in its address and body are of `side`."""

    route: str
    method: str
    member: str
    side: str

    def __str__(self) -> str:
        return f"{self.method} {self.route} as {self.member} on {self.side} things"


def routes() -> list[str]:
    """Return every named route of the resolver."""
    return sorted({name for name, _pattern in named_routes() if name != UNNAMED})


def cells(route: str | None = None) -> Iterator[Cell]:
    """Yield the cells of one route, or of all: each method of its policy row, and one outside of it."""
    for name in routes() if route is None else [route]:
        methods = sorted(access.ROUTES[name])
        for method in [*methods, "TRACE" if "PUT" in methods else "PUT"]:
            row = TABLE.get((name, method))
            for side in (NEAR, FAR) if row is None or row.far is not None else (NEAR,):
                for member in sorted(EVERYONE):
                    yield Cell(name, method, member, side)


@dataclass(frozen=True)
class Expected:
    """What a cell must answer. `is_done` says that the call was allowed and found its thing."""

    status: int
    is_done: bool


def expected(cell: Cell) -> Expected:
    """Return what policy.py says about a cell. Raises LookupError for a method with a policy row but no row there."""
    row: Row | None = TABLE.get((cell.route, cell.method))
    if row is None:
        if cell.method in access.ROUTES[cell.route]:
            raise LookupError(f"{cell.method} {cell.route} has no row in tests/permissions/policy.py")
        return Expected(405, False)
    allowed = row.near if cell.side == NEAR or row.far is None else row.far
    if cell.member in allowed:
        return Expected(row.ok, True)
    if cell.member in STRANGERS:
        return Expected(401 if cell.route.startswith("api:") else 302, False)
    return Expected(row.missing if cell.member in row.near | (row.far or frozenset()) else row.no, False)


def call(world: World, cell: Cell) -> HttpResponse:
    """Make the call of a cell. Forms go as multipart, API bodies as JSON."""
    client = world.client(cell.member)
    url = world.url(cell.route, cell.member, cell.side)
    body = world.body(cell.route, cell.member, cell.side)
    if cell.method in {"GET", "HEAD"}:
        return client.generic(cell.method, url)
    if cell.route.startswith("api:"):
        return client.generic(cell.method, url, orjson.dumps(body), content_type="application/json")
    if cell.method == "POST":
        return client.post(url, body)
    return client.generic(cell.method, url)


def judge(world: World, cell: Cell) -> list[str]:
    """Make the call and return what is wrong with its answer and its traces; the database is put back."""
    cache.clear()
    with transaction.atomic():
        before = digest()
        known = set(ContextReceipt.objects.values_list("pk", flat=True))
        response = call(world, cell)
        traces = changed(before, digest())
        opened = list(ContextReceipt.objects.exclude(pk__in=known))
        transaction.set_rollback(True)
    world.put_files_back()
    wanted = expected(cell)
    problems = [f"answers {response.status_code}, not {wanted.status}"] if response.status_code != wanted.status else []
    problems += [f"shows {secret}" for secret in shown_secrets(cell.member, response)]
    problems += _form_of(cell, response)
    row = TABLE.get((cell.route, cell.method))
    if wanted.is_done:
        problems += _opening(world, cell, row.opens if row else "", opened)
        problems += ["changes nothing"] if row and row.writes and not traces else []
    else:
        problems += [f"leaves a trace in {', '.join(traces)}"] if traces else []
    return [f"{cell}: {problem}" for problem in problems]


def text_of(response: Any) -> str:
    """Return everything an answer says: body, headers, cookies."""
    body = response.getvalue() if response.streaming else response.content
    return "\n".join(
        [body.decode("utf-8", "replace"), *(f"{k}: {v}" for k, v in response.items()), str(response.cookies)]
    )


def shown_secrets(member: str, response: Any) -> list[str]:
    """Return the strings in an answer that give away a customer this member must not know about."""
    text = text_of(response)
    hidden = [secret for side in (NEAR, FAR) if member not in MAY_KNOW[side] for secret in secrets_of(side)]
    return [secret for secret in hidden if secret in text]


def _form_of(cell: Cell, response: Any) -> list[str]:
    kind = response.get("Content-Type", "")
    if response.status_code < 400:
        return []
    is_machine = cell.route.startswith(("api:", "livez", "readyz"))
    wanted = "application/problem+json" if is_machine else "text/html"
    return [] if kind.startswith(wanted) else [f"is refused as {kind}"]


def _opening(world: World, cell: Cell, surface: str, opened: list[ContextReceipt]) -> list[str]:
    """Exactly one read-log row for an opening, with who and where; none for everything else."""
    if not surface:
        return [f"writes {len(opened)} read-log rows without an opening"] if opened else []
    if surface == "pair":
        seen = sorted((row.customer_id, row.surface) for row in opened)
        both = [(pk, "page") for pk in sorted(world.twins.ids())]
        return [] if seen == both else [f"writes the read log {seen}, not {both}"]
    user = world.cast.members()[cell.member]
    customer = world.customers[cell.side]
    wanted = [(user.pk, user.staff.role, user.staff.store_id, customer.pk, surface, customer.context_seq, 64, True)]
    found = [
        (
            row.staff_id,
            row.role,
            row.store_id,
            row.customer_id,
            row.surface,
            row.context_seq,
            len(row.items_hash),
            abs((row.opened_at - clock.now()).total_seconds()) < 60,
        )
        for row in opened
    ]
    return [] if found == wanted else [f"writes the read log {found}, not {wanted}"]
