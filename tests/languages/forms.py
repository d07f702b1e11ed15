"""Sends the forms: empty, wrong, and right, so that what the pages say afterwards is seen as well."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers import access
from customers.models import AttentionItem, User
from journeys.models import Reaction
from tests.languages import floorforms, twins
from tests.languages.crawl import Visit, client_of, post, visit
from tests.languages.shop import HEADINGS, SOUND, Shop

PASSWORD = "ενας-μεγαλος-κωδικος-91"


def sent(shop: Shop) -> Iterator[Visit]:
    """Visit what every form answers."""
    yield from _empty_admin_forms(shop)
    yield from _sign_in(shop)
    yield from _passwords(shop)
    yield from _searches_and_notes(shop)
    yield from floorforms.sent(shop)
    yield from twins.sent(shop)
    yield from _stores_and_staff(shop)
    yield from _actions(shop)
    yield from _imports(shop)


def _empty_admin_forms(shop: Shop) -> Iterator[Visit]:
    """Every form of the back office, sent empty by whoever may send it."""
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        key = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
        for who, account in shop.accounts.items():
            client = client_of(shop, who)
            if access.may_open(account, f"{label}_add", "POST"):
                yield post(client, who, reverse(f"{label}_add"))
            if access.may_open(account, f"{label}_change", "POST"):
                yield post(client, who, reverse(f"{label}_change", args=[key]))


def _sign_in(shop: Shop) -> Iterator[Visit]:
    client = client_of(shop, "outsider")
    login = reverse("admin:login")
    yield post(client, "outsider", login)
    for _try in range(12):
        last = post(client, "outsider", login, username="ψ", password="ψ")
        yield last
    assert "⟦Too many tries" in last.text
    shopper = client_of(shop, "shopper")
    yield visit(shopper, "shopper", login)
    yield post(client, "outsider", reverse("set_language"), language="χ")
    leaving = client_of(shop, "auditor")
    yield post(leaving, "auditor", reverse("admin:logout"))


def _passwords(shop: Shop) -> Iterator[Visit]:
    client, own = client_of(shop, "sales"), reverse("admin:password_change")
    yield post(client, "sales", own)
    yield post(client, "sales", own, old_password="ψ", new_password1="123", new_password2="1234")
    yield post(client, "sales", own, old_password="sales", new_password1="123", new_password2="123")
    yield post(client, "sales", own, old_password="sales", new_password1=PASSWORD, new_password2=PASSWORD)
    clerk = shop.accounts["clerk"]
    assert clerk is not None
    manager, other = client_of(shop, "admin"), reverse("admin:auth_user_password_change", args=[clerk.pk])
    yield post(manager, "admin", other)
    yield post(manager, "admin", other, password1="password", password2="password", usable_password="true")
    yield post(manager, "admin", other, password1=PASSWORD, password2=PASSWORD, usable_password="true")


def _searches_and_notes(shop: Shop) -> Iterator[Visit]:
    client = client_of(shop, "store_manager")
    search = reverse("customer-search")
    for term in (
        "",
        "Παπ",
        "Ψψψ",
        "90000001",
        "\x00",
        "Παπ 1230",
        "Ψψψ 1230",
        "Π 1230",
        "090-1111-1230",
        "1230",
        "ω0@",
    ):
        yield post(client, "store_manager", search, term=term)
    for _try in range(31):
        last = post(client, "store_manager", search, term="Παπ 1230")
    yield last
    agent = client_of(shop, "agent")
    for term in ("Παπ", "Ψψψ", "1230", "12", "ω0@", "090-1111-1230"):
        yield post(agent, "agent", search, term=term)
    note = reverse("customer-note-add", args=[shop.customers[0].uuid])
    for who, fields in (
        ("store_manager", {"text": "", "scope": "store"}),
        ("store_manager", {"text": "Ω" * 201, "scope": "store"}),
        ("store_manager", {"text": "Ω", "scope": "χ"}),
        ("agent", {"text": "Ω", "scope": "company", "channel": "χ"}),
        ("agent", {"text": "Ω", "scope": "company", "channel": "phone"}),
    ):
        yield post(client_of(shop, who), who, note, key=f"κ{fields}"[:9].encode().hex(), **fields)
    yield post(client, "store_manager", note, text="Ω", scope="store", key="")


def _stores_and_staff(shop: Shop) -> Iterator[Visit]:
    client = client_of(shop, "admin")
    add = reverse("admin:customers_store_add")
    store = {"name_ja": "Γαμμα", "is_open": "on"}
    yield post(client, "admin", add, code="ΑΑΑ", **store)
    yield post(client, "admin", add, code="ΓΓΓ", **store)
    yield post(client, "admin", add, code="ΔΔΔ", _addanother="1", **store)
    yield post(client, "admin", add, code="ΕΕΕ", _continue="1", **store)
    yield post(client, "admin", add, code="Ζ" * 30, **store)
    change = reverse("admin:customers_store_change", args=[shop.stores[0].pk])
    yield post(client, "admin", change, **{**store, "name_ja": "Αθηνα"})
    hire = reverse("admin:customers_user_add")
    place = {"last_name": "Αλεξιου", "first_name": "Αννα"}
    yield post(client, "admin", hire, username="ψ ψ", password="ψ", role="clerk", store="", **place)
    yield post(client, "admin", hire, username="ψ", password="Αλεξιου", role="χ", store="999999", **place)
    yield post(client, "admin", hire, username="νεος", password=PASSWORD, role="agent", store="", **place)
    yield post(client, "admin", hire, username="νεος", password=PASSWORD, role="agent", store="", **place)
    own = shop.accounts["admin"]
    assert own is not None
    move = reverse("admin:customers_user_change", args=[own.pk])
    yield post(client, "admin", move, username=own.username, role="agent", store="", is_active="on", **place)
    someone = reverse("admin:customers_user_change", args=[User.objects.get(username="νεος").pk])
    yield post(client, "admin", someone, username="νεος", role="agent", store="", **place)


def _actions(shop: Shop) -> Iterator[Visit]:
    """The bulk actions: nothing chosen, none named, and done."""
    Reaction.objects.update(plug="δοκιμη")  # those of the notes just written
    for who, route, action, rows in (
        ("support_lead", "admin:customers_attentionitem_changelist", "settle", AttentionItem.objects.all()),
        ("admin", "admin:journeys_reaction_changelist", "put_back", Reaction.objects.all()),
    ):
        client, address = client_of(shop, who), reverse(route)
        mine = rows.filter(owner_role=who) if rows.model is AttentionItem else rows
        keys = list(mine.order_by("-pk").values_list("pk", flat=True)[:2])
        yield post(client, who, address, action=action)
        yield post(client, who, address, action="", _selected_action=keys)
        yield post(client, who, address, action="χ", _selected_action=keys)
        yield post(client, who, address, action=action, _selected_action=keys)
        yield post(client, who, address, action=action, _selected_action=keys[:1])


def _imports(shop: Shop) -> Iterator[Visit]:
    client = client_of(shop, "data_steward")
    add = reverse("admin:journeys_importrun_add")
    yield post(client, "data_steward", add, file=SimpleUploadedFile("ω", b""))
    good = "\r\n".join((",".join(HEADINGS), SOUND)).encode()
    yield post(client, "data_steward", add, file=SimpleUploadedFile("ω", good))
    for name, chosen in (
        ("done", []),
        ("matching", ["", ""]),
        ("matching", ["code"]),
        ("matching", ["member_number", "family_name"]),
    ):
        match = reverse("admin:journeys_importrun_match", args=[shop.runs[name].pk])
        yield post(client, "data_steward", match, column=chosen)
    for name in ("done", "checked", "checked", "discarded"):
        for act in ("start", "discard"):
            address = reverse(f"admin:journeys_importrun_{act}", args=[shop.runs[name].pk])
            yield post(client, "data_steward", address)
