"""What a clerk can fetch for this customer right now: her wishes and try-ons, each with this store's stock and shelf.

Used by the customer page, the talk prompts and the try-on form; a `Floor` reads once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from django.db.models import QuerySet

from config.lib.errors import DomainError
from customers import access
from customers.access import Actor, Scope
from customers.models import ContactHold, Customer, Store, User
from customers.selectors import opening
from journeys.models import (
    Category,
    Complaint,
    Interaction,
    Note,
    OrderLine,
    Reservation,
    ReservationLine,
    SavedInterest,
    TryOn,
    WishItem,
)
from journeys.selectors import (
    catalog,
    complaints,
    instore,
    notes,
    orders,
    reservations,
    stock,
    timeline,
    timelinefilters,
    wishlists,
)
from journeys.selectors.instore import Tried
from journeys.selectors.stock import Shelf
from journeys.selectors.timelinefilters import Filters
from journeys.selectors.wishlists import Wish


@dataclass(frozen=True)
class Thing:
    """One variant she wants, or tried on. `variant_id` is what to fetch (the size that would fit, where told).

    It is None while she has chosen no colour and size (`choices`), and when the size that would fit is not sold.
    `shelf` is None when this store's stock is unknown, which is not 0.
    """

    style_id: int
    variant_id: int | None
    name: str
    colour: str
    size: str
    image_url: str
    wish: Wish | None = None
    tried: Tried | None = None
    choices: tuple[tuple[int, str, str], ...] = ()
    shelf: Shelf | None = None

    @property
    def is_here(self) -> bool:
        """True when this store has a piece to show, by a count that is not stale."""
        return self.shelf is not None and bool(self.shelf.here) and not self.shelf.is_stale


@dataclass
class Floor:
    """One customer in front of one member of staff in one store (None: the office, without a home store of hers)."""

    customer: Customer
    actor: Actor
    stories: dict[tuple[str, Filters], QuerySet[Interaction]] = field(default_factory=dict)

    @property
    def store_id(self) -> int | None:
        """The actor's store; for the office the customer's home store."""
        return self.actor.store_id or self.customer.home_store_id

    @cached_property
    def wishes(self) -> QuerySet[WishItem]:
        """Rows of her open wishes."""
        return wishlists.open_rows(customer_id=self.customer.pk)

    @cached_property
    def tryons(self) -> QuerySet[TryOn]:
        """Rows of her try-ons."""
        return instore.tryon_rows(customer_id=self.customer.pk)

    @cached_property
    def interests(self) -> QuerySet[SavedInterest]:
        """Rows of what she looks for."""
        return wishlists.interest_rows(customer_id=self.customer.pk)

    @cached_property
    def complaints(self) -> QuerySet[Complaint]:
        """Rows of her open complaints."""
        return complaints.open_rows(customer_id=self.customer.pk)

    @cached_property
    def notes(self) -> QuerySet[Note]:
        """Rows of the newest notes this actor may read."""
        return notes.newest_rows(actor=self.actor, customer=self.customer)

    @cached_property
    def promises(self) -> QuerySet[Note]:
        """Rows of the promises due that this actor may read."""
        return notes.due_promises(actor=self.actor, customer=self.customer, today=instore.today_here())

    @cached_property
    def reserved(self) -> QuerySet[Reservation]:
        """Rows of her open reservations."""
        return reservations.open_rows(customer_id=self.customer.pk)

    @cached_property
    def reserved_lines(self) -> QuerySet[ReservationLine]:
        """Rows of what is in them."""
        return reservations.line_rows(customer_id=self.customer.pk)

    @cached_property
    def colleagues(self) -> QuerySet[User]:
        """Accounts of the actor's store."""
        return instore.colleague_rows(actor=self.actor)

    @cached_property
    def handlers(self) -> QuerySet[User]:
        """Accounts of who may handle a complaint."""
        return complaints.handler_rows(actor=self.actor)

    @cached_property
    def categories(self) -> QuerySet[Category]:
        """Rows of what she may look for something in."""
        return Category.objects.filter(is_discreet=False).order_by("code")[:60]

    @cached_property
    def things(self) -> list[Thing]:
        """Wishes newest first, then try-ons newest first, each variant once. 1 query for stock, read once."""
        return _things(self)

    def story(self, asked: Mapping[str, str]) -> QuerySet[Interaction]:
        """Rows of the timeline's page that was asked for; the same rows for the same question. Raises Invalid."""
        cursor, filters = asked.get("cursor", ""), timelinefilters.asked(asked)
        if (cursor, filters) not in self.stories:
            self.stories[cursor, filters] = timeline.rows_of_page(
                actor=self.actor,
                customer=self.customer,
                cursor=cursor,
                limit=timeline.PAGE,
                filters=filters,
                style_id=style_of(code=filters.product),
            )
        return self.stories[cursor, filters]

    @cached_property
    def contacts(self) -> QuerySet[Interaction]:
        """Rows of the newest contacts with her."""
        return timeline.contact_rows(actor=self.actor, customer=self.customer)

    @cached_property
    def bought(self) -> QuerySet[OrderLine]:
        """Rows of what she bought last, as far as this actor may see it."""
        return orders.recent_rows(actor=self.actor, customer=self.customer)

    @cached_property
    def stores(self) -> QuerySet[Store]:
        """Rows of the stores the office may choose from."""
        return Store.objects.filter(is_open=True).order_by("code")

    @property
    def holds(self) -> QuerySet[ContactHold]:
        """The contact holds in force."""
        return opening.of(customer=self.customer, actor=self.actor).holds

    def querysets(self, asked: Mapping[str, str]) -> list[QuerySet[Any]]:
        """Return what the actor's page shows of the above, to be read together. A refused question is the panel's."""
        may = partial(access.may, self.actor)
        return [
            *self.shown(),
            *([self.colleagues] if may("note.write") else []),
            *([self.handlers] if may("complaint.open") else []),
            *([self.categories] if may("wish.write") else []),
            *([self.stores] if may("reservation.write") and not self.actor.store_id else []),
            *self._asked_story(asked),
        ]

    def shown(self) -> list[QuerySet[Any]]:
        """Return what the actor may read of the customer herself, without what forms and the timeline need."""
        may = partial(access.may, self.actor)
        return [
            *([self.wishes, self.tryons, self.interests] if may("wish.read") else []),
            *([self.complaints] if may("complaint.read") else []),
            *([self.notes] if may("note.read") else []),
            *([self.promises] if may("prompt.read") else []),
            *([self.reserved, self.reserved_lines] if may("reservation.read") else []),
            *([self.contacts] if may("timeline.read") else []),
            *([self.bought] if may("order.read") else []),
        ]

    def _asked_story(self, asked: Mapping[str, str]) -> list[QuerySet[Any]]:
        try:
            return [self.story(asked)]
        except DomainError:
            return []


def style_of(*, code: str) -> int | None:
    """Return the style behind a scanned or typed code, to narrow the timeline by; None without one. At most 1 query."""
    variant = catalog.variant_by_code(code=code) if code else None
    return variant.style_id if variant else None


def floor_of(*, customer: Customer, actor: Actor) -> Floor:
    """Return the floor of this customer object, the same one each time: the panels of one page read it once."""
    known = vars(customer).get("_floor")
    if isinstance(known, Floor) and known.actor == actor:
        return known
    floor = Floor(customer=customer, actor=actor)
    vars(customer)["_floor"] = floor
    return floor


def _things(floor: Floor) -> list[Thing]:
    is_counter = access.scope_of(floor.actor, "wish.read") is Scope.STORE
    wishes = [w for w in wishlists.wishes_of(floor.wishes) if not (is_counter and w.is_discreet)]
    tried = [t for t in instore.tried_in(floor.tryons) if not (is_counter and t.is_discreet)]
    found: dict[tuple[int, int | None], Thing] = {}
    for wish in wishes:
        found[wish.style_id, wish.variant_id] = _wished(wish)
    for tryon in tried:
        thing = _tried(tryon)
        known = found.get((thing.style_id, thing.variant_id))
        if known is None:
            found[thing.style_id, thing.variant_id] = thing
        elif known.tried is None:
            found[thing.style_id, thing.variant_id] = replace(known, tried=tryon)
    return _with_stock(list(found.values()), floor.store_id)


def _wished(wish: Wish) -> Thing:
    return Thing(
        style_id=wish.style_id,
        variant_id=wish.variant_id,
        name=wish.name,
        colour=wish.colour,
        size=wish.size,
        image_url=wish.image_url,
        wish=wish,
        choices=wish.choices,
    )


def _tried(tryon: Tried) -> Thing:
    is_another = bool(tryon.better_size) and not tryon.is_bought
    return Thing(
        style_id=tryon.style_id,
        variant_id=tryon.better_variant_id if is_another else tryon.variant_id,
        name=tryon.name,
        colour=tryon.colour,
        size=tryon.better_size if is_another else tryon.size,
        image_url=tryon.image_url,
        tried=tryon,
    )


def _with_stock(things: list[Thing], store_id: int | None) -> list[Thing]:
    wanted = {thing.variant_id for thing in things} | {choice[0] for thing in things for choice in thing.choices}
    ids = sorted(each for each in wanted if each is not None)
    if store_id is None or not ids:
        return things
    shelves = stock.shelves_for(store_id=store_id, variant_ids=ids)
    return [replace(thing, shelf=_best(thing, shelves)) for thing in things]


def _best(thing: Thing, shelves: dict[int, Shelf]) -> Shelf | None:
    """The variant's own shelf; for a style without a chosen variant the fullest shelf of all."""
    if thing.variant_id is not None:
        return shelves.get(thing.variant_id)
    known = [shelves[choice[0]] for choice in thing.choices if choice[0] in shelves]
    return max(known, key=lambda shelf: (not shelf.is_stale, shelf.here or 0), default=None)
