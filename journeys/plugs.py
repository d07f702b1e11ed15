"""What this room plugs into the rooms below it, and its own reactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.docpages import generated_page
from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors.rights import rows_of
from journeys.docpages import kinds_page
from journeys.hooks import Reactor, on_interaction
from journeys.models import (
    Cart,
    Channel,
    Complaint,
    Interaction,
    Note,
    Order,
    OrderLine,
    PromptAnswer,
    Reaction,
    Reservation,
    SavedInterest,
    TryOn,
    WishItem,
)
from journeys.models.instore import NOTE_LENGTH
from journeys.panels import catalog as catalog_tile
from journeys.panels import complaints as complaint_panel
from journeys.panels import contacts as contact_panel
from journeys.panels import online as online_panel
from journeys.panels import promises as promise_tile
from journeys.panels import prompts as prompt_panel
from journeys.panels import purchases as purchase_panel
from journeys.panels import reservations as reservation_panel
from journeys.panels import suggestions as suggestion_panel
from journeys.panels import wishes as wish_panel
from journeys.panels import work
from journeys.personal import HELD
from journeys.selectors import instore as floor
from journeys.selectors import notes, things, timeline, timelinefilters
from journeys.services import instore, orders, sensitive
from journeys.services import timeline as story

IDENTITY_ADDED = "identity.added"


def timeline_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the timeline panel shows: one page, narrowed by its filters. 1 query, 1 more for a product."""
    cursor, filters = params.get("cursor", ""), timelinefilters.asked(params)
    rows = things.floor_of(customer=customer, actor=actor).story(params)
    page = timeline.page_of(rows, actor=actor, cursor=cursor)
    return {
        "page": page,
        "filters": filters,
        "chips": [(chip, _without(filters, chip.name)) for chip in timelinefilters.chips_of(filters)],
        "channels": Channel.choices,
        "groups": timelinefilters.groups(),
        "query": timelinefilters.address_of(filters),
        "is_moved": bool(cursor),
        "seen": timeline.seen_items(page.entries),
    }


def _without(filters: timelinefilters.Filters, name: str) -> str:
    return timelinefilters.address_of(replace(filters, **{name: ""}))


def notes_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the note panel shows. 1 query."""
    found = notes.lines_of(things.floor_of(customer=customer, actor=actor).notes, actor=actor)
    return {"notes": found, "seen": [f"note:{note.id}" for note in found]}


def note_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the note form needs: for store staff, who of the store may keep a promise. 0 or 1 query."""
    return {
        "types": Note.Type.choices,
        "colleagues": floor.colleagues_in(things.floor_of(customer=customer, actor=actor).colleagues, actor=actor),
        "today": floor.today_here(),
        "scopes": Note.Scope.choices if actor.store_id else [],
        "talked_by": [] if actor.store_id else [(value, value.label) for value in instore.TALKED_BY],
        "longest": NOTE_LENGTH,
    }


def tell_fact(
    *,
    fact: str,
    customer_ids: Sequence[int],
    actor: Actor,
    source: str,
    source_ids: Sequence[str],
    occurred_at: datetime,
    data: Sequence[dict[str, Any]],
) -> None:
    """Put profile facts on the timeline, in the transaction that made them. As history: nobody reacts to an import."""
    story.record_many(
        facts=[
            story.Fact(
                kind=fact,
                customer_id=customer_id,
                occurred_at=occurred_at,
                channel=Channel.IMPORT,
                source=source,
                source_id=source_id,
                actor=actor,
                data=payload,
            )
            for customer_id, source_id, payload in zip(customer_ids, source_ids, data, strict=True)
        ]
    )


def claim_orders(*, fact: str, customer_ids: Sequence[int], **_told: Any) -> None:
    """Give a customer the guest orders that a new card or a new proof shows to be hers, in the same transaction."""
    if fact == IDENTITY_ADDED:
        for customer_id in customer_ids:
            orders.claim_guest_orders(customer_id=customer_id)


def register() -> None:
    """Called once from AppConfig.ready()."""
    _register_customer_page()
    complaint_panel.register()
    prompt_panel.register()
    wish_panel.register()
    promise_tile.register()
    catalog_tile.register()
    reservation_panel.register()
    purchase_panel.register()
    online_panel.register()
    suggestion_panel.register()
    work.register()
    contact_panel.register()
    _register_work()
    _register_attention()
    _register_merges()
    _register_rights()
    generated_page.register("kinds", kinds_page)
    for held in HELD:
        hooks.field_register.register(held.model._meta.label, held)


def _register_customer_page() -> None:
    hooks.customer_panel.register(
        "timeline",
        hooks.Panel(
            title=_("Timeline"),
            permission="customer.read",
            template="journeys/panels/timeline.html",
            selector=timeline_panel,
            column="below",
            params=("cursor", *timelinefilters.NAMES),
        ),
        order=20,
    )
    hooks.customer_panel.register(
        "notes",
        hooks.Panel(
            title=_("Notes"),
            permission="note.read",
            template="journeys/panels/notes.html",
            selector=notes_panel,
            column="beside",
        ),
        order=30,
    )
    hooks.customer_action.register(
        "note",
        hooks.Action(
            title=_("Write a note"),
            permission="note.write",
            icon="note",
            template="journeys/actions/note.html",
            route="customer-note-add",
            context=note_action,
        ),
    )


def _register_work() -> None:
    hooks.customer_fact.register("journeys.timeline", tell_fact)
    hooks.customer_fact.register("journeys.guest_orders", claim_orders, order=110)
    hooks.home_tile.register(
        "imports",
        hooks.Tile(
            title=_("Imports"),
            permission="import.run",
            route="admin:journeys_importrun_changelist",
            icon="upload",
            count=lambda actor: None,
        ),
        order=30,
    )
    on_interaction.register("journeys.flag_sensitive_note", Reactor("note.written", "later", sensitive.flag_notes))


def _register_attention() -> None:
    for name, title, sentence in (
        (
            "reaction_refused",
            _("A reaction was refused"),
            _("%(plug)s refused its part (%(code)s). The fact itself stands."),
        ),
        (
            "reaction_parked",
            _("A reaction was parked"),
            _("%(plug)s did not succeed in %(tries)s tries (%(problem)s). Put it back once the cause is gone."),
        ),
        (
            "import_refused",
            _("Rows of an import were refused"),
            _("Import %(run)s left %(count)s rows out. Download them there, correct them and upload them again."),
        ),
        (
            "import_stopped",
            _("An import stopped"),
            _("Import %(run)s stopped before its end. Open it to see why; what was written stays."),
        ),
        (
            "note_sensitive",
            _("A note touches a sensitive matter"),
            _("Note %(note)s contains words about health, belief or origin. Check whether it may stay."),
        ),
    ):
        hooks.attention_item.register(name, hooks.AttentionKind(title, sentence))


def _register_merges() -> None:
    for rule in (
        hooks.MergeRule(Interaction, how=hooks.OnMerge.CLUSTER),
        hooks.MergeRule(Order, hint="identity_hint"),
        hooks.MergeRule(OrderLine, follows="order"),
        hooks.MergeRule(WishItem, newer=("added_at",), clash=hooks.OnClash.END, ends="removed_at"),
        *(hooks.MergeRule(model) for model in (Note, TryOn, Cart, Complaint, PromptAnswer, Reservation, SavedInterest)),
    ):
        hooks.customer_merged.register(rule.name, rule)


def _register_rights() -> None:
    reactions = rows_of(Reaction, path="interaction__customer_id")
    hooks.personal_data.register(Reaction._meta.label, reactions)
    for model in (Complaint, Interaction, Note, PromptAnswer, SavedInterest, TryOn, WishItem):
        hooks.personal_data.register(model._meta.label, rows_of(model))
