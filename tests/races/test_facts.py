"""The timeline under rivals: one fact stands once, one customer's context counts each fact once."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from config.lib.errors import Conflict
from customers.models import Customer
from customers.services import context, locks
from journeys.models import Interaction
from journeys.services import timeline
from tests import factories
from tests.cast import Cast
from tests.races.crowd import at_once, errors, rounds, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)

ONCE = "ON CONFLICT (source, source_id) DO NOTHING"
LOOK_FIRST = """AND NOT EXISTS (
    SELECT 1 FROM journeys_interaction AS i WHERE i.source = fact.source AND i.source_id = fact.source_id
) AND pg_sleep(0.05) IS NOT NULL"""
# Reads the number, then writes what it computed: correct alone, wrong beside another.
READ_THEN_WRITE = """
WITH old AS MATERIALIZED (SELECT id, context_seq FROM customers_customer WHERE id = ANY(%s)),
    pause AS MATERIALIZED (SELECT pg_sleep(0.005))
UPDATE customers_customer AS c SET context_seq = old.context_seq + 1 FROM old, pause WHERE c.id = old.id
"""


def tell(customer: Customer, *, source_id: str, kind: str = "call.received", text: str = "") -> int:
    """Tell one fact in a transaction of its own, the customer held."""
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer.pk])
        return fact(customer, source_id=source_id, kind=kind, text=text)


def fact(customer: Customer, *, source_id: str, kind: str = "call.received", text: str = "") -> int:
    """Record one fact in the caller's transaction."""
    return timeline.record(
        kind=kind,
        customer_id=customer.pk,
        occurred_at=factories.NOON,
        channel="phone",
        source="pbx",
        source_id=source_id,
        text=text,
    )


def view(customer: Customer, *, source_id: str) -> int:
    """Record a fact that needs no lock."""
    with transaction.atomic():
        return fact(customer, source_id=source_id, kind="product.viewed")


def context_of(customer: Customer) -> int:
    """Return the customer's context_seq as it stands."""
    return Customer.objects.get(pk=customer.pk).context_seq


@rounds
@pytest.mark.parametrize(("kind", "raised"), [("call.received", 1), ("product.viewed", 0)])
def test_the_same_fact_told_by_eight_at_once_stands_once(cast: Cast, rounds: int, kind: str, raised: int) -> None:
    for seed in seeds(rounds):
        before = context_of(cast.hanako)
        # when
        told = at_once([partial(tell, cast.hanako, source_id=f"s{seed}", kind=kind)] * 8, seed=seed)
        # then
        row = Interaction.objects.get(source="pbx", source_id=f"s{seed}")
        assert values(told) == [row.pk] * 8
        assert context_of(cast.hanako) == before + raised


@rounds
def test_without_the_lock_a_view_told_by_eight_at_once_stands_once(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        told = at_once([partial(view, cast.hanako, source_id=f"v{seed}")] * 8, seed=seed)
        row = Interaction.objects.get(source="pbx", source_id=f"v{seed}")
        assert values(told) == [row.pk] * 8


def test_control_looking_first_is_no_guard(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a statement that looks whether the fact is there, and inserts it if not
    statement = timeline.INSERT.replace(ONCE, "").replace("ORDER BY nr", f"{LOOK_FIRST} ORDER BY nr")
    monkeypatch.setattr(timeline, "INSERT", statement)
    # when
    told = at_once([partial(view, cast.hanako, source_id="look")] * 8)
    # then everybody saw nothing, and only the unique key kept the fact single
    assert [type(error) for error in errors(told)] == [IntegrityError] * 7
    assert Interaction.objects.filter(source="pbx", source_id="look").count() == 1


@rounds
def test_of_eight_different_stories_under_one_key_one_wins(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        before = context_of(cast.hanako)
        # when
        stories = [partial(tell, cast.hanako, source_id=f"d{seed}", text=f"話{number}") for number in range(8)]
        told = at_once(stories, seed=seed)
        # then
        assert [(type(e), e.code) for e in errors(told)] == [(Conflict, "already_told_differently")] * 7
        row = Interaction.objects.get(source="pbx", source_id=f"d{seed}")
        winners = {outcome.value: f"話{number}" for number, outcome in enumerate(told) if outcome.value}
        assert winners == {row.pk: row.text}
        assert context_of(cast.hanako) == before + 1


@pytest.mark.parametrize(
    ("rounds", "facts"), [pytest.param(1, 20, id="one"), pytest.param(50, 5, id="many", marks=pytest.mark.deep)]
)
def test_context_counts_every_fact_of_sixteen_tellers(cast: Cast, rounds: int, facts: int) -> None:
    def tell_all(seed: int, teller: int) -> None:
        for number in range(facts):
            tell(cast.hanako, source_id=f"{seed}-{teller}-{number}")

    for seed in seeds(rounds):
        before, rows = context_of(cast.hanako), Interaction.objects.filter(customer=cast.hanako).count()
        values(at_once([partial(tell_all, seed, teller) for teller in range(16)], seed=seed))
        assert context_of(cast.hanako) == before + 16 * facts
        assert Interaction.objects.filter(customer=cast.hanako).count() == rows + 16 * facts


def test_control_without_the_lock_a_context_is_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a count that reads before it writes
    monkeypatch.setattr(context, "RAISE_SEQ", READ_THEN_WRITE)
    before = context_of(cast.hanako)
    # when the lock is held, even that count is right
    values(at_once([partial(tell, cast.hanako, source_id=f"held-{number}") for number in range(8)]))
    assert context_of(cast.hanako) == before + 8
    # and when the lock is noted but not taken, it is not
    monkeypatch.setattr(locks, "HOLD", locks.HOLD.replace("FOR NO KEY UPDATE", ""))
    values(at_once([partial(tell, cast.hanako, source_id=f"loose-{number}") for number in range(8)]))
    assert before + 8 < context_of(cast.hanako) < before + 16
    assert Counter(Interaction.objects.filter(source="pbx").values_list("customer_id", flat=True)) == {
        cast.hanako.pk: 16
    }


def test_the_lock_of_another_transaction_is_not_mine(cast: Cast) -> None:
    before = context_of(cast.hanako)
    with transaction.atomic():
        locks.hold_customers(customer_ids=[cast.hanako.pk])

        def without_lock() -> int:
            with transaction.atomic():
                return fact(cast.hanako, source_id="loose")

        told = at_once([without_lock])
    assert [type(error) for error in errors(told)] == [timeline.UnlockedCustomer]
    assert (Interaction.objects.filter(source="pbx").count(), context_of(cast.hanako)) == (0, before)
