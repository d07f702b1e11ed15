"""Taking in history through the services, beside COPY of the very same rows into the same tables and indexes.

On a copy of the small database. Each round tells new facts; the reference then copies those rows again under other
keys. Its text is made before the clock starts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import psycopg
from django.db import connection, transaction

from benchmarks import table
from benchmarks.databases import Databases
from benchmarks.table import Row
from config.lib import clock
from customers import access
from customers.models import Customer, Store
from customers.services import contact, locks, profiles
from customers.services.profiles import ProfileIn
from journeys.models import Channel, Variant
from journeys.services import demonames, orders, timeline
from journeys.services.orders import LineIn, OrderIn, TenderIn

FACTS, FACTS_A_CALL = 10_000, 5_000
ORDERS, PEOPLE, A_CALL = 2_000, 2_000, 500  # what the importer gives the services at once
OTHER = 1_000_000_000  # the copied rows' ids begin here, a round further each time
COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position
"""
# How the copy of a row differs: its keys, and the keys of rows that were copied with it.
CHANGED = {
    "id": "id + {other}",
    "uuid": "overlay(uuid::text PLACING substr(md5(uuid::text), 1, 12) FROM 25)::uuid",
    "source_id": "source_id || '+'",
    "external_id": "external_id || '+'",
    "member_number": "member_number || '+'",
}
MORE_CHANGED = {
    "journeys_orderline": {"order_id": "order_id + {other}"},
    "journeys_tender": {"order_id": "order_id + {other}"},
    "customers_identity": {"customer_id": "customer_id + {other}", "normalised": "normalised || '+'"},
}
Tell = Callable[[int], None]


def run(places: Databases) -> list[Row]:
    """Measure the three ways in."""
    work = Work()
    return [
        _row("import of interactions", work.facts, FACTS, ("journeys_interaction",), 0.40),
        _row(
            "import of orders with lines, tenders and their facts",
            work.orders,
            ORDERS,
            ("journeys_order", "journeys_orderline", "journeys_tender", "journeys_interaction"),
            0.20,
        ),
        _row(
            "import of customers with identifiers and their facts",
            work.people,
            PEOPLE,
            ("customers_customer", "customers_identity", "journeys_interaction"),
            0.10,
            {"journeys_interaction": {"customer_id": "customer_id + {other}"}},
        ),
    ]


class Work:
    """What is told, made before the clock starts where a file would bring it."""

    def __init__(self) -> None:
        self.actor = access.system(access.SYSTEM_IMPORT)
        self.customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        self.stores = list(Store.objects.order_by("pk").values_list("pk", flat=True))
        self.goods = list(Variant.objects.filter(style__category__is_discreet=False).select_related("style"))
        self.draw = random.Random(5)
        self.now = clock.now()

    def facts(self, number: int) -> Callable[[], None]:
        """Looking, visiting and writing, in the shares of the demo."""
        told = [self._fact(number, place) for place in range(FACTS)]

        def tell() -> None:
            for start in range(0, len(told), FACTS_A_CALL):
                some = told[start : start + FACTS_A_CALL]
                with transaction.atomic():
                    locks.hold_customers(customer_ids={fact.customer_id for fact in some})
                    timeline.record_many(facts=some)

        return tell

    def orders(self, number: int) -> Callable[[], None]:
        """Orders of one to three lines."""
        told = [self._order(number, place) for place in range(ORDERS)]
        return lambda: _in_calls(told, lambda some: orders.record_orders(actor=self.actor, orders=some))

    def people(self, number: int) -> Callable[[], None]:
        """Members with telephone and e-mail."""
        told = [self._person(number, place) for place in range(PEOPLE)]

        def tell(some: Sequence[ProfileIn]) -> object:
            ids = [row.member_number for row in some]
            return profiles.upsert(actor=self.actor, rows=some, source="bench:file", source_ids=ids)

        return lambda: _in_calls(told, tell)

    def _when(self) -> datetime:
        return self.now - timedelta(seconds=self.draw.randrange(90_000_000))

    def _fact(self, number: int, place: int) -> timeline.Fact:
        roll, goods = self.draw.randrange(100), self.draw.choice(self.goods)
        kind, channel = ("product.viewed", Channel.WEB) if roll < 75 else ("message.received", Channel.LINE)
        if roll >= 85:
            kind, channel = "visit.made", Channel.STORE
        data = {"product": goods.style.name_ja} if roll < 75 else {"topic": "返品"} if roll < 85 else {}
        return timeline.Fact(
            kind=kind,
            customer_id=self.draw.choice(self.customers),
            occurred_at=self._when(),
            channel=channel,
            source="bench:file",
            source_id=f"{number}:{place}",
            store_id=self.draw.choice(self.stores) if kind == "visit.made" else None,
            product_ids=(goods.style_id,) if roll < 75 else (),
            data=data,
        )

    def _order(self, number: int, place: int) -> OrderIn:
        goods = [self.draw.choice(self.goods) for _line in range(self.draw.randrange(1, 4))]
        lines = tuple(LineIn(quantity=1, list_price=row.price, paid=row.price, code=row.sku) for row in goods)
        return OrderIn(
            source="bench:till",
            external_id=f"{number}:{place}",
            channel=Channel.WEB,
            placed_at=self._when(),
            lines=lines,
            customer_id=self.draw.choice(self.customers),
            tenders=(TenderIn("card", sum(row.price for row in goods)),),
        )

    def _person(self, number: int, place: int) -> ProfileIn:
        family, given = self.draw.choice(demonames.FAMILY), self.draw.choice(demonames.GIVEN)
        phone, email = f"080-0{number:03d}-{place:04d}", f"new{number}.{place}@example.jp"
        return ProfileIn(
            member_number=f"7{number:03d}{place:05d}",
            family_name=family[0],
            given_name=given[0],
            family_kana=family[1],
            given_kana=given[1],
            home_store_id=self.draw.choice(self.stores),
            phone=(contact.phone(phone), phone),
            email=(email, email),
        )


def _in_calls(told: Sequence[object], tell: Callable[[Sequence[object]], object]) -> None:
    for start in range(0, len(told), A_CALL):
        tell(told[start : start + A_CALL])


def _row(
    what: str,
    prepare: Callable[[int], Callable[[], None]],
    count: int,
    tables: Sequence[str],
    bar: float,
    more: dict[str, dict[str, str]] | None = None,
) -> Row:
    """Rates of both sides. The service goes first in each round: its rows are what COPY is given."""
    ours, theirs = [], []
    with psycopg.connect(str(_address()), autocommit=True) as link:
        for number in range(table.ROUNDS + 1):
            marks = {
                name: link.execute(f"SELECT coalesce(max(id), 0) FROM {name} WHERE id < {OTHER}").fetchone()
                for name in tables
            }
            tell = prepare(number)
            spent = table.timed(tell)
            text = [(name, *_text(link, name, marks[name], number, more or {})) for name in tables]
            copied = _copied(link, text)
            if number:  # the first round warms up
                ours.append(count / spent)
                theirs.append(count / copied)
    return table.at_least(what, ours, theirs, bar=bar, unit="rows" if len(tables) == 1 else "of them")


def _text(
    link: psycopg.Connection, name: str, mark: tuple[int, ...] | None, number: int, more: dict[str, dict[str, str]]
) -> tuple[str, bytes]:
    """Return the columns of a table and the new rows as COPY's text, under other keys."""
    assert mark is not None
    columns = [row[0] for row in link.execute(COLUMNS, [name])]
    changes = {**CHANGED, **MORE_CHANGED.get(name, {}), **more.get(name, {})}
    other = OTHER * (number + 1)
    shown = ", ".join(changes.get(column, column).format(other=other) for column in columns)
    query = f"COPY (SELECT {shown} FROM {name} WHERE id > {mark[0]} AND id < {OTHER} ORDER BY id) TO STDOUT"
    with link.cursor().copy(query) as copy:
        return ", ".join(columns), b"".join(copy)


def _copied(link: psycopg.Connection, text: Sequence[tuple[str, str, bytes]]) -> float:
    """Return the seconds of one transaction that copies all of it."""
    started = time.perf_counter()
    with link.transaction():
        for name, columns, rows in text:
            with link.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                copy.write(rows)
    return time.perf_counter() - started


def _address() -> str:
    settings = connection.settings_dict
    return psycopg.conninfo.make_conninfo(dbname=settings["NAME"], host=settings["HOST"], user=settings["USER"])
