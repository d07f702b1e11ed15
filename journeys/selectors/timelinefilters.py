"""What a reader of the timeline may narrow it by: channel, kind or group of kinds, product, source, and time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.errors import Invalid
from journeys.hooks import interaction_kinds
from journeys.models import Channel, Interaction

TOKYO = ZoneInfo("Asia/Tokyo")
LONGEST = 80
FIRST_YEAR, LAST_YEAR = 1900, 2100
# A group is told by the noun of its kinds. Nouns of rooms above join theirs by being listed here.
GROUPS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "shopping": (gettext_lazy("Orders and carts"), ("order", "cart", "reservation")),
    "wishes": (gettext_lazy("Wishes and try-ons"), ("wish", "interest", "tryon", "product")),
    "talks": (
        gettext_lazy("Talks and messages"),
        ("note", "promise", "call", "message", "visit", "talk", "code", "task"),
    ),
    "problems": (gettext_lazy("Problems"), ("complaint", "ticket")),
    "identity": (
        gettext_lazy("Profile and consent"),
        ("profile", "identity", "customer", "consent", "hold"),
    ),
}


@dataclass(frozen=True)
class Filters:
    """What was asked for, as text; empty means all. `day` is a date (2026-11-20): that day and what was before it.

    `product` is a code as scanned from a label: its style's facts.
    """

    channel: str = ""
    kind: str = ""
    group: str = ""
    product: str = ""
    source: str = ""
    day: str = ""


@dataclass(frozen=True)
class Chip:
    """One filter in force: its name in the address, and its words."""

    name: str
    words: str


NAMES = tuple(entry.name for entry in fields(Filters))


def asked(params: Mapping[str, str]) -> Filters:
    """Return what a page's parameters ask for, typed ones trimmed; unknown ones are left out."""
    said = {name: str(params.get(name, "")) for name in NAMES}
    return Filters(**{**said, "product": said["product"].strip(), "source": said["source"].strip()})


def narrowed(*, rows: QuerySet[Interaction], filters: Filters, style_id: int | None = None) -> QuerySet[Interaction]:
    """Return the rows that pass. `style_id` is the style of the product asked for, looked up by the caller.

    Raises Invalid naming the filter that cannot be.
    """
    if filters.channel:
        if filters.channel not in Channel.values:
            raise Invalid("channel", _("There is no such channel."))
        rows = rows.filter(channel=filters.channel)
    if filters.kind:
        if filters.kind not in _kinds():
            raise Invalid("kind", _("There is no such kind of entry."))
        rows = rows.filter(kind=filters.kind)
    if filters.group:
        rows = rows.filter(_of_group(filters.group))
    if filters.source:
        _check_length(filters.source, "source")
        rows = rows.filter(source=filters.source)
    if filters.product:
        if style_id is None:
            raise Invalid("product", _("There is no product with this code."))
        rows = rows.filter(product_ids__contains=[style_id])
    return rows.filter(occurred_at__lt=_end_of(filters.day)) if filters.day else rows


def chips_of(filters: Filters) -> list[Chip]:
    """Return the filters in force in words, in the language in force. For filters that passed `narrowed`."""
    said = {
        "channel": str(Channel(filters.channel).label) if filters.channel in Channel.values else filters.channel,
        "kind": str(_kinds().get(filters.kind, filters.kind)),
        "group": str(GROUPS[filters.group][0]) if filters.group in GROUPS else filters.group,
        "product": _("Product %(code)s") % {"code": filters.product} if filters.product else "",
        "source": _("From %(source)s") % {"source": filters.source} if filters.source else "",
        "day": _("Up to %(day)s") % {"day": filters.day.replace("-", "/")} if filters.day else "",
    }
    return [Chip(name, words) for name, words in said.items() if words]


def address_of(filters: Filters) -> str:
    """Return the filters in force as the query of an address, without the question mark."""
    return urlencode({name: value for name in NAMES if (value := getattr(filters, name))})


def groups() -> list[tuple[str, str]]:
    """Return (group, words) in the order of the list."""
    return [(name, str(words)) for name, (words, _nouns) in GROUPS.items()]


def _kinds() -> dict[str, str | Promise]:
    return {plug.name: plug.value.label for plug in interaction_kinds.plugs()}


def _of_group(group: str) -> Q:
    if group not in GROUPS:
        raise Invalid("group", _("There is no such group of entries."))
    names = [name for name in _kinds() if name.partition(".")[0] in GROUPS[group][1]]
    return Q(kind__in=names)


def _end_of(day: str) -> datetime:
    try:
        chosen = date.fromisoformat(day)
    except ValueError as error:
        raise Invalid("day", _("This is not a day. Write it as 2026-11-20.")) from error
    if not FIRST_YEAR <= chosen.year <= LAST_YEAR:
        raise Invalid("day", _("This is not a day. Write it as 2026-11-20."))
    return datetime.combine(chosen + timedelta(days=1), time(), TOKYO)


def _check_length(text: str, name: str) -> None:
    if len(text) > LONGEST:
        raise Invalid(name, _("This is too long to look for."))
