"""Notes about a customer as one actor may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from journeys.models import Note

NEWEST = 20


@dataclass(frozen=True)
class NoteLine:
    """A note as shown. `author` is empty for another store's staff."""

    id: int
    uuid: str
    text: str
    scope: str
    scope_label: str
    store: str
    author: str
    written_at: datetime


def notes_for(*, actor: Actor, customer: Customer) -> QuerySet[Note]:
    """Return the notes this actor may read; store notes only for staff of that store and for office roles."""
    scope = access.scope_of(actor, "note.read")
    if scope is None:
        return Note.objects.none()
    rows = Note.objects.filter(customer=customer)
    if scope is Scope.STORE:
        return rows.filter(Q(scope=Note.Scope.COMPANY) | Q(store_id=actor.store_id))
    return rows


def newest_notes(*, actor: Actor, customer: Customer, limit: int = NEWEST) -> list[NoteLine]:
    """Return the newest notes first. 1 query."""
    rows = notes_for(actor=actor, customer=customer).select_related("store", "author")
    return [
        NoteLine(
            id=row.pk,
            uuid=str(row.uuid),
            text=row.text,
            scope=row.scope,
            scope_label=str(row.get_scope_display()),
            store=row.store.name if row.store else "",
            author=str(row.author) if actor.store_id in {None, row.store_id} else "",
            written_at=row.written_at,
        )
        for row in rows.order_by("-written_at", "-id")[:limit]
    ]
