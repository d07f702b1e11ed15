"""How alike two records are: what speaks for one person, what against, and how much. Called by resolution.

Points after Fellegi and Sunter, A theory for record linkage (1969): agreement on something rare says more. The
figures are ours, set by hand until there are enough decisions to learn from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from config.lib import clock
from customers.models import Address, Customer, Identity

PROVEN_DAYS = timedelta(days=365)  # silent longer, a phone number may be somebody else's by now
MOBILE = re.compile(r"^\+81[6-9]0")
WORTH_A_LOOK, NOTICED = 40, 50
STAFF = "staff"  # evidence: a member of staff says so, with her reason
PROVEN, SAME_EMAIL, SAME_PHONE, SAME_LANDLINE, SAME_ID = (
    "proven",
    "same_email",
    "same_phone",
    "same_landline",
    "same_id",
)
READING, RARE_READING, BIRTHDAY, NAME, PLACE, ADDRESS = (
    "reading",
    "rare_reading",
    "birthday",
    "name",
    "place",
    "address",
)
TWO_NUMBERS, TWO_BIRTHDAYS, TWO_NAMES = "two_numbers", "two_birthdays", "two_names"
AGAINST = frozenset({TWO_NUMBERS, TWO_BIRTHDAYS, TWO_NAMES})
POINTS = {PROVEN: 60, SAME_EMAIL: 45, SAME_PHONE: 40, SAME_ID: 45, SAME_LANDLINE: 12, BIRTHDAY: 25, NAME: 5}
POINTS |= {PLACE: 20, ADDRESS: 10, TWO_NUMBERS: 0, TWO_BIRTHDAYS: -40, TWO_NAMES: -15}
RARITY = ((2, 25), (5, 20), (20, 12), (100, 6))  # so many customers of one reading: so many points for it
COMMON = 3
RARE = 5

FREQUENCY = """
SELECT wanted.key, (SELECT count(*) FROM (
    SELECT FROM customers_customer AS c WHERE c.kana_key = wanted.key LIMIT 101
) AS found) FROM unnest(%s::text[]) AS wanted(key)
"""


@dataclass(frozen=True)
class Likeness:
    """A pair (`left` is the older id) with its score of 0 to 100 and what it comes from: code and points each."""

    left: int
    right: int
    score: int
    evidence: list[dict[str, Any]]


@dataclass(frozen=True)
class Side:
    """What is known of one record."""

    customer: Customer
    identities: list[Identity]
    address: Address | None


def of_pairs(*, pairs: Iterable[tuple[int, int]]) -> list[Likeness]:
    """Return how alike each pair is, best first. 4 queries whatever the number."""
    wanted = sorted(pairs)
    sides = _sides({pk for pair in wanted for pk in pair})
    keys = {sides[pk].customer.kana_key for pair in wanted for pk in pair} - {""}
    counts = _frequencies(sorted(keys))
    found = [_like(sides[left], sides[right], counts) for left, right in wanted]
    return sorted(found, key=lambda like: (-like.score, like.left, like.right))


def is_proven(*, evidence: list[dict[str, Any]]) -> bool:
    """Return whether a pair has a proven identifier in common and nothing speaks against it."""
    codes = {each["code"] for each in evidence}
    return PROVEN in codes and not codes & AGAINST


def _like(one: Side, two: Side, counts: dict[str, int]) -> Likeness:
    told = [*_by_identifiers(one, two), *_by_name(one, two, counts), *_by_place(one, two)]
    a, b = one.customer, two.customer
    if a.birthday and b.birthday:
        told.append(_told(BIRTHDAY if a.birthday == b.birthday else TWO_BIRTHDAYS))
    if a.member_number and b.member_number:
        told.append(_told(TWO_NUMBERS))
    score = sum(int(each["points"]) for each in told)
    return Likeness(a.pk, b.pk, max(0, min(100, score)), told)


def _by_identifiers(one: Side, two: Side) -> list[dict[str, Any]]:
    """The strongest identifier in common: two weaker ones on top of it say little more."""
    theirs = {(row.kind, row.normalised): row for row in two.identities}
    found = []
    for row in one.identities:
        other = theirs.get((row.kind, row.normalised))
        if other is not None:
            found.append(_told(_kind_of(row, other)))
    return sorted(found, key=lambda each: -int(each["points"]))[:1]


def _kind_of(row: Identity, other: Identity) -> str:
    is_household = row.kind == Identity.Kind.PHONE and not MOBILE.match(row.normalised)
    if is_household:
        return SAME_LANDLINE
    if _is_proven(row) and _is_proven(other):
        return PROVEN
    return {Identity.Kind.EMAIL.value: SAME_EMAIL, Identity.Kind.PHONE.value: SAME_PHONE}.get(row.kind, SAME_ID)


def _is_proven(row: Identity) -> bool:
    if row.assurance != Identity.Assurance.PROVEN:
        return False
    heard = max((moment for moment in (row.verified_at, row.last_seen_at) if moment), default=None)
    return row.kind != Identity.Kind.PHONE or (heard is not None and heard > clock.now() - PROVEN_DAYS)


def _by_name(one: Side, two: Side, counts: dict[str, int]) -> list[dict[str, Any]]:
    a, b = one.customer, two.customer
    told = []
    if a.kana_key and a.kana_key == b.kana_key:
        number = counts.get(a.kana_key, 0)
        points = next((points for most, points in RARITY if number <= most), COMMON)
        told.append({"code": RARE_READING if number <= RARE else READING, "points": points})
    if a.name_key == b.name_key:
        told.append(_told(NAME))
    elif a.kana_key != b.kana_key or not a.kana_key:
        told.append(_told(TWO_NAMES))
    return told


def _by_place(one: Side, two: Side) -> list[dict[str, Any]]:
    a, b = one.address, two.address
    if a is None or b is None or not a.postcode or a.postcode != b.postcode:
        return []
    tails = [{row.last_four for row in side.identities if row.last_four} for side in (one, two)]
    told = [_told(PLACE)] if tails[0] & tails[1] else []
    if (a.block, a.building) == (b.block, b.building):
        told.append(_told(ADDRESS))
    return told


def _told(code: str) -> dict[str, Any]:
    return {"code": code, "points": POINTS[code]}


def _sides(ids: set[int]) -> dict[int, Side]:
    identities: dict[int, list[Identity]] = {}
    for row in Identity.objects.filter(customer_id__in=ids, valid_to__isnull=True).order_by("pk"):
        identities.setdefault(row.customer_id, []).append(row)
    homes = {row.customer_id: row for row in Address.objects.filter(customer_id__in=ids, valid_to__isnull=True)}
    return {
        row.pk: Side(row, identities.get(row.pk, []), homes.get(row.pk)) for row in Customer.objects.filter(pk__in=ids)
    }


def _frequencies(keys: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(FREQUENCY, [keys])
        return dict(cursor.fetchall())
