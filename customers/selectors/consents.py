"""Whether we may use a channel for a purpose, and why. Asked before every send, and by the clerk's page.

The newest statement of a customer decides. After a merge both logs stay where they are and are read together: the
stricter side wins until she states something new to the record that stayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import ConsentChannel, ConsentEntry, ConsentPurpose, ContactHold, Customer, MergeEvent

GIVEN, SERVICE_DEFAULT, NONE, WITHDRAWN, HELD = "given", "service_default", "none", "withdrawn", "held"
STEP = ("absorbed_id", "survivor_id", "merged_at")
WORDS = {
    GIVEN: _("The customer agreed to this."),
    SERVICE_DEFAULT: _("Service messages are allowed unless the customer refuses them."),
    NONE: _("The customer has not been asked for this."),
    WITHDRAWN: _("The customer refused this."),
    HELD: _("Nobody sells to this customer for now."),
}


@dataclass(frozen=True)
class Verdict:
    """The answer and its reason: `reason` for programs, `words` for people in the language in force."""

    is_allowed: bool
    reason: str
    words: str


def may(*, customer_id: int, channel: str, purpose: str) -> Verdict:
    """Return whether this channel may be used for this purpose. 1 query for service, 2 for everything else.

    Without a statement: service yes, everything else no. An open contact hold refuses every purpose but service.
    """
    return may_many(customer_ids=[customer_id], channel=channel, purpose=purpose)[customer_id]


def may_many(*, customer_ids: Iterable[int], channel: str, purpose: str) -> dict[int, Verdict]:
    """Return the verdict of each customer. 1 query for service, 2 for everything else, whatever the number."""
    ids = list(dict.fromkeys(customer_ids))
    said: dict[int, list[ConsentEntry]] = {}
    for entry in _dated(newest(customer_ids=ids).filter(channel=channel, purpose=purpose)):
        said.setdefault(_owner(entry), []).append(entry)
    held = set() if purpose == ConsentPurpose.SERVICE else _held(ids)
    return {pk: _verdict(_decisive(said.get(pk, [])), purpose, pk in held) for pk in ids}


def advice_verdict(*, customer: Customer) -> Verdict:
    """Return whether staff of a store may use what the customer does online. 2 queries, read once a customer object."""
    known = vars(customer).get("_advice")
    if not isinstance(known, Verdict):
        known = may(customer_id=customer.pk, channel=ConsentChannel.STORE, purpose=ConsentPurpose.STORE_ADVICE)
        vars(customer)["_advice"] = known
    return known


def remember_advice(*, customer: Customer, entries: Iterable[ConsentEntry], is_held: bool) -> None:
    """Let `advice_verdict` of this customer object stand on her `newest` entries, read before. No query."""
    channel = ConsentChannel.STORE
    verdicts = by_channel(entries=entries, purpose=ConsentPurpose.STORE_ADVICE, is_held=is_held, channels=(channel,))
    vars(customer)["_advice"] = verdicts[channel]


def may_advise(*, customer: Customer) -> bool:
    """Return whether staff of a store may use what the customer does online. Queries as `advice_verdict`."""
    return advice_verdict(customer=customer).is_allowed


def state_of(*, customer_id: int) -> dict[tuple[str, str], ConsentEntry]:
    """Return the statement that decides for each (channel, purpose) the customer ever spoke about. 1 query."""
    found: dict[tuple[str, str], list[ConsentEntry]] = {}
    for entry in _dated(newest(customer_ids=[customer_id])):
        found.setdefault((entry.channel, entry.purpose), []).append(entry)
    return {key: decisive for key, entries in found.items() if (decisive := _decisive(entries)) is not None}


def by_channel(
    *, entries: Iterable[ConsentEntry], purpose: str, is_held: bool, channels: Sequence[str]
) -> dict[str, Verdict]:
    """Return the verdict of each channel for one purpose, from one customer's `newest` entries. No query."""
    said: dict[str, list[ConsentEntry]] = {}
    for entry in _dated(entries):
        if entry.purpose == purpose:
            said.setdefault(entry.channel, []).append(entry)
    return {channel: _verdict(_decisive(said.get(channel, [])), purpose, is_held) for channel in channels}


def history_of(*, actor: Actor, customer: Customer) -> list[ConsentEntry]:
    """Return every statement of the customer, newest first, with who wrote it down. 1 query.

    Those of records merged into hers are among them. Raises NotFound without `consent.read`.
    """
    access.require(actor, "consent.read", hidden=True)
    rows = ConsentEntry.objects.filter(customer_id__in=_cluster([customer.pk]))
    return list(rows.select_related("actor").order_by("-stated_at", "-id"))


def _cluster(ids: Sequence[int]) -> QuerySet[Customer, int]:
    return Customer.objects.filter(Q(pk__in=ids) | Q(merged_into_id__in=ids)).order_by().values_list("pk", flat=True)


def newest(*, customer_ids: Sequence[int]) -> QuerySet[ConsentEntry]:
    """The newest entry of each record, channel and purpose, with whose record it is now (`owner_id`) and since when."""
    merge = MergeEvent.objects.filter(absorbed_id=OuterRef("customer_id"), undone_at__isnull=True)
    return (
        ConsentEntry.objects.filter(customer_id__in=_cluster(customer_ids))
        .annotate(
            owner_id=Coalesce("customer__merged_into_id", F("customer_id")),
            merged_at=Subquery(merge.order_by("-merged_at").values("merged_at")[:1]),
            joined_id=Subquery(merge.order_by("-merged_at").values("survivor_id")[:1]),
        )
        .order_by("customer_id", "channel", "purpose", "-stated_at", "-id")
        .distinct("customer_id", "channel", "purpose")
    )


def _dated(rows: Iterable[ConsentEntry]) -> list[ConsentEntry]:
    """The entries, each with when its record became the owner's: by its own merge, or a later one of who had taken it.

    No query more, unless a record that had absorbed others was merged itself.
    """
    entries = list(rows)
    chained = [entry for entry in entries if vars(entry)["joined_id"] not in {None, _owner(entry)}]
    if chained:
        standing = MergeEvent.objects.filter(undone_at__isnull=True).order_by("merged_at")
        owners = {_owner(entry) for entry in chained}
        events = standing.filter(absorbed__merged_into_id__in=owners)
        steps = {row.absorbed_id: (row.survivor_id, row.merged_at) for row in events.only(*STEP)}
        for entry in chained:
            here = entry.customer_id
            while here in steps:
                here, vars(entry)["merged_at"] = steps[here]
    return entries


def _owner(entry: ConsentEntry) -> int:
    return int(vars(entry)["owner_id"])


def _decisive(entries: Sequence[ConsentEntry]) -> ConsentEntry | None:
    """Of the newest entries of one person's records: a refusal, unless the record that stayed has a later say."""
    if not entries:
        return None
    merges: list[datetime] = [at for entry in entries if (at := vars(entry)["merged_at"]) is not None]
    own = next((entry for entry in entries if entry.customer_id == _owner(entry)), None)
    if own is not None and all(own.stated_at > at for at in merges):
        return own
    return min(entries, key=lambda entry: (entry.is_given, -entry.stated_at.timestamp(), -entry.pk))


def _held(ids: Sequence[int]) -> set[int]:
    now = clock.now()
    open_holds = ContactHold.objects.filter(customer_id__in=ids, lifted_at__isnull=True)
    return set(open_holds.filter(Q(until__isnull=True) | Q(until__gt=now)).values_list("customer_id", flat=True))


def _verdict(entry: ConsentEntry | None, purpose: str, is_held: bool) -> Verdict:
    if entry is not None and not entry.is_given:
        return _because(WITHDRAWN, is_allowed=False)
    if is_held:
        return _because(HELD, is_allowed=False)
    if entry is not None:
        return _because(GIVEN, is_allowed=True)
    is_service = purpose == ConsentPurpose.SERVICE
    return _because(SERVICE_DEFAULT if is_service else NONE, is_allowed=is_service)


def _because(reason: str, *, is_allowed: bool) -> Verdict:
    return Verdict(is_allowed, reason, str(WORDS[reason]))
