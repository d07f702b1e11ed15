"""The demo shop: stores, one sign-in per role, people with a past on several channels. Through the public services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import Customer, Role, Store, User
from customers.models.staff import STORE_ROLES
from customers.selectors import customers as people_selector
from customers.services import profiles, staff, stores
from customers.services.signin import DEMO_PASSWORD
from journeys.models import Interaction
from journeys.services import (
    democatalog,
    demoinstore,
    demopeople,
    demoplaces,
    demosales,
    demostories,
    demotraffic,
    instore,
)

# Code, names, area, latitude, longitude; in the order of demoplaces.TOWNS.
STORES = (
    ("SHIBUYA", "渋谷店", "Shibuya", "東京", 35.6612, 139.6980),
    ("SHINJUKU", "新宿店", "Shinjuku", "東京", 35.6910, 139.7036),
    ("UMEDA", "梅田店", "Umeda", "大阪", 34.7025, 135.4959),
    ("IKEBUKURO", "池袋店", "Ikebukuro", "東京", 35.7289, 139.7114),
    ("KICHIJOJI", "吉祥寺店", "Kichijoji", "東京", 35.7037, 139.5793),
    ("YOKOHAMA", "横浜店", "Yokohama", "神奈川", 35.4576, 139.6325),
    ("OMIYA", "大宮店", "Omiya", "埼玉", 35.9062, 139.6237),
    ("SAPPORO", "札幌店", "Sapporo", "北海道", 43.0597, 141.3500),
    ("SENDAI", "仙台店", "Sendai", "宮城", 38.2601, 140.8796),
    ("NAGOYA", "名古屋店", "Nagoya", "愛知", 35.1681, 136.9066),
    ("KOBE", "神戸店", "Kobe", "兵庫", 34.6913, 135.1925),
    ("FUKUOKA", "福岡店", "Fukuoka", "福岡", 33.5904, 130.3989),
)
A_FEW_STORES = 3
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
NOTES = (
    "肩まわりはゆったりが好み。ウールは裏地つきで。",
    "ひとりで見たい方。目が合ったらお声がけを。",
    "お嬢様の卒業式のスーツをお探し。2月にご来店予定。",
    "紺のMサイズが入荷したら知らせる約束をした。",
    "革靴は24.5。幅が広めなのでワイズを確認。",
)
PEOPLE_OF_A_FEW_STORES = 240
FACTS_EACH = 13
BATCH = 500
MOST_PEOPLE = 8_999
NOON = time(12)


def is_empty() -> bool:
    """Return whether nobody has ever been put into this database."""
    return not User.objects.exists() and not Store.objects.exists()


def open_shop(*, actor: Actor, now: datetime) -> None:
    """Put stores, staff and goods into an empty database, and nobody who shops. Joins the caller's transaction."""
    shops = _stores(actor, STORES)
    _staff(actor, shops)
    democatalog.seed(actor=actor, stores=list(shops.values()), now=now)


def seed(*, people: int, today: date | None = None, is_refresh: bool = False) -> tuple[int, int]:
    """Fill an empty database; return (customers, interactions). One transaction: all of it or nothing.

    Anchored at noon of `today` (without: at the clock's now) and otherwise deterministic. Fewer than 240 people shop
    in the first three stores only. `is_refresh` forgets everything first, in the same transaction. Raises
    IntegrityError on a database in use.
    """
    now = datetime.combine(today, NOON, tzinfo=timezone.get_default_timezone()) if today else clock.now()
    with transaction.atomic(), clock.at(now):
        if is_refresh:
            _forget_everything()
        return _seed(access.system(access.SYSTEM_DEMO), people, now)


def _seed(actor: Actor, people: int, now: datetime) -> tuple[int, int]:
    shops = _stores(actor, STORES if people >= PEOPLE_OF_A_FEW_STORES else STORES[:A_FEW_STORES])
    _staff(actor, shops)
    democatalog.seed(actor=actor, stores=list(shops.values()), now=now)
    known = _members(actor, people, shops, now)
    ids = [customer.pk for customer in known]
    demotraffic.seed(actor=actor, known=known, now=now, each=FACTS_EACH)
    demosales.seed(customer_ids=ids, now=now)
    demostories.seed(actor=actor, known=known, now=now)
    _notes(known)
    demoinstore.seed(customer_ids=ids, now=now)
    democatalog.reserve_some(customer_ids=ids, now=now)
    return len(known), Interaction.objects.count()


def _forget_everything() -> None:
    """Empty every table of the rooms; ids begin at one again. Whoever is signed in signs in again."""
    labels = ("customers", "journeys", "loyalty", "campaigns", "support")
    tables = [
        model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels
    ]
    quoted = ", ".join(connection.ops.quote_name(table) for table in sorted(set(tables)))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {quoted} RESTART IDENTITY CASCADE")


def _members(actor: Actor, count: int, shops: dict[str, Store], now: datetime) -> list[Customer]:
    rows = demopeople.people(count=count, store_ids=[shop.pk for shop in shops.values()], today=now.date())
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        profiles.upsert(
            actor=actor,
            rows=some,
            source="demo:members",
            source_ids=[row.member_number for row in some],
            occurred_at=now - timedelta(days=demotraffic.DAYS + 5),
        )
    return list(Customer.objects.filter(member_number__in=[row.member_number for row in rows]).order_by("pk"))


def _stores(actor: Actor, rows: Sequence[tuple[str, str, str, str, float, float]]) -> dict[str, Store]:
    shops = {}
    for (code, japanese, english, zone, north, east), place in zip(rows, demoplaces.TOWNS, strict=False):
        shop = Store(
            code=code,
            name_ja=japanese,
            name_en=english,
            zone=zone,
            brand="ヨリソイ",
            postcode=place[0],
            address="".join(place[1:]),
            latitude=north,
            longitude=east,
        )
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


def _notes(known: Sequence[Customer]) -> None:
    """Each store's clerk has written about some of her customers."""
    clerks = [
        access.actor_of(user) for user in User.objects.select_related("staff__store").filter(staff__role=Role.CLERK)
    ]
    for clerk in clerks:
        mine = people_selector.visible_to(clerk).filter(pk__in=[customer.pk for customer in known]).order_by("pk")
        for number, customer in enumerate(mine[: len(NOTES)]):
            instore.write_note(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                text=NOTES[number],
                scope="store" if number % 2 else "company",
            )
