"""Ending what a shown card opened: the wrong person's page is closed at once."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.hooks import customer_fact
from customers.models import Presentation
from customers.selectors import customers as people


def end(*, actor: Actor, customer_uuid: str) -> int:
    """Close the customer's page for the actor's store, where a shown card had opened it; return how many were open.

    Written down as `identity.mistaken`, so that she can learn who looked by mistake. Staff whose store is her own go
    on seeing her. Raises NotFound without `presentation.end` or sight of her.
    """
    access.require(actor, "presentation.end", hidden=True)
    customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
    now = clock.now()
    ids = people.cluster_of(customer=customer)
    with transaction.atomic():
        open_here = Presentation.objects.filter(customer_id__in=ids, store_id=actor.own_store_id, until__gt=now)
        ended = open_here.update(until=now)
        for tell in customer_fact.values():
            tell(
                fact="identity.mistaken",
                customer_ids=[customer.pk],
                actor=actor,
                source="customers.presentation",
                source_ids=[str(uuid4())],
                occurred_at=now,
                data=[{}],
            )
    return ended
