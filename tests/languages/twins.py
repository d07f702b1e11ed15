"""Records that may be one person, for the crawl: pairs of every kind of evidence, a merge made and one taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from config.lib import clock
from customers import access
from customers.models import MergeCandidate, MergeEvent
from customers.selectors import merges
from customers.services import merging, resolution
from tests import factories
from tests.languages.crawl import UUID, Visit, client_of, post
from tests.languages.shop import Shop

LONG = "Ω" * 300
REASON = "Δυο καρτες"
TWIN = {"family_name": "Παππας", "given_name": "Ελενη", "family_kana": "Παππας", "given_kana": "Ελενη"}


def pair(shop: Shop) -> MergeCandidate:
    """A new open pair, reported by a clerk, with every kind of evidence."""
    one, two = (factories.customer(**TWIN, home_store=shop.stores[0], approach="alone") for _each in range(2))
    found = resolution.propose(
        actor=access.actor_of(shop.accounts["clerk"]),
        customer_uuid=str(one.uuid),
        other=str(two.member_number),
        reason=REASON,
    )
    told = [{"code": code, "points": 1} for code in merges.WORDS if code != "staff"]
    MergeCandidate.objects.filter(pk=found.pk).update(evidence=[*told, *found.evidence])
    return found


def merged(shop: Shop) -> MergeEvent:
    """A merge of two new records."""
    found = pair(shop)
    return merging.merge(
        actor=access.actor_of(shop.accounts["data_steward"]),
        survivor_uuid=str(found.left.uuid),
        absorbed_uuid=str(found.right.uuid),
        choices={},
    )


def addresses(shop: Shop) -> dict[str, list[str]]:
    """Return the addresses to visit, by route."""
    MergeEvent.objects.filter(pk=merged(shop).pk).update(actor=None)
    merging.undo(actor=access.actor_of(shop.accounts["data_steward"]), merge_uuid=str(merged(shop).uuid))
    compare = reverse("merge-review", args=[pair(shop).uuid])
    return {
        "merges": [reverse("merges")],
        "merge-review": [compare, f"{compare}?keep=right", reverse("merge-review", args=[UUID])],
    }


def sent(shop: Shop) -> Iterator[Visit]:
    """Visit what the forms of identity answer: without a key, wrong, and right."""
    first = shop.customers[0]
    page = [reverse(f"customer-{act}", args=[first.uuid]) for act in ("reveal", "merge-propose", "export", "mistaken")]
    reveal, propose, export, mistaken = page
    for fields in ({}, {"reason": REASON}, {"field": "phone", "reason": "Ω"}, {"field": "phone", "reason": REASON}):
        yield from _send(shop, "agent", reveal, **fields)
    other = str(shop.customers[1].member_number)
    for said in ({}, {"other": "1", "reason": REASON}, {"other": other}, {"other": other, "reason": REASON}):
        yield from _send(shop, "clerk", propose, **said)
    yield from _send(shop, "clerk", propose, other=first.member_number, reason=REASON)
    yield from _send(shop, "data_steward", export, purpose="Ω")
    yield from _send(shop, "clerk", mistaken)
    yield from _decisions(shop)


def _decisions(shop: Shop) -> Iterator[Visit]:
    apart, together, event = pair(shop), pair(shop), merged(shop)
    both = {"survivor": together.left.uuid, "absorbed": together.right.uuid}
    merge = reverse("merge-do", args=[together.uuid])
    for fields in (both | {"side-name": "χ"}, {}, both, both):
        yield from _send(shop, "data_steward", merge, **fields)
    yield from _send(shop, "data_steward", reverse("merge-apart", args=[apart.uuid]))
    yield from _send(shop, "data_steward", reverse("merge-apart", args=[together.uuid]))
    for _each in range(2):
        yield from _send(shop, "data_steward", reverse("merge-undo", args=[event.uuid]))
    yield from _send(shop, "support_lead", merge, **both)


def _send(shop: Shop, who: str, address: str, **fields: Any) -> Iterator[Visit]:
    client = client_of(shop, who)
    for key in ("", f"{who}-{clock.now().timestamp()}"):
        yield post(client, who, address, key=key, **fields)
