"""The demo shop: stores, one sign-in per role, people with a past on several channels. Through the public services."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import Customer, Role, Store, User
from customers.models.staff import STORE_ROLES
from customers.selectors import customers as people_selector
from customers.services import locks, profiles, staff, stores
from customers.services.signin import DEMO_PASSWORD
from journeys.models import Channel
from journeys.services import demopeople, instore, timeline

STORES = (
    ("SHIBUYA", "渋谷店", "Shibuya", "東京"),
    ("SHINJUKU", "新宿店", "Shinjuku", "東京"),
    ("UMEDA", "梅田店", "Umeda", "大阪"),
)
STAFF = (
    ("sato", "佐藤", "彩", Role.CLERK, "SHIBUYA"),
    ("kondo", "近藤", "翼", Role.CLERK, "SHINJUKU"),
    ("takagi", "高木", "優", Role.STORE_MANAGER, "SHIBUYA"),
    ("suzuki", "鈴木", "愛", Role.AGENT, None),
    ("hara", "原", "聡", Role.SUPPORT_LEAD, None),
    ("okada", "岡田", "舞", Role.MARKETER, None),
    ("ueno", "上野", "剛", Role.MARKETING_MANAGER, None),
    ("arai", "新井", "渉", Role.SALES, None),
    ("miyake", "三宅", "遥", Role.PRODUCT_DEVELOPER, None),
    ("fujii", "藤井", "誠", Role.DATA_STEWARD, None),
    ("ogawa", "小川", "茂", Role.EXECUTIVE, None),
    ("nishida", "西田", "薫", Role.AUDITOR, None),
    ("admin", "管理", "者", Role.ADMIN, None),
)
PRODUCTS = (
    "ウールコート 紺",
    "テーパードパンツ",
    "サイドゴアブーツ",
    "カシミヤストール",
    "リブニット 白",
    "チェスターコート",
)
TOPICS = ("裾上げ", "返品", "サイズ交換", "ニットの洗い方", "入荷の予定")
NOTES = (
    "肩まわりはゆったりが好み。ウールは裏地つきで。",
    "ひとりで見たい方。目が合ったらお声がけを。",
    "お嬢様の卒業式のスーツをお探し。2月にご来店予定。",
    "紺のMサイズが入荷したら知らせる約束をした。",
    "革靴は24.5。幅が広めなのでワイズを確認。",
)
TOKYO = ZoneInfo("Asia/Tokyo")
PEOPLE = 60
DAYS = 200


def is_empty() -> bool:
    """Return whether nobody has ever been put into this database."""
    return not User.objects.exists() and not Store.objects.exists()


def seed(*, people: int = PEOPLE) -> tuple[int, int]:
    """Fill an empty database; return (customers, interactions). One transaction: all of it or nothing.

    Anchored at the clock's today and otherwise deterministic. Raises IntegrityError on a database in use.
    """
    actor = access.system(access.SYSTEM_DEMO)
    now = clock.now()
    with transaction.atomic():
        shops = _stores(actor)
        _staff(actor, shops)
        rows = demopeople.people(count=people, store_ids=[shop.pk for shop in shops.values()], today=now.date())
        profiles.upsert(
            actor=actor,
            rows=rows,
            source="demo:members",
            source_ids=[row.member_number for row in rows],
            occurred_at=now - timedelta(days=DAYS),
        )
        known = list(Customer.objects.filter(member_number__in=[row.member_number for row in rows]).order_by("pk"))
        locks.hold_customers(customer_ids=[customer.pk for customer in known])
        facts = _facts(known, now)
        timeline.record_many(facts=facts)
        notes = _notes(known)
    return len(known), len(facts) + len(rows) + notes


def _stores(actor: Actor) -> dict[str, Store]:
    shops = {}
    for code, japanese, english, zone in STORES:
        shop = Store(code=code, name_ja=japanese, name_en=english, zone=zone, brand="ヨリソイ")
        stores.keep(actor=actor, store=shop, changed=())
        shops[code] = shop
    return shops


def _staff(actor: Actor, shops: dict[str, Store]) -> None:
    for username, family, given, role, shop in STAFF:
        staff.hire(
            actor=actor,
            username=username,
            password=DEMO_PASSWORD,
            role=role,
            store=shops[shop] if shop and role in STORE_ROLES else None,
            family_name=family,
            given_name=given,
        )


def _facts(known: list[Customer], now: datetime) -> list[timeline.Fact]:
    draw = random.Random(11)  # noqa: S311 - invented history
    facts = []
    for customer in known:
        for number in range(draw.randrange(4, 16)):
            when = _waking_hour(now - timedelta(days=draw.randrange(1, DAYS)), draw)
            kind, channel, data = draw.choice(
                (
                    ("product.viewed", Channel.WEB, {"product": draw.choice(PRODUCTS)}),
                    ("product.viewed", Channel.APP, {"product": draw.choice(PRODUCTS)}),
                    ("visit.made", Channel.STORE, {}),
                    ("call.received", Channel.PHONE, {"topic": draw.choice(TOPICS)}),
                    ("message.received", Channel.LINE, {"topic": draw.choice(TOPICS)}),
                    ("message.received", Channel.EMAIL, {"topic": draw.choice(TOPICS)}),
                )
            )
            facts.append(
                timeline.Fact(
                    kind=kind,
                    customer_id=customer.pk,
                    occurred_at=when,
                    channel=channel,
                    source=f"demo:{channel}",
                    source_id=f"{customer.member_number}:{number}",
                    store_id=customer.home_store_id if channel == Channel.STORE else None,
                    data=data,
                )
            )
    return facts


def _waking_hour(day: datetime, draw: random.Random) -> datetime:
    """A moment between 11 and 19 o'clock in Tokyo on the day given: stores are open, and so are telephones."""
    local = day.astimezone(TOKYO)
    return local.replace(hour=draw.randrange(11, 19), minute=draw.randrange(60), second=0, microsecond=0)


def _notes(known: list[Customer]) -> int:
    """Each store's clerk has written about some of her customers."""
    clerks = [
        access.actor_of(user) for user in User.objects.select_related("staff__store").filter(staff__role=Role.CLERK)
    ]
    written = 0
    for clerk in clerks:
        mine = people_selector.visible_to(clerk).filter(pk__in=[customer.pk for customer in known]).order_by("pk")
        for number, customer in enumerate(mine[: len(NOTES)]):
            instore.write_note(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                text=NOTES[number],
                scope="store" if number % 2 else "company",
            )
            written += 1
    return written
