"""Records that may be one person, for the permission matrix: an open pair of strangers, and a merge that was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from customers.models import Customer, MergeCandidate, MergeEvent
from customers.services import merging, resolution
from tests import factories
from tests.cast import Cast

TWIN = {"family_name": "双子", "family_kana": "フタゴ", "given_name": "一", "given_kana": "ハジメ"}
REASON = "本人から聞きました"


@dataclass(frozen=True)
class Twins:
    """What the routes of identity are called with; the pair are people of neither side."""

    pair: MergeCandidate
    event: MergeEvent
    other: str
    customers: dict[str, Customer]

    def ids(self) -> set[int]:
        """Return both customers of the pair."""
        return {self.pair.left_id, self.pair.right_id}

    def urls(self, side: str) -> dict[str, dict[str, Any]]:
        """Return what the addresses take, by route."""
        own, pair = {"uuid": self.customers[side].uuid}, {"uuid": self.pair.uuid}
        acts = ("reveal", "export", "mistaken", "merge-propose")
        return {
            **{f"customer-{act}": own for act in acts},
            "merge-review": pair,
            "merge-do": pair,
            "merge-apart": pair,
            "merge-undo": {"uuid": self.event.uuid},
        }

    def bodies(self, member: str) -> dict[str, dict[str, Any]]:
        """Return a body each form accepts."""
        key = {"key": f"k-{member}"}
        sides = {"survivor": self.pair.left.uuid, "absorbed": self.pair.right.uuid}
        return {
            "customer-reveal": {**key, "field": "phone", "reason": REASON},
            "customer-export": {"purpose": "本人の開示請求"},
            "customer-mistaken": key,
            "customer-merge-propose": {**key, "other": self.other, "reason": REASON},
            "merge-do": {**key, **sides, "side-name": "absorbed"},
            "merge-apart": key,
            "merge-undo": key,
        }


def seed(cast: Cast, near: str, far: str) -> Twins:
    """Create the pair, found by resolution, and a merge of two others."""
    one, two, three, four = (factories.customer(**TWIN, email=(f"{n // 2}@example.jp", "x")) for n in range(4))
    (pair,) = resolution.look(customer_ids=[one.pk, two.pk])[:1]
    event = merging.merge(
        actor=cast.actor("data_steward"), survivor_uuid=str(three.uuid), absorbed_uuid=str(four.uuid), choices={}
    )
    return Twins(pair, event, str(three.member_number), {near: cast.hanako, far: cast.far})
