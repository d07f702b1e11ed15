"""Nothing oversells, whoever comes at the same moment, and opposite orders block nobody."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from config.lib import clock, transactions
from customers import access
from customers.services import locks
from journeys.models import Interaction, Reservation, Stock, Variant
from journeys.services import reservations, stock
from tests import factories
from tests.cast import Cast
from tests.races.crowd import PATIENCE, Meeting, at_once, errors, rounds, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)
FEW_STORMS = pytest.mark.parametrize("rounds", [1, pytest.param(50, id="many", marks=pytest.mark.deep)])


def reserve(cast: Cast, customer: str, *lines: tuple[int, int]) -> Reservation:
    """Let the agent, who sees everybody, put things aside in Shibuya."""
    return reservations.reserve(
        actor=cast.actor("agent"),
        customer_uuid=customer,
        store_id=cast.shibuya.pk,
        lines=lines,
        until=clock.now() + DAY,
        channel="phone",
    )


def crowd_of(count: int) -> list[str]:
    """Create that many customers: two callers about one customer would wait for each other anyway."""
    return [str(factories.customer().uuid) for _number in range(count)]


def count(cast: Cast, variant: Variant, on_hand: int) -> list[str]:
    """Feed a count as of now."""
    row = stock.StockIn(cast.shibuya.code, variant.sku, on_hand, clock.now())
    return stock.feed(actor=access.system(access.SYSTEM_DEMO), rows=[row], source="wms")


def held() -> int:
    """Return how many pieces open reservations hold, line by line."""
    rows = Reservation.objects.filter(state__in=reservations.OPEN).prefetch_related("lines")
    return sum(line.quantity for row in rows for line in row.lines.all())


@FEW_STORMS
def test_of_the_last_five_pieces_exactly_five_are_promised(cast: Cast, rounds: int) -> None:
    crowd = crowd_of(32)
    for seed in seeds(rounds):
        variant = factories.variant()
        row = factories.stocked(variant=variant, store=cast.shibuya, on_hand=5)
        # when
        told = at_once([partial(reserve, cast, customer, (variant.pk, 1)) for customer in crowd], seed=seed)
        # then
        refused = errors(told)
        assert [type(error) for error in refused] == [stock.InsufficientStock] * 27
        assert {(error.code, error.status, error.left[variant.pk]) for error in refused} == {
            ("insufficient_stock", 409, 0)
        }
        row.refresh_from_db()
        assert (row.on_hand, row.reserved, row.available) == (5, 5, 0)
        assert Reservation.objects.filter(lines__variant=variant).count() == 5
        assert Interaction.objects.filter(kind="reservation.placed", product_ids=[variant.style_id]).count() == 5


def test_control_reading_first_and_writing_then_promises_pieces_that_are_not_there(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the one conditional statement is replaced by a look and a write, with every caller between the two
    crowd, variant = crowd_of(8), factories.variant()
    row = factories.stocked(variant=variant, store=cast.shibuya, on_hand=5)
    meeting = Meeting(8)

    def read_then_write(stock_id: int, quantity: int) -> bool:
        seen = Stock.objects.get(pk=stock_id)
        meeting.wait()
        if seen.on_hand - seen.reserved < quantity:
            return False
        Stock.objects.filter(pk=stock_id).update(reserved=seen.reserved + quantity)
        return True

    monkeypatch.setattr(stock, "_take", read_then_write)
    told = at_once([partial(reserve, cast, customer, (variant.pk, 1)) for customer in crowd])
    # then all eight were promised one of five pieces, and one is counted
    assert errors(told) == []
    row.refresh_from_db()
    assert (held(), row.reserved) == (8, 1)


@FEW_STORMS
def test_opposite_orders_never_block_each_other(cast: Cast, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a deadlock would be raised, not run again
    monkeypatch.setattr(transactions, "RETRYABLE", frozenset())
    crowd = crowd_of(24)
    pair = [factories.variant(), factories.variant()]
    for variant in pair:
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=10_000)
    for seed in seeds(rounds):
        # when
        lines = [[(variant.pk, 1) for variant in pair[:: (-1) ** number]] for number in range(24)]
        values(at_once([partial(reserve, cast, who, *lines[n]) for n, who in enumerate(crowd)], seed=seed))
    # then
    assert set(Stock.objects.values_list("reserved", flat=True)) == {24 * rounds}


def test_control_without_the_order_of_ids_opposite_orders_deadlock(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRYABLE", frozenset())
    crowd = crowd_of(2)
    pair = [factories.variant(), factories.variant()]
    rows = [factories.stocked(variant=variant, store=cast.shibuya, on_hand=10).pk for variant in pair]
    meeting = Meeting(2)

    def as_told(*, store_id: int, pieces: dict[int, int]) -> None:
        for place, variant_id in enumerate(pieces):
            assert stock._take(rows[[variant.pk for variant in pair].index(variant_id)], 1)
            if place == 0:
                meeting.wait()

    monkeypatch.setattr(stock, "hold", as_told)
    one, other = ([(variant.pk, 1) for variant in order] for order in (pair, pair[::-1]))
    told = at_once([partial(reserve, cast, crowd[0], *one), partial(reserve, cast, crowd[1], *other)])
    assert [getattr(error.__cause__, "sqlstate", "") for error in errors(told)] == ["40P01"]


@FEW_STORMS
def test_a_storm_of_everything_leaves_the_books_right(cast: Cast, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Placed, called off, expired and counted at once: `reserved` is what open reservations hold."""
    monkeypatch.setattr(transactions, "RETRYABLE", frozenset())
    crowd = crowd_of(8)
    pair = [factories.variant(), factories.variant()]
    for variant in pair:
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=1_000)
    for seed in seeds(rounds):
        lines = [[(variant.pk, 1) for variant in pair[:: (-1) ** number]] for number in range(8)]
        off = [reserve(cast, who, *lines[n]) for n, who in enumerate(crowd)]
        late = [reserve(cast, who, *lines[n]) for n, who in enumerate(crowd)]
        Reservation.objects.filter(pk__in=[row.pk for row in late]).update(until=clock.now() - DAY)
        storm = [partial(reserve, cast, who, *lines[n]) for n, who in enumerate(crowd)]
        storm += [
            partial(reservations.cancel, actor=cast.actor("agent"), reservation_uuid=str(row.uuid)) for row in off
        ]
        storm += [reservations.expire_due] * 2 + [partial(count, cast, variant, 1_000) for variant in pair]
        # when
        values(at_once(storm, seed=seed))
        reservations.expire_due()
        # then
        assert set(Reservation.objects.filter(pk__in=[row.pk for row in late]).values_list("state", flat=True)) == {
            "expired"
        }
        assert sum(Stock.objects.values_list("reserved", flat=True)) == held()


@rounds
def test_a_collection_beside_a_count_is_taken_out_once(cast: Cast, rounds: int) -> None:
    (who,) = crowd_of(1)
    variant = factories.variant()
    row = factories.stocked(variant=variant, store=cast.shibuya, on_hand=500)
    for seed in seeds(rounds):
        made = reserve(cast, who, (variant.pk, 2))
        take = partial(reservations.collect, actor=cast.actor("clerk"), reservation_uuid=str(made.uuid))
        # when
        values(at_once([take, partial(count, cast, variant, 500), take, partial(count, cast, variant, 500)], seed=seed))
        # then the next count has nothing left to take out
        count(cast, variant, 500)
        row.refresh_from_db()
        assert row.reserved == 0


@rounds
def test_one_reservation_ends_one_way(cast: Cast, rounds: int) -> None:
    (who,) = crowd_of(1)
    variant = factories.variant()
    row = factories.stocked(variant=variant, store=cast.shibuya, on_hand=5)
    for seed in seeds(rounds):
        made = reserve(cast, who, (variant.pk, 2))
        Reservation.objects.filter(pk=made.pk).update(until=clock.now() - DAY)
        # when
        told = at_once(
            [
                partial(reservations.collect, actor=cast.actor("clerk"), reservation_uuid=str(made.uuid)),
                partial(reservations.cancel, actor=cast.actor("agent"), reservation_uuid=str(made.uuid)),
                reservations.expire_due,
            ],
            seed=seed,
        )
        # then
        assert {getattr(error, "code", repr(error)) for error in errors(told)} <= {"reservation_ended"}
        ended = Interaction.objects.filter(subject_kind="reservation", subject_id=made.pk).exclude(
            kind="reservation.placed"
        )
        state = Reservation.objects.get(pk=made.pk).state
        assert [fact.kind for fact in ended] == [f"reservation.{state}"]
        count(cast, variant, 5)
        row.refresh_from_db()
        assert row.reserved == 0


def test_expiry_passes_by_a_customer_somebody_holds(cast: Cast) -> None:
    busy, free = crowd_of(2)
    variant = factories.variant()
    factories.stocked(variant=variant, store=cast.shibuya, on_hand=5)
    made = {who: reserve(cast, who, (variant.pk, 1)) for who in (busy, free)}
    Reservation.objects.update(until=clock.now() - DAY)
    ready, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locks.hold_customers(customer_ids=[made[busy].customer_id])
            ready.set()
            enough.wait(PATIENCE)

    def expire() -> int:
        ready.wait(PATIENCE)
        try:
            return reservations.expire_due()
        finally:
            enough.set()

    assert values(at_once([hold, expire]))[1] == 1
    assert Reservation.objects.get(pk=made[free].pk).state == "expired"
    assert Reservation.objects.get(pk=made[busy].pk).state == "to_prepare"
    assert reservations.expire_due() == 1
