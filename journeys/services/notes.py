"""What staff want the next colleague to know, and what they promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer, User
from customers.models.staff import STORE_ROLES
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Channel, Note
from journeys.models.instore import NOTE_LENGTH
from journeys.services import timeline

TALKED_BY = (Channel.PHONE, Channel.EMAIL, Channel.LINE, Channel.SOCIAL, Channel.STORE)
TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Written:
    """A note and its place on the timeline."""

    note: Note
    interaction_id: int


@transactions.retried
def write_note(
    *,
    actor: Actor,
    customer_uuid: str,
    text: str,
    scope: str,
    channel: str = "",
    type: str = Note.Type.PREFERENCE,
    due_on: date | None = None,
    owner_id: int | None = None,
    is_shared: bool = False,
) -> Written:
    """Write a note (1 to 200 characters) and tell the timeline, in one transaction.

    Scope `store` needs an actor with a store; others write for the whole company. `channel` says where the talk took
    place (one of TALKED_BY); store staff need not say. A promise needs a day (today or later); its owner is a
    colleague of the same store, the writer unless named. Only advice is shared with the customer. Locks the customer.
    Raises NotFound when the actor may not see the customer or write about her, Invalid for each field that is wrong.
    """
    reach = access.require(actor, "note.write", hidden=True)
    clean = _clean(text)
    _check_kind(type, due_on, is_shared)
    is_promise = type == Note.Type.PROMISE
    if scope not in Note.Scope.values or (scope == Note.Scope.STORE and reach is not Scope.STORE):
        raise _invalid("scope", "note_scope", _("Choose who may read the note: this store only, or the whole company."))
    talked_by = Channel.STORE if actor.store_id else channel or Channel.PHONE
    if talked_by not in TALKED_BY:
        raise _invalid("channel", "note_channel", _("Choose where you talked with the customer."))
    now = clock.now()
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        note = Note.objects.create(
            customer=customer,
            author_id=actor.account_id,
            store_id=actor.store_id,
            scope=scope,
            type=type,
            text=clean,
            due_on=due_on if is_promise else None,
            owner_id=_owner(actor, owner_id) if is_promise else None,
            is_shared=is_shared,
            written_at=now,
        )
        interaction_id = timeline.record(
            kind="note.written",
            customer_id=customer.pk,
            occurred_at=now,
            channel=talked_by,
            source="notes",
            source_id=str(note.uuid),
            actor=actor,
            store_id=actor.store_id,
            subject=("note", note.pk),
            visibility=scope,
            text=clean,
        )
    return Written(note, interaction_id)


@transactions.retried
def keep_promise(*, actor: Actor, note_uuid: str) -> Note:
    """Mark a promise as kept and tell the timeline. Locks the customer.

    Store staff keep the promises of their store and their own; the office any. Raises NotFound for a note that is no
    promise or not the actor's to keep, Conflict (`promise_kept`) for one kept before.
    """
    reach = access.require(actor, "promise.keep", hidden=True)
    mine = Q() if reach is Scope.ALL else Q(store_id=actor.store_id) | Q(owner_id=actor.account_id)
    rows = Note.objects.filter(mine, uuid=note_uuid, type=Note.Type.PROMISE)
    with transaction.atomic():
        customer_id = rows.values_list("customer_id", flat=True).first()
        if customer_id is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        locks.hold_customers(customer_ids=[customer_id])
        note = rows.get()
        if note.kept_at is not None:
            raise Conflict("promise_kept", _("This promise was kept already."))
        note.kept_at = clock.now()
        note.save(update_fields=["kept_at"])
        timeline.record(
            kind="promise.kept",
            customer_id=customer_id,
            occurred_at=note.kept_at,
            channel=Channel.STORE if actor.store_id else Channel.PHONE,
            source="promises",
            source_id=str(note.uuid),
            actor=actor,
            store_id=actor.store_id or note.store_id,
            subject=("note", note.pk),
            visibility=note.scope,
            text=note.text,
        )
    return note


def _check_kind(kind: str, due_on: date | None, is_shared: bool) -> None:
    """Raises Invalid for a kind that is none, advice shared that is no advice, a promise without a day to come."""
    if kind not in Note.Type.values:
        raise _invalid("type", "note_type", _("Choose what kind of note this is."))
    if is_shared and kind != Note.Type.ADVICE:
        raise _invalid("is_shared", "note_shared", _("Only advice can be shared with the customer."))
    if kind == Note.Type.PROMISE and (due_on is None or due_on < clock.now().astimezone(TOKYO).date()):
        raise _invalid("due_on", "note_due", _("A promise needs a day: today or later."))


def _owner(actor: Actor, owner_id: int | None) -> int:
    """Who keeps the promise: the writer, or an active colleague (of the same store, for store staff)."""
    if owner_id is None or owner_id == actor.account_id:
        return actor.account_id
    colleagues = User.objects.filter(pk=owner_id, is_active=True, kind=User.Kind.STAFF, staff__isnull=False)
    if actor.store_id:
        colleagues = colleagues.filter(staff__role__in=STORE_ROLES, staff__store_id=actor.store_id)
    if not colleagues.exists():
        raise _invalid("owner_id", "note_owner", _("Choose a colleague who keeps the promise."))
    return owner_id


def _clean(text: str) -> str:
    value = text.strip()
    if not value:
        raise _invalid("text", "note_empty", _("The note is empty. Write what the next colleague should know."))
    if len(value) > NOTE_LENGTH:
        told = {"most": NOTE_LENGTH, "given": len(value)}
        too_long = _("A note has at most %(most)d characters; this one has %(given)d.") % told
        raise Invalid("note_too_long", too_long, fields=(FieldError("/text", "too_long", too_long),))
    check_text(value)
    return value


def _invalid(field: str, code: str, message: str | Promise) -> Invalid:
    kinds = {"note_empty": "required"}
    return Invalid(code, message, fields=(FieldError(f"/{field}", kinds.get(code, "choice"), message),))
