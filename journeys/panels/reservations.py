"""Reservations on the customer page and on the start page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.rows import time_ordered_uuid
from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors.rights import rows_of
from journeys.models import Reservation, ReservationLine
from journeys.selectors import reservations, things


def reservations_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the panel shows: her open reservations. 2 queries."""
    floor = things.floor_of(customer=customer, actor=actor)
    rows = reservations.with_lines(rows=floor.reserved, lines=floor.reserved_lines)
    slips = reservations.slips_in(rows, actor=actor, customer=customer)
    return {
        "slips": slips,
        "days": reservations.HOLD_DAYS,
        "key": str(time_ordered_uuid()),
        "seen": [f"reservation:{slip.id}:{slip.state}" for slip in slips],
    }


def reserve_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the form needs: staff of a store reserve in their own, others choose one. At most 1 query."""
    stores = [] if actor.store_id else list(things.floor_of(customer=customer, actor=actor).stores)
    return {"stores": stores, "days": reservations.HOLD_DAYS}


def open_in_store(actor: Actor) -> int | None:
    """How many open reservations the actor's store has, for her start page. 1 query."""
    return reservations.open_count(actor=actor)


def register() -> None:
    """Called once from journeys.plugs.register()."""
    hooks.customer_panel.register(
        "reservations",
        hooks.Panel(
            title=_("Reservations"),
            permission="reservation.read",
            template="journeys/panels/reservations.html",
            selector=reservations_panel,
            column="side",
        ),
        order=25,
    )
    hooks.customer_action.register(
        "reserve",
        hooks.Action(
            title=_("Put aside"),
            permission="reservation.write",
            icon="box",
            template="journeys/actions/reserve.html",
            route="customer-reserve",
            context=reserve_action,
        ),
        order=40,
    )
    hooks.home_tile.register(
        "reservations",
        hooks.Tile(
            title=_("Reservations of the store"),
            permission="reservation.prepare",
            route="store-reservations",
            icon="box",
            count=open_in_store,
        ),
        order=10,
    )
    hooks.attention_item.register(
        "stock_undercut",
        hooks.AttentionKind(
            _("Fewer pieces than were put aside"),
            _("Reservation %(reservation)s lacks %(missing)s after the last count. Find them, or tell the customer."),
        ),
    )
    hooks.personal_data.register(Reservation._meta.label, rows_of(Reservation))
    lines = rows_of(ReservationLine, path="reservation__customer_id")
    hooks.personal_data.register(ReservationLine._meta.label, lines)
