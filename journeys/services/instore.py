"""What staff write down on the shop floor and at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import FieldError, Invalid
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Channel, Note
from journeys.models.instore import NOTE_LENGTH
from journeys.services import timeline


@dataclass(frozen=True)
class Written:
    """A note and its place on the timeline."""

    note: Note
    interaction_id: int


TALKED_BY = (Channel.PHONE, Channel.EMAIL, Channel.LINE, Channel.SOCIAL, Channel.STORE)


@transactions.retried
def write_note(*, actor: Actor, customer_uuid: str, text: str, scope: str, channel: str = "") -> Written:
    """Write a note (1 to 200 characters) and tell the timeline, in one transaction.

    Scope `store` needs an actor with a store; others write for the whole company. `channel` says where the talk took
    place (one of TALKED_BY); store staff need not say. Locks the customer. Raises NotFound when the actor may not see
    the customer or write about her, Invalid for text, scope and channel.
    """
    reach = access.require(actor, "note.write", hidden=True)
    clean = _clean(text)
    if scope not in Note.Scope.values or (scope == Note.Scope.STORE and reach is not Scope.STORE):
        message = _("Choose who may read the note: this store only, or the whole company.")
        raise Invalid("note_scope", message, fields=(FieldError("/scope", "choice", message),))
    talked_by = Channel.STORE if actor.store_id else channel or Channel.PHONE
    if talked_by not in TALKED_BY:
        message = _("Choose where you talked with the customer.")
        raise Invalid("note_channel", message, fields=(FieldError("/channel", "choice", message),))
    now = clock.now()
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        note = Note.objects.create(
            customer=customer,
            author_id=actor.account_id,
            store_id=actor.store_id,
            scope=scope,
            text=clean,
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


def _clean(text: str) -> str:
    value = text.strip()
    if not value:
        message = _("The note is empty. Write what the next colleague should know.")
        raise Invalid("note_empty", message, fields=(FieldError("/text", "required", message),))
    if len(value) > NOTE_LENGTH:
        told = {"most": NOTE_LENGTH, "given": len(value)}
        too_long = _("A note has at most %(most)d characters; this one has %(given)d.") % told
        raise Invalid("note_too_long", too_long, fields=(FieldError("/text", "too_long", too_long),))
    check_text(value)
    return value
