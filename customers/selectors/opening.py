"""What the parts of one customer's page read in common, so that they read it once, and in one statement.

`prepare` is called when the page opens. Without it (a panel by itself, a service) each part asks by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from config.lib import clock, together
from customers import access, hooks
from customers.access import Actor
from customers.models import (
    ConsentChannel,
    ConsentEntry,
    ConsentPurpose,
    ContactHold,
    Customer,
    Identity,
    Presentation,
    Reveal,
    User,
)
from customers.selectors import consents, contactholds, stafftasks

REACHED_BY = (ConsentChannel.LINE, ConsentChannel.EMAIL, ConsentChannel.PHONE)


@dataclass(frozen=True)
class Reach:
    """Whether offers may go by one channel. `words` is the reason, in the language in force."""

    channel: str
    label: str
    is_allowed: bool
    words: str


@dataclass
class Opening:
    """One customer in front of one member of staff. Querysets, not read before somebody needs them."""

    customer: Customer
    actor: Actor

    @cached_property
    def identities(self) -> QuerySet[Identity]:
        """Her identifiers in force, oldest first."""
        return self.customer.identities.filter(valid_to__isnull=True).order_by("id")

    @cached_property
    def reveals(self) -> QuerySet[Reveal]:
        """What this actor asked to see in the last minute; nothing for roles that may not."""
        if self.actor.user_id is None or not access.may(self.actor, "customer.reveal"):
            return Reveal.objects.none()
        return Reveal.objects.filter(
            staff_id=self.actor.user_id, customer=self.customer, until__gt=clock.now()
        ).order_by("until")

    @cached_property
    def holds(self) -> QuerySet[ContactHold]:
        """The holds in force."""
        return contactholds.in_force(customer_id=self.customer.pk)

    @cached_property
    def consents(self) -> QuerySet[ConsentEntry]:
        """Her newest statement about each channel and purpose."""
        return consents.newest(customer_ids=[self.customer.pk])

    @cached_property
    def presentations(self) -> QuerySet[Presentation]:
        """When she last named herself in the actor's store, while it still counts; at most one row."""
        if self.actor.store_id is None:
            return Presentation.objects.none()
        rows = Presentation.objects.filter(customer=self.customer, store_id=self.actor.store_id, until__gt=clock.now())
        return rows.order_by("-presented_at", "-id")[:1]

    @cached_property
    def takers(self) -> QuerySet[User]:
        """Whom the actor may give a task to."""
        return stafftasks.taker_rows(actor=self.actor)

    def querysets(self) -> list[QuerySet[Any]]:
        """Return everything above, to be read together."""
        return [
            self.identities, self.reveals, self.holds, self.consents, self.presentations, self.takers
        ]  # fmt: skip


def prepare(*, customer: Customer, actor: Actor, asked: Mapping[str, str]) -> None:
    """Read what the parts of the customer's page share: this room's in one statement, then all rooms'. 2 queries.

    Two, because what the rooms above may show of her online life hangs on her consent. `asked` are the page's
    parameters. What was read stays with this customer object.
    """
    opened = begin(customer=customer, actor=actor)
    together.load(opened.querysets())
    consents.remember_advice(customer=customer, entries=opened.consents, is_held=bool(opened.holds))
    together.load(
        rows for source in hooks.customer_read.values() for rows in source(customer=customer, actor=actor, asked=asked)
    )


def begin(*, customer: Customer, actor: Actor) -> Opening:
    """Return a fresh opening that stays with this customer object: whoever reads her next shares it. No query."""
    opened = Opening(customer, actor)
    vars(customer)["_opening"] = opened
    return opened


def reach_of(*, customer: Customer, actor: Actor) -> list[Reach]:
    """Return by which channels offers may reach her, in the order of the page; none without `consent.read`.

    The opening's queries, read once.
    """
    if not access.may(actor, "consent.read"):
        return []
    opened = of(customer=customer, actor=actor)
    verdicts = consents.by_channel(
        entries=opened.consents, purpose=ConsentPurpose.MARKETING, is_held=bool(opened.holds), channels=REACHED_BY
    )
    return [
        Reach(channel.value, str(channel.label), verdicts[channel].is_allowed, verdicts[channel].words)
        for channel in REACHED_BY
    ]


def proof_of(*, customer: Customer, actor: Actor) -> datetime | None:
    """Return when she last named herself in the actor's store, while it counts. The opening's query, read once."""
    return next((row.presented_at for row in of(customer=customer, actor=actor).presentations), None)


def of(*, customer: Customer, actor: Actor) -> Opening:
    """Return what was prepared for this customer object and actor, else an opening that has read nothing yet."""
    known = vars(customer).get("_opening")
    return known if isinstance(known, Opening) and known.actor == actor else Opening(customer, actor)
