"""What this room plugs into the rooms below it, and its own reactions."""

from __future__ import annotations

from collections.abc import Sequence
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
from journeys.models import Channel, Interaction, Note, Reaction
from journeys.models.instore import NOTE_LENGTH
from journeys.selectors import notes, timeline
from journeys.services import instore, sensitive
from journeys.services import timeline as story


def timeline_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the timeline panel shows: one page, filtered by channel. 1 query."""
    chosen = params.get("channel", "")
    channel = chosen if chosen in Channel.values else ""
    page = timeline.page(actor=actor, customer=customer, cursor=params.get("cursor", ""), channel=channel)
    return {
        "page": page,
        "channel": channel,
        "channels": Channel.choices,
        "is_older": bool(params.get("cursor")),
        "seen": timeline.seen_items(page.entries),
    }


def notes_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the note panel shows. 1 query."""
    found = notes.newest_notes(actor=actor, customer=customer)
    return {"notes": found, "seen": [f"note:{note.id}" for note in found]}


def note_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the note form needs."""
    return {
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


def register() -> None:
    """Called once from AppConfig.ready()."""
    _register_customer_page()
    _register_work()
    _register_attention()
    _register_rights()
    generated_page.register("kinds", kinds_page)


def _register_customer_page() -> None:
    hooks.customer_panel.register(
        "timeline",
        hooks.Panel(
            title=_("Timeline"),
            permission="customer.read",
            template="journeys/panels/timeline.html",
            selector=timeline_panel,
            params=("cursor", "channel"),
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
            column="side",
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


def _register_rights() -> None:
    reactions = rows_of(Reaction, path="interaction__customer_id")
    hooks.personal_data.register(Reaction._meta.label, reactions)
    for model in (Interaction, Note):
        hooks.personal_data.register(model._meta.label, rows_of(model))
