"""What was tried on in the store, how it ended and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Channel, TryOn, Variant
from journeys.selectors import coordination
from journeys.selectors.coordination import Suggestion
from journeys.services import timeline, wishlists

LONGEST_SIZE = 20
BY_HAND = (TryOn.Outcome.OPEN, TryOn.Outcome.BOUGHT, TryOn.Outcome.NOT_BOUGHT)


@dataclass(frozen=True)
class TriedOn:
    """A try-on, and up to three things in stock here that go with it."""

    tryon: TryOn
    suggestions: list[Suggestion]


@transactions.retried
def record_tryon(
    *,
    actor: Actor,
    customer_uuid: str,
    variant_id: int,
    outcome: str = "",
    reason: str = "",
    better_size: str = "",
) -> TriedOn:
    """Record that she tried a variant on in the actor's store, and tell the timeline.

    Reason and better size belong to a try-on that did not end in buying. Locks the customer. Raises NotFound without
    `tryon.write` or sight of the customer, Invalid for variant, outcome, reason, size.
    """
    access.require(actor, "tryon.write", hidden=True)
    size = _check(outcome, reason, better_size)
    variant = Variant.objects.select_related("style__category").filter(pk=variant_id).first()
    if variant is None:
        raise _invalid("variant", "unknown", _("There is no article with this code. Scan it again, or type the code."))
    now = clock.now()
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        tryon = TryOn.objects.create(
            customer=customer,
            variant=variant,
            store_id=actor.own_store_id,
            staff_id=actor.account_id,
            outcome=outcome,
            reason=reason,
            better_size=size,
            tried_at=now,
            updated_at=now,
        )
        _tell(tryon, kind="tryon.recorded", at=now, source_id=str(tryon.uuid), actor=actor)
    goes = coordination.goes_with(variant_id=variant.pk, store_id=tryon.store_id, customer_id=customer.pk)
    return TriedOn(tryon, goes)


@transactions.retried
def tell_outcome(*, actor: Actor, tryon_uuid: str, outcome: str, reason: str = "", better_size: str = "") -> TryOn:
    """Say how a try-on of the actor's store ended, or correct it; tell the timeline. Locks the customer.

    The same said again changes nothing. Raises NotFound for another store's try-on, Invalid for outcome, reason, size,
    Conflict (`tryon_bought_later`) when an order has decided it since.
    """
    access.require(actor, "tryon.write", hidden=True)
    size = _check(outcome, reason, better_size)
    if not outcome:
        raise _invalid("outcome", "choice", _("Choose how the try-on ended."))
    rows = TryOn.objects.filter(uuid=tryon_uuid, store_id=actor.own_store_id)
    with transaction.atomic():
        customer_id = rows.values_list("customer_id", flat=True).first()
        if customer_id is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        locks.hold_customers(customer_ids=[customer_id])
        tryon = rows.select_related("variant__style__category").locked().get()
        if tryon.outcome == TryOn.Outcome.BOUGHT_LATER:
            raise Conflict("tryon_bought_later", _("An order shows that it was bought later."))
        if (tryon.outcome, tryon.reason, tryon.better_size) != (outcome, reason, size):
            now = clock.now()
            tryon.outcome, tryon.reason, tryon.better_size, tryon.updated_at = outcome, reason, size, now
            tryon.save(update_fields=["outcome", "reason", "better_size", "updated_at"])
            mark = f"{tryon.uuid}:{now.isoformat()}"
            _tell(tryon, kind="tryon.decided", at=now, source_id=mark, actor=actor)
    return tryon


def bought_later(*, customer_id: int, style_ids: Collection[int], at: datetime, source_id: str, channel: str) -> int:
    """Mark try-ons of these styles that had not ended in buying as bought later; return how many.

    Called by whoever records an order, inside its transaction, with the customer held; `source_id` names the order.
    Try-ons after the purchase stay as they are.
    """
    open_ones = (
        TryOn.objects.filter(customer_id=customer_id, variant__style_id__in=style_ids, tried_at__lt=at)
        .exclude(outcome__in=[TryOn.Outcome.BOUGHT, TryOn.Outcome.BOUGHT_LATER])
        .select_related("variant__style__category")
    )
    found = list(open_ones.locked())
    for tryon in found:
        tryon.outcome, tryon.updated_at = TryOn.Outcome.BOUGHT_LATER, at
        tryon.save(update_fields=["outcome", "updated_at"])
        mark = f"{tryon.uuid}:{source_id}"
        _tell(tryon, kind="tryon.decided", at=at, source_id=mark, actor=None, channel=channel)
    return len(found)


def _tell(
    tryon: TryOn, *, kind: str, at: datetime, source_id: str, actor: Actor | None, channel: str = Channel.STORE
) -> None:
    data: dict[str, Any] = {
        "product": wishlists.words_of(style=tryon.variant.style, variant=tryon.variant),
        "outcome": str(tryon.outcome),
        "reason": str(tryon.reason),
        "better_size": tryon.better_size,
    }
    timeline.record(
        kind=kind,
        customer_id=tryon.customer_id,
        occurred_at=at,
        channel=channel,
        source="tryons",
        source_id=source_id,
        actor=actor,
        store_id=tryon.store_id,
        subject=("tryon", tryon.pk),
        product_ids=[tryon.variant.style_id],
        data=data,
    )


def _check(outcome: str, reason: str, better_size: str) -> str:
    """Return the cleaned size. Raises Invalid for what does not fit together."""
    if outcome not in BY_HAND:
        raise _invalid("outcome", "choice", _("Choose how the try-on ended."))
    if reason not in TryOn.Reason.values:
        raise _invalid("reason", "choice", _("Choose a reason from the list."))
    size = better_size.strip()
    if len(size) > LONGEST_SIZE:
        raise _invalid("better_size", "too_long", _("A size has at most 20 characters."))
    if outcome != TryOn.Outcome.NOT_BOUGHT and (reason or size):
        raise _invalid("reason", "choice", _("A reason belongs to a try-on that did not end in buying."))
    return check_text(size, "/better_size")


def _invalid(field: str, code: str, message: str | Promise) -> Invalid:
    return Invalid(f"tryon_{field}", message, fields=(FieldError(f"/{field}", code, message),))
