"""Something went wrong: what staff must know until it is settled, and silence of every campaign meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.models import ContactHold, Customer, User
from customers.selectors import customers as people
from customers.services import contactholds, locks
from journeys.models import Channel, Complaint
from journeys.services import timeline

LONGEST_ABOUT, LONGEST_WORDS = 120, 200


@transactions.retried
def open_complaint(
    *,
    actor: Actor,
    customer_uuid: str,
    category: str,
    about: str,
    say: str,
    do_not_say: str,
    handler_id: int | None = None,
    due_at: datetime | None = None,
) -> Complaint:
    """Open a complaint, place the contact hold that belongs to it, and tell the timeline.

    `about` has 1 to 120 characters, `say` and `do_not_say` up to 200; `due_at` (aware) lies ahead. Locks the customer.
    Raises NotFound without `complaint.open` or sight of the customer, Invalid for each field that is wrong.
    """
    access.require(actor, "complaint.open", hidden=True)
    if category not in Complaint.Category.values:
        raise _invalid("category", "choice", _("Choose what went wrong."))
    words = {
        "about": _words("about", about, LONGEST_ABOUT),
        "say": _words("say", say, LONGEST_WORDS),
        "do_not_say": _words("do_not_say", do_not_say, LONGEST_WORDS),
    }
    if not words["about"]:
        raise _invalid("about", "required", _("Say in a few words what it is about."))
    now = clock.now()
    if due_at is not None and due_at <= now:
        raise _invalid("due_at", "past", _("The answer must be due later than now."))
    if handler_id is not None and not _is_handler(handler_id):
        raise _invalid("handler_id", "choice", _("Choose a colleague who handles it."))
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        complaint = Complaint.objects.create(
            customer=customer,
            category=category,
            handler_id=handler_id,
            store_id=actor.store_id,
            due_at=due_at,
            opened_by_id=actor.account_id,
            opened_at=now,
            **words,
        )
        contactholds.place(
            actor=actor, customer_id=customer.pk, reason=ContactHold.Reason.COMPLAINT, subject=subject_of(complaint)
        )
        _tell(actor, complaint, "complaint.opened", now, complaint.about)
    return complaint


@transactions.retried
def close_complaint(*, actor: Actor, customer_uuid: str, complaint_uuid: str, outcome: str) -> Complaint:
    """Close a complaint with how it ended (1 to 200 characters), lift its hold and no other, tell the timeline.

    Locks the customer, then the complaint. Raises NotFound without `complaint.close`, sight of the customer, or a
    complaint of hers with this uuid; Invalid for the outcome; Conflict (`complaint_closed`) for one closed before.
    """
    access.require(actor, "complaint.close", hidden=True)
    ended = _words("outcome", outcome, LONGEST_WORDS)
    if not ended:
        raise _invalid("outcome", "required", _("Say in a few words how it ended."))
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        complaint = Complaint.objects.filter(customer=customer, uuid=complaint_uuid).locked().first()
        if complaint is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        if complaint.closed_at is not None:
            raise Conflict("complaint_closed", _("This complaint was closed already."))
        now = clock.now()
        complaint.closed_at, complaint.closed_by_id, complaint.outcome = now, actor.account_id, ended
        complaint.save(update_fields=["closed_at", "closed_by", "outcome"])
        contactholds.lift(actor=actor, customer_id=customer.pk, subject=subject_of(complaint))
        _tell(actor, complaint, "complaint.closed", now, ended)
    return complaint


def subject_of(complaint: Complaint) -> str:
    """Return the name its contact hold goes by."""
    return f"complaint:{complaint.uuid}"


def _is_handler(handler_id: int) -> bool:
    staff = User.objects.filter(kind=User.Kind.STAFF, is_active=True, staff__isnull=False)
    return staff.filter(pk=handler_id).exists()


def _tell(actor: Actor, complaint: Complaint, kind: str, at: datetime, text: str) -> None:
    timeline.record(
        kind=kind,
        customer_id=complaint.customer_id,
        occurred_at=at,
        channel=Channel.STORE if actor.store_id else Channel.PHONE,
        source="complaints",
        source_id=f"{complaint.uuid}:{kind.partition('.')[2]}",
        actor=actor,
        store_id=actor.store_id,
        subject=("complaint", complaint.pk),
        text=text,
        data={"category": str(complaint.category)},
    )


def _words(field: str, text: str, longest: int) -> str:
    value = text.strip()
    if len(value) > longest:
        told = {"most": longest, "given": len(value)}
        raise _invalid(field, "too_long", _("At most %(most)d characters; this has %(given)d.") % told)
    return check_text(value, f"/{field}")


def _invalid(field: str, code: str, message: str | Promise) -> Invalid:
    return Invalid(f"complaint_{field}", message, fields=(FieldError(f"/{field}", code, message),))
