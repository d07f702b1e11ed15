"""Whose order it is: buyers recognised by what they told, and guest orders claimed once the customer is known.

Only proven, unshared identifiers and our own card numbers recognise anybody. An order whose proven identifiers name
two people stays a guest's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from config.lib import transactions
from customers.models import Customer, Identity
from customers.services import locks
from journeys.models import Order, OrderLine
from journeys.services import ordertelling, timeline

CARD_KINDS = (Identity.Kind.MEMBER_NUMBER, Identity.Kind.BARCODE)
CONTACT_KINDS = (Identity.Kind.EMAIL, Identity.Kind.PHONE)
MOST_CLAIMED = 1000
Key = tuple[str, str]  # (member_number, email or phone; normalised value)


def owners_of(*, hints: Sequence[Mapping[str, str]]) -> list[int | None]:
    """Return for each hint the living customer it names, None when it names nobody or two people.

    A known member number decides alone. At most 2 queries, and 1 a step for customers merged into others.
    """
    keys = {(name, value) for hint in hints for name, value in hint.items()}
    if not keys:
        return [None] * len(hints)
    owners = _owners(keys)
    return [_owner(hint, owners) for hint in hints]


@transactions.retried
def claim_guest_orders(*, customer_id: int) -> int:
    """Give the customer the guest orders her proven identifiers or her member number name; return how many.

    Oldest first, at most 1,000 a call. The timeline tells them with their original times, as history: nobody reacts.
    Called by whoever proves an identity; repeatable. Locks the customer, then the orders by id.
    """
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer_id])
        wanted = Q()
        for name, value in _keys_of(customer_id):
            wanted |= Q(identity_hint__contains={name: value})
        if not wanted:
            return 0
        orders = list(Order.objects.filter(wanted, customer__isnull=True).locked()[:MOST_CLAIMED])
        owners = owners_of(hints=[order.identity_hint for order in orders])
        mine = [order for order, owner in zip(orders, owners, strict=True) if owner == customer_id]
        ids = [order.pk for order in mine]
        Order.objects.filter(pk__in=ids).update(customer_id=customer_id)
        OrderLine.objects.filter(order_id__in=ids).update(customer_id=customer_id)
        ordertelling.tell_all(order_ids=ids, mode=timeline.HISTORY)
    return len(mine)


def _keys_of(customer_id: int) -> set[Key]:
    """The keys that may name this customer. 2 queries."""
    number = Customer.objects.filter(pk=customer_id).values_list("member_number", flat=True).get()
    keys = {("member_number", number)} if number else set()
    rows = _identities().filter(customer_id=customer_id).values_list("kind", "normalised")
    return keys | {("member_number" if kind in CARD_KINDS else kind, value) for kind, value in rows}


def _identities() -> QuerySet[Identity]:
    """Identifiers that recognise: ours on a card, or proven ones; unshared and in force."""
    proven = Q(kind__in=CONTACT_KINDS, assurance=Identity.Assurance.PROVEN)
    rows = Identity.objects.filter(proven | Q(kind__in=CARD_KINDS), is_shared=False, valid_to__isnull=True)
    return rows.order_by("pk")


def _owners(keys: Collection[Key]) -> dict[Key, int]:
    numbers = [value for name, value in keys if name == "member_number"]
    contacts = [value for name, value in keys if name != "member_number"]
    found: dict[Key, int] = {}
    rows = _identities().filter(Q(kind__in=CARD_KINDS, normalised__in=numbers) | Q(normalised__in=contacts))
    for kind, value, owner in rows.values_list("kind", "normalised", "customer_id"):
        found["member_number" if kind in CARD_KINDS else kind, value] = owner
    if numbers:
        printed = Customer.objects.filter(member_number__in=numbers).values_list("member_number", "pk")
        found |= {("member_number", str(number)): pk for number, pk in printed}
    return living(owners=found)


def living(*, owners: Mapping[Key, int]) -> dict[Key, int]:
    """Return the same keys with whoever absorbed their owners, however often. 1 query a step."""
    found = dict(owners)
    while found:
        absorbed = Customer.objects.filter(pk__in=set(found.values()), merged_into__isnull=False)
        now = dict(absorbed.values_list("pk", "merged_into_id"))
        if not now:
            break
        found = {key: now.get(pk) or pk for key, pk in found.items()}
    return found


def _owner(hint: Mapping[str, str], owners: Mapping[Key, int]) -> int | None:
    by_number = owners.get(("member_number", hint.get("member_number", "")))
    if by_number is not None:
        return by_number
    named = {owners[name, value] for name, value in hint.items() if (name, value) in owners}
    return named.pop() if len(named) == 1 else None
