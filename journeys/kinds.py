"""The kinds this room puts on the timeline. To add one, see docs/tutorial.md."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from journeys.hooks import WITH_CUSTOMER, Kind, interaction_kinds


def erase_all(_data: dict[str, Any]) -> dict[str, Any]:
    """Nothing of the payload stays."""
    return {}


def keep_all(data: dict[str, Any]) -> dict[str, Any]:
    """The payload names no person (field names, counts) and stays."""
    return data


KINDS = (
    Kind(
        name="profile.created",
        label=_("Became a member"),
        icon="person-plus",
        sentence=_("Became a member"),
        retention=WITH_CUSTOMER,
        fields=("fields",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="profile.corrected",
        label=_("Profile corrected"),
        icon="pencil",
        sentence=_("Profile corrected"),
        retention=WITH_CUSTOMER,
        fields=("fields",),
        is_personal=False,
        erase=keep_all,
    ),
    Kind(
        name="note.written",
        label=pgettext_lazy("timeline", "Note"),
        icon="note",
        sentence=_("Note written"),
        retention=WITH_CUSTOMER,
        erase=erase_all,
    ),
    Kind(
        name="visit.made",
        label=_("Store visit"),
        icon="store",
        sentence=_("Visited the store"),
        retention=WITH_CUSTOMER,
        is_material=False,
        erase=erase_all,
    ),
    Kind(
        name="product.viewed",
        label=_("Product viewed"),
        icon="eye",
        sentence=_("Looked at %(product)s"),
        retention=WITH_CUSTOMER,
        fields=("product",),
        is_material=False,
        erase=erase_all,
    ),
    Kind(
        name="call.received",
        label=_("Phone call"),
        icon="phone",
        sentence=_("Called us about %(topic)s"),
        retention=WITH_CUSTOMER,
        fields=("topic",),
        erase=erase_all,
    ),
    Kind(
        name="message.received",
        label=_("Message"),
        icon="message",
        sentence=_("Wrote to us about %(topic)s"),
        retention=WITH_CUSTOMER,
        fields=("topic",),
        erase=erase_all,
    ),
)


def register() -> None:
    """Put this room's kinds on the hook; called once from AppConfig.ready()."""
    for order, kind in enumerate(KINDS):
        interaction_kinds.register(kind.name, kind, order=order)
