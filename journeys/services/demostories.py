"""Four people of the demo whose stories the product was thought out with. Told through the public services.

A coat: wished for, tried on, talked over, not bought, bought online a fortnight later. A birthday: what she likes is
skin care. Running shoes: left in the online cart. A cordless cleaner: compared online, asked by phone, seen in store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import ConsentChannel, ConsentPurpose, Customer, Role, User
from customers.services import consents, locks, profiles
from journeys.models import Channel, Note, TryOn, Variant
from journeys.services import carts, instore, orders, timeline, wishlists

TOKYO = ZoneInfo("Asia/Tokyo")
STORE = "SHIBUYA"
FIRST = 8  # the first eight of the store have their parts in demoinstore
COAT, SERUM, CLEANER = "WOOLCOAT-NV-M", "SERUM-WH-F", "CLEANER-WH-F"
SPORT = ("RUNSHOE-BL-24.0", "LEGGINGS-BK-M")


def seed(*, actor: Actor, known: Sequence[Customer], now: datetime) -> int:
    """Tell the stories of the ninth to the twelfth customer of Shibuya; return how many there was somebody for.

    Joins the caller's transaction.
    """
    user = User.objects.select_related("staff__store").filter(staff__role=Role.CLERK, staff__store__code=STORE)
    clerk = access.actor_of(user.earliest("pk"))
    cast = [customer for customer in known if customer.home_store_id == clerk.store_id][FIRST:]
    told = list(zip((_coat, _birthday, _sport, _cleaner), cast, strict=False))
    for story, customer in told:
        _agrees(actor, customer, now)
        story(actor, clerk, customer, _days_before(now))
    return len(told)


def _days_before(now: datetime) -> Callable[..., datetime]:
    def moment(days: int, hour: int) -> datetime:
        return (now - timedelta(days=days)).astimezone(TOKYO).replace(hour=hour, minute=20, second=0, microsecond=0)

    return moment


def _agrees(actor: Actor, customer: Customer, now: datetime) -> None:
    """She wants advice in the store, so that the clerk may speak of what she did online."""
    consents.state(
        actor=actor,
        customer_uuid=str(customer.uuid),
        channel=ConsentChannel.STORE,
        purpose=ConsentPurpose.STORE_ADVICE,
        is_given=True,
        text_version="2026-04",
        source="demo:stories",
        source_id=f"{customer.member_number}:advice",
        stated_at=now - timedelta(days=60),
    )


def _coat(actor: Actor, clerk: Actor, customer: Customer, ago: Callable[..., datetime]) -> None:
    coat, uuid = _variant(COAT), str(customer.uuid)
    _looked(customer, coat, [ago(44, 21), ago(42, 22)])
    with clock.at(ago(41, 21)):
        wishlists.wish(actor=clerk, customer_uuid=uuid, style_id=coat.style_id, variant_id=coat.pk, channel=Channel.APP)
    with clock.at(ago(30, 15)):
        instore.record_tryon(
            actor=clerk,
            customer_uuid=uuid,
            variant_id=coat.pk,
            outcome=TryOn.Outcome.NOT_BOUGHT,
            reason=TryOn.Reason.THINKING,
        )
    with clock.at(ago(30, 16)):
        instore.write_note(
            actor=clerk,
            customer_uuid=uuid,
            text="お嬢様の入学式に着るコートをお探し。丈は気に入られたが、ご家族と相談したいとのこと。",
            scope=Note.Scope.COMPANY,
        )
    _bought(actor, customer, [coat], ago(14, 21), Channel.WEB)


def _birthday(actor: Actor, clerk: Actor, customer: Customer, ago: Callable[..., datetime]) -> None:
    serum, day = _variant(SERUM), ago(-3, 12).date()
    profiles.correct(
        actor=actor,
        customer_uuid=str(customer.uuid),
        version=customer.version,
        changes={"birthday": date(1988, day.month, min(day.day, 28))},
        source="demo:stories",
    )
    _bought(actor, customer, [serum], ago(75, 13), Channel.STORE, clerk)
    with clock.at(ago(75, 14)):
        wishlists.save_interest(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            category_id=serum.style.category_id,
            attributes={"肌質": "乾燥肌"},
            channel=Channel.STORE,
        )
    _looked(customer, serum, [ago(6, 22), ago(2, 21)])


def _sport(actor: Actor, clerk: Actor, customer: Customer, ago: Callable[..., datetime]) -> None:
    shoes = [_variant(sku) for sku in SPORT]
    _looked(customer, shoes[0], [ago(5, 20), ago(4, 22), ago(3, 22)])
    carts.put(
        actor=actor,
        cart=carts.CartIn(
            source="demo:web",
            external_id=f"cart-{customer.member_number}",
            channel=Channel.WEB,
            version=2,
            updated_at=ago(3, 22),
            lines=tuple(carts.CartLineIn(1, variant.pk) for variant in shoes),
            customer_id=customer.pk,
        ),
    )


def _cleaner(actor: Actor, clerk: Actor, customer: Customer, ago: Callable[..., datetime]) -> None:
    cleaner = _variant(CLEANER)
    _looked(customer, cleaner, [ago(20, 21), ago(19, 22), ago(17, 23), ago(12, 21)])
    _told(customer, "call.received", Channel.PHONE, ago(11, 14), {"topic": "コードレス掃除機の吸引力と重さ"})
    with clock.at(ago(9, 13)):
        instore.write_note(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            text="掃除機を実際に持ってみて軽さにご満足。階段の多いお宅。替えのバッテリーの値段を気にされていた。",
            scope=Note.Scope.COMPANY,
        )
    _bought(actor, customer, [cleaner], ago(5, 22), Channel.APP)


def _variant(sku: str) -> Variant:
    return Variant.objects.select_related("style").get(sku=sku)


def _looked(customer: Customer, variant: Variant, moments: Sequence[datetime]) -> None:
    for at in moments:
        _told(customer, "product.viewed", Channel.WEB, at, {"product": variant.style.name_ja}, variant.style_id)


def _told(
    customer: Customer, kind: str, channel: str, at: datetime, data: dict[str, str], style_id: int | None = None
) -> None:
    locks.hold_customers(customer_ids=[customer.pk])
    timeline.record_many(
        facts=[
            timeline.Fact(
                kind=kind,
                customer_id=customer.pk,
                occurred_at=at,
                channel=channel,
                source="demo:stories",
                source_id=f"{customer.member_number}:{kind}:{at:%m%d%H}",
                product_ids=(style_id,) if style_id else (),
                data=data,
            )
        ]
    )


def _bought(
    actor: Actor,
    customer: Customer,
    variants: Sequence[Variant],
    at: datetime,
    channel: str,
    clerk: Actor | None = None,
) -> None:
    """An order at full price, delivered by now. Told as it happened, so that a try-on of it counts as bought later."""
    lines = tuple(
        orders.LineIn(
            quantity=1,
            list_price=variant.price,
            paid=variant.price,
            variant_id=variant.pk,
            name=variant.style.name_ja,
            tax=variant.price * 10 // 110,
            cost=variant.cost,
        )
        for variant in variants
    )
    with clock.at(at + timedelta(days=3)):
        orders.record_order(
            actor=actor,
            order=orders.OrderIn(
                source="demo:stories",
                external_id=f"S-{customer.member_number}",
                channel=channel,
                placed_at=at,
                lines=lines,
                customer_id=customer.pk,
                store_id=clerk.store_id if clerk else None,
                staff_id=clerk.user_id if clerk else None,
                paid_at=at,
                delivered_at=at + timedelta(days=2),
            ),
        )
