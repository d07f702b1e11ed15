"""Open complaints as staff in front of the customer need them: what to say, what not, who handles it, by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from config.lib import clock
from customers.access import Actor
from customers.models import User
from customers.models.staff import Role
from journeys.models import Complaint


@dataclass(frozen=True)
class Strip:
    """One open complaint, as the strip on top of the customer's page shows it."""

    id: int
    uuid: str
    category: str
    about: str
    say: str
    do_not_say: str
    handler: str
    due_at: datetime | None
    is_overdue: bool
    opened_at: datetime


def open_of(*, customer_id: int) -> list[Strip]:
    """Return the open complaints, the one due first (then the oldest) first. 1 query."""
    return strips_of(open_rows(customer_id=customer_id))


def open_rows(*, customer_id: int) -> QuerySet[Complaint]:
    """Return the rows of the open complaints, not read yet."""
    return Complaint.objects.filter(customer_id=customer_id, closed_at__isnull=True).select_related("handler")


def strips_of(rows: Iterable[Complaint]) -> list[Strip]:
    """Return the rows as strips, the one due first (then the oldest) first."""
    now = clock.now()
    found = [
        Strip(
            id=row.pk,
            uuid=str(row.uuid),
            category=str(row.get_category_display()),
            about=row.about,
            say=row.say,
            do_not_say=row.do_not_say,
            handler=str(row.handler) if row.handler else "",
            due_at=row.due_at,
            is_overdue=row.due_at is not None and row.due_at < now,
            opened_at=row.opened_at,
        )
        for row in rows
    ]
    return sorted(found, key=lambda strip: (strip.due_at is None, strip.due_at or strip.opened_at, strip.id))


def handlers_for(*, actor: Actor) -> list[tuple[int, str]]:
    """Return (account, name) of who may handle a complaint: support, and the managers of the actor's store. 1 query."""
    return [(row.pk, str(row)) for row in handler_rows(actor=actor)]


def handler_rows(*, actor: Actor) -> QuerySet[User]:
    """Return the accounts of who may handle a complaint, not read yet."""
    rows = User.objects.filter(is_active=True, kind=User.Kind.STAFF).select_related("staff")
    wanted = rows.filter(staff__role__in=[Role.AGENT, Role.SUPPORT_LEAD])
    if actor.store_id is not None:
        wanted = wanted | rows.filter(staff__role=Role.STORE_MANAGER, staff__store_id=actor.store_id)
    return wanted.order_by("last_name", "first_name", "pk")
