"""Stores: opened, renamed, closed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from customers import access
from customers.access import Actor
from customers.models import Store


def keep(*, actor: Actor, store: Store, changed: Sequence[str]) -> None:
    """Create the store, or save the changed fields of a known one. Raises Refused without `store.write`."""
    access.require(actor, "store.write")
    with transaction.atomic():
        if store._state.adding:
            store.save(force_insert=True)
        elif changed:
            store.save(update_fields=list(changed))
