"""A small shop whose data is written in Greek letters only, so that no page can mix it up with words of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from config.lib import clock
from customers import access, hooks
from customers.models import AttentionItem, ContextReceipt, Customer, Role, Store, User
from customers.models.staff import STORE_ROLES
from customers.services import receipts
from journeys.hooks import interaction_kinds
from journeys.models import Channel, ImportRun, Note, Reaction
from journeys.services import imports, instore, timeline
from tests import factories
from tests.languages.floor import Floor, furnish
from tests.languages.sales import Sales, sell

HEADINGS = ("会員番号", "姓", "名", "生年月日", "電話番号", "メールアドレス", "χρωμα")
# Data in other letters: the headings of an uploaded file, the kind of a stored password, a currency.
DATA_WORDS = frozenset({*HEADINGS, "md5", "JPY", "EC-CUBE", "Shopify", "CDNOW"})
SOUND = "70000001,Ωνασης,Αρης,1990-04-01,090-0000-7001,ω@example.jp,ροζ"
UNSOUND = "70000002,,Αρης,32/13/1990,12,ω,ροζ"
PLACE = re.compile(r"%\((\w+)\)")
# Enough for each kind and an older page of the timeline.
FACTS = 60


@dataclass
class Shop:
    """What the crawl needs to find its way. `roles` maps a name to the account that is visited as."""

    stores: list[Store]
    customers: list[Customer]
    accounts: dict[str, User | None]
    runs: dict[str, ImportRun] = field(default_factory=dict)
    floor: Floor = field(default_factory=Floor)
    sales: Sales = field(default_factory=Sales)


def build() -> Shop:
    """Create everything the pages can show, each state at least once."""
    stores = [
        factories.store(code=code, name_ja=name, name_en=name, brand="Μαρκα", zone="Ζωνη")
        for code, name in (("ΑΑΑ", "Αθηνα"), ("ΒΒΒ", "Βολος"))
    ]
    customers = [
        factories.customer(
            member_number=f"9000000{number}",
            family_name="Παππας",
            given_name="Ελενη",
            family_kana="Παππας",
            given_kana="Ελενη",
            home_store=stores[0],
            phone=f"090-1111-123{number}",
            email=(f"ω{number}@example.jp", f"ω{number}@example.jp"),
            approach="alone" if number else None,
            birthday=timezone.localdate(clock.now()).replace(year=1990, day=1),
        )
        for number in range(3)
    ]
    accounts: dict[str, User | None] = {role: _account(role, role, stores[0]) for role in Role.values}
    accounts |= {"other_clerk": _account("other_clerk", Role.CLERK, stores[1]), "outsider": None}
    accounts |= {"shopper": factories.shopper(customer=customers[0]), "bare": factories.bare_account()}
    User.objects.filter(username="bare").update(username="γυμνος")
    shop = Shop(stores, customers, accounts)
    furnish(shop.floor, stores=stores, customers=customers, acting=lambda role: actor(shop, role))
    sell(shop.sales, stores=stores, customers=customers, goods=shop.floor.goods)
    _tell(shop)
    _raise_items(shop)
    _import(shop)
    return shop


def actor(shop: Shop, role: str) -> access.Actor:
    """Return who acts for a role."""
    return access.actor_of(shop.accounts[role])


def _account(name: str, role: str, store: Store) -> User:
    user = factories.staff(username=name, role=role, store=store if role in STORE_ROLES else None)
    number = sum(map(ord, name))
    User.objects.filter(pk=user.pk).update(username=f"χρηστης{number}", last_name="Αλεξιου", first_name="Αννα")
    return User.objects.select_related("staff__store").get(pk=user.pk)


def _tell(shop: Shop) -> None:
    """Facts of every kind on every channel, notes of both scopes, an erased story, reactions in every state."""
    first, second, _third = shop.customers
    for scope in Note.Scope.values:
        instore.write_note(actor=actor(shop, "clerk"), customer_uuid=str(first.uuid), text="Σημειωση", scope=scope)
    kinds = [plug.value for plug in interaction_kinds.plugs()]
    for number in range(FACTS):
        kind, channel = kinds[number % len(kinds)], Channel.values[number % len(Channel.values)]
        for customer in (first, second):
            factories.interaction(
                customer=customer,
                kind=kind.name,
                channel=channel,
                occurred_at=clock.now() - timedelta(hours=number),
                data=dict.fromkeys(kind.fields, "Θεμα"),
            )
    timeline.erase(customer_id=second.pk)
    for surface in ContextReceipt.Surface.values:
        receipts.issue(actor=actor(shop, "clerk"), customer=first, surface=surface, items=[])
    facts = [factories.interaction(customer=first) for _state in Reaction.State.values]
    for state, fact in zip(Reaction.State.values, facts, strict=True):
        Reaction.objects.create(
            interaction_id=fact, plug="δοκιμη", state=state, due_at=clock.now(), problem="σφαλμα", attempts=2
        )
    Reaction.objects.update(plug="δοκιμη")


def _raise_items(shop: Shop) -> None:
    """An open and a settled item of each kind for each role that has a list."""
    for role in access.CAPABILITIES["attention.read"]:
        for plug in hooks.attention_item.plugs():
            for settled_at in (None, clock.now()):
                AttentionItem.objects.create(
                    kind=plug.name,
                    key=f"{role}{plug.name}",
                    owner_role=role,
                    store=shop.stores[0],
                    data=dict.fromkeys(PLACE.findall(str(plug.value.sentence)), "Ω"),
                    raised_at=clock.now(),
                    settled_at=settled_at,
                )


def _import(shop: Shop) -> None:
    """Imports that were checked, run, discarded, that cannot be read, and one still waiting."""
    contents: dict[str, list[str]] = {
        "checked": [",".join(HEADINGS), SOUND, UNSOUND],
        "done": [",".join(HEADINGS), SOUND.replace("70000001", "70000003"), UNSOUND],
        "discarded": [",".join(HEADINGS), SOUND],
        "failed": ["Αλφα", "1"],
        "matching": ["Αλφα,Βητα", "1,2"],
        "checking": [",".join(HEADINGS), SOUND],
    }
    acting = actor(shop, "data_steward")
    for name, lines in contents.items():
        run = imports.receive(actor=acting, file_name=f"{'αρχειο'}-{len(lines)}", chunks=["\r\n".join(lines).encode()])
        if name != "checking":
            imports.work(run_id=run.pk)
        act: Any = {"done": imports.start, "discarded": imports.discard}.get(name)
        if act:
            act(actor=acting, run_id=run.pk)
            imports.work(run_id=run.pk)
        shop.runs[name] = ImportRun.objects.get(pk=run.pk)
