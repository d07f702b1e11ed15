"""Reservations: pieces held, made ready, collected, given back, and told on the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from config.lib import clock
from config.lib.errors import Conflict, DomainError, Invalid, NotFound, Refused
from customers import access
from customers.models import Customer, ScheduleSlot
from journeys import tasks
from journeys.models import Interaction, Reservation, Stock, Variant
from journeys.selectors import reservations as lists
from journeys.selectors import timeline
from journeys.services import catalog, reservations, stock
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DEMO = access.system(access.SYSTEM_DEMO)
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def coat(cast: Cast) -> Variant:
    """Five coats in Shibuya, counted at eleven; two in Umeda."""
    variant = factories.variant(sku="COAT")
    with clock.at(NOON):
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=5, shelf="B3", as_of=NOON - HOUR)
        factories.stocked(variant=variant, store=cast.umeda, on_hand=2, as_of=NOON - HOUR)
    return variant


def reserve(cast: Cast, *lines: tuple[int, int], role: str = "clerk", **given: Any) -> Reservation:
    """Put things aside for Hanako in Shibuya at noon, for three days."""
    with clock.at(given.pop("at", NOON)):
        return reservations.reserve(
            **{
                "actor": cast.actor(role),
                "customer_uuid": str(cast.hanako.uuid),
                "store_id": cast.shibuya.pk,
                "lines": lines,
                "until": NOON + 3 * DAY,
                "channel": "store",
                **given,
            }
        )


def reserved(store: str = "SHIBUYA", sku: str = "COAT") -> int:
    """Return how many pieces are reserved."""
    return Stock.objects.get(store__code=store, variant__sku=sku).reserved


def told(customer: Customer) -> list[str]:
    """Return the kinds of the customer's reservations story, oldest first."""
    rows = Interaction.objects.filter(customer=customer, kind__startswith="reservation.")
    return list(rows.order_by("occurred_at", "id").values_list("kind", flat=True))


def test_a_reservation_lowers_what_is_available_and_stands_on_the_timeline(cast: Cast, coat: Variant) -> None:
    before = Customer.objects.get(pk=cast.hanako.pk).context_seq
    row = reserve(cast, (coat.pk, 2))
    assert (row.state, row.until, row.created_by, row.channel) == (
        "to_prepare",
        NOON + 3 * DAY,
        cast.staff["clerk"],
        "store",
    )
    assert list(row.lines.values_list("variant", "quantity")) == [(coat.pk, 2)]
    found = Stock.objects.get(store=cast.shibuya)
    assert (found.on_hand, found.reserved, found.available) == (5, 2, 3)
    fact = Interaction.objects.get(kind="reservation.placed")
    assert (fact.subject_kind, fact.subject_id, fact.product_ids, fact.store_id, fact.actor_id) == (
        "reservation",
        row.pk,
        [coat.style_id],
        cast.shibuya.pk,
        cast.staff["clerk"].pk,
    )
    assert fact.data == {"items": "ウールコート 紺 M"}
    assert Customer.objects.get(pk=cast.hanako.pk).context_seq == before + 1


def test_discreet_goods_are_not_named_on_the_timeline(cast: Cast, coat: Variant) -> None:
    catalog.put_categories(actor=DEMO, rows=[catalog.CategoryIn("inner", "肌着", is_discreet=True)])
    slip = factories.variant(sku="SLIP", name_ja="シルクスリップ", category_code="inner")
    factories.stocked(variant=slip, store=cast.shibuya, on_hand=1)
    reserve(cast, (slip.pk, 1))
    assert Interaction.objects.get(kind="reservation.placed").data == {"items": ""}
    page = timeline.page(actor=cast.actor("clerk"), customer=cast.hanako, kind="reservation.placed")
    assert "シルク" not in page.entries[0].sentence


def test_too_few_pieces_reserve_nothing_and_say_what_is_left(cast: Cast, coat: Variant) -> None:
    boots = factories.variant(sku="BOOTS", name_ja="ブーツ", size="24.5")
    factories.stocked(variant=boots, store=cast.shibuya, on_hand=1)
    nowhere = factories.variant(sku="NOWHERE")
    reserve(cast, (coat.pk, 2))
    with pytest.raises(stock.InsufficientStock) as refused:
        reserve(cast, (coat.pk, 3), (boots.pk, 2), (nowhere.pk, 1))
    assert (refused.value.code, refused.value.status, refused.value.left) == (
        "insufficient_stock",
        409,
        {boots.pk: 1, nowhere.pk: 0},
    )
    assert [(field.pointer, field.code) for field in refused.value.fields] == [("/lines", "insufficient_stock")] * 2
    assert (reserved(), reserved(sku="BOOTS"), Reservation.objects.count()) == (2, 0, 1)
    assert told(cast.hanako) == ["reservation.placed"]


def test_pieces_of_another_store_are_held_there(cast: Cast, coat: Variant) -> None:
    row = reserve(cast, (coat.pk, 2), from_store_id=cast.umeda.pk)
    assert (reserved("SHIBUYA"), reserved("UMEDA"), row.store, row.from_store) == (0, 2, cast.shibuya, cast.umeda)
    reservations.cancel(actor=cast.actor("clerk"), reservation_uuid=str(row.uuid))
    assert reserved("UMEDA") == 0


def test_the_same_item_twice_is_one_line(cast: Cast, coat: Variant) -> None:
    row = reserve(cast, (coat.pk, 1), (coat.pk, 2))
    assert list(row.lines.values_list("quantity", flat=True)) == [3]


@pytest.mark.parametrize(
    ("lines", "given", "code"),
    [
        ([], {}, "reservation_lines"),
        ([(1, 0)], {}, "reservation_lines"),
        ([(1, -1), (1, 2)], {}, "reservation_lines"),
        ([(1, 100)], {}, "reservation_lines"),
        ([(number, 1) for number in range(21)], {}, "reservation_lines"),
        ([(10**9, 1)], {}, "product_unknown"),
        ([(1, 1)], {"until": NOON}, "reservation_until"),
        ([(1, 1)], {"until": NOON + 31 * DAY}, "reservation_until"),
        ([(1, 1)], {"until": (NOON + DAY).replace(tzinfo=None)}, "reservation_until"),
        ([(1, 1)], {"store_id": 10**9}, "store_unknown"),
        ([(1, 1)], {"from_store_id": 10**9}, "store_unknown"),
        ([(1, 1)], {"channel": "pigeon"}, "channel"),
    ],
)
def test_what_cannot_be_reserved_is_refused(
    cast: Cast, coat: Variant, lines: Sequence[tuple[int, int]], given: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reserve(cast, *lines, **given)
    assert refused.value.code == code
    assert (Reservation.objects.count(), reserved()) == (0, 0)


def test_who_may_not_see_the_customer_reserves_nothing(cast: Cast, coat: Variant) -> None:
    with pytest.raises(NotFound):
        reserve(cast, (coat.pk, 1), actor=access.actor_of(cast.other_clerk))
    with pytest.raises(NotFound):
        reserve(cast, (coat.pk, 1), role="marketer")
    assert (Reservation.objects.count(), reserved(), told(cast.hanako)) == (0, 0, [])


def test_ready_collected_and_what_the_next_count_makes_of_it(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 2)).uuid)
    clerk = cast.actor("clerk")
    with clock.at(NOON + HOUR):
        assert reservations.make_ready(actor=clerk, reservation_uuid=uuid).ready_at == NOON + HOUR
        reservations.make_ready(actor=clerk, reservation_uuid=uuid)
    with clock.at(NOON + 2 * HOUR):
        row = reservations.collect(actor=clerk, reservation_uuid=uuid)
        reservations.collect(actor=clerk, reservation_uuid=uuid)
    assert (row.state, row.ended_at) == ("collected", NOON + 2 * HOUR)
    assert told(cast.hanako) == ["reservation.placed", "reservation.ready", "reservation.collected"]

    def count(on_hand: int, at: datetime) -> tuple[int, int, int]:
        with clock.at(NOON + DAY):
            rows = [stock.StockIn("SHIBUYA", "COAT", on_hand, at)]
            assert stock.feed(actor=DEMO, rows=rows, source="wms") == ["updated"]
        found = Stock.objects.get(store=cast.shibuya)
        return found.on_hand, found.reserved, found.available

    # the count is older than the collection: both pieces are still in it, and must not be promised to anybody
    assert Stock.objects.get(store=cast.shibuya).available == 3
    assert count(5, NOON + HOUR) == (5, 2, 3)
    # the next count is newer: they are out of it, and out of `reserved`, once
    assert count(3, NOON + 3 * HOUR) == (3, 0, 3)
    assert count(3, NOON + 4 * HOUR) == (3, 0, 3)


def test_a_collection_before_the_newest_count_leaves_at_once(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 2)).uuid)
    Stock.objects.filter(store=cast.shibuya).update(as_of=NOON + HOUR, on_hand=3)
    with clock.at(NOON + HOUR):
        reservations.collect(actor=cast.actor("clerk"), reservation_uuid=uuid)
    assert (reserved(), Stock.objects.get(store=cast.shibuya).available) == (0, 3)


def test_called_off_pieces_are_free_again(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 5)).uuid)
    row = reservations.cancel(actor=cast.actor("agent"), reservation_uuid=uuid)
    assert (row.state, reserved(), told(cast.hanako)) == (
        "cancelled",
        0,
        ["reservation.placed", "reservation.cancelled"],
    )
    reservations.cancel(actor=cast.actor("agent"), reservation_uuid=uuid)
    assert (reserved(), len(told(cast.hanako))) == (0, 2)


@pytest.mark.parametrize("act", [reservations.make_ready, reservations.collect])
def test_what_has_ended_stays_ended(cast: Cast, coat: Variant, act: Any) -> None:
    uuid = str(reserve(cast, (coat.pk, 2)).uuid)
    reservations.cancel(actor=cast.actor("clerk"), reservation_uuid=uuid)
    with pytest.raises(Conflict) as refused:
        act(actor=cast.actor("clerk"), reservation_uuid=uuid)
    assert refused.value.code == "reservation_ended"
    assert (Reservation.objects.get().state, reserved(), len(told(cast.hanako))) == ("cancelled", 0, 2)


def test_extending_moves_the_moment_and_nothing_else(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 2)).uuid)
    clerk = cast.actor("clerk")
    with clock.at(NOON + DAY):
        row = reservations.extend(actor=clerk, reservation_uuid=uuid, until=NOON + 7 * DAY)
        assert (row.until, row.state, reserved()) == (NOON + 7 * DAY, "to_prepare", 2)
        for until in (NOON + 6 * DAY, NOON, NOON + 40 * DAY):
            with pytest.raises(Invalid) as refused:
                reservations.extend(actor=clerk, reservation_uuid=uuid, until=until)
            assert refused.value.code == "reservation_until"
    assert (Reservation.objects.get().until, told(cast.hanako)) == (NOON + 7 * DAY, ["reservation.placed"])


@pytest.mark.parametrize(
    ("role", "error"),
    [("other_clerk", NotFound), ("marketer", NotFound), ("data_steward", NotFound), ("auditor", NotFound)],
)
def test_other_stores_and_other_roles_change_nothing(
    cast: Cast, coat: Variant, role: str, error: type[DomainError]
) -> None:
    uuid = str(reserve(cast, (coat.pk, 2)).uuid)
    actor = access.actor_of(cast.members()[role])
    for act in (reservations.make_ready, reservations.collect, reservations.cancel):
        with pytest.raises(error):
            act(actor=actor, reservation_uuid=uuid)
    with clock.at(NOON), pytest.raises(error):
        reservations.extend(actor=actor, reservation_uuid=uuid, until=NOON + 9 * DAY)
    assert (Reservation.objects.get().state, reserved(), told(cast.hanako)) == (
        "to_prepare",
        2,
        ["reservation.placed"],
    )


def test_an_agent_calls_off_but_hands_nothing_over(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 1)).uuid)
    with pytest.raises(NotFound):
        reservations.collect(actor=cast.actor("agent"), reservation_uuid=uuid)
    assert Reservation.objects.get().state == "to_prepare"


def test_what_is_not_collected_in_time_is_given_back(cast: Cast, coat: Variant) -> None:
    late = reserve(cast, (coat.pk, 2), until=NOON + DAY)
    ready = reserve(cast, (coat.pk, 1), until=NOON + DAY, from_store_id=cast.umeda.pk)
    open_one = reserve(cast, (coat.pk, 1), until=NOON + 2 * DAY)
    reservations.make_ready(actor=cast.actor("clerk"), reservation_uuid=str(ready.uuid))
    with clock.at(NOON + DAY - timedelta(seconds=1)):
        assert reservations.expire_due() == 0
    with clock.at(NOON + DAY):
        assert reservations.expire_due() == 2
        assert reservations.expire_due() == 0
    assert dict(Reservation.objects.values_list("pk", "state")) == {
        late.pk: "expired",
        ready.pk: "expired",
        open_one.pk: "to_prepare",
    }
    assert (reserved("SHIBUYA"), reserved("UMEDA")) == (1, 0)
    facts = Interaction.objects.filter(kind="reservation.expired")
    assert sorted(facts.values_list("subject_id", "occurred_at", "actor")) == [
        (late.pk, NOON + DAY, None),
        (ready.pk, NOON + DAY, None),
    ]


def test_past_its_time_it_can_be_handed_over_until_it_is_given_back(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 1), until=NOON + DAY).uuid)
    with clock.at(NOON + 2 * DAY):
        assert reservations.collect(actor=cast.actor("clerk"), reservation_uuid=uuid).state == "collected"
        assert reservations.expire_due() == 0


def test_sixty_expire_in_as_many_queries_as_one(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    variant = factories.variant()
    factories.stocked(variant=variant, store=cast.shibuya, on_hand=60, as_of=NOON)
    for _number in range(60):
        reserve(cast, (variant.pk, 1), until=NOON + DAY)
    # savepoint and release, due, customers free, customers held, rows, items, pieces, stock lock, stock, states,
    # facts, context
    with clock.at(NOON + DAY), django_assert_num_queries(13):
        assert reservations.expire_due() == 60
    assert Stock.objects.get().reserved == 0


def test_the_task_expires_once_a_slot_and_stands_in_the_schedule(cast: Cast, coat: Variant) -> None:
    reserve(cast, (coat.pk, 1), until=NOON + DAY)
    with clock.at(NOON + DAY):
        tasks.expire_reservations()
        tasks.expire_reservations()
    assert Reservation.objects.get().state == "expired"
    assert ScheduleSlot.objects.filter(job="journeys.expire_reservations").count() == 1
    assert settings.CELERY_BEAT_SCHEDULE["journeys.expire_reservations"] == {
        "task": "journeys.expire_reservations",
        "schedule": 60.0,
    }


def test_the_stores_list_has_each_reservation_once_where_it_belongs(
    cast: Cast, coat: Variant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clerk = cast.actor("clerk")
    made = {
        name: reserve(cast, (coat.pk, 1), until=NOON + days * DAY)
        for name, days in {"prepare": 3, "ready": 4, "expiring": 2, "collected": 3, "off": 3}.items()
    }
    fetched = reserve(cast, (coat.pk, 1), until=NOON + 5 * DAY, from_store_id=cast.umeda.pk)
    with clock.at(NOON + DAY + HOUR):
        for name in ("ready", "expiring"):
            reservations.make_ready(actor=clerk, reservation_uuid=str(made[name].uuid))
        reservations.collect(actor=clerk, reservation_uuid=str(made["collected"].uuid))
        reservations.cancel(actor=clerk, reservation_uuid=str(made["off"].uuid))
        # rows, their lines, who may be opened, shelves
        with django_assert_num_queries(4):
            found = lists.of_store(actor=clerk, store_id=cast.shibuya.pk)
        umeda = lists.of_store(actor=access.actor_of(cast.other_clerk), store_id=cast.umeda.pk)
    assert [slip.id for slip in found.to_prepare] == [made["prepare"].pk, fetched.pk]
    assert [slip.id for slip in found.ready] == [made["ready"].pk]
    assert [slip.id for slip in found.expiring] == [made["expiring"].pk]
    assert [slip.id for slip in found.collected] == [made["collected"].pk]
    first, second = found.to_prepare
    assert (first.customer, first.customer_uuid, first.items[0].shelf) == ("山田", str(cast.hanako.uuid), "B3")
    assert (second.from_store, second.items[0].shelf, second.may_act) == (str(cast.umeda), "", True)
    # the other store sees what it has to send, not whom it may open, and may not act on it
    assert [(slip.id, slip.sent_to, slip.customer_uuid, slip.may_act) for slip in umeda.to_prepare] == [
        (fetched.pk, str(cast.shibuya), "", False)
    ]
    assert umeda.ready == umeda.expiring == umeda.collected == []


def test_a_store_reads_its_own_list_only(cast: Cast) -> None:
    with pytest.raises(NotFound):
        lists.of_store(actor=cast.actor("clerk"), store_id=cast.umeda.pk)
    with pytest.raises(Refused):
        lists.of_store(actor=cast.actor("agent"), store_id=cast.shibuya.pk)


def test_the_tile_counts_what_is_open(cast: Cast, coat: Variant) -> None:
    uuid = str(reserve(cast, (coat.pk, 1)).uuid)
    reserve(cast, (coat.pk, 1))
    reservations.collect(actor=cast.actor("clerk"), reservation_uuid=uuid)
    assert lists.open_count(actor=cast.actor("clerk")) == 1
    assert lists.open_count(actor=access.actor_of(cast.other_clerk)) == 0
    assert lists.open_count(actor=cast.actor("agent")) == 0
