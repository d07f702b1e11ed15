"""The needs-attention list as one actor sees it."""

from __future__ import annotations

from django.db.models import QuerySet

from customers import access
from customers.access import Actor, Scope
from customers.hooks import attention_item
from customers.models import AttentionItem


def items_of(actor: Actor) -> QuerySet[AttentionItem]:
    """Return the items of the actor's role (and store, for store roles), newest first; settled ones included."""
    scope = access.scope_of(actor, "attention.read")
    if scope is None:
        return AttentionItem.objects.none()
    mine = AttentionItem.objects.filter(owner_role=actor.role)
    return mine.filter(store_id=actor.own_store_id) if scope is Scope.STORE else mine


def open_count(actor: Actor) -> int:
    """Return how many open items wait for the actor, counting to 100 at most. 1 query."""
    return len(items_of(actor).filter(settled_at__isnull=True).values("pk")[:100])


def words_of(item: AttentionItem) -> tuple[str, str]:
    """Return (title, sentence) of an item in the language in force."""
    kinds = {plug.name: plug.value for plug in attention_item.plugs()}
    words = kinds.get(item.kind)
    if words is None:
        return item.kind, ""
    return str(words.title), str(words.sentence) % item.data
