"""The clerk's brief over the API, for the app on the tablet."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from customers import access
from customers.models import ContextReceipt
from customers.selectors import customers as people
from customers.services import receipts
from journeys.selectors import brief as briefs
from journeys.selectors.brief import Brief
from journeys.selectors.things import Thing
from journeys.services import prompts as talked


class BriefView(APIView):
    """GET /customers/{id}/brief: the clerk's whole page. Issues the receipt and keeps which prompts were shown."""

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Answer the brief in the order of the page, and the receipt of this reading."""
        actor = access.actor_of(request.user)
        customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
        found = briefs.brief(actor=actor, customer=customer)
        note = partial(talked.note_shown, actor=actor, customer_id=customer.pk, shown=found.prompts.shown)
        receipt = receipts.issue(
            actor=actor, customer=customer, surface=ContextReceipt.Surface.API, items=found.seen, notes=[note]
        )
        document = {**shape_of(found), "receipt": str(receipt.uuid)}
        return HttpResponse(orjson.dumps(document, default=str), content_type="application/json")


def shape_of(found: Brief) -> dict[str, Any]:
    """Return the brief as it goes out: named fields only, so that a new one of a selector does not leave by itself."""
    return {
        "profile": found.profile,
        "proof": found.proof,
        "reach": found.reach,
        "strips": [_picked(strip, STRIP) for strip in found.strips],
        "prompts": {
            "shown": [_picked(prompt, PROMPT) for prompt in found.prompts.shown],
            "held_back": found.prompts.held_back,
            "why_held": found.prompts.why_held,
        },
        "things": [_thing(thing) for thing in found.things],
        "reservations": [_picked(slip, SLIP) for slip in found.slips],
        "interests": [_picked(interest, ("words", "channel_label", "saved_at")) for interest in found.interests],
        "contacts": [_picked(entry, CONTACT) for entry in found.contacts],
        "notes": [_picked(note, NOTE) for note in found.notes],
        **found.more,
    }


STRIP = ("uuid", "category", "about", "say", "do_not_say", "handler", "due_at", "is_overdue", "opened_at")
PROMPT = ("key", "label", "words", "reason", "reason_on")
SLIP = ("uuid", "state", "state_label", "items", "store", "from_store", "until", "is_expiring")
CONTACT = ("uuid", "kind", "icon", "sentence", "occurred_at", "channel", "channel_label", "store")
NOTE = (
    "uuid",
    "text",
    "type",
    "type_label",
    "scope",
    "store",
    "author",
    "written_at",
    "due_on",
    "kept_at",
    "is_shared",
)
SHELF = ("here", "shelf", "as_of", "is_stale", "nearest_store", "nearest_count", "incoming", "incoming_on")
WISH = ("uuid", "channel", "channel_label", "price_then", "price_now", "added_at")
TRIED = ("uuid", "size", "outcome", "reason", "better_size", "words", "store", "tried_at")


def _thing(thing: Thing) -> dict[str, Any]:
    return {
        **_picked(thing, ("variant_id", "name", "colour", "size", "image_url", "choices", "is_here")),
        "wish": _picked(thing.wish, WISH) if thing.wish else None,
        "tried": _picked(thing.tried, TRIED) if thing.tried else None,
        "stock": _picked(thing.shelf, SHELF) if thing.shelf else None,
    }


def _picked(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
