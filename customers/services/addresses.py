"""Addresses that arrive with a file or a shop system, many at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from config.lib import clock, transactions
from customers import access
from customers.access import Actor
from customers.models import Address
from customers.services import completeness, locks, profileedits
from customers.services.profileedits import AddressIn


@transactions.retried
def put_first(*, actor: Actor, addresses: Mapping[int, AddressIn], source: str) -> int:
    """Give customers (by id) who have no address in force this one; return how many got one.

    What she has told us herself is never replaced by a file. Set-wise: 4 queries whatever the number. Locks the
    customers. Raises Refused without `customer.write`, Invalid (`address`, `postcode`) for an address that is none.
    """
    access.require(actor, "customer.write")
    wanted = {pk: profileedits.checked(address) for pk, address in addresses.items()}
    today = timezone.localdate(clock.now())
    with transaction.atomic():
        locks.hold_customers(customer_ids=sorted(wanted))
        standing = Address.objects.filter(customer__in=wanted, valid_to__isnull=True)
        have = set(standing.values_list("customer_id", flat=True))
        fresh = [
            Address(customer_id=pk, valid_from=today, source=source, **told)
            for pk, told in sorted(wanted.items())
            if pk not in have
        ]
        Address.objects.bulk_create(fresh, batch_size=1000)
        completeness.refresh(customer_ids=[address.customer_id for address in fresh])
    return len(fresh)
