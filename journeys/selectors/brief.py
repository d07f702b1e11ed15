"""The clerk's whole page from one call: who this is, what is wrong, what to say, what to fetch, what happened last."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from config.lib import together
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import consents, opening
from customers.selectors import customers as people
from customers.selectors.customers import Profile
from customers.selectors.opening import Reach
from journeys.hooks import brief_part
from journeys.selectors import complaints, notes, prompts, reservations, things, timeline, wishlists
from journeys.selectors.complaints import Strip
from journeys.selectors.notes import NoteLine
from journeys.selectors.prompts import Prompts
from journeys.selectors.reservations import Slip
from journeys.selectors.things import Thing
from journeys.selectors.timeline import Entry
from journeys.selectors.wishlists import Interest

MOST_THINGS = 8
MOST_NOTES = 5


@dataclass(frozen=True)
class Brief:
    """Everything the page shows, as this actor may see it, in the order of the clerk's questions.

    `proof` is when she last named herself in this store, while it counts. `contacts` are the last five on any channel.
    `more` holds the parts other rooms and files add (hook `journeys.brief_part`), by name.
    """

    profile: Profile
    proof: datetime | None
    reach: list[Reach]
    strips: list[Strip]
    prompts: Prompts
    things: list[Thing]
    slips: list[Slip]
    interests: list[Interest]
    contacts: list[Entry]
    notes: list[NoteLine]
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def seen(self) -> list[str]:
        """What was shown, for the receipt: kind and id, in order."""
        return [
            *(f"complaint:{strip.id}" for strip in self.strips),
            *(f"prompt:{prompt.key}" for prompt in self.prompts.shown),
            *(f"wish:{thing.wish.id}" for thing in self.things if thing.wish),
            *(f"tryon:{thing.tried.id}" for thing in self.things if thing.tried and not thing.wish),
            *(f"reservation:{slip.id}:{slip.state}" for slip in self.slips),
            *timeline.seen_items(self.contacts),
            *(f"note:{note.id}" for note in self.notes),
        ]


def brief(*, actor: Actor, customer: Customer) -> Brief:
    """Return the brief. Raises NotFound without `brief.read`.

    4 queries: two for all of hers (what may be told of her online life hangs on her consent), one for this store's
    stock, one for the answers given to prompts; the last two only when she wants something. Further parts at most one.
    """
    access.require(actor, "brief.read", hidden=True)
    opened = opening.begin(customer=customer, actor=actor)
    together.load([opened.identities, opened.reveals, opened.holds, opened.consents, opened.presentations])
    consents.remember_advice(customer=customer, entries=opened.consents, is_held=bool(opened.holds))
    floor = things.floor_of(customer=customer, actor=actor)
    together.load(floor.shown())
    return Brief(
        profile=people.profile_of(customer=customer, actor=actor),
        proof=opening.proof_of(customer=customer, actor=actor),
        reach=opening.reach_of(customer=customer, actor=actor),
        strips=complaints.strips_of(floor.complaints),
        prompts=_prompts(floor),
        things=floor.things[:MOST_THINGS],
        slips=reservations.slips_in(
            reservations.with_lines(rows=floor.reserved, lines=floor.reserved_lines), actor=actor, customer=customer
        ),
        interests=wishlists.interests_in(floor.interests),
        contacts=timeline.entries_of(floor.contacts, actor=actor),
        notes=notes.lines_of(floor.notes, actor=actor)[:MOST_NOTES],
        more={plug.name: plug.value(floor=floor) for plug in brief_part.plugs()},
    )


def _prompts(floor: things.Floor) -> Prompts:
    if not access.may(floor.actor, "prompt.read"):
        return Prompts([], 0, "")
    return prompts.for_customer(actor=floor.actor, customer=floor.customer, floor=floor)
