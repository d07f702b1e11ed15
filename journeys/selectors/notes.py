"""Notes about a customer as one actor may read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

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
    type: str = Note.Type.PREFERENCE
    type_label: str = ""
    due_on: date | None = None
    kept_at: datetime | None = None
    is_shared: bool = False


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
    return lines_of(newest_rows(actor=actor, customer=customer, limit=limit), actor=actor)


def newest_rows(*, actor: Actor, customer: Customer, limit: int = NEWEST) -> QuerySet[Note]:
    """Return the rows of the newest notes, not read yet."""
    rows = notes_for(actor=actor, customer=customer).select_related("store", "author")
    return rows.order_by("-written_at", "-id")[:limit]


def due_promises(*, actor: Actor, customer: Customer, today: date) -> QuerySet[Note]:
    """Return the rows of open promises due by today that the actor may read, at most 5, not read yet."""
    rows = notes_for(actor=actor, customer=customer).filter(
        type=Note.Type.PROMISE, kept_at__isnull=True, due_on__lte=today
    )
    return rows.order_by("due_on", "id")[:5]


def lines_of(rows: Iterable[Note], *, actor: Actor) -> list[NoteLine]:
    """Return rows as lines; who wrote a note is told only inside her own store and to the office."""
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
            type=row.type,
            type_label=str(row.get_type_display()),
            due_on=row.due_on,
            kept_at=row.kept_at,
            is_shared=row.is_shared,
        )
        for row in rows
    ]
