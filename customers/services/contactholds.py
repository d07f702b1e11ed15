"""Stopping what we sell to a customer for a while, and starting it again. Called by complaints, pages and support."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import Invalid, NotFound
from customers import access
from customers.access import Actor
from customers.hooks import customer_fact
from customers.models import ContactHold
from customers.selectors import customers as people
from customers.services import locks

SUBJECT_LENGTH = 60


def place(
    *, actor: Actor, customer_id: int, reason: str, subject: str = "", until: datetime | None = None
) -> ContactHold:
    """Stop selling to the customer, until a time or until lifted; return the hold.

    A subject (`complaint:17`) has one open hold: asked again, the one in force is returned as it is. Joins the
    caller's transaction; locks the customer; tells `hold.placed`. Raises Refused without `contact_hold.write`,
    NotFound for a customer the actor does not see, Invalid (`hold`).
    """
    _require(actor, customer_id)
    if reason not in ContactHold.Reason.values or len(subject) > SUBJECT_LENGTH:
        raise Invalid("hold", _("Say why nobody may sell to this customer."))
    if until is not None and (until.tzinfo is None or until <= clock.now()):
        raise Invalid("hold", _("A hold ends in the future."))
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer_id])
        if subject:
            now = clock.now()
            mine = ContactHold.objects.filter(customer_id=customer_id, subject=subject, lifted_at__isnull=True)
            mine.filter(until__lte=now).update(lifted_at=now)  # run out: it must not stand in the way of a new one
            standing = mine.first()
            if standing is not None:
                return standing
        hold = ContactHold.objects.create(
            customer_id=customer_id,
            reason=reason,
            subject=subject,
            placed_at=clock.now(),
            placed_by_id=actor.user_id,
            until=until,
        )
        _tell("hold.placed", actor, [hold])
    return hold


def lift(*, actor: Actor, customer_id: int, subject: str) -> int:
    """Lift the customer's open holds of this subject (empty: those without one); return how many were open.

    Holds of other subjects stay. Joins the caller's transaction; locks the customer; tells `hold.lifted`. Raises
    Refused without `contact_hold.write`, NotFound for a customer the actor does not see.
    """
    _require(actor, customer_id)
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer_id])
        holds = list(ContactHold.objects.filter(customer_id=customer_id, subject=subject, lifted_at__isnull=True))
        ContactHold.objects.filter(pk__in=[hold.pk for hold in holds]).update(lifted_at=clock.now())
        _tell("hold.lifted", actor, holds)
    return len(holds)


def _require(actor: Actor, customer_id: int) -> None:
    access.require(actor, "contact_hold.write")
    if not people.visible_to(actor).filter(pk=customer_id).exists():
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))


def _tell(fact: str, actor: Actor, holds: list[ContactHold]) -> None:
    for tell in customer_fact.values() if holds else []:
        tell(
            fact=fact,
            customer_ids=[hold.customer_id for hold in holds],
            actor=actor,
            source=f"customers.{fact}",
            source_ids=[str(hold.pk) for hold in holds],
            occurred_at=clock.now(),
            data=[{"reason": hold.reason} for hold in holds],
        )
