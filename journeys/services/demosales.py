"""What the demo's customers bought on every channel, what is in their carts and what they looked at.

Through the public services; deterministic.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from customers import access
from customers.models import ConsentChannel, ConsentPurpose, Customer, Store
from customers.services import consents
from journeys.models import Channel, Interaction, Order, Tender, Variant
from journeys.services import affinity, carts, orders, timeline
from journeys.services.orders import LineIn, OrderIn, ReturnIn, ReturnLineIn, TenderIn

DEMO = access.system(access.SYSTEM_DEMO)
TOKYO = ZoneInfo("Asia/Tokyo")
SOURCES = {Channel.STORE: "demo:till", Channel.WEB: "demo:shop", Channel.APP: "demo:app", Channel.MALL: "demo:mall"}
LONGEST_AGO = 190
BATCH = 500
ON_THE_WAY = 4  # days from the click to the door
# What many buy together, so that the night's count finds something; external ids of styles.
TOGETHER = (("WOOLCOAT", "TURTLE", "TAPER"), ("BLOUSE", "PLEATS"), ("SWEAT", "DENIM"), ("TRENCH", "SHIRT"))


def seed(*, customer_ids: Sequence[int], now: datetime) -> int:
    """Tell what these customers bought; return the facts told. Joins the caller's transaction.

    One order comes back in part, one is late, one is on its way. The first customer of each store agreed to advice in
    the store and has a cart and a history of looking; the third has both and refused.
    """
    before = Interaction.objects.count()
    people = list(Customer.objects.filter(pk__in=customer_ids).order_by("pk"))
    goods = list(Variant.objects.filter(is_active=True).select_related("style__category").order_by("pk"))
    told = _orders(people, goods, now)
    for start in range(0, len(told), BATCH):
        orders.record_orders(actor=DEMO, orders=told[start : start + BATCH])
    _came_back(told, now)
    _on_the_way(people, goods, now)
    for store in Store.objects.order_by("pk"):
        mine = [customer for customer in people if customer.home_store_id == store.pk]
        for place, customer in enumerate(mine[:3:2]):
            _online(customer, goods, now, agrees=place == 0)
    affinity.count()
    return Interaction.objects.count() - before


def _orders(people: Sequence[Customer], goods: Sequence[Variant], now: datetime) -> list[OrderIn]:
    draw = random.Random(23)  # noqa: S311 - invented history
    sets = [[v for v in goods if v.style.external_id in names] for names in TOGETHER]
    told = []
    for number, customer in enumerate(people):
        favourites = _one_a_style(draw, sets[number % len(sets)])
        for nth in range(draw.randrange(1, 5)):
            bought = favourites if nth == 0 and favourites else draw.sample(list(goods), min(2, len(goods)))
            days = draw.randrange(ON_THE_WAY + 3, LONGEST_AGO)
            channel = draw.choice((Channel.STORE, Channel.STORE, Channel.WEB, Channel.APP, Channel.MALL))
            told.append(_order(customer, channel, bought, _hour(now, days, draw), f"{number}-{nth}"))
    return told


def _order(customer: Customer, channel: str, bought: Sequence[Variant], at: datetime, number: str) -> OrderIn:
    """An order that was paid, and brought home where it came by post."""
    lines = tuple(_line(variant, pieces=2 if place == 1 else 1) for place, variant in enumerate(bought))
    is_store = channel == Channel.STORE
    total = sum(line.paid for line in lines)
    return OrderIn(
        source=SOURCES[Channel(channel)],
        external_id=f"{customer.member_number}-{number}",
        channel=channel,
        placed_at=at,
        paid_at=at,
        shipped_at=None if is_store else at + timedelta(days=1),
        delivered_at=None if is_store else at + timedelta(days=ON_THE_WAY),
        customer_id=customer.pk,
        store_id=customer.home_store_id if is_store else None,
        lines=lines,
        tenders=(TenderIn(Tender.Kind.CASH if is_store and total < 15_000 else Tender.Kind.CARD, total),),
    )


def _line(variant: Variant, *, pieces: int) -> LineIn:
    paid = variant.price * pieces
    return LineIn(
        quantity=pieces,
        list_price=variant.price,
        paid=paid,
        variant_id=variant.pk,
        tax=paid * 10 // 110,
        cost=None if variant.cost is None else variant.cost * pieces,
    )


def _came_back(told: Sequence[OrderIn], now: datetime) -> None:
    """Of the first order with two pieces of something one comes back, three days later."""
    for order in told:
        number = next((nth for nth, line in enumerate(order.lines, start=1) if line.quantity > 1), 0)
        if number and order.placed_at < now - timedelta(days=ON_THE_WAY + 5):
            back = ReturnIn(
                source="demo:till",
                external_id=f"R-{order.external_id}",
                returned_at=order.placed_at + timedelta(days=ON_THE_WAY + 3),
                lines=(ReturnLineIn(number, 1),),
                order_source=order.source,
                order_external_id=order.external_id,
                reason="サイズが合わなかったため",
            )
            orders.record_return(actor=DEMO, back=back)
            return


def _on_the_way(people: Sequence[Customer], goods: Sequence[Variant], now: datetime) -> None:
    """One order of the first customer is late, one of the last is on its way."""
    for customer, state in ((people[0], Order.State.LATE), (people[-1], Order.State.SHIPPED)):
        at = now - timedelta(days=ON_THE_WAY + 2 if state == Order.State.LATE else 1)
        told = OrderIn(
            source=SOURCES[Channel.WEB],
            external_id=f"{customer.member_number}-{state}",
            channel=Channel.WEB,
            placed_at=at,
            paid_at=at,
            customer_id=customer.pk,
            lines=(_line(goods[0], pieces=1),),
        )
        row = orders.record_order(actor=DEMO, order=told, mode=timeline.HISTORY).order
        orders.progress(actor=DEMO, order_uuid=str(row.uuid), state=state, at=now, tracking="4423-1180-2276")


def _online(customer: Customer, goods: Sequence[Variant], now: datetime, *, agrees: bool) -> None:
    consents.state(
        actor=DEMO,
        customer_uuid=str(customer.uuid),
        channel=ConsentChannel.STORE,
        purpose=ConsentPurpose.STORE_ADVICE,
        is_given=agrees,
        text_version="2026-04",
        source="demo:app",
        source_id=f"{customer.member_number}-advice",
    )
    draw = random.Random(customer.member_number)  # noqa: S311 - invented history
    picked = _one_a_style(draw, goods)[:6]
    carts.put(
        actor=DEMO,
        cart=carts.CartIn(
            source=SOURCES[Channel.WEB],
            external_id=f"cart-{customer.member_number}",
            channel=Channel.WEB,
            version=1,
            updated_at=now - timedelta(days=3),
            lines=tuple(carts.CartLineIn(1, variant.pk) for variant in picked[:2]),
            customer_id=customer.pk,
        ),
    )
    timeline.record_many(
        facts=[
            timeline.Fact(
                kind="product.viewed",
                customer_id=customer.pk,
                occurred_at=now - timedelta(days=1 + nth, hours=2),
                channel=Channel.APP,
                source="demo:views",
                source_id=f"{customer.member_number}-{nth}",
                product_ids=(variant.style_id,),
                data={"product": "" if variant.style.category.is_discreet else variant.style.name_ja},
            )
            for nth, variant in enumerate(picked)
        ]
    )


def _one_a_style(draw: random.Random, goods: Sequence[Variant]) -> list[Variant]:
    """One variant of each style, in an order of the draw's."""
    styles = {variant.style_id: variant for variant in draw.sample(list(goods), len(goods))}
    return list(styles.values())


def _hour(now: datetime, days: int, draw: random.Random) -> datetime:
    """That many days ago, while the shops are open."""
    local = (now - timedelta(days=days)).astimezone(TOKYO)
    return local.replace(hour=draw.randrange(11, 19), minute=draw.randrange(60), second=0, microsecond=0)
