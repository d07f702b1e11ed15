"""Finding notes that touch matters the law guards (APPI art. 2-3: health, belief, origin, crime).

A `later` reaction to `note.written`: it flags, it never deletes; a support lead, who may read notes, decides.
"""

from __future__ import annotations

import re

from customers.models import Role
from customers.services import attention
from journeys.models import Interaction

# Whole words for English; Japanese has no word breaks, so only words with little other use stand here.
WORDS = re.compile(
    r"妊娠|病気|持病|通院|入院|障害者|障がい|うつ病|がん治療|糖尿病|アレルギー|宗教|信者|信仰|創価|国籍|在日|前科|逮捕"
    r"|\b(pregnan\w*|illness|disease|disabled|depression|cancer|diabet\w*|allerg\w*|religio\w*|nationality|arrested)\b",
    re.IGNORECASE,
)


def flag_notes(interactions: list[Interaction]) -> None:
    """Raise one attention item for the support lead per note with a guarded word. Repeatable."""
    for fact in interactions:
        if fact.erased_at is None and WORDS.search(fact.text):
            attention.raise_item(
                kind="note_sensitive",
                key=str(fact.subject_id),
                owner_role=Role.SUPPORT_LEAD,
                customer_id=fact.customer_id,
                data={"note": fact.subject_id},
            )
