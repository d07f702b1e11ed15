"""The seeded shop of the permission tests: each thing once near (Hanako's store) and once far (another store).

Both customers carry strings that stand nowhere else, so that a leak is a matter of searching the answer for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.lib import clock
from customers import access
from customers.models import AttentionItem, ContextReceipt, Customer, Role, User
from customers.services import attention, contact, profiles, receipts
from journeys.models import ImportRun, Reaction
from journeys.services import imports, instore
from tests.cast import Cast, assemble
from tests.permissions import floor, goods, twins

NEAR, FAR = "near", "far"
PHONE = {NEAR: "090-1111-1234", FAR: "090-3333-9999"}
EMAIL = {NEAR: "hanako.secret@example.jp", FAR: "yukie.secret@example.jp"}
BIRTHDAY = {NEAR: "1990/04/01", FAR: "1971/08/23"}
NUMBER = {NEAR: "90000001", FAR: "90000003"}
# What only those may read who may open the customer; the last note only the staff of her store and the office.
STORY = {
    NEAR: ("山田", "ヤマダ", "渋谷の全社メモ", "渋谷の店舗メモ", "渋谷の約束", "渋谷の苦情"),
    FAR: ("遠山", "トオヤマ", "雪江", "梅田の全社メモ", "梅田の店舗メモ", "梅田の約束", "梅田の苦情"),
}
# What these closed doors would answer if one of them stood open.
ASKED = {
    "admin:autocomplete": "?app_label=customers&model_name=contextreceipt&field_name=store&term=",
    "admin:search": "?s=%E5%B1%B1",
}
MEMBERS_FILE = "会員番号,姓,名\r\n70000001,佐藤,健\r\n,無名,氏\r\n".encode()
PASSWORD = "a-long-and-odd-phrase-91"


def secrets_of(side: str) -> tuple[str, ...]:
    """Return every string that gives the customer of this side away."""
    return (*STORY[side], PHONE[side], contact.phone(PHONE[side]), EMAIL[side], BIRTHDAY[side], NUMBER[side])


@dataclass
class World:
    """The shop, ready to be called by each member of the cast."""

    cast: Cast
    customers: dict[str, Customer]
    receipts: dict[str, ContextReceipt]
    reactions: dict[str, Reaction]
    items: dict[tuple[str, str], AttentionItem]
    run: ImportRun
    goods: goods.Goods
    floor: floor.Floor
    twins: twins.Twins
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def client(self, member: str, **given: Any) -> Client:
        """Return the member's browser, signed in and otherwise empty."""
        client = Client(**given) if given else self.clients.setdefault(member, Client())
        client.raise_request_exception = False
        client.cookies.clear()
        if member in self.keys:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[member]
        return client

    def put_files_back(self) -> None:
        """Put the media folder back as it was: a rollback brings back rows only."""
        kept = Path(settings.MEDIA_ROOT) / self.run.path
        for path in kept.parent.iterdir():
            if path != kept:
                path.unlink()
        if not kept.exists():
            kept.write_bytes(MEMBERS_FILE)

    def item(self, member: str, side: str) -> AttentionItem:
        """Return an item of the member's own list (near), or one of another list (far)."""
        near = self.items.get((member, NEAR), self.items[Role.STORE_MANAGER, NEAR])
        return near if side == NEAR else self.items[Role.STORE_MANAGER, FAR]

    def url(self, route: str, member: str, side: str) -> str:
        """Return the address of a route, with the ids of one side."""
        customer = self.customers[side].uuid
        model = {
            "customers_store": self.customers[side].home_store_id,
            "customers_user": self.cast.staff["clerk"].pk if side == NEAR else self.cast.other_clerk.pk,
            "customers_contextreceipt": self.receipts[side].pk,
            "customers_attentionitem": self.item(member, side).pk,
            "journeys_reaction": self.reactions[side].pk,
            "journeys_importrun": self.run.pk,
            **self.goods.models(),
        }
        label, _gap, page = route.removeprefix("admin:").rpartition("_")
        given: dict[str, Any] = {}
        if label in model and page in {"change", "history", "delete"}:
            given = {"object_id": model[label]}
        elif label == "journeys_importrun" and page in {"progress", "match", "start", "discard", "problems"}:
            given = {"run_id": self.run.pk}
        else:
            given = {
                "customer-page": {"uuid": customer},
                "customer-panel": {"uuid": customer, "name": "profile"},
                "customer-note-add": {"uuid": customer},
                "api:customer": {"uuid": customer},
                "api:customer-timeline": {"uuid": customer},
                "demo-card": {"uuid": customer},
                "api:customer-brief": {"uuid": customer},
                "api:customer-notes": {"uuid": customer},
                "admin:auth_user_password_change": {"id": model["customers_user"]},
                "admin:view_on_site": {
                    "content_type_id": ContentType.objects.get_for_model(Customer).pk,
                    "object_id": self.customers[side].pk,
                },
                "admin:app_list": {"app_label": "customers"},
                **self.goods.urls(side),
                **self.floor.urls(side),
                **self.twins.urls(side),
            }.get(route, {})
        return "/api/v1/nowhere" if route == "api:not-found" else reverse(route, kwargs=given) + ASKED.get(route, "")

    def body(self, route: str, member: str, side: str) -> dict[str, Any]:
        """Return a body this route accepts, with the ids of one side."""
        place = {"last_name": "姓", "first_name": "名", "role": "clerk", "store": self.cast.umeda.pk, "is_active": "on"}
        user = self.cast.staff["clerk"] if side == NEAR else self.cast.other_clerk
        store = {"name_ja": "改めた店", "name_en": "Renamed", "zone": "", "brand": "", "is_open": "on"}
        fresh = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
        return {
            "set_language": {"language": "en", "next": "/"},
            "customer-search": {"term": "ヤマ 0401"},
            "api:customer-search": {"term": "ヤマ 0401"},
            "customer-note-add": {"text": "新しいメモ", "scope": "company", "channel": "phone", "key": f"k-{member}"},
            "api:customer-notes": {"text": "新しいメモ", "scope": "company"},
            "admin:login": {"username": "nobody-here", "password": "wrong"},
            "admin:password_change": {"old_password": member, "new_password1": PASSWORD, "new_password2": PASSWORD},
            "admin:auth_user_password_change": fresh,
            "admin:customers_store_add": {"code": "NEW", **store},
            "admin:customers_store_change": store,
            "admin:customers_user_add": {**place, "username": "newcomer", "password": PASSWORD},
            "admin:customers_user_change": {**place, "username": user.username},
            "admin:customers_attentionitem_changelist": {
                "action": "settle",
                "_selected_action": self.item(member, side).pk,
            },
            "admin:journeys_reaction_changelist": {
                "action": "put_back",
                "_selected_action": self.reactions[side].pk,
            },
            "admin:journeys_importrun_add": {"file": SimpleUploadedFile("members.csv", MEMBERS_FILE)},
            "admin:journeys_importrun_match": {"column": [column["field"] for column in self.run.columns["columns"]]},
            **self.goods.bodies(member, side),
            **self.floor.bodies(member),
            **self.twins.bodies(member),
        }.get(route, {})


def seed() -> World:
    """Create the shop in the database and sign everybody in."""
    cast = assemble()
    customers = {NEAR: cast.hanako, FAR: cast.far}
    _tell_more(customers)
    earlier = clock.now() - timedelta(hours=2)
    writers = {NEAR: cast.staff["clerk"], FAR: cast.other_clerk}
    reactions = {side: _note_both(writers[side], customers[side], side) for side in (NEAR, FAR)}
    Reaction.objects.filter(pk__in=[row.pk for row in reactions.values()]).update(state=Reaction.State.PARKED)
    # Facts first: a customer read below must be as far as her story.
    put_aside, happened = goods.seed(cast, NEAR, FAR), floor.seed(cast, NEAR, FAR)
    alike = twins.seed(cast, NEAR, FAR)
    world = World(
        cast=cast,
        customers={side: Customer.objects.get(pk=customer.pk) for side, customer in customers.items()},
        receipts={side: _opened(writers[side], customers[side], earlier) for side in (NEAR, FAR)},
        reactions=reactions,
        items=_items(cast),
        run=_checked_run(cast),
        goods=put_aside,
        floor=happened,
        twins=alike,
    )
    for name, user in cast.members().items():
        if user is not None:
            world.keys[name] = session_of(user)
    return world


def _opened(reader: User, customer: Customer, moment: datetime) -> ContextReceipt:
    """An opening of the past: its row stays in the log, its page is closed again."""
    with clock.at(moment):
        return receipts.issue(actor=access.actor_of(reader), customer=customer, surface="page", items=["seed"])


def session_of(user: User) -> str:
    """Write a session of this account, as signing in would, and return its key. Also for accounts that may not."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _tell_more(customers: dict[str, Customer]) -> None:
    """Mail addresses for both, and a name and birthday of her own for the far customer."""
    given = {NEAR: ("山田", "花子"), FAR: ("遠山", "雪江")}
    for side, customer in customers.items():
        row = profiles.ProfileIn(
            member_number=str(customer.member_number),
            family_name=given[side][0],
            given_name=given[side][1],
            birthday=date(*(int(part) for part in BIRTHDAY[side].split("/"))),
            email=(EMAIL[side], EMAIL[side]),
        )
        profiles.upsert(
            actor=access.system(access.SYSTEM_DEMO), rows=[row], source="test:more", source_ids=[row.member_number]
        )


def _note_both(author: User, customer: Customer, side: str) -> Reaction:
    """Write a note for the company and one for the store; return the reaction that waits for the first."""
    place = "渋谷" if side == NEAR else "梅田"
    written = [
        instore.write_note(
            actor=access.actor_of(author), customer_uuid=str(customer.uuid), text=f"{place}の{word}メモ", scope=scope
        )
        for word, scope in (("全社", "company"), ("店舗", "store"))
    ]
    return Reaction.objects.get(interaction_id=written[0].interaction_id)


def _items(cast: Cast) -> dict[tuple[str, str], AttentionItem]:
    owners = [
        (Role.STORE_MANAGER, NEAR, cast.shibuya.pk),
        (Role.STORE_MANAGER, FAR, cast.umeda.pk),
        (Role.SUPPORT_LEAD, NEAR, None),
        (Role.DATA_STEWARD, NEAR, None),
        (Role.ADMIN, NEAR, None),
    ]
    found = {}
    for role, side, store_id in owners:
        key = f"{role}-{side}"
        attention.raise_item(
            kind="note_sensitive", key=key, owner_role=role, store_id=store_id, data={"note": f"item-{key}"}
        )
        found[str(role), side] = AttentionItem.objects.get(key=key)
    return found


def _checked_run(cast: Cast) -> ImportRun:
    run = imports.receive(actor=cast.actor("data_steward"), file_name="members.csv", chunks=[MEMBERS_FILE])
    imports.work(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk, state=ImportRun.State.CHECKED)
