"""The one timeline as one actor may read it: newest first, keyset pages."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from journeys.hooks import interaction_kinds
from journeys.models import Channel, Interaction

PAGE = 25
LONGEST_PAGE = 100
IDENTITY_KINDS = "profile."
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
    """Entries newest first; `next` is the cursor of the older page, None at the beginning of the story."""

    entries: list[Entry]
    next: str | None


def rows_for(*, actor: Actor, customer: Customer) -> QuerySet[Interaction]:
    """Return the customer's rows this actor may read; none without a timeline capability.

    Store-only rows are left out for staff of other stores; data stewards get identity facts only.
    """
    rows = Interaction.objects.filter(customer=customer)
    scope = access.scope_of(actor, "timeline.read")
    if scope is Scope.ALL:
        return rows
    if scope is Scope.STORE:
        return rows.filter(Q(visibility=Interaction.Visibility.COMPANY) | Q(store_id=actor.store_id))
    if access.may(actor, "timeline.read_identity"):
        return rows.filter(kind__startswith=IDENTITY_KINDS)
    return rows.none()


def page(
    *, actor: Actor, customer: Customer, cursor: str = "", limit: int = PAGE, channel: str = "", kind: str = ""
) -> Page:
    """Return one page. Raises Invalid for a cursor, limit, channel or kind that cannot be. 1 query."""
    if not 1 <= limit <= LONGEST_PAGE:
        raise Invalid("limit", _("Ask for 1 to 100 entries."))
    if channel and channel not in Channel.values:
        raise Invalid("channel", _("There is no such channel."))
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    if kind and kind not in kinds:
        raise Invalid("kind", _("There is no such kind of entry."))
    rows = rows_for(actor=actor, customer=customer)
    if channel:
        rows = rows.filter(channel=channel)
    if kind:
        rows = rows.filter(kind=kind)
    if cursor:
        before, pk = _read_cursor(cursor)
        rows = rows.filter(Q(occurred_at__lt=before) | Q(occurred_at=before, pk__lt=pk), occurred_at__lte=before)
    found = list(rows.select_related("store", "actor").order_by("-occurred_at", "-id")[: limit + 1])
    entries = [_entry(row, actor, kinds) for row in found[:limit]]
    return Page(entries, _cursor_of(found[limit - 1]) if len(found) > limit else None)


def seen_items(entries: list[Entry]) -> list[str]:
    """Return what of a page counts as seen, for the context receipt."""
    return [f"interaction:{entry.id}" for entry in entries]


def _entry(row: Interaction, actor: Actor, kinds: dict[str, Any]) -> Entry:
    kind = kinds.get(row.kind)
    own = actor.store_id is None or row.store_id == actor.store_id
    data = {name: row.data.get(name, "") for name in kind.fields} if kind else {}
    sentence = str(kind.sentence) % data if kind and not row.erased_at else str(kind.label) if kind else row.kind
    return Entry(
        id=row.pk,
        uuid=str(row.uuid),
        kind=row.kind,
        label=str(kind.label) if kind else row.kind,
        icon=kind.icon if kind else "dot",
        sentence=sentence,
        text=row.text,
        occurred_at=row.occurred_at,
        channel=row.channel,
        channel_label=str(Channel(row.channel).label),
        store=row.store.name if row.store else "",
        actor=str(row.actor) if row.actor and own else "",
        is_erased=row.erased_at is not None,
    )


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
