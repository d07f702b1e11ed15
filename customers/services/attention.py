"""Putting things on the one list of what needs a person, and taking them off."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import NotFound
from customers import access
from customers.access import Actor
from customers.hooks import attention_item
from customers.models import AttentionItem, Role
from customers.selectors import attention as attention_list


def raise_item(
    *,
    kind: str,
    key: str,
    owner_role: Role,
    customer_id: int | None = None,
    store_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Put one item on the list; the same (kind, key) stays one item while it is open.

    `kind` must be registered at `customers.attention_item`; `data` holds ids and counts only. Joins the caller's
    transaction.
    """
    if kind not in {plug.name for plug in attention_item.plugs()}:
        raise LookupError(f"attention kind {kind} is not registered")
    with transaction.atomic():
        AttentionItem.objects.bulk_create(
            [
                AttentionItem(
                    kind=kind,
                    key=key,
                    owner_role=owner_role,
                    customer_id=customer_id,
                    store_id=store_id,
                    data=data or {},
                    raised_at=clock.now(),
                )
            ],
            ignore_conflicts=True,
        )


@transactions.retried
def settle(*, actor: Actor, item_ids: list[int]) -> int:
    """Mark open items of the actor's own list as dealt with; return how many were open.

    Raises Refused without `attention.settle`, NotFound when an item is not on the actor's list.
    """
    access.require(actor, "attention.settle")
    with transaction.atomic():
        mine = attention_list.items_of(actor).filter(pk__in=item_ids)
        if mine.count() != len(set(item_ids)):
            raise NotFound("not_found", _("One of these items is not on your list."))
        return mine.filter(settled_at__isnull=True).update(settled_at=clock.now(), settled_by_id=actor.user_id)
