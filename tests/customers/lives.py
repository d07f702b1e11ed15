"""Whole lives for tests of merging and of disclosure: rows of one customer in every table that has a key to her."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from config.lib import clock
from customers import access
from customers.models import (
    Address,
    Anniversary,
    AttentionItem,
    AttributeDefinition,
    AttributeValue,
    CardCode,
    Customer,
    CustomerTag,
    Household,
    Identity,
    MergeCandidate,
    MergeEvent,
    Presentation,
    Reveal,
    StaffTask,
    StoreTie,
    Tag,
)
from customers.services import attention, consents, receipts
from journeys.models import Cart, Order, OrderLine, OrderReturn, PromptAnswer, ReturnLine, Tender
from journeys.models.cart import CartLine
from journeys.services import complaints, instore, reservations, wishlists
from tests import factories
from tests.cast import Cast

LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
_number = count(1)


def live(cast: Cast, customer: Customer, *, since: datetime = LONG_AGO) -> None:
    """Give a customer a row in every table that has a key to her, the tables of their lines included."""
    with clock.at(since):
        _profile(cast, customer, since)
        _shop(cast, customer, since)
        _bought(customer, since)
        _seen(cast, customer, since)


def _profile(cast: Cast, customer: Customer, since: datetime) -> None:
    number = next(_number)
    tag, _new = Tag.objects.get_or_create(code="coats", defaults={"label_ja": "コート", "kind": "interest"})
    size, _new = AttributeDefinition.objects.get_or_create(
        code="shoe", defaults={"label_ja": "靴", "type": "number", "purpose": "サイズの提案"}
    )
    Customer.objects.filter(pk=customer.pk).update(household=Household.objects.create())
    Address.objects.create(
        customer=customer, postcode="150-0041", prefecture="東京都", city="渋谷区", block=f"神南{number}",
        valid_from=since.date(), source="test",
    )  # fmt: skip
    Anniversary.objects.create(customer=customer, label="結婚記念日", month=6, day=7, source=f"test{number}")
    CustomerTag.objects.create(customer=customer, tag=tag, source=f"test{number}", added_at=since)
    AttributeValue.objects.create(
        customer=customer, definition=size, value=24.5, source=f"test{number}", updated_at=since
    )
    StoreTie.objects.create(customer=customer, store=cast.shibuya, last_at=since)
    Identity.objects.create(
        customer=customer, kind="barcode", normalised=f"49{number:010d}", raw=f"49{number:010d}", source="test"
    )
    StaffTask.objects.create(
        customer=customer, store=cast.shibuya, title=f"電話 {number}", due_at=since, created_at=since
    )
    attention.raise_item(
        kind="note_sensitive", key=f"life-{number}", owner_role="data_steward", customer_id=customer.pk
    )


def _shop(cast: Cast, customer: Customer, since: datetime) -> None:
    given: dict[str, Any] = {"actor": cast.actor("agent"), "customer_uuid": str(customer.uuid)}
    clerk: dict[str, Any] = {**given, "actor": _clerk_of(cast, customer)}
    variant = factories.variant()
    factories.stocked(variant=variant, store=cast.shibuya, on_hand=9)
    wishlists.wish(**given, style_id=variant.style_id, variant_id=None, channel="web")
    wishlists.save_interest(**given, category_id=variant.style.category_id, attributes={"colour": "紺"}, channel="web")
    instore.record_tryon(**clerk, variant_id=variant.pk)
    instore.write_note(**clerk, text=f"メモ {next(_number)}", scope="company")
    complaints.open_complaint(**given, category="late", about=f"遅れ {next(_number)}", say="", do_not_say="")
    consents.state(**given, channel="email", purpose="marketing", is_given=True, text_version="v1", source="test")
    reservations.reserve(
        actor=access.system(access.SYSTEM_DEMO),
        customer_uuid=str(customer.uuid),
        store_id=cast.shibuya.pk,
        lines=[(variant.pk, 1)],
        until=since + timedelta(days=3),
        channel="web",
    )
    PromptAnswer.objects.create(
        customer=customer,
        prompt=f"birthday:{next(_number)}",
        answer="used",
        staff=cast.staff["clerk"],
        answered_at=since,
    )


def _clerk_of(cast: Cast, customer: Customer) -> access.Actor:
    return access.actor_of(cast.other_clerk if customer.home_store_id == cast.umeda.pk else cast.staff["clerk"])


def _bought(customer: Customer, since: datetime) -> None:
    number, variant = next(_number), factories.variant()
    cart = Cart.objects.create(
        customer=customer, source="web", external_id=f"c{number}", channel="web", version=1, updated_at=since
    )
    CartLine.objects.create(cart=cart, variant=variant, quantity=1)
    order = order_of(customer, since=since)
    line = OrderLine.objects.get(order=order)
    back = OrderReturn.objects.create(
        order=order, kind="return", source="web", external_id=f"r{number}", fingerprint=b"\x01" * 32, refunded=1000,
        returned_at=since, recorded_at=since,
    )  # fmt: skip
    ReturnLine.objects.create(order_return=back, line=line, quantity=1, amount=1000, tax=90)
    Tender.objects.create(order=order, kind="cash", amount=1000)


def order_of(customer: Customer, *, since: datetime, hint: dict[str, str] | None = None) -> Order:
    """An order of one piece, with what the channel said about who bought."""
    order = Order.objects.create(
        customer=customer, source="web", external_id=f"o{next(_number)}", fingerprint=b"\x00\xff" * 16, channel="web",
        total=1000, placed_at=since, recorded_at=since, identity_hint=hint or {},
    )  # fmt: skip
    OrderLine.objects.create(
        order=order, number=1, name="コート", quantity=1, list_price=1000, paid=1000, customer=customer, placed_at=since
    )
    return order


def _seen(cast: Cast, customer: Customer, since: datetime) -> None:
    staff = cast.staff["clerk"]
    later = {"staff": staff, "customer": customer}
    CardCode.objects.create(**later, nonce=uuid4(), store=cast.shibuya, redeemed_at=since)
    Presentation.objects.create(**later, store=cast.shibuya, presented_at=since, until=since + timedelta(minutes=30))
    Reveal.objects.create(**later, field="phone", reason="確認のため", revealed_at=since, until=since)
    receipts.issue(actor=cast.actor("agent"), customer=customer, surface="page", items=["seed"])
    receipts.note_candidates(actor=cast.actor("clerk"), method="two_facts", customer_ids=[customer.pk])
    stranger = factories.customer(family_name="他人", birthday=date(1950, 1, 1))
    left, right = sorted([customer.pk, stranger.pk])
    MergeCandidate.objects.create(left_id=left, right_id=right, score=10, found_at=since, state="distinct")


def former(customer: Customer, *, since: datetime = LONG_AGO) -> Customer:
    """A record that was merged into the customer's before."""
    old = factories.customer(family_name="旧姓", birthday=None)
    Customer.objects.filter(pk=old.pk).update(merged_into=customer)
    MergeEvent.objects.create(survivor=customer, absorbed=old, rule="reviewed", merged_at=since)
    return old


def open_items(customer: Customer) -> int:
    """How many attention items name the customer."""
    return AttentionItem.objects.filter(customer=customer).count()
