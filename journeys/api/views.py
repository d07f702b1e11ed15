"""The timeline and notes over the API."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import access
from customers.models import ContextReceipt
from customers.selectors import customers as people
from customers.services import idempotency, receipts
from journeys.api.serializers import NoteIn
from journeys.selectors import notes, things, timeline, timelinefilters
from journeys.services import instore

# Not asdict: it copies every value of every entry.
TOLD = tuple(field.name for field in fields(timeline.Entry) if field.name != "id")


class TimelineView(APIView):
    """GET /customers/{id}/timeline: newest first, keyset pages; each page is a reading and is logged."""

    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        """Answer `{"data": [...], "next": cursor or null}`; `limit` 1 to 100, filters by name."""
        actor = access.actor_of(request.user)
        customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
        asked = request.query_params
        filters = timelinefilters.asked(asked)
        page = timeline.page(
            actor=actor,
            customer=customer,
            cursor=asked.get("cursor", ""),
            limit=_limit(asked.get("limit", "")),
            filters=filters,
            style_id=things.style_of(code=filters.product),
        )
        receipts.issue(
            actor=actor,
            customer=customer,
            surface=ContextReceipt.Surface.API,
            items=timeline.seen_items(page.entries),
        )
        data = [{name: getattr(entry, name) for name in TOLD} for entry in page.entries]
        return HttpResponse(orjson.dumps({"data": data, "next": page.next}), content_type="application/json")


class NotesView(APIView):
    """GET, POST /customers/{id}/notes."""

    def get(self, request: Request, uuid: UUID) -> Response:
        """Answer the newest notes the caller may read."""
        actor = access.actor_of(request.user)
        customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
        found = notes.newest_notes(actor=actor, customer=customer)
        receipts.issue(
            actor=actor,
            customer=customer,
            surface=ContextReceipt.Surface.API,
            items=[f"note:{note.id}" for note in found],
        )
        return Response({"data": [_note(note) for note in found], "next": None})

    def post(self, request: Request, uuid: UUID) -> HttpResponse:
        """Write a note; 201 with it. An Idempotency-Key makes a repetition answer the first bytes."""
        actor = access.actor_of(request.user)
        body = NoteIn(data=request.data)
        body.is_valid(raise_exception=True)

        def write() -> tuple[int, bytes]:
            written = instore.write_note(actor=actor, customer_uuid=str(uuid), **body.validated_data)
            note = written.note
            return 201, orjson.dumps({"uuid": str(note.uuid), "text": note.text, "scope": note.scope})

        key = request.headers.get("Idempotency-Key")
        if key is None:
            status, content = write()
            return HttpResponse(content, status=status, content_type="application/json")
        answer = idempotency.run(
            key=key,
            caller=f"user:{actor.user_id}",
            fingerprint=idempotency.fingerprint_of(request.path.encode(), orjson.dumps(body.validated_data)),
            fn=write,
        )
        response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
        if answer.is_replay:
            response["Idempotent-Replay"] = "true"
        return response


def _limit(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0 if text else timeline.PAGE


def _note(note: notes.NoteLine) -> dict[str, Any]:
    return {key: value for key, value in asdict(note).items() if key != "id"}
