"""The one timeline as one actor may read it: newest first, keyset pages."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from customers.selectors import consents
from customers.selectors import customers as people
from journeys.hooks import interaction_kinds
from journeys.models import Channel, Interaction
from journeys.selectors import timelinefilters
from journeys.selectors.timelinefilters import Filters

PAGE = 25
LONGEST_PAGE = 100
NEWER = "-"
CONTACTS = 5
CONTACT_NOUNS = frozenset(
    {"visit", "call", "message", "tryon", "order", "cart", "reservation", "complaint", "ticket", "talk", "code"}
)
IDENTITY_KINDS = r"^(profile|identity|customer)\."
CURSOR = re.compile(r"(\d{1,19})\.(\d{1,19})")


@dataclass(frozen=True)
class Entry:
    """One sentence of the story, in the language in force. `actor` is empty where the reader may not know who."""

    id: int
    uuid: str
    kind: str
    label: str
    icon: str
    sentence: str
    text: str
    occurred_at: datetime
    channel: str
    channel_label: str
    store: str
    actor: str
    is_erased: bool


@dataclass(frozen=True)
class Page:
    """Entries newest first; `next` is the cursor of the older page, None at the beginning of the story.

    `newer` is the cursor of the page before this one, None at its end.
    """

    entries: list[Entry]
    next: str | None
    newer: str | None = None


def rows_for(*, actor: Actor, customer: Customer) -> QuerySet[Interaction]:
    """Return the customer's rows this actor may read; none without a timeline capability.

    Those of records merged into hers are among them. Store-only rows are left out for staff of other stores; what she
    looked at or put into a cart online for staff of every store, unless she agreed to advice in the store; data
    stewards get identity facts only. For staff of a store 2 queries, read once a customer object.
    """
    cluster = people.cluster_of(customer=customer)
    # One id as one id: the index then gives the rows in order, and a long story is not sorted for one page.
    rows = Interaction.objects.filter(customer=customer) if len(cluster) == 1 else _of(cluster)
    scope = access.scope_of(actor, "timeline.read")
    if scope is Scope.ALL:
        return rows
    if scope is Scope.STORE:
        rows = rows.filter(Q(visibility=Interaction.Visibility.COMPANY) | Q(store_id=actor.store_id))
        return rows if consents.may_advise(customer=customer) else rows.exclude(kind__in=_browsing())
    if access.may(actor, "timeline.read_identity"):
        return rows.filter(kind__regex=IDENTITY_KINDS)
    return rows.none()


def _browsing() -> list[str]:
    return [plug.name for plug in interaction_kinds.plugs() if plug.value.is_browsing]


def _of(cluster: list[int]) -> QuerySet[Interaction]:
    return Interaction.objects.filter(customer_id__in=cluster)


def page(
    *,
    actor: Actor,
    customer: Customer,
    cursor: str = "",
    limit: int = PAGE,
    channel: str = "",
    kind: str = "",
    filters: Filters | None = None,
    style_id: int | None = None,
) -> Page:
    """Return one page. Raises Invalid for a cursor, limit or filter that cannot be. 1 query.

    `channel` and `kind` are short for filters that name only them; `style_id` is the style of the filters' product.
    """
    if not 1 <= limit <= LONGEST_PAGE:
        raise Invalid("limit", _("Ask for 1 to 100 entries."))
    chosen = filters or Filters(channel=channel, kind=kind)
    rows = rows_of_page(actor=actor, customer=customer, cursor=cursor, limit=limit, filters=chosen, style_id=style_id)
    return page_of(rows, actor=actor, cursor=cursor, limit=limit)


def rows_of_page(
    *,
    actor: Actor,
    customer: Customer,
    cursor: str,
    limit: int,
    filters: Filters,
    style_id: int | None = None,
) -> QuerySet[Interaction]:
    """Return the rows of one page and one more, not read yet. Raises as `page`, without a query.

    A cursor that begins with `NEWER` asks for the page before it: its rows come oldest first.
    """
    rows = timelinefilters.narrowed(rows=rows_for(actor=actor, customer=customer), filters=filters, style_id=style_id)
    rows = rows.select_related("store", "actor").defer("fingerprint")
    if not cursor:
        return rows.order_by("-occurred_at", "-id")[: limit + 1]
    at, pk = _read_cursor(cursor.removeprefix(NEWER))
    if cursor.startswith(NEWER):
        rows = rows.filter(Q(occurred_at__gt=at) | Q(occurred_at=at, pk__gt=pk), occurred_at__gte=at)
        return rows.order_by("occurred_at", "id")[: limit + 1]
    rows = rows.filter(Q(occurred_at__lt=at) | Q(occurred_at=at, pk__lt=pk), occurred_at__lte=at)
    return rows.order_by("-occurred_at", "-id")[: limit + 1]


def page_of(rows: Iterable[Interaction], *, actor: Actor, cursor: str, limit: int = PAGE) -> Page:
    """Return rows of `rows_of_page` as a page with its marks. No query."""
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    found = list(rows)
    is_newer, has_more = cursor.startswith(NEWER), len(found) > limit
    found = found[:limit]
    if is_newer:
        found.reverse()
    has_older, has_newer = (bool(found), has_more) if is_newer else (has_more, bool(cursor) and bool(found))
    return Page(
        entries=[_entry(row, actor, kinds) for row in found],
        next=_cursor_of(found[-1]) if has_older else None,
        newer=f"{NEWER}{_cursor_of(found[0])}" if has_newer else None,
    )


def contact_rows(*, actor: Actor, customer: Customer, limit: int = CONTACTS) -> QuerySet[Interaction]:
    """Return the rows of the newest contacts with her on any channel, not read yet: no profile facts, no notes."""
    kinds = [plug.name for plug in interaction_kinds.plugs() if plug.name.partition(".")[0] in CONTACT_NOUNS]
    rows = rows_for(actor=actor, customer=customer).filter(kind__in=kinds).select_related("store", "actor")
    return rows.defer("fingerprint").order_by("-occurred_at", "-id")[:limit]


def entries_of(rows: Iterable[Interaction], *, actor: Actor) -> list[Entry]:
    """Return rows as sentences. No query."""
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    return [_entry(row, actor, kinds) for row in rows]


def seen_items(entries: list[Entry]) -> list[str]:
    """Return what of a page counts as seen, for the context receipt."""
    return [f"interaction:{entry.id}" for entry in entries]


def _entry(row: Interaction, actor: Actor, kinds: dict[str, Any]) -> Entry:
    kind = kinds.get(row.kind)
    own = actor.store_id is None or row.store_id == actor.store_id
    data = {name: row.data.get(name, "") for name in kind.fields} if kind else {}
    if kind and kind.speak:
        data = kind.speak(data)
    sentence = str(kind.sentence) % data if kind and not row.erased_at else str(kind.label) if kind else row.kind
    return Entry(
        id=row.pk,
        uuid=str(row.uuid),
        kind=row.kind,
        label=str(kind.label) if kind else row.kind,
        icon=kind.icon if kind else "dot",
        sentence=_told_with_code(sentence, row.data),
        text=row.text,
        occurred_at=row.occurred_at,
        channel=row.channel,
        channel_label=str(Channel(row.channel).label),
        store=row.store.name if row.store else "",
        actor=str(row.actor) if row.actor and own else "",
        is_erased=row.erased_at is not None,
    )


def _told_with_code(sentence: str, data: dict[str, Any]) -> str:
    """The sentence, and the printed code the customer named with it."""
    if not data.get("source_code"):
        return sentence
    told = {"sentence": sentence, "code": data["source_code"], "place": data.get("source_label", "")}
    return gettext("%(sentence)s (code %(code)s: %(place)s)") % told


def _cursor_of(row: Interaction) -> str:
    micros = int(row.occurred_at.timestamp()) * 1_000_000 + row.occurred_at.microsecond
    return base64.urlsafe_b64encode(f"{micros}.{row.pk}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    problem = Invalid("cursor", _("This page mark is not one of ours. Start again from the newest entry."))
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise problem from error
    match = CURSOR.fullmatch(text)
    if match is None or int(match[1]) > 4_102_444_800_000_000 or int(match[2]) >= 2**63:
        raise problem
    seconds, micros = divmod(int(match[1]), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros), int(match[2])
