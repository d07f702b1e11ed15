"""Two records side by side: what differs, what each choice leads to, and what a merge would move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from customers.access import Actor
from customers.hooks import MergeRule, OnMerge, customer_merged
from customers.models import ConsentChannel, ConsentEntry, ConsentPurpose, Customer, Identity, MergeCandidate
from customers.selectors import consents as verdicts
from customers.selectors import customers as people
from customers.selectors import merges
from customers.selectors.merges import Reason
from customers.services import mergefields

LABELS: dict[str, str | Promise] = {
    "name": _("Name"),
    "reading": _("Reading"),
    "romaji": _("Name in Latin letters"),
    "member_number": _("Member number"),
    "birthday": _("Birthday"),
    "gender": _("Gender"),
    "occupation": _("Occupation"),
    "language": _("Language"),
    "approach": _("How to approach"),
    "home_store": _("Home store"),
    "member_since": _("Member since"),
    "household": _("Household"),
    "address": _("Address"),
    "phone": _("Phone"),
    "email": _("E-mail"),
}


@dataclass(frozen=True)
class Line:
    """One field: what each record says, what she would be called afterwards, and whether there is a choice.

    `chosen` is the side taken unless somebody chooses otherwise; empty where both stay (identifiers).
    """

    name: str
    label: str
    stays: str
    goes: str
    merged: str
    chosen: str


@dataclass(frozen=True)
class Permission:
    """One thing she allowed or refused: on each side, and afterwards. None: never asked."""

    label: str
    stays: bool | None
    goes: bool | None
    merged: bool | None


@dataclass(frozen=True)
class Going:
    """How many rows of one kind each record has; the second's go to the first, or are read with hers."""

    label: str
    stays: int
    goes: int
    is_moved: bool


@dataclass(frozen=True)
class Review:
    """The page. `stays` is the record that would be kept, `goes` the one absorbed."""

    candidate: MergeCandidate
    stays: Customer
    goes: Customer
    keep: str
    reasons: list[Reason]
    differing: list[Line]
    same: list[Line]
    consents: list[Permission]
    rows: list[Going]


def review(*, actor: Actor, candidate_uuid: str, keep: str) -> Review:
    """Return one open pair side by side. `keep` is left (the older record, the default) or right.

    Values are shown in full: telling two people apart is what the page is for, and both openings are logged. Raises
    NotFound without `merge.review`. 8 queries.
    """
    candidate = merges.pair_by_uuid(actor=actor, uuid=candidate_uuid)
    keep = "right" if keep == "right" else "left"
    stays, goes = (candidate.right, candidate.left) if keep == "right" else (candidate.left, candidate.right)
    lines = [*_own(stays, goes), *_reached(stays, goes)]
    told = [line for line in lines if line.stays or line.goes]
    return Review(
        candidate=candidate,
        stays=stays,
        goes=goes,
        keep=keep,
        reasons=merges.reasons_of(candidate.evidence),
        differing=[line for line in told if line.stays != line.goes],
        same=[line for line in told if line.stays == line.goes],
        consents=_consents(stays, goes),
        rows=_rows(stays, goes),
    )


def _own(stays: Customer, goes: Customer) -> list[Line]:
    found = []
    for name in mergefields.GROUPS:
        side = mergefields.side_of(group=name, survivor=stays, absorbed=goes, choices={})
        one, two = _words(stays, name), _words(goes, name)
        merged = two if side == mergefields.ABSORBED else one
        found.append(Line(name, str(LABELS[name]), one, two, merged, side))
    return found


def _words(customer: Customer, name: str) -> str:
    known: dict[str, Any] = {
        "name": customer.full_name,
        "reading": customer.full_kana,
        "language": customer.get_language_display(),
        "approach": customer.get_approach_display() if customer.approach else "",
        "home_store": customer.home_store.name if customer.home_store else "",
        "household": f"#{customer.household_id}" if customer.household_id else "",
    }
    value = known[name] if name in known else getattr(customer, name)
    return f"{value:%Y/%m/%d}" if hasattr(value, "strftime") else str(value or "")


def _reached(stays: Customer, goes: Customer) -> list[Line]:
    """Phones and addresses: every number stays hers, of two addresses the newer is in force unless chosen."""
    found = []
    held: dict[tuple[int, str], list[str]] = {}
    for row in Identity.objects.filter(customer__in=[stays, goes], valid_to__isnull=True).order_by("pk"):
        held.setdefault((row.customer_id, row.kind), []).append(row.raw)
    for kind in (Identity.Kind.PHONE.value, Identity.Kind.EMAIL.value):
        one, two = held.get((stays.pk, kind), []), held.get((goes.pk, kind), [])
        both = list(dict.fromkeys([*one, *two]))
        found.append(Line(kind, str(LABELS[kind]), "、".join(one), "、".join(two), "、".join(both), ""))
    first, second = (customer.addresses.filter(valid_to__isnull=True).first() for customer in (stays, goes))
    is_newer = second is not None and (first is None or second.valid_from > first.valid_from)
    mine, theirs = (people.address_line(row) if row else "" for row in (first, second))
    side = mergefields.ABSORBED if is_newer else mergefields.SURVIVOR
    found.append(Line("address", str(LABELS["address"]), mine, theirs, theirs if is_newer else mine, side))
    return found


def _consents(stays: Customer, goes: Customer) -> list[Permission]:
    one, two = verdicts.state_of(customer_id=stays.pk), verdicts.state_of(customer_id=goes.pk)
    channels, purposes = dict(ConsentChannel.choices), dict(ConsentPurpose.choices)
    found = []
    for key in sorted({*one, *two}):
        mine, theirs = _said(one.get(key)), _said(two.get(key))
        label = f"{channels[key[0]]}: {purposes[key[1]]}"
        found.append(Permission(label, mine, theirs, False not in {mine, theirs}))
    return found


def _said(entry: ConsentEntry | None) -> bool | None:
    return None if entry is None else entry.is_given


def _rows(stays: Customer, goes: Customer) -> list[Going]:
    """How many rows each record has in each table a merge concerns, in one statement; empty tables left out."""
    rules = [rule for rule in customer_merged.values() if rule.field == "customer"]
    count = sql.SQL(
        "SELECT {2} AS nr, count(*) FILTER (WHERE {0} = %s), count(*) FILTER (WHERE {0} = %s) FROM {1}"
        " WHERE {0} IN (%s, %s)"
    )
    parts = [
        count.format(sql.Identifier(_column(rule)), sql.Identifier(rule.model._meta.db_table), sql.Literal(number))
        for number, rule in enumerate(rules)
    ]
    ids = [stays.pk, goes.pk]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts) + sql.SQL(" ORDER BY nr"), ids * 2 * len(rules))
        counts = cursor.fetchall()
    return [
        Going(str(rule.model._meta.verbose_name_plural), one, two, rule.how is OnMerge.MOVED)
        for rule, (_nr, one, two) in zip(rules, counts, strict=True)
        if one or two
    ]


def _column(rule: MergeRule) -> str:
    field: Any = rule.model._meta.get_field(rule.field)
    return str(field.column)
