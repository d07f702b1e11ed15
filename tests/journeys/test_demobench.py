"""The bench database: rows as the services would have written them, exactly as many as asked, the same each time."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Count, Sum

from customers.models import Address, Customer, Identity, StoreTie
from customers.services import completeness, contact, names
from journeys.hooks import interaction_kinds
from journeys.models import Interaction, Order, OrderLine, Stock, Tender
from journeys.services import demobench
from tests import factories

DAY = date(2026, 11, 21)
PEOPLE, FACTS = 200, 2_000
KEYS = ("name_key", "kana_key", "romaji_key", "grams")
FOREIGN_KEYS = """
SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.conrelid = ANY(%s::regclass[])
"""
SCHEMA = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef"


def asked(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def fill() -> None:
    """A small one."""
    assert demobench.fill(customers=PEOPLE, interactions=FACTS, today=DAY) == (PEOPLE, FACTS)


@pytest.mark.django_db
def test_keys_of_names_are_what_the_service_computes() -> None:
    fill()
    people = list(Customer.objects.order_by("pk"))
    stored = [tuple(getattr(row, key) for key in KEYS) for row in people]
    for row in people:
        names.set_keys(row)
    assert len(stored) == PEOPLE
    assert stored == [tuple(getattr(row, key) for key in KEYS) for row in people]


@pytest.mark.django_db
def test_identifiers_and_completeness_are_what_the_services_make_of_them() -> None:
    fill()
    phones = list(Identity.objects.filter(kind="phone").values_list("normalised", "raw", "last_four"))
    mails = list(Identity.objects.filter(kind="email").values_list("normalised", "raw"))
    assert (len(phones), len(mails)) == (PEOPLE - PEOPLE // 9, PEOPLE - PEOPLE // 7)
    assert phones == [(contact.phone(raw), raw, raw[-4:]) for _value, raw, _four in phones]
    assert mails == [(contact.email(raw), raw) for _value, raw in mails]
    assert Address.objects.count() == PEOPLE
    before = list(Customer.objects.order_by("pk").values_list("completeness", flat=True))
    completeness.refresh(customer_ids=Customer.objects.values_list("pk", flat=True))
    assert before == list(Customer.objects.order_by("pk").values_list("completeness", flat=True))


@pytest.mark.django_db
def test_facts_arrive_in_order_for_half_of_the_customers_and_hang_together() -> None:
    fill()
    facts = Interaction.objects.order_by("pk")
    assert facts.count() == FACTS
    times = list(facts.values_list("occurred_at", flat=True))
    assert times == sorted(times)
    assert (DAY - times[0].date()).days <= 3 * 365 + 1
    assert times[-1].date() < DAY
    assert set(facts.values_list("customer_id", flat=True)) <= set(range(1, PEOPLE, 2))
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    assert [row for row in facts if set(row.data) - set(kinds[row.kind].fields)] == []
    material = [row.customer_id for row in facts if kinds[row.kind].is_material]
    told = {row.pk: row.context_seq for row in Customer.objects.all()}
    assert told == {pk: material.count(pk) for pk in told}
    ties = {(row.customer_id, row.store_id) for row in facts if row.store_id}
    assert set(StoreTie.objects.values_list("customer_id", "store_id")) == ties


@pytest.mark.django_db
def test_orders_add_up_and_each_is_told_once() -> None:
    fill()
    orders = {row.pk: row for row in Order.objects.all()}
    told = list(Interaction.objects.filter(kind="order.placed").order_by("pk"))
    assert [(row.subject_id, row.occurred_at, row.customer_id) for row in told] == [
        (row.pk, row.placed_at, row.customer_id) for row in sorted(orders.values(), key=lambda row: row.pk)
    ]
    assert len(told) > FACTS // 20
    totals = {pk: row.total for pk, row in orders.items()}
    paid = OrderLine.objects.values_list("order_id").annotate(Sum("paid"), Count("pk"))
    assert {pk: total for pk, total, _lines in paid} == totals
    assert {lines for _pk, _total, lines in paid} == {1, 2, 3}
    assert dict(Tender.objects.values_list("order_id").annotate(Sum("amount"))) == totals
    assert Stock.objects.exists()


@pytest.mark.django_db
def test_no_key_leads_nowhere_and_the_schema_is_what_it_was() -> None:
    before = asked(SCHEMA)
    fill()
    assert asked(SCHEMA) == before
    keys = asked(FOREIGN_KEYS, list(demobench.BIG))
    assert len(keys) > 20
    lost = [
        (table, column)
        for table, column, other in keys
        if asked(
            f"SELECT 1 FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM {other}) LIMIT 1"
        )
    ]
    assert lost == []
    # and the next row of a service gets a number of its own
    assert factories.customer(member_number="77777777").pk == PEOPLE + 1


@pytest.mark.django_db(transaction=True)
def test_the_same_sizes_give_the_same_rows() -> None:
    told = []
    for _time in range(2):
        fill()
        people = list(Customer.objects.order_by("pk").values_list("uuid", "family_name", "birthday", "context_seq"))
        told.append((people, list(Interaction.objects.order_by("pk").values_list("uuid", "kind", "data"))))
        tables = ", ".join(row[0] for row in asked("SELECT tablename FROM pg_tables WHERE tablename ~ '^(cust|jour)'"))
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    assert told[0] == told[1]


@pytest.mark.django_db
def test_the_command_fills_an_empty_database_only() -> None:
    said = StringIO()
    call_command("seed_demo", customers=30, interactions=100, today=DAY, stdout=said)
    assert said.getvalue().startswith("Bench: 30 customers, 100 interactions, in ")
    with pytest.raises(CommandError, match="This database is in use"):
        call_command("seed_demo", customers=30, today=DAY)
    assert (Customer.objects.count(), Interaction.objects.count()) == (30, 100)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"customers": 0}, "--customers takes 1 to 9000000"),
        ({"customers": 9_000_001}, "--customers takes 1 to 9000000"),
        ({"customers": 10, "interactions": -1}, "--interactions 0 to 100000000"),
        ({"customers": 10, "refresh": True}, "do not go together"),
    ],
)
def test_sizes_that_cannot_be_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("seed_demo", **options)
    assert Customer.objects.count() == 0
