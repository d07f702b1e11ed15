"""What happens on the shop floor, for the permission matrix: wishes, try-ons, promises, complaints of both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from config.lib import clock
from customers import access
from customers.models import StaffTask, StoreDevice, User
from customers.services import stafftasks
from journeys.models import Category, Complaint, Note, SavedInterest, TryOn, Variant, WishItem
from journeys.selectors.instore import today_here
from journeys.services import complaints, instore, wishlists
from tests import factories
from tests.cast import Cast


@dataclass
class Side:
    """One customer's floor."""

    customer: Any
    wish: WishItem
    interest: SavedInterest
    tryon: TryOn
    promise: Note
    complaint: Complaint
    task: StaffTask
    device: StoreDevice


@dataclass
class Floor:
    """Both sides, and goods to wish for and to try on."""

    sides: dict[str, Side]
    variant: Variant
    category: Category

    def urls(self, side: str) -> dict[str, dict[str, Any]]:
        """Return the arguments of each address, with the ids of one side."""
        here = self.sides[side]
        own = {"uuid": here.customer.uuid}
        return {
            "customer-contact-add": own,
            "customer-wish-add": own,
            "customer-wish-remove": {**own, "wish": here.wish.uuid},
            "customer-interest-add": own,
            "customer-interest-end": {**own, "interest": here.interest.pk},
            "customer-tryon-add": own,
            "customer-tryon": {**own, "tryon": here.tryon.uuid},
            "customer-tryon-outcome": {**own, "tryon": here.tryon.uuid},
            "customer-complaint-open": own,
            "customer-complaint-close": {**own, "complaint": here.complaint.uuid},
            "customer-prompt-answer": own,
            "promise-keep": {"note": here.promise.uuid},
            "customer-task-give": own,
            "store-device-end": {"device": here.device.pk},
            "task": {"uuid": here.task.uuid},
        }

    def bodies(self, member: str) -> dict[str, dict[str, Any]]:
        """Return a body each form accepts."""
        key = {"key": f"k-{member}"}
        return {
            "customer-contact-add": {**key, "way": "call", "topic": "裾上げ"},
            "customer-wish-add": {**key, "code": self.variant.sku},
            "customer-wish-remove": key,
            "customer-interest-add": {**key, "category": self.category.pk, "colour": "白", "size": "L"},
            "customer-interest-end": key,
            "customer-tryon-add": {**key, "variant": self.variant.pk, "outcome": "bought"},
            "customer-tryon-outcome": {**key, "outcome": "not_bought", "reason": "price"},
            "customer-complaint-open": {**key, "category": "late", "about": "遅れ"},
            "customer-complaint-close": {**key, "outcome": "完了"},
            "customer-prompt-answer": {**key, "prompt": "birthday:2026", "answer": "used"},
            "promise-keep": key,
            "customer-task-give": {**key, "title": "お電話", "due_at": "2026-12-01T19:00"},
            "tasks": {**key, "title": "棚の整理", "due_at": "2026-12-01T19:00"},
            "task": {**key, "result": "done"},
            "pin": {"password": member, "pin": "4937"},
            "store-devices": {"label": "レジ横の端末"},
        }


def seed(cast: Cast, near: str, far: str) -> Floor:
    """Create what one customer of each store wishes for, tried on, was promised and complains about."""
    wanted, tried = factories.variant(), factories.variant()
    people = {near: (cast.hanako, cast.staff["clerk"]), far: (cast.far, cast.other_clerk)}
    places = {near: "渋谷", far: "梅田"}
    sides = {side: _side(*people[side], places[side], wanted, tried) for side in people}
    return Floor(sides=sides, variant=factories.variant(), category=tried.style.category)


def _side(customer: Any, clerk: User, place: str, wanted: Variant, tried: Variant) -> Side:
    given: dict[str, Any] = {"actor": access.actor_of(clerk), "customer_uuid": str(customer.uuid)}
    return Side(
        customer=customer,
        wish=wishlists.wish(**given, style_id=wanted.style_id, variant_id=wanted.pk, channel="store"),
        interest=wishlists.save_interest(
            **given, category_id=wanted.style.category_id, attributes={"colour": "紺"}, channel="store"
        ),
        tryon=instore.record_tryon(**given, variant_id=tried.pk).tryon,
        promise=instore.write_note(
            **given, text=f"{place}の約束", scope="company", type="promise", due_on=today_here()
        ).note,
        complaint=complaints.open_complaint(**given, category="late", about=f"{place}の苦情", say="", do_not_say=""),
        device=StoreDevice.objects.create(
            store_id=given["actor"].store_id,
            label=f"{place}の端末",
            token_hash=place,
            enrolled_by=clerk,
            enrolled_at=clock.now(),
        ),
        task=stafftasks.give(**given, title="お直しのお電話", due_at=clock.now(), store_id=given["actor"].store_id),
    )
