"""Contacts that no system tells us of: a phone call, a visit, a talk at the counter, a message, a printed code."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, parsing, transactions
from config.lib.errors import FieldError, Invalid
from config.lib.rows import time_ordered_uuid
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Channel, SourceCode
from journeys.selectors import sourcecodes
from journeys.services import timeline

LONGEST_TOPIC = 80
LONGEST_TEXT = 500
CALL, VISIT, TALK, MESSAGE, CODE = "call", "visit", "talk", "message", "code"
BY_MESSAGE = (Channel.LINE, Channel.EMAIL, Channel.SMS, Channel.SOCIAL)


@dataclass(frozen=True)
class Way:
    """One kind of contact: its kind of the timeline, its channel (empty: told with it), and what it must say."""

    fact: str
    channel: str
    has_topic: bool = False
    is_in_store: bool = False


WAYS = {
    CALL: Way("call.received", Channel.PHONE, has_topic=True),
    VISIT: Way("visit.made", Channel.STORE, is_in_store=True),
    TALK: Way("talk.held", Channel.STORE, has_topic=True, is_in_store=True),
    MESSAGE: Way("message.received", "", has_topic=True),
    CODE: Way("code.named", ""),
}


@transactions.retried
def record_contact(
    *, actor: Actor, customer_uuid: str, kind: str, code: str = "", channel: str = "", topic: str = "", text: str = ""
) -> int:
    """Put a contact of now on the timeline, with the printed code the customer named; return the interaction's id.

    `kind` is a key of WAYS. A message tells its channel; the contact `code` lands on the channel the code is printed
    in. Visits and talks belong to staff of a store. Locks the customer. Raises NotFound without `contact.write` or
    sight of the customer, Invalid: `kind`, `channel`, `topic`, `text`, `source_code` (unknown, not yet, run out).
    """
    access.require(actor, "contact.write", hidden=True)
    way = WAYS.get(kind)
    if way is None or (way.is_in_store and actor.store_id is None):
        raise _wrong("kind", _("Choose how the contact came about."))
    told = {"topic": _text("topic", topic, LONGEST_TOPIC), "text": _text("text", text, LONGEST_TEXT)}
    if way.has_topic and not told["topic"]:
        raise _wrong("topic", _("Say in a few words what it was about."))
    if kind == CODE and not code.strip():
        raise _wrong("code", _("Type the code the customer names."))
    source = sourcecodes.by_code(code=code) if code.strip() else None
    where = _channel(kind, way, channel, source)
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        return timeline.record(
            kind=way.fact,
            customer_id=customer.pk,
            occurred_at=clock.now(),
            channel=where,
            source="contacts",
            source_id=str(time_ordered_uuid()),
            actor=actor,
            store_id=actor.store_id,
            subject=("source_code", source.pk) if source else None,
            text=told["text"],
            data=_payload(way, told["topic"], source),
        )


def _channel(kind: str, way: Way, channel: str, source: SourceCode | None) -> str:
    if kind == CODE and source is not None:
        return source.channel
    if way.channel:
        return way.channel
    if channel not in BY_MESSAGE:
        raise _wrong("channel", _("Say by which channel the message came."))
    return channel


def _payload(way: Way, topic: str, source: SourceCode | None) -> dict[str, str]:
    told = {"topic": topic} if way.has_topic else {}
    return {**told, "source_code": source.code, "source_label": source.label} if source else told


def _text(field: str, value: str, longest: int) -> str:
    text = value.strip()
    if len(text) > longest or parsing.UNWRITABLE.search(text):
        message = _("Use at most %(most)s characters.") % {"most": longest}
        raise _wrong(field, message)
    return text


def _wrong(field: str, message: str | Promise) -> Invalid:
    return Invalid(field, message, fields=(FieldError(f"/{field}", field, message),))
