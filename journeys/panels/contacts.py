"""The panel of the last contacts with a customer, on all channels, and the quick action that writes one down."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from journeys.selectors import things, timeline
from journeys.services import contacts


def contacts_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the panel shows: the last five. The page's query, read once."""
    entries = timeline.entries_of(things.floor_of(customer=customer, actor=actor).contacts, actor=actor)
    return {"entries": entries, "seen": timeline.seen_items(entries)}


def contact_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the form needs: what this member of staff can have had. No query."""
    in_store = [(contacts.TALK, _("Talk at the counter")), (contacts.VISIT, _("Store visit"))]
    ways = [
        *(in_store if actor.store_id else []),
        (contacts.CALL, _("Phone call")),
        *((f"{contacts.MESSAGE}:{channel.value}", channel.label) for channel in contacts.BY_MESSAGE),
        (contacts.CODE, _("Only a printed code")),
    ]
    return {"ways": ways, "longest_topic": contacts.LONGEST_TOPIC, "longest_text": contacts.LONGEST_TEXT}


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "contacts",
        hooks.Panel(
            title=_("Last contacts"),
            permission="timeline.read",
            template="journeys/panels/contacts.html",
            selector=contacts_panel,
            column="below",
        ),
        order=18,
    )
    hooks.customer_action.register(
        "contact",
        hooks.Action(
            title=_("Record a contact"),
            permission="contact.write",
            icon="phone",
            template="journeys/actions/contact.html",
            route="customer-contact-add",
            context=contact_action,
        ),
        order=115,
    )
