"""Sends the forms of the shop floor: empty, wrong, and right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse

from customers import access
from customers.models import StoreDevice
from customers.services import devices
from journeys.models import PromptAnswer
from journeys.selectors.instore import today_here
from tests.languages.crawl import Visit, client_of, post
from tests.languages.shop import Shop

LONG = "Ω" * 300
Form = tuple[str, dict[str, Any]]


def sent(shop: Shop) -> Iterator[Visit]:
    """Visit what every form of the floor answers."""
    yield from _send(shop, "clerk", [*_wishes(shop), *_tryons(shop), *_promises(shop), *_prompts(shop)])
    yield from _send(shop, "agent", _wishes(shop)[:3])
    for who in ("clerk", "agent"):
        yield from _send(shop, who, _contacts(shop))
    yield from _send(shop, "marketer", _codes(shop))
    yield from _send(shop, "clerk", _tasks(shop))
    yield from _send(shop, "agent", _tasks(shop)[:3])
    yield from _send(shop, "store_manager", _devices())
    yield from _send(shop, "clerk", _pins())
    yield from _locked(shop)
    for who in ("clerk", "agent", "store_manager"):
        yield from _send(shop, who, _complaints(shop))
    yield from _send(shop, "clerk", _reservations(shop))
    yield from _send(shop, "agent", _reservations(shop))
    yield from _send(shop, "other_clerk", _reservations(shop)[:4])
    yield from _send(shop, "clerk", _carts(shop))


def _send(shop: Shop, who: str, forms: list[Form]) -> Iterator[Visit]:
    client = client_of(shop, who)
    for number, (address, fields) in enumerate(forms):
        for key in ("", f"{who}-{number}"):
            yield post(client, who, address, key=key, **fields)


def _at(shop: Shop, route: str, *more: Any, customer: int = 0) -> str:
    return reverse(route, args=[shop.customers[customer].uuid, *more])


def _contacts(shop: Shop) -> list[Form]:
    add = _at(shop, "customer-contact-add")
    good = {"way": "call", "topic": "Θεμα"}
    return [
        (add, {}),
        (add, {"way": "χ"}),
        (add, {"way": "call"}),
        (add, {"way": "visit"}),
        (add, {"way": "talk", "topic": "Θεμα"}),
        (add, {"way": "message:χ", "topic": "Θεμα"}),
        (add, {"way": "message:line", "topic": "Θεμα", "text": "Ω"}),
        (add, {"way": "code"}),
        (add, {**good, "topic": LONG}),
        (add, {**good, "text": LONG * 2}),
        (add, {**good, "code": "NONE"}),
        (add, {**good, "code": shop.floor.codes[2].code}),
        (add, {**good, "code": shop.floor.codes[0].code}),
        (add, {"way": "code", "code": shop.floor.codes[1].code}),
        (add, good),
    ]


def _codes(shop: Shop) -> list[Form]:
    add = reverse("admin:journeys_sourcecode_add")
    change = reverse("admin:journeys_sourcecode_change", args=[shop.floor.codes[0].pk])
    good = {"channel": "event", "label": "Αφισα", "address": "", "valid_from": "2026-01-01", "valid_to": ""}
    return [
        (add, {**good, "code": "ψ"}),
        (add, {**good, "code": "077"}),
        (add, {**good, "channel": "χ"}),
        (add, {**good, "address": "ψ"}),
        (add, {**good, "valid_to": "2025-01-01"}),
        (add, {**good, "code": "777"}),  # one of our making has letters of ours
        (change, {**good, "address": "ψ"}),
        (change, good),
    ]


def _wishes(shop: Shop) -> list[Form]:
    wish, interest, goods = shop.floor.wishes[0], shop.floor.interests[0], shop.floor.goods
    add, look = _at(shop, "customer-wish-add"), _at(shop, "customer-interest-add")
    return [
        (add, {}),
        (add, {"code": "ψ"}),
        (add, {"code": goods[5].sku}),
        (_at(shop, "customer-wish-remove", wish.uuid), {}),
        (look, {}),
        (look, {"category": "999999", "colour": "ψ"}),
        (look, {"category": interest.category_id, "colour": LONG, "size": "Μ"}),
        (look, {"category": interest.category_id, "colour": "ασπρο", "size": "Μ"}),
        (_at(shop, "customer-interest-end", interest.pk), {}),
    ]


def _tryons(shop: Shop) -> list[Form]:
    tried, goods = shop.floor.tryons[0], shop.floor.goods
    add, tell = _at(shop, "customer-tryon-add"), _at(shop, "customer-tryon-outcome", tried.uuid)
    return [
        (add, {}),
        (add, {"code": "ψ", "outcome": "bought"}),
        (add, {"variant": goods[0].pk, "outcome": "χ"}),
        (add, {"code": goods[4].sku, "outcome": ""}),
        (tell, {}),
        (tell, {"outcome": "not_bought", "reason": "χ"}),
        (tell, {"outcome": "bought", "reason": "size"}),
        (tell, {"outcome": "not_bought", "reason": "size", "better_size": LONG}),
        (tell, {"outcome": "not_bought", "reason": "size", "better_size": "Λ"}),
    ]


def _promises(shop: Shop) -> list[Form]:
    note, first = _at(shop, "customer-note-add"), shop.floor.promises[0]
    promise = {"text": "Ω", "scope": "store", "type": "promise"}
    return [
        (note, promise),
        (note, {**promise, "due_on": "1990-01-01"}),
        (note, {**promise, "due_on": today_here().isoformat(), "owner": "999999"}),
        (note, {**promise, "type": "χ"}),
        (note, {**promise, "due_on": today_here().isoformat()}),
        (note, {**promise, "type": "advice", "is_shared": "1"}),
        (reverse("promise-keep", args=[first.uuid]), {}),
    ]


def _prompts(shop: Shop) -> list[Form]:
    address = _at(shop, "customer-prompt-answer")
    shown = PromptAnswer.objects.filter(customer=shop.customers[0]).order_by("pk").values_list("prompt", flat=True)
    lines = list(dict.fromkeys(shown))
    assert len(lines) == 3
    answers = zip(lines, ("used", "later", "wrong"), strict=True)
    return [
        (address, {}),
        (address, {"prompt": lines[0], "answer": "χ"}),
        *((address, {"prompt": line, "answer": answer}) for line, answer in answers),
    ]


def _complaints(shop: Shop) -> list[Form]:
    add, opened = _at(shop, "customer-complaint-open"), shop.floor.complaints[0]
    close = _at(shop, "customer-complaint-close", opened.uuid, customer=1)
    good = {"category": "defect", "about": "Ω", "say": "Ω", "do_not_say": "Ω"}
    return [
        (add, {}),
        (add, {**good, "category": "χ"}),
        (add, {**good, "about": LONG}),
        (add, {**good, "say": LONG}),
        (add, {**good, "handler": "999999"}),
        (add, {**good, "due_at": "1990-01-01T10:00"}),
        (add, good),
        (close, {}),
        (close, {"outcome": LONG}),
        (close, {"outcome": "Ω"}),
        (close, {"outcome": "Ψ"}),
    ]


def _reservations(shop: Shop) -> list[Form]:
    add, goods, rows = _at(shop, "customer-reserve"), shop.floor.goods, shop.floor.reservations
    good = {"code": goods[0].sku, "quantity": "1", "days": "3", "store": shop.stores[0].pk}

    def act(name: str, state: str, **fields: Any) -> Form:
        return reverse(f"reservation-{name}", args=[rows[state].uuid]), fields

    back = {"customer": str(shop.customers[0].uuid)}
    return [
        act("ready", "to_prepare"),
        act("collect", "ready", **back),
        act("collect", "expired"),
        act("extend", "to_prepare", days="χ"),
        act("extend", "expiring", days="7", **back),
        act("extend", "fetched", days="1"),
        act("extend", "cancelled", days="7"),
        act("cancel", "collected"),
        act("cancel", "expiring", **back),
        (add, {}),
        (add, {**good, "code": "ψ"}),
        (add, {**good, "quantity": "0"}),
        (add, {**good, "quantity": "99"}),
        (add, {**good, "days": "χ"}),
        (add, {**good, "store": ""}),
        (add, good),
    ]


def _tasks(shop: Shop) -> list[Form]:
    give, about = reverse("tasks"), _at(shop, "customer-task-give")
    good = {"title": "Ω", "due_at": "2030-01-01T10:00", "taker": "store"}
    end = reverse("task", args=[shop.floor.tasks[1].uuid])
    return [
        (give, {}),
        (give, {**good, "taker": "999999"}),
        (about, {**good, "title": LONG}),
        (give, {**good, "reason": LONG}),
        (give, good),
        (about, good),
        (end, {}),
        (end, {"result": "done", "note": LONG}),
        (end, {"result": "done", "note": "Ω"}),
        (end, {"result": "done", "note": "Ψ"}),
    ]


def _devices() -> list[Form]:
    return [
        (reverse("store-devices"), {}),
        (reverse("store-devices"), {"label": LONG}),
        (reverse("store-devices"), {"label": "Ω"}),
        (reverse("store-device-end", args=[StoreDevice.objects.earliest("pk").pk]), {}),
        (reverse("store-device-end", args=[999_999]), {}),
    ]


def _pins() -> list[Form]:
    return [
        (reverse("pin"), {}),
        (reverse("pin"), {"password": "clerk", "pin": "12"}),
        (reverse("pin"), {"password": "clerk", "pin": "1234"}),
        (reverse("pin"), {"password": "clerk", "pin": "4937"}),
    ]


def _locked(shop: Shop) -> Iterator[Visit]:
    """A locked screen of the store's device: wrong PINs until only the password is left, and a form that came late."""
    client, locked = client_of(shop, "clerk"), reverse("locked")
    manager = shop.accounts["store_manager"]
    assert manager is not None
    token = devices.enrol(actor=access.actor_of(manager), label="Ω").token
    client.cookies[settings.DEVICE_COOKIE_NAME] = token
    yield post(client, "clerk", reverse("lock"), back="/")
    yield post(client, "clerk", reverse("tasks"), key="late", title="Ω")
    for pin in ("0", *("1111" for _try in range(5))):
        yield post(client, "clerk", locked, pin=pin)
    yield post(client, "clerk", locked, password="ψ")
    yield post(client, "clerk", locked, password="clerk")


def _carts(shop: Shop) -> list[Form]:
    """One is closed, twice; one was emptied meanwhile."""
    first, _second, emptied = shop.sales.carts
    return [(_at(shop, "customer-cart-close", cart.uuid), {}) for cart in (first, first, emptied)]
