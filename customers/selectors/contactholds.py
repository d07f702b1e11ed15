"""When nobody may sell to a customer. Read by campaigns before planning, and by the clerk's page."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from config.lib import clock
from customers.models import ContactHold


def open_of(*, customer_id: int) -> list[ContactHold]:
    """Return the customer's holds in force now, newest first. 1 query."""
    return list(in_force(customer_id=customer_id))


def is_held(*, customer_id: int) -> bool:
    """Return whether a hold is in force now. 1 query."""
    return in_force(customer_id=customer_id).exists()


def in_force(*, customer_id: int) -> QuerySet[ContactHold]:
    """Return the rows of the holds in force now, not read yet."""
    holds = ContactHold.objects.filter(customer_id=customer_id, lifted_at__isnull=True)
    return holds.filter(Q(until__isnull=True) | Q(until__gt=clock.now()))
