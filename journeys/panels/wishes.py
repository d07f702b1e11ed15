"""The panel "wishes and try-ons", and the quick actions "try-on" and "wish"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import access, hooks
from customers.access import Actor
from customers.models import Customer
from journeys.selectors import things, wishlists
from journeys.selectors.things import Thing

MOST_SHOWN = 8
MOST_TO_TRY = 6


def wishes_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What she wishes for and tried on, with this store's stock. At most 3 queries, and 1 for interests."""
    floor = things.floor_of(customer=customer, actor=actor)
    found = floor.things
    return {
        "things": found[:MOST_SHOWN],
        "more": len(found) - MOST_SHOWN if len(found) > MOST_SHOWN else 0,
        "interests": wishlists.interests_in(floor.interests),
        "counted": _counted(found),
        "may_write": access.may(actor, "wish.write"),
        "may_try": access.may(actor, "tryon.write"),
        "is_own_store": actor.store_id is not None,
        "seen": [_seen(thing) for thing in found[:MOST_SHOWN]],
    }


def tryon_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the try-on form offers: her wishes and what she tried on lately. The floor's queries, read once."""
    found = things.floor_of(customer=customer, actor=actor).things
    return {
        "things": [thing for thing in found if thing.variant_id or thing.choices][:MOST_TO_TRY],
    }


def wish_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the wish form needs: categories to look for something in. 1 query."""
    rows = things.floor_of(customer=customer, actor=actor).categories
    return {"categories": [(row.pk, row.name) for row in rows]}


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "wishes",
        hooks.Panel(
            title=_("Wishes and try-ons"),
            permission="wish.read",
            template="journeys/panels/wishes.html",
            selector=wishes_panel,
        ),
        order=12,
    )
    hooks.customer_action.register(
        "tryon",
        hooks.Action(
            title=_("Record a try-on"),
            permission="tryon.write",
            icon="hanger",
            template="journeys/actions/tryon.html",
            route="customer-tryon-add",
            context=tryon_action,
        ),
        order=10,
    )
    hooks.customer_action.register(
        "wish",
        hooks.Action(
            title=_("Add a wish"),
            permission="wish.write",
            icon="heart",
            template="journeys/actions/wish.html",
            route="customer-wish-add",
            context=wish_action,
        ),
        order=120,
    )


def _counted(found: list[Thing]) -> datetime | None:
    """When the numbers shown were counted: the oldest fresh one. Stale ones tell their own time."""
    fresh = [thing.shelf.as_of for thing in found if thing.shelf and thing.shelf.as_of and not thing.shelf.is_stale]
    return min(fresh, default=None)


def _seen(thing: Thing) -> str:
    return f"wish:{thing.wish.id}" if thing.wish else f"tryon:{thing.tried.id}" if thing.tried else ""
