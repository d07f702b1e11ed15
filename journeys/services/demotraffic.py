"""A year in the demo shop's life, told as history: looking, visiting, calling, writing, allowing and refusing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from customers.access import Actor
from customers.models import ConsentChannel, ConsentPurpose, Customer
from customers.services import addresses, consents, locks
from journeys.models import Channel, Style
from journeys.services import demoplaces, timeline

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS = 360
BATCH = 5_000
TOPICS = ("裾上げ", "返品", "サイズ交換", "ニットの洗い方", "入荷の予定", "お届け日", "ギフト包装", "修理")
# What happens, on which channel, and how often.
WAYS = (
    ("product.viewed", Channel.WEB, 40),
    ("product.viewed", Channel.APP, 34),
    ("visit.made", Channel.STORE, 14),
    ("message.received", Channel.LINE, 5),
    ("message.received", Channel.EMAIL, 4),
    ("call.received", Channel.PHONE, 3),
)
TEXT_VERSION = "2026-04"
# Whom one may reach how, and how many of a hundred said yes to it.
ASKED = (
    (ConsentChannel.LINE, ConsentPurpose.MARKETING, 55),
    (ConsentChannel.EMAIL, ConsentPurpose.MARKETING, 45),
    (ConsentChannel.STORE, ConsentPurpose.STORE_ADVICE, 70),
)


def seed(*, actor: Actor, known: Sequence[Customer], now: datetime, each: int) -> int:
    """Tell about `each` facts a customer, give everyone an address, ask for consents; return the facts told.

    Deterministic for the day. Joins the caller's transaction; locks the customers.
    """
    ids = [customer.pk for customer in known]
    shops = {pk: place for place, pk in enumerate(sorted({customer.home_store_id or 0 for customer in known}))}
    draw = random.Random(31)  # noqa: S311 - invented homes
    homes = {
        customer.pk: demoplaces.address_of(shop=shops[customer.home_store_id or 0], draw=draw) for customer in known
    }
    addresses.put_first(actor=actor, addresses=homes, source="demo:members")
    locks.hold_customers(customer_ids=ids)
    facts = _facts(known, now, each)
    for start in range(0, len(facts), BATCH):
        timeline.record_many(facts=facts[start : start + BATCH])
    return len(facts) + _consents(actor, known, now)


def _facts(known: Sequence[Customer], now: datetime, each: int) -> list[timeline.Fact]:
    draw = random.Random(11)  # noqa: S311 - invented history
    goods = [(row.pk, row.name_ja) for row in Style.objects.filter(category__is_discreet=False).order_by("external_id")]
    ways = [(kind, channel) for kind, channel, _often in WAYS]
    often = [weight for _kind, _channel, weight in WAYS]
    facts = []
    for customer in known:
        liked = draw.sample(goods, k=min(6, len(goods)))
        for number, (kind, channel) in enumerate(draw.choices(ways, often, k=_how_many(each, draw))):
            looked = draw.choice(liked) if kind == "product.viewed" else None
            facts.append(
                timeline.Fact(
                    kind=kind,
                    customer_id=customer.pk,
                    occurred_at=_waking_hour(now, draw),
                    channel=channel,
                    source=f"demo:{channel}",
                    source_id=f"{customer.member_number}:{number}",
                    store_id=customer.home_store_id if channel == Channel.STORE else None,
                    product_ids=(looked[0],) if looked else (),
                    data=_payload(kind, looked[1] if looked else "", draw),
                )
            )
    return facts


def _how_many(each: int, draw: random.Random) -> int:
    """Some hardly ever come, a few come all the time; `each` on average."""
    return max(1, min(round(draw.expovariate(1 / each)), each * 8))


def _payload(kind: str, looked_at: str, draw: random.Random) -> dict[str, str]:
    if kind == "product.viewed":
        return {"product": looked_at}
    return {} if kind == "visit.made" else {"topic": draw.choice(TOPICS)}


def _waking_hour(now: datetime, draw: random.Random) -> datetime:
    """A moment between 11 and 19 o'clock in Tokyo in the past year, the last weeks more often."""
    days = 1 + int(DAYS * draw.random() ** 1.6)
    local = (now - timedelta(days=days)).astimezone(TOKYO)
    return local.replace(hour=draw.randrange(11, 19), minute=draw.randrange(60), second=0, microsecond=0)


def _consents(actor: Actor, known: Sequence[Customer], now: datetime) -> int:
    """Members were asked on four days; most answered."""
    draw = random.Random(13)  # noqa: S311 - invented answers
    days = [now - timedelta(days=ago) for ago in (300, 210, 120, 40)]
    said = [
        consents.Statement(
            customer_id=customer.pk,
            channel=channel,
            purpose=purpose,
            is_given=draw.randrange(100) < yes,
            text_version=TEXT_VERSION,
            source="demo:app",
            source_id=f"{customer.member_number}:{channel}:{purpose}",
            stated_at=draw.choice(days),
        )
        for customer in known
        for channel, purpose, yes in ASKED
        if draw.randrange(100) < 80
    ]
    outcomes: list[str] = []
    for start in range(0, len(said), BATCH):
        outcomes += consents.state_many(actor=actor, statements=said[start : start + BATCH])
    return outcomes.count(consents.CREATED)
