"""Orders of the Greek shop in every state, with returns, and carts: what the pages about buying can show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from config.lib import clock
from customers import access
from customers.models import Customer, Store
from journeys.models import Cart, Order, Tender, Variant
from journeys.services import affinity, carts, orders
from journeys.services.orders import LineIn, OrderIn, ReturnIn, ReturnLineIn, TenderIn
from tests import factories

DEMO = access.system(access.SYSTEM_DEMO)
SOURCE = "πηγη"


@dataclass
class Sales:
    """What the addresses and forms about buying need: an open cart, one that was bought."""

    carts: list[Cart] = field(default_factory=list)


def sell(sales: Sales, *, stores: list[Store], customers: list[Customer], goods: list[Variant]) -> None:
    """Sell to the first customer (all kinds of orders), and give her and the third one carts; both agree to advice."""
    first, _second, third = customers
    known = [_order(first, goods, number, stores[number % 2] if number % 2 else None) for number in range(6)]
    _order(first, goods, 6, None, is_private=True)
    _order(first, goods, 7, None, lines=(LineIn(3, 500, 1_500, code="Ω", name="Αγνωστο"),))
    for number, state in enumerate(("paid", "shipped", "delivered", "late"), start=1):
        orders.progress(actor=DEMO, order_uuid=str(known[number].uuid), state=state, tracking="123")
    orders.cancel_order(actor=DEMO, order_uuid=str(known[5].uuid), source=SOURCE, external_id="Α", reason="Λογος")
    for number, pieces in ((0, 1), (2, 2)):
        back = ReturnIn(
            SOURCE,
            f"Ε{number}",
            clock.now(),
            (ReturnLineIn(1, pieces),),
            order_uuid=str(known[number].uuid),
            reason="Λογος",
        )
        orders.record_return(actor=DEMO, back=back)
    affinity.count()
    for customer in (first, third):
        factories.advice(customer=customer)
        sales.carts.append(_cart(customer, goods[:5], f"Κ{customer.pk}"))
    sales.carts.append(_cart(first, [], "ΚΑ"))
    factories.interaction(
        customer=first,
        kind="product.viewed",
        channel="web",
        data={"product": "Φορεμα"},
        product_ids=[variant.style_id for variant in goods[:3]],
    )


def _order(customer: Customer, goods: list[Variant], number: int, store: Store | None, **given: Any) -> Order:
    pair = goods[number % len(goods)], goods[(number + 1) % len(goods)]
    told = OrderIn(
        **{
            "source": SOURCE,
            "external_id": f"Π{number}",
            "channel": "store" if store else "web",
            "placed_at": clock.now() - timedelta(days=number + 1),
            "lines": tuple(LineIn(2, 7_800, 15_600, variant_id=variant.pk) for variant in pair),
            "customer_id": customer.pk,
            "store_id": store.pk if store else None,
            **given,
        }
    )
    amount = orders.orderin.total_of(told)
    kinds = Tender.Kind.values
    shares = [amount // len(kinds)] * (len(kinds) - 1)
    paid = tuple(TenderIn(kind, n) for kind, n in zip(kinds, [*shares, amount - sum(shares)], strict=True))
    told = OrderIn(**{**vars(told), "tenders": paid})
    return orders.record_order(actor=DEMO, order=told).order


def _cart(customer: Customer, goods: list[Variant], number: str) -> Cart:
    lines = tuple(carts.CartLineIn(1 + n, variant.pk) for n, variant in enumerate(goods))
    then = clock.now() - timedelta(days=2)
    return carts.put(actor=DEMO, cart=carts.CartIn(SOURCE, number, "app", 1, then, lines, customer.pk))
