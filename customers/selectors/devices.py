"""The devices of a store, for its manager."""

from __future__ import annotations

from customers import access
from customers.access import Actor
from customers.models import StoreDevice


def of_store(*, actor: Actor) -> list[StoreDevice]:
    """Return the devices of the actor's store, those in use first, then the newest ended ones; at most 100. 1 query.

    Raises Refused without `device.manage`.
    """
    access.require(actor, "device.manage")
    rows = StoreDevice.objects.filter(store_id=actor.own_store_id).select_related("enrolled_by")
    found = list(rows.order_by("-enrolled_at", "-id")[:100])
    return sorted(found, key=lambda device: device.ended_at is not None)
