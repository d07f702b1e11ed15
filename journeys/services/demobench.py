"""A bench database: any number of invented people with a past, filled set-wise. Called by `seed_demo --customers`.

The same rows for the same sizes and day, apart from what the shop itself draws. Nobody in it is meant to be shown; the
statements stand in demobenchsql.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from config.lib import clock
from customers import access
from customers.models import Customer, Role, Store, User
from customers.services import benchpeople, names
from journeys.hooks import interaction_kinds
from journeys.models import Variant
from journeys.selectors import catalog
from journeys.services import demo, demobenchsql, democatalog, demonames, demoplaces, demotraffic

MOST_CUSTOMERS = 9_000_000  # telephone numbers of the block nobody has
MOST_INTERACTIONS = 100_000_000
EACH = 10  # interactions a customer when their number is not told; half of the customers have them
BIG = (
    "customers_customer",
    "customers_identity",
    "customers_address",
    "customers_storetie",
    "journeys_interaction",
    "journeys_order",
    "journeys_orderline",
    "journeys_tender",
    "journeys_wishitem",
    "journeys_tryon",
    "journeys_note",
)
KINDS = ("product.viewed", "visit.made", "order.placed", "message.received", "call.received")
INDEXES = """
SELECT quote_ident(c.relname), pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique ORDER BY i.indrelid, i.indexrelid
"""


def fill(*, customers: int, interactions: int, today: date) -> tuple[int, int]:
    """Fill an empty database with this many customers and interactions; return both counts.

    Interactions are spread over half of the customers and three years before `today`, many to few (median 17 for 20
    on average). A tenth of them are orders. Needs a superuser: keys are right by construction, so their checks are
    switched off for the transaction. Raises IntegrityError on a database in use, with nothing written.
    """
    now = datetime.combine(today, time(12), tzinfo=demotraffic.TOKYO)
    with transaction.atomic(), clock.at(now), connection.cursor() as cursor:
        demo.open_shop(actor=access.system(access.SYSTEM_DEMO), now=now)
        cursor.execute(demobenchsql.ROOM)
        _tell_people(cursor)
        _tell_goods(cursor)
        values: dict[str, Any] = {"customers": customers, "interactions": interactions, "today": today}
        values |= {"material": _material(), "topics": list(demotraffic.TOPICS)}
        with _without_indexes(cursor):
            for statement in demobenchsql.BEFORE:
                cursor.execute(statement, values)
            benchpeople.insert()
            for statement in demobenchsql.AFTER:
                cursor.execute(statement, values)
            benchpeople.tie()
        for table in BIG:
            cursor.execute(demobenchsql.NEXT_ID.format(table=table))
            cursor.execute(f"ANALYZE {table}")
    return customers, interactions


@contextmanager
def _without_indexes(cursor: CursorWrapper) -> Iterator[None]:
    """Build the indexes of the big tables after the rows: the same ones, from their own definitions."""
    cursor.execute(INDEXES, [list(BIG)])
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in found:
        cursor.execute(definition)


def _tell_people(cursor: CursorWrapper) -> None:
    """Put every name once, with the keys the service gives it, and the places people live in."""
    people = []
    for family_place, family in enumerate(demonames.FAMILY):
        for given_place, given in enumerate(demonames.GIVEN):
            customer = Customer(
                family_name=family[0],
                given_name=given[0],
                family_kana=family[1],
                given_kana=given[1],
                romaji=f"{family[2]} {given[2]}",
            )
            names.set_keys(customer)
            mail = f"{given[2]}.{family[2]}".lower()
            people.append(
                (
                    family_place,
                    given_place,
                    customer.family_name,
                    customer.given_name,
                    customer.family_kana,
                    customer.given_kana,
                    customer.romaji,
                    customer.name_key,
                    customer.kana_key,
                    customer.romaji_key,
                    customer.grams,
                    mail,
                )
            )
    cursor.execute(demobenchsql.NAMES)
    _copy(cursor, "bench_name", people)
    towns = [(nr, *town) for nr, town in enumerate(chain(demoplaces.TOWNS, demoplaces.NEAR))]
    cursor.execute(demobenchsql.TOWNS)
    _copy(cursor, "bench_town", towns)
    stores = Store.objects.order_by("pk").values_list("pk", flat=True)
    clerks = dict(User.objects.filter(staff__role=Role.CLERK).values_list("staff__store_id", "pk"))
    cursor.execute(demobenchsql.STORES)
    _copy(cursor, "bench_store", [(nr, pk, clerks.get(pk)) for nr, pk in enumerate(stores)])


def _tell_goods(cursor: CursorWrapper) -> None:
    rows = Variant.objects.filter(style__category__is_discreet=False, style__source=democatalog.SOURCE)
    goods = [
        (nr, v.pk, v.style_id, v.sku, v.style.name_ja, catalog.written_name_of(v), v.price, v.cost)
        for nr, v in enumerate(rows.select_related("style").order_by("sku"))
    ]
    cursor.execute(demobenchsql.GOODS)
    _copy(cursor, "bench_goods", goods)


def _material() -> list[str]:
    return [plug.name for plug in interaction_kinds.plugs() if plug.name in KINDS and plug.value.is_material]


def _copy(cursor: CursorWrapper, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
