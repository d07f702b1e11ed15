"""Visits every page as every role, also where it refuses, and keeps what was answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from django.contrib import admin
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from customers import access, hooks
from tests.languages.shop import Shop

BACKEND = "customers.services.signin.StaffBackend"
UUID = "00000000-0000-7000-8000-000000000000"
# Not for readers.
MACHINES = {"livez", "readyz", "admin:jsi18n"}


@dataclass(frozen=True)
class Visit:
    """One answer. `who` is the role, `address` what was asked for (with the method, when it was a form)."""

    who: str
    address: str
    status: int
    kind: str
    text: str

    @property
    def name(self) -> str:
        """How a failure names it."""
        return f"{self.who} {self.address} ({self.status})"


def addresses(shop: Shop) -> dict[str, list[str]]:
    """Return for each route that is opened by GET the addresses to visit. A route that is missing here fails a test."""
    customer = shop.customers[0].uuid
    page, timeline = reverse("customer-page", args=[customer]), reverse("api:customer-timeline", args=[customer])
    panels = [plug.name for plug in hooks.customer_panel.plugs()]
    found = {
        "home": [reverse("home")],
        "customer-page": [
            *(reverse("customer-page", args=[each.uuid]) for each in shop.customers),
            f"{page}?channel=line",
            f"{page}?cursor=MQ",
        ],
        "customer-panel": [reverse("customer-panel", args=[customer, name]) for name in [*panels, "nowhere"]],
        "api:customer": [reverse("api:customer", args=[uuid]) for uuid in (customer, UUID)],
        "api:customer-timeline": [timeline, f"{timeline}?limit=0", f"{timeline}?kind=no.kind", f"{timeline}?cursor=x"],
        "api:customer-brief": [reverse("api:customer-brief", args=[each.uuid]) for each in shop.customers],
        "api:customer-notes": [reverse("api:customer-notes", args=[customer])],
        "customer-tryon": [
            *(reverse("customer-tryon", args=[row.customer.uuid, row.uuid]) for row in shop.floor.tryons),
            reverse("customer-tryon", args=[customer, UUID]),
        ],
        "promises": [reverse("promises")],
        "demo-cards": [reverse("demo-cards")],
        "demo-card": [reverse("demo-card", args=[each]) for each in (customer, UUID)],
        "locked": [reverse("locked")],
        "pin": [reverse("pin")],
        "store-devices": [reverse("store-devices")],
        "tasks": [reverse("tasks")],
        "task": [reverse("task", args=[row.uuid]) for row in shop.floor.tasks],
        "store-reservations": [reverse("store-reservations")],
        "admin:journeys_sourcecode_qr": [
            reverse("admin:journeys_sourcecode_qr", args=[key]) for key in (shop.floor.codes[0].pk, 10**9)
        ],
        "admin:journeys_sourcecode_sheet": [
            reverse("admin:journeys_sourcecode_sheet") + query for query in ("", "?code=077", "?code=NONE")
        ],
        "api:not-found": ["/api/v1/nowhere"],
        "admin:index": [reverse("admin:index")],
        "admin:login": [reverse("admin:login")],
        "admin:password_change": [reverse("admin:password_change")],
        "admin:password_change_done": [reverse("admin:password_change_done")],
        "admin:auth_user_password_change": [
            reverse("admin:auth_user_password_change", args=[account.pk])
            for account in (shop.accounts["clerk"], shop.accounts["admin"])
            if account
        ],
    }
    for name in ("change", "progress", "problems"):
        route = f"admin:journeys_importrun_{name}"
        found[route] = [reverse(route, args=[run.pk]) for run in shop.runs.values()]
    kinds = ("stores", "products", "stock", "customers", "orders")
    for name in ("sample", "add"):
        address = reverse(f"admin:journeys_importrun_{name}")
        found[f"admin:journeys_importrun_{name}"] = [address, *(f"{address}?what={what}" for what in kinds)]
    from tests.languages import twins  # it visits with what stands here

    return {**_model_pages(), **found, **twins.addresses(shop)}


def _model_pages() -> dict[str, list[str]]:
    """The pages every registered model has: list, searched in vain, an object, its history, a new one."""
    found: dict[str, list[str]] = {}
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        key = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
        assert key is not None, f"the shop has no {model.__name__}"
        found[f"{label}_changelist"] = [reverse(f"{label}_changelist"), reverse(f"{label}_changelist") + "?q=Ψψψ&e=1"]
        found[f"{label}_change"] = [reverse(f"{label}_change", args=[pk]) for pk in (key, 10**9)]
        found[f"{label}_history"] = [reverse(f"{label}_history", args=[key])]
        found[f"{label}_delete"] = [reverse(f"{label}_delete", args=[key])]
        found[f"{label}_add"] = [reverse(f"{label}_add")]
    return found


def client_of(shop: Shop, who: str, **given: Any) -> Client:
    """Return the browser of a role, signed in; an error of a view becomes its page."""
    client = Client(raise_request_exception=False, **given)
    account = shop.accounts[who]
    if account is not None:
        client.force_login(account, backend=BACKEND)
    return client


def visit(client: Client, who: str, address: str, send: Callable[[], HttpResponseBase] | None = None) -> Visit:
    """Ask for an address (or send a form) and follow where it leads."""
    response: Any = send() if send else client.get(address, follow=True)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.get("Content-Type", "").partition(";")[0]
    return Visit(who, f"POST {address}" if send else address, response.status_code, kind, content.decode())


def post(client: Client, who: str, address: str, /, **fields: Any) -> Visit:
    """Send a form and follow where it leads."""
    return visit(client, who, address, lambda: client.post(address, fields, follow=True))


def pages(shop: Shop) -> Iterator[Visit]:
    """Visit all pages as every role; from a list also what its own links (filters, order) lead to."""
    every = addresses(shop)
    for who in shop.accounts:
        client = client_of(shop, who)
        for route, found in every.items():
            for address in found:
                seen = visit(client, who, address)
                yield seen
                if seen.status == 403:
                    break  # the others say the same
                if route.endswith("_changelist") and seen.status == 200:
                    for query in sorted(set(re.findall(r'href="(\?[^"]*)"', seen.text))):
                        yield visit(client, who, address.partition("?")[0] + query.replace("&amp;", "&"))


def refusals(shop: Shop) -> Iterator[Visit]:
    """Visit what refuses whoever asks: not readable, no token, no page, an error of ours."""
    client = client_of(shop, "clerk")
    yield visit(client, "clerk", "/?q=%00")
    yield visit(client, "clerk", "/nowhere/")
    yield visit(client, "clerk", "/", lambda: client.get("/", CONTENT_LENGTH=str(10**12)))
    strict = client_of(shop, "clerk", enforce_csrf_checks=True)
    home = reverse("customer-search")
    yield visit(strict, "clerk", home, lambda: strict.post(home, {"term": "Ω"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hooks.home_tile, "values", lambda: 1 / 0)
        yield visit(client, "clerk", "/")


def api_refusals(shop: Shop) -> Iterator[Visit]:
    """Send the API what it refuses."""
    client = client_of(shop, "clerk")
    search = reverse("api:customer-search")
    notes = reverse("api:customer-notes", args=[shop.customers[0].uuid])
    long = "Ω" * 3000
    for address, body in (
        (search, b"{"),
        (search, b"[1]"),
        (search, b"null"),
        (search, b"{}"),
        (search, orjson.dumps({"term": 1})),
        (search, orjson.dumps({"term": None})),
        (search, orjson.dumps({"term": ""})),
        (search, orjson.dumps({"term": long, "χ": 1})),
        (search, b'{"term": "\\u0000"}'),
        (search, b"[" * 50 + b"]" * 50),
        (search, b" " * (1024 * 1024 + 1)),
        (notes, orjson.dumps({"text": long, "scope": "χ"})),
        (notes, orjson.dumps({"text": "Ω", "scope": "company", "channel": "χ"})),
    ):
        yield visit(client, "clerk", address, lambda a=address, b=body: client.post(a, b, "application/json"))
    yield visit(client, "clerk", search, lambda: client.post(search, b"a=1", "text/plain"))
    nowhere = "/api/v1/nowhere"
    yield visit(client, "clerk", nowhere, lambda: client.post(nowhere, b"{}", "application/json"))
    yield visit(client, "clerk", search, lambda: client.put(search, b"{}", "application/json"))
    yield visit(client, "clerk", search, lambda: client.get(search, headers={"accept": "text/csv"}))
    squeezed = {"content-encoding": "gzip"}
    yield visit(client, "clerk", search, lambda: client.post(search, b"{}", "application/json", headers=squeezed))
    for key in ("", "χ" * 3, "once", "once"):
        body = orjson.dumps({"text": f"Ω{len(key)}", "scope": "company"})
        yield visit(
            client,
            "clerk",
            notes,
            lambda k=key, b=body: client.post(notes, b, "application/json", headers={"idempotency-key": k}),
        )


def readable_parts(document: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, text) of what a JSON answer says to people; names, codes and numbers are for programs."""
    words = {"title", "detail", "label", "sentence", "channel_label", "scope_label", "language", "approach"}
    if isinstance(document, dict):
        for inner, value in document.items():
            yield from readable_parts(value, inner)
    elif isinstance(document, list):
        for value in document:
            yield from readable_parts(value, name)
    elif isinstance(document, str) and name in words:
        yield name, document


def gated_routes() -> set[str]:
    """Return the routes somebody can open by GET and read."""
    return {
        name
        for name, rules in access.ROUTES.items()
        if "GET" in rules and rules["GET"].capability != access.NOBODY and name not in MACHINES
    }


def sending_routes() -> set[str]:
    """Return the routes to which somebody can send a form or a document."""
    return {
        name
        for name, rules in access.ROUTES.items()
        if "POST" in rules and rules["POST"].capability != access.NOBODY and name not in MACHINES
    }
