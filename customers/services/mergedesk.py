"""Opening the data steward's pages: reading them is looking at customers, and looking is written down."""

from __future__ import annotations

from django.db import transaction

from customers.access import Actor
from customers.models import ContextReceipt
from customers.selectors import mergereview, merges
from customers.selectors.mergereview import Review
from customers.selectors.merges import Queue
from customers.services import receipts


def open_queue(*, actor: Actor) -> Queue:
    """Return what waits and what was done, and note whose masked lines were shown. Raises as merges.queue."""
    found = merges.queue(actor=actor)
    if found.shown:
        receipts.note_candidates(actor=actor, method="merges", customer_ids=found.shown)
    return found


def open_review(*, actor: Actor, candidate_uuid: str, keep: str) -> Review:
    """Return one pair side by side, with a receipt for each of the two. Raises as mergereview.review."""
    found = mergereview.review(actor=actor, candidate_uuid=candidate_uuid, keep=keep)
    with transaction.atomic():
        for customer in (found.candidate.left, found.candidate.right):
            items = [f"profile:{customer.version}", f"candidate:{found.candidate.pk}"]
            receipts.issue(actor=actor, customer=customer, surface=ContextReceipt.Surface.PAGE, items=items)
    return found
