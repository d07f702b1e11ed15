"""What happened on the demo's shop floors: wishes, try-ons, promises, complaints. Through the public services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import Customer, Role, User
from customers.selectors import customers as people
from journeys.models import Channel, Complaint, Interaction, Note, Stock, TryOn, Variant
from journeys.services import complaints, instore, wishlists
from journeys.services import prompts as answers

TOKYO = ZoneInfo("Asia/Tokyo")
MEMBERS = 8
PROMISES = (
    (0, "紺のMサイズが入荷したらお知らせする約束。"),
    (2, "お直しの仕上がりをお電話でお知らせする。"),
)
ENDINGS = (
    (TryOn.Outcome.NOT_BOUGHT, TryOn.Reason.SIZE),
    (TryOn.Outcome.NOT_BOUGHT, TryOn.Reason.THINKING),
    (TryOn.Outcome.BOUGHT, TryOn.Reason.NONE),
    (TryOn.Outcome.NOT_BOUGHT, TryOn.Reason.PRICE),
)


class EmptyCatalogue(LookupError):
    """The shop floor's story needs goods; the demo's range must be seeded first."""


@dataclass(frozen=True)
class Goods:
    """What a store's story is told with: variants here now, gone here but elsewhere, and counted long ago."""

    here: list[Variant]
    gone: list[Variant]
    stale: list[Variant]


def seed(*, customer_ids: Sequence[int], now: datetime) -> int:
    """Tell what happened in each store with a clerk; return the facts told. Joins the caller's transaction.

    The first customer of a store is promised something for today, the second one's complaint is open, the third one's
    is settled. Raises EmptyCatalogue when there are no variants or a store has none to tell of.
    """
    if not Variant.objects.exists():
        raise EmptyCatalogue("no variants: seed the catalogue first")
    users = User.objects.select_related("staff__store").filter(staff__role=Role.CLERK).order_by("pk")
    agent = access.actor_of(User.objects.select_related("staff__store").filter(staff__role=Role.AGENT).earliest("pk"))
    before = Interaction.objects.count()
    for user in users:
        _in_store(access.actor_of(user), agent, customer_ids, now)
    return Interaction.objects.count() - before


def _in_store(clerk: Actor, agent: Actor, customer_ids: Sequence[int], now: datetime) -> None:
    goods = _goods(clerk.own_store_id)
    mine = list(people.visible_to(clerk).filter(pk__in=customer_ids).order_by("pk")[:MEMBERS])
    for place, customer in enumerate(mine):
        _wishes(clerk, customer, goods, place, now)
        _tryons(clerk, customer, goods, place, now)
    for customer in mine[:1]:
        _interest(clerk, customer, goods.here[0], now)
        _promises(clerk, customer, now)
    for customer in mine[1:2]:
        _open_complaint(clerk, agent, customer, now)
    for customer in mine[2:3]:
        _settled_complaint(clerk, agent, customer, now)


def _goods(store_id: int) -> Goods:
    """The store's own goods, in the order of their ids; a kind that a small shop lacks falls back on another."""
    rows = Stock.objects.filter(store_id=store_id, variant__style__category__is_discreet=False)
    rows = rows.select_related("variant__style").order_by("variant_id")
    newest = rows.order_by("-as_of").values_list("as_of", flat=True).first()
    if newest is None:
        raise EmptyCatalogue(f"store {store_id} has no stock to tell of")
    fresh = rows.filter(as_of__gte=newest - timedelta(minutes=20))
    here = _one_a_style([row.variant for row in fresh.filter(on_hand__gt=F("reserved"))])
    gone = _one_a_style([row.variant for row in fresh.filter(on_hand=0)])
    stale = _one_a_style([row.variant for row in rows.filter(as_of__lt=newest - timedelta(minutes=20))])
    if not here:
        raise EmptyCatalogue(f"store {store_id} has nothing on its shelves")
    return Goods(here=here, gone=gone or here, stale=stale or here)


def _one_a_style(variants: list[Variant]) -> list[Variant]:
    return list({variant.style_id: variant for variant in reversed(variants)}.values())


def _wishes(clerk: Actor, customer: Customer, goods: Goods, place: int, now: datetime) -> None:
    """Three wishes: one here, one gone, one counted long ago."""
    picked = [kind[place % len(kind)] for kind in (goods.here, goods.gone, goods.stale)]
    channels = (Channel.APP, Channel.STORE, Channel.WEB)
    for number, (variant, channel) in enumerate(zip(picked, channels, strict=True)):
        with clock.at(_opening_hours(now, days=20 - 3 * number, hour=12 + number)):
            wishlists.wish(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                style_id=variant.style_id,
                variant_id=variant.pk,
                channel=channel,
            )


def _interest(clerk: Actor, customer: Customer, variant: Variant, now: datetime) -> None:
    with clock.at(_opening_hours(now, days=9, hour=16)):
        wishlists.save_interest(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            category_id=variant.style.category_id,
            attributes={"colour": "紺", "size": "M"},
            channel=Channel.STORE,
        )


def _tryons(clerk: Actor, customer: Customer, goods: Goods, place: int, now: datetime) -> None:
    """Two try-ons: how they ended goes round; a size that did not fit names another one of its style."""
    for number in range(2):
        outcome, reason = ENDINGS[(place + number) % len(ENDINGS)]
        variant = goods.here[(place + 3 + number * 5) % len(goods.here)]
        size = _other_size(variant) if reason == TryOn.Reason.SIZE else ""
        if reason == TryOn.Reason.SIZE and not size:
            reason = TryOn.Reason.THINKING
        with clock.at(_opening_hours(now, days=15 - 4 * number, hour=14)):
            instore.record_tryon(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                variant_id=variant.pk,
                outcome=outcome,
                reason=reason,
                better_size=size,
            )


def _other_size(variant: Variant) -> str:
    """Another size of the same style and colour that some store has; empty for what comes in one size."""
    others = Variant.objects.filter(style=variant.style, colour=variant.colour).exclude(pk=variant.pk)
    found = others.filter(stock__on_hand__gt=0).order_by("pk").first()
    return found.size if found else ""


def _promises(clerk: Actor, customer: Customer, now: datetime) -> None:
    written = _opening_hours(now, days=10, hour=15)
    for days, text in PROMISES:
        with clock.at(written):
            instore.write_note(
                actor=clerk,
                customer_uuid=str(customer.uuid),
                text=text,
                scope=Note.Scope.COMPANY,
                type=Note.Type.PROMISE,
                due_on=(now + timedelta(days=days)).astimezone(TOKYO).date(),
            )
    with clock.at(written + timedelta(minutes=5)):
        instore.write_note(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            text="ウールは裏地つき、袖は少し長めがお似合いです。",
            scope=Note.Scope.COMPANY,
            type=Note.Type.ADVICE,
            is_shared=True,
        )


def _open_complaint(clerk: Actor, agent: Actor, customer: Customer, now: datetime) -> None:
    with clock.at(_opening_hours(now, days=2, hour=11)):
        complaints.open_complaint(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            category=Complaint.Category.DEFECT,
            about="オンラインで購入したコートの袖のほつれ",
            say="はじめに「お待たせして申し訳ありません」",
            do_not_say="返金・交換の約束",
            handler_id=agent.account_id,
            due_at=now + timedelta(days=1),
        )


def _settled_complaint(clerk: Actor, agent: Actor, customer: Customer, now: datetime) -> None:
    with clock.at(_opening_hours(now, days=40, hour=11)):
        opened = complaints.open_complaint(
            actor=clerk,
            customer_uuid=str(customer.uuid),
            category=Complaint.Category.LATE,
            about="お届けの遅れ",
            say="お詫びと到着日",
            do_not_say="次回の割引の約束",
            handler_id=agent.account_id,
        )
    with clock.at(_opening_hours(now, days=38, hour=16)):
        complaints.close_complaint(
            actor=agent,
            customer_uuid=str(customer.uuid),
            complaint_uuid=str(opened.uuid),
            outcome="お詫びとお届けで完了",
        )
    with clock.at(_opening_hours(now, days=5, hour=13)):
        answers.answer(actor=clerk, customer_uuid=str(customer.uuid), prompt="birthday:2000", answer="used")


def _opening_hours(now: datetime, *, days: int, hour: int) -> datetime:
    """That many days ago, at that hour in the shops."""
    return (now - timedelta(days=days)).astimezone(TOKYO).replace(hour=hour, minute=10, second=0, microsecond=0)
