"""What of two customers' own fields stays: one side for each group of fields, as the data steward chose.

Called by merging; the review page shows the same groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import FieldError, Invalid
from customers.models import Customer, Identity
from customers.services import completeness, identities, mergerows, names

SURVIVOR, ABSORBED = mergerows.SURVIVOR, mergerows.ABSORBED
GROUPS: dict[str, tuple[str, ...]] = {
    "name": ("family_name", "given_name"),
    "reading": ("family_kana", "given_kana"),
    "romaji": ("romaji",),
    "member_number": ("member_number",),
    "birthday": ("birthday",),
    "gender": ("gender",),
    "occupation": ("occupation",),
    "language": ("language",),
    "approach": ("approach",),
    "home_store": ("home_store_id",),
    "member_since": ("member_since",),
    "household": ("household_id",),
}
ADDRESS = "address"  # no column of the customer: says which address stays in force
CHOICES = frozenset({*GROUPS, ADDRESS})
# Never set back: whoever opened the page before or between must see that something happened.
RISING = frozenset({"context_seq", "version"})


def checked(*, choices: Mapping[str, str]) -> dict[str, str]:
    """Return the choices. Raises Invalid (`merge_choice`) for a field or a side that does not exist."""
    for name, side in choices.items():
        if name not in CHOICES or side not in {SURVIVOR, ABSORBED}:
            message = _("Choose one of the two sides.")
            raise Invalid("merge_choice", message, fields=(FieldError(f"/{name}", "choice", message),))
    return dict(choices)


def side_of(*, group: str, survivor: Customer, absorbed: Customer, choices: Mapping[str, str]) -> str:
    """Return which side a group of fields is taken from: as chosen, else the one that stays unless hers is empty."""
    if group in choices:
        return choices[group]
    fields = GROUPS[group]
    if group == "member_since" and survivor.member_since and absorbed.member_since:
        return ABSORBED if absorbed.member_since < survivor.member_since else SURVIVOR
    is_filled = {
        side: any(getattr(row, name) not in {None, ""} for name in fields)
        for side, row in ((SURVIVOR, survivor), (ABSORBED, absorbed))
    }
    return ABSORBED if is_filled[ABSORBED] and not is_filled[SURVIVOR] else SURVIVOR


def apply(*, survivor: Customer, absorbed: Customer, choices: Mapping[str, str], source: str) -> None:
    """Write the chosen fields to the record that stays, and make the other one its signpost.

    Both member numbers go on being hers: the one not in force stays on the signpost and becomes an identity. Joins the
    caller's transaction, both held, rows moved.
    """
    taken = [
        name
        for group, fields in GROUPS.items()
        for name in fields
        if side_of(group=group, survivor=survivor, absorbed=absorbed, choices=choices) == ABSORBED
    ]
    numbers = (survivor.member_number, absorbed.member_number)
    for name in taken:
        setattr(survivor, name, getattr(absorbed, name))
    names.set_keys(survivor)
    now = clock.now()
    kept = numbers[1] if "member_number" not in taken else numbers[0]
    absorbed.merged_into, absorbed.member_number, absorbed.updated_at = survivor, None, now
    absorbed.version += 1
    absorbed.save(update_fields=["merged_into", "member_number", "updated_at", "version"])
    survivor.version += 1
    survivor.updated_at = now
    survivor.save(
        update_fields=[*taken, "name_key", "kana_key", "romaji_key", "grams", "version", "updated_at"],
    )
    if kept is not None:
        absorbed.member_number = kept
        absorbed.save(update_fields=["member_number"])
        if None not in numbers:
            pair = (kept, kept)
            identities.add(wanted=[(survivor.pk, Identity.Kind.MEMBER_NUMBER.value, pair)], source=source)
    completeness.refresh(customer_ids=[survivor.pk])


def put_back(*, stored: list[list[dict[str, Any]]]) -> None:
    """Set both records' own columns back, those edited since the merge excepted; numbers and counts as in `restore`.

    Joins the caller's transaction, both held.
    """
    skip = RISING | {"member_number"}
    numbers = _numbers(stored)
    Customer.objects.filter(pk__in=numbers).update(member_number=None)
    for before, after in stored:
        mergerows.restore(model=Customer, before=before, after=after, skip=skip)
    for pk, number in numbers.items():
        Customer.objects.filter(pk=pk).update(member_number=number)


def pair_images(*, ids: list[int]) -> list[dict[str, Any]]:
    """Return both records as they are, in order of their ids. 1 query."""
    return [orjson.loads(text) for text in mergerows.images(model=Customer, ids=ids)]


def _numbers(stored: list[list[dict[str, Any]]]) -> dict[int, str | None]:
    """Each record's number after undo: as before the merge, unless somebody gave her another one since."""
    now = dict(Customer.objects.filter(pk__in=[pair[0]["id"] for pair in stored]).values_list("pk", "member_number"))
    found: dict[int, str | None] = {}
    for before, after in stored:
        number = now[before["id"]]
        found[before["id"]] = before["member_number"] if number == after["member_number"] else number
    return found
