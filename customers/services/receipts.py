"""Writing down that somebody looked: the read log row that is also the context receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import transaction

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import CandidateList, ContextReceipt, Customer

RECEIPT_MINUTES = 30
Note = Callable[[], None]


def issue(
    *, actor: Actor, customer: Customer, surface: str, items: list[str], notes: Sequence[Note] = ()
) -> ContextReceipt:
    """Write one row for one opening of one customer and return it. Raises NotFound without `customer.read`.

    `items` names what was shown (kind and id), in order; its hash proves later what the reader had before her.
    `notes` are called in the same transaction: what a panel writes down about having been shown.
    """
    access.require(actor, "customer.read", hidden=True)
    now = clock.now()
    with transaction.atomic():
        receipt = ContextReceipt.objects.create(
            staff_id=actor.account_id,
            role=actor.role,
            store_id=actor.store_id,
            customer=customer,
            surface=surface,
            context_seq=customer.context_seq,
            items_hash=hashlib.sha256("\n".join(items).encode()).hexdigest(),
            opened_at=now,
            expires_at=now + timedelta(minutes=RECEIPT_MINUTES),
        )
        _write(notes)
    return receipt


def issue_unless_open(
    *, actor: Actor, customer: Customer, surface: str, items: list[str], notes: Sequence[Note] = ()
) -> None:
    """Write down the reading of a part of a page, unless it belongs to an opening that still holds. 1 or 2 queries.

    A panel fetched by itself, without its page before it, is an opening like any other. `notes` are written either way.
    """
    mine = ContextReceipt.objects.filter(staff_id=actor.account_id, customer=customer, surface=surface)
    if mine.filter(expires_at__gt=clock.now()).exists():
        _write(notes)
    else:
        issue(actor=actor, customer=customer, surface=surface, items=items, notes=notes)


def note_candidates(*, actor: Actor, method: str, customer_ids: list[int]) -> None:
    """Write down which customers a search listed, and how it searched; never the term itself."""
    with transaction.atomic():
        CandidateList.objects.create(
            staff_id=actor.account_id, searched_at=clock.now(), method=method, customer_ids=customer_ids
        )


def _write(notes: Sequence[Note]) -> None:
    with transaction.atomic():
        for note in notes:
            note()
