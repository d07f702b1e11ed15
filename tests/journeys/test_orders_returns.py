"""What comes back is counted to the piece and to the yen; guest orders are claimed by what is proven."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import translation

from config.lib.errors import Conflict, Invalid, NotFound, Refused
from customers.models import Identity, Role
from customers.services import cards
from journeys.models import Interaction, Order, OrderLine, OrderReturn, Reaction, ReturnLine
from journeys.services import orders
from journeys.services.orders import Hint, LineIn, ReturnIn, ReturnLineIn
from tests import factories
from tests.cast import Cast
from tests.factories import DEMO, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast: Cast) -> Order:
    """Three coats for 100,000 yen with 9,091 of tax: nothing divides evenly."""
    coat = factories.variant()
    line = LineIn(3, 39_800, 100_000, variant_id=coat.pk, discount=19_400, tax=9_091)
    return factories.order(customer_id=cast.hanako.pk, external_id="A-1", lines=(line,))


def back(order: Order, *lines: ReturnLineIn, **given: Any) -> OrderReturn:
    """Record a return of an order."""
    told = ReturnIn(
        **{
            "source": "test:shop",
            "external_id": f"R-{OrderReturn.objects.count()}",
            "returned_at": NOON,
            "lines": lines,
            "order_uuid": str(order.uuid),
            **given,
        }
    )
    return orders.record_return(actor=DEMO, back=told)


def test_pieces_come_back_one_by_one_and_the_last_takes_the_odd_yen(three: Order) -> None:
    for _piece in range(3):
        back(three, ReturnLineIn(1, 1))
    rows = ReturnLine.objects.order_by("pk").values_list("quantity", "amount", "tax")
    assert list(rows) == [(1, 33_333, 3_030), (1, 33_333, 3_030), (1, 33_334, 3_031)]
    assert OrderReturn.objects.aggregate(Sum("refunded"))["refunded__sum"] == 100_000
    assert Interaction.objects.filter(kind="order.returned", data={"items": "ウールコート 紺 M"}).count() == 3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (ReturnLineIn(1, 3), "Nothing was recorded. Pieces of line 1 that can still come back: 2."),
        (ReturnLineIn(1, 1, 66_668), "Nothing was recorded. Money of line 1 that can still be paid back: 66667."),
    ],
)
def test_never_more_pieces_than_bought_nor_more_money_than_paid(three: Order, line: ReturnLineIn, words: str) -> None:
    back(three, ReturnLineIn(1, 1))
    with translation.override("en"), pytest.raises(Conflict) as refused:
        back(three, line)
    assert (refused.value.code, str(refused.value.message)) == ("return_exceeds", words)
    assert (OrderReturn.objects.count(), ReturnLine.objects.count()) == (1, 1)


def test_a_smaller_refund_leaves_the_rest_with_the_line(three: Order) -> None:
    back(three, ReturnLineIn(1, 2, 50_000))
    last = back(three, ReturnLineIn(1, 1))
    assert (last.refunded, OrderReturn.objects.aggregate(Sum("refunded"))["refunded__sum"]) == (50_000, 100_000)
    assert ReturnLine.objects.aggregate(Sum("tax"))["tax__sum"] == 9_091


def test_the_same_return_told_again_changes_nothing_and_another_under_its_number_is_refused(three: Order) -> None:
    first = back(three, ReturnLineIn(1, 1), external_id="R")
    again = back(three, ReturnLineIn(1, 1), external_id="R", order_uuid="", order_source="test:shop",
                 order_external_id="A-1")  # fmt: skip
    assert again.pk == first.pk
    with pytest.raises(Conflict) as refused:
        back(three, ReturnLineIn(1, 2), external_id="R")
    assert refused.value.code == "return_conflict"
    assert (OrderReturn.objects.count(), ReturnLine.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("lines", "given", "code"),
    [
        ((), {}, "return_lines"),
        ((ReturnLineIn(1, 0),), {}, "return_lines"),
        ((ReturnLineIn(1, 1, -1),), {}, "return_lines"),
        ((ReturnLineIn(2, 1),), {}, "return_lines"),
        ((ReturnLineIn(1, 1), ReturnLineIn(1, 1)), {}, "return_lines"),
        ((ReturnLineIn(1, 1),), {"reason": "x" * 201}, "return_reason"),
        ((ReturnLineIn(1, 1),), {"store_id": 10**9}, "store_unknown"),
        ((ReturnLineIn(1, 1),), {"external_id": ""}, "order_source"),
        ((ReturnLineIn(1, 1),), {"returned_at": NOON.replace(tzinfo=None)}, "order_time"),
    ],
)
def test_a_return_that_cannot_be_is_refused_and_nothing_is_written(
    three: Order, lines: tuple[ReturnLineIn, ...], given: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        back(three, *lines, **given)
    assert refused.value.code == code
    assert (OrderReturn.objects.count(), Interaction.objects.filter(kind="order.returned").count()) == (0, 0)


def test_a_return_of_an_order_nobody_knows_and_by_people_is_refused(cast: Cast, three: Order) -> None:
    with pytest.raises(NotFound):
        back(three, ReturnLineIn(1, 1), order_uuid="", order_source="x", order_external_id="y")
    told = ReturnIn("s", "R", NOON, (ReturnLineIn(1, 1),), order_uuid=str(three.uuid))
    with pytest.raises(Refused):
        orders.record_return(actor=cast.actor(Role.CLERK), back=told)
    with pytest.raises(Refused):
        orders.cancel_order(actor=cast.actor(Role.AGENT), order_uuid=str(three.uuid), source="s", external_id="C")
    assert OrderReturn.objects.count() == 0


def test_an_order_called_off_gives_everything_back_that_is_left(three: Order) -> None:
    # given
    back(three, ReturnLineIn(1, 1))
    # when
    row = orders.cancel_order(
        actor=DEMO, order_uuid=str(three.uuid), source="test:shop", external_id="C", reason="在庫切れ"
    )
    again = orders.cancel_order(actor=DEMO, order_uuid=str(three.uuid), source="test:shop", external_id="C")
    # then
    assert (row.kind, row.refunded, row.reason, again.pk) == ("cancellation", 66_667, "在庫切れ", row.pk)
    three.refresh_from_db()
    assert (three.state, three.cancelled_at == row.returned_at) == ("cancelled", True)
    assert list(row.lines.values_list("quantity", "amount", "tax")) == [(2, 66_667, 6_061)]
    assert Interaction.objects.filter(kind="order.cancelled").count() == 1
    with pytest.raises(Conflict) as refused:
        orders.progress(actor=DEMO, order_uuid=str(three.uuid), state="shipped")
    assert refused.value.code == "order_progress"


def test_a_delivered_order_is_not_called_off(three: Order) -> None:
    orders.progress(actor=DEMO, order_uuid=str(three.uuid), state="delivered")
    with pytest.raises(Conflict) as refused:
        orders.cancel_order(actor=DEMO, order_uuid=str(three.uuid), source="test:shop", external_id="C")
    assert refused.value.code == "order_delivered"
    assert (Order.objects.get().state, OrderReturn.objects.count()) == ("delivered", 0)


def test_guest_orders_are_claimed_with_their_own_times_and_nobody_reacts(cast: Cast) -> None:
    # given two guest orders of hers, one with a return, one of somebody else
    coat = factories.variant()
    first = factories.order(bought=[coat], hint=Hint(email="hanako@example.com"), store_id=cast.shibuya.pk)
    back(first, ReturnLineIn(1, 1), returned_at=NOON + timedelta(hours=1))
    factories.order(hint=Hint(phone="090-1111-1234"), shipped_at=NOON + timedelta(hours=2))
    other = factories.order(hint=Hint(email="other@example.com"))
    factories.proven(customer=cast.hanako, kind="email", value="hanako@example.com")
    factories.proven(customer=cast.hanako, kind="phone", value="+819011111234")
    # when
    claimed = orders.claim_guest_orders(customer_id=cast.hanako.pk)
    # then
    assert (claimed, orders.claim_guest_orders(customer_id=cast.hanako.pk)) == (2, 0)
    assert Order.objects.filter(customer=cast.hanako).count() == 2
    assert OrderLine.objects.filter(customer=cast.hanako).count() == 2
    assert Order.objects.get(customer__isnull=True).pk == other.pk
    told = Interaction.objects.filter(customer=cast.hanako, kind__startswith="order.").order_by("occurred_at", "pk")
    assert list(told.values_list("kind", "occurred_at")) == [
        ("order.placed", NOON),
        ("order.placed", NOON),
        ("order.returned", NOON + timedelta(hours=1)),
        ("order.shipped", NOON + timedelta(hours=2)),
    ]
    assert Reaction.objects.count() == 0


def test_a_guest_order_is_claimed_by_the_member_number_on_a_new_card(cast: Cast) -> None:
    factories.order(hint=Hint(member_number="77770000"))
    assert orders.claim_guest_orders(customer_id=cast.hanako.pk) == 0
    Identity.objects.create(customer=cast.hanako, kind="barcode", normalised="77770000", raw="7777-0000", source="test")
    assert orders.claim_guest_orders(customer_id=cast.hanako.pk) == 1


@pytest.mark.parametrize("spoilt", [{"assurance": "claimed"}, {"is_shared": True}, {"valid_to": NOON}])
def test_what_is_claimed_shared_or_over_claims_nothing(cast: Cast, spoilt: dict[str, Any]) -> None:
    factories.order(hint=Hint(email="hanako@example.com"))
    factories.proven(customer=cast.hanako, kind="email", value="hanako@example.com")
    Identity.objects.filter(kind="email").update(**spoilt)
    assert orders.claim_guest_orders(customer_id=cast.hanako.pk) == 0
    assert Order.objects.filter(customer__isnull=True).count() == 1


def test_an_order_whose_proven_identifiers_name_two_people_stays_a_guests(cast: Cast) -> None:
    factories.order(hint=Hint(email="hanako@example.com", phone="090-2222-5678"))
    factories.proven(customer=cast.hanako, kind="email", value="hanako@example.com")
    factories.proven(customer=cast.namesake, kind="phone", value="+819022225678")
    assert orders.claim_guest_orders(customer_id=cast.hanako.pk) == 0
    assert orders.claim_guest_orders(customer_id=cast.namesake.pk) == 0


def test_a_new_card_brings_the_guest_orders_made_with_it(cast: Cast) -> None:
    # given
    order = factories.order(hint=Hint(member_number="77770000"))
    other = factories.order(hint=Hint(member_number="88880000"))
    # when
    cards.attach(actor=DEMO, customer_uuid=str(cast.hanako.uuid), kind="barcode", value="7777-0000", source="test:card")
    # then
    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.customer_id, other.customer_id) == (cast.hanako.pk, None)
    told = Interaction.objects.filter(customer=cast.hanako, kind__in=["identity.added", "order.placed"])
    assert set(told.values_list("kind", flat=True)) == {"identity.added", "order.placed"}
