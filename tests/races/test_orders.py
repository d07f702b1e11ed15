"""An order is recorded once, its last piece comes back once, a guest order is claimed once, whoever comes at once."""

from __future__ import annotations

from functools import partial

import pytest

from config.lib import transactions
from config.lib.errors import Conflict
from customers.models import Identity
from journeys.models import Cart, Interaction, Order, OrderLine, OrderReturn
from journeys.services import carts, orders
from journeys.services.orders import Hint, ReturnIn, ReturnLineIn
from tests import factories
from tests.cast import Cast
from tests.factories import DEMO, NOON, order_in
from tests.races.crowd import at_once, errors, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)

FEW_STORMS = pytest.mark.parametrize("rounds", [1, pytest.param(40, id="many", marks=pytest.mark.deep)])


def give_back(order: Order, number: str) -> OrderReturn:
    """Bring the one piece of an order back under a number of its own."""
    told = ReturnIn("till", number, NOON, (ReturnLineIn(1, 1),), order_uuid=str(order.uuid))
    return orders.record_return(actor=DEMO, back=told)


def call_off(order: Order) -> OrderReturn:
    """Call the order off."""
    return orders.cancel_order(actor=DEMO, order_uuid=str(order.uuid), source="shop", external_id=f"C{order.pk}")


@FEW_STORMS
def test_the_last_piece_comes_back_exactly_once(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        order = factories.order(customer_id=cast.hanako.pk)
        # when
        told = at_once([partial(give_back, order, f"{order.pk}-{n}") for n in range(8)], seed=seed)
        # then
        refused = errors(told)
        assert [(type(error), error.code) for error in refused] == [(Conflict, "return_exceeds")] * 7
        assert [row.refunded for row in OrderReturn.objects.filter(order=order)] == [39_800]
        assert Interaction.objects.filter(kind="order.returned", subject_id=order.pk).count() == 1


@FEW_STORMS
def test_a_return_and_a_cancellation_at_once_pay_the_money_back_once(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        order = factories.order(customer_id=cast.hanako.pk)
        at_once([partial(give_back, order, f"R{order.pk}"), partial(call_off, order)], seed=seed)
        assert sum(row.refunded for row in OrderReturn.objects.filter(order=order)) == 39_800
        order.refresh_from_db()
        assert order.state == "cancelled"


@FEW_STORMS
def test_one_order_told_by_many_at_once_is_one_order(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        told = order_in(customer_id=cast.hanako.pk, external_id=f"S{seed}")
        guest = order_in(external_id=f"G{seed}")
        calls = [partial(orders.record_order, actor=DEMO, order=each) for each in (told, guest) for _ in range(6)]
        # when
        found = values(at_once(calls, seed=seed))
        # then
        assert sorted(each.outcome for each in found) == ["created"] * 2 + ["unchanged"] * 10
        assert Order.objects.filter(external_id__in=[told.external_id, guest.external_id]).count() == 2
        assert OrderLine.objects.filter(order__external_id=told.external_id).count() == 1
        row = Order.objects.get(external_id=told.external_id)
        assert Interaction.objects.filter(kind="order.placed", subject_id=row.pk).count() == 1


@FEW_STORMS
def test_batches_in_opposite_order_never_block_each_other(
    cast: Cast, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a deadlock would be raised, not run again
    monkeypatch.setattr(transactions, "RETRYABLE", frozenset())
    for seed in seeds(rounds):
        batch = [
            order_in(external_id=f"B{seed}-{n}", customer_id=(cast.hanako, cast.namesake)[n % 2].pk) for n in range(20)
        ]
        calls = [partial(orders.record_orders, actor=DEMO, orders=batch[:: (-1) ** n]) for n in range(4)]
        found = values(at_once(calls, seed=seed))
        assert sorted(each for told in found for each in told) == ["created"] * 20 + ["unchanged"] * 60


@FEW_STORMS
def test_a_guest_order_is_claimed_once(cast: Cast, rounds: int) -> None:
    factories.proven(customer=cast.hanako, kind="email", value="hanako@example.com")
    for seed in seeds(rounds):
        Identity.objects.filter(kind="email").update(is_shared=True)  # so that it is a guest's order at first
        order = factories.order(hint=Hint(email="hanako@example.com"))
        Identity.objects.filter(kind="email").update(is_shared=False)
        calls = [partial(orders.claim_guest_orders, customer_id=cast.hanako.pk)] * 6
        assert sorted(values(at_once(calls, seed=seed))) == [0] * 5 + [1]
        assert Interaction.objects.filter(kind="order.placed", subject_id=order.pk).count() == 1


@FEW_STORMS
def test_two_clerks_close_one_cart_once(cast: Cast, rounds: int) -> None:
    variant = factories.variant()
    factories.advice(customer=cast.hanako)
    for seed in seeds(rounds):
        told = carts.CartIn("shop", f"C{seed}", "web", 1, NOON, (carts.CartLineIn(1, variant.pk),), cast.hanako.pk)
        cart = carts.put(actor=DEMO, cart=told)
        close = partial(carts.recover, actor=cast.actor("clerk"), cart_uuid=str(cart.uuid), store_id=cast.shibuya.pk)
        assert {row.state for row in values(at_once([close] * 6, seed=seed))} == {"recovered"}
        assert Interaction.objects.filter(kind="cart.recovered", subject_id=cart.pk).count() == 1


@FEW_STORMS
def test_the_newest_version_of_a_cart_wins_whatever_order_they_arrive_in(cast: Cast, rounds: int) -> None:
    variant = factories.variant()
    for seed in seeds(rounds):
        versions = [
            carts.CartIn("shop", f"V{seed}", "web", n, NOON, (carts.CartLineIn(n, variant.pk),), cast.hanako.pk)
            for n in range(1, 7)
        ]
        told = at_once([partial(carts.put, actor=DEMO, cart=cart) for cart in versions], seed=seed)
        assert {error.code for error in errors(told)} <= {"cart_older"}
        row = Cart.objects.get(external_id=f"V{seed}")
        assert (row.version, list(row.lines.values_list("quantity", flat=True))) == (6, [6])
