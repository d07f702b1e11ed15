"""What happened on the shop floor, as the next one who meets the customer needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from config.lib import clock
from customers import access
from customers.access import Actor, Scope
from customers.models import User
from customers.models.staff import STORE_ROLES
from customers.selectors import customers as people
from journeys.models import Note, TryOn, Variant
from journeys.selectors import tryonwords

MOST = 20
TOKYO = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True)
class Tried:
    """One try-on. `better_variant_id` is the same style and colour in the size that would fit, None when not sold.

    `words` says how it ended, in the language in force.
    """

    id: int
    uuid: str
    style_id: int
    variant_id: int
    name: str
    colour: str
    size: str
    image_url: str
    outcome: str
    reason: str
    better_size: str
    better_variant_id: int | None
    words: str
    store: str
    store_id: int
    tried_at: datetime
    is_discreet: bool

    @property
    def is_open(self) -> bool:
        """True when it is not told yet how it ended."""
        return self.outcome == TryOn.Outcome.OPEN

    @property
    def is_bought(self) -> bool:
        """True when she has it, whenever she bought it."""
        return self.outcome in {TryOn.Outcome.BOUGHT, TryOn.Outcome.BOUGHT_LATER}


@dataclass(frozen=True)
class Promise:
    """An open promise. `name` is masked (family name only); `uuid` of the customer is empty when her page is shut."""

    uuid: str
    customer_uuid: str
    name: str
    text: str
    due_on: date
    is_overdue: bool
    owner: str
    store: str


def tryons_of(*, customer_id: int) -> list[Tried]:
    """Return the try-ons, newest first, at most 20. 1 query."""
    return tried_in(tryon_rows(customer_id=customer_id))


def tryon_rows(*, customer_id: int) -> QuerySet[TryOn]:
    """Return the rows of the try-ons, each with the variant that would fit (`fits`), not read yet."""
    fits = Variant.objects.filter(
        style_id=OuterRef("variant__style_id"),
        colour=OuterRef("variant__colour"),
        size=OuterRef("better_size"),
        is_active=True,
    )
    rows = (
        TryOn.objects.filter(customer_id=customer_id)
        .select_related("variant__style__category", "store")
        .annotate(fits=Subquery(fits.order_by("pk").values("pk")[:1]))
        .order_by("-tried_at", "-id")[:MOST]
    )
    return rows


def tried_in(rows: Iterable[TryOn]) -> list[Tried]:
    """Return rows of `tryon_rows` as the next colleague needs them."""
    return [_tried(row, vars(row)["fits"]) for row in rows]


def tryon_of(*, actor: Actor, customer_id: int, tryon_uuid: str) -> Tried | None:
    """Return one try-on of the customer in the actor's store; None when it is not there. 1 query."""
    if actor.store_id is None:
        return None
    rows = TryOn.objects.filter(customer_id=customer_id, uuid=tryon_uuid, store_id=actor.store_id)
    row = rows.select_related("variant__style__category", "store").first()
    return _tried(row, None) if row else None


def sizes_of(*, style_id: int) -> list[str]:
    """Return the sizes a style is sold in, as text, each once. 1 query."""
    rows = Variant.objects.filter(style_id=style_id, is_active=True).exclude(size="")
    return list(rows.order_by("size").values_list("size", flat=True).distinct())


def promises_due(*, actor: Actor, until: date) -> list[Promise]:
    """Return open promises due by that day, the oldest first: of the actor's store, and her own. 2 queries."""
    today = today_here()
    rows = open_promises(actor=actor).filter(due_on__lte=until).select_related("customer", "owner", "store")
    found = list(rows.order_by("due_on", "id")[:200])
    shown = people.visible_to(actor).filter(pk__in={row.customer_id for row in found})
    open_pages = set(shown.values_list("pk", flat=True)) if found else set()
    return [
        Promise(
            uuid=str(row.uuid),
            customer_uuid=str(row.customer.uuid) if row.customer_id in open_pages else "",
            name=row.customer.family_name,
            text=row.text,
            due_on=row.due_on,
            is_overdue=row.due_on < today,
            owner=str(row.owner) if row.owner else "",
            store=row.store.name if row.store else "",
        )
        for row in found
        if row.due_on is not None
    ]


def promises_count(actor: Actor) -> int:
    """Return how many promises are due today or overdue, counting to 100 at most. 1 query."""
    return len(open_promises(actor=actor).filter(due_on__lte=today_here()).values("pk")[:100])


def colleagues_of(*, actor: Actor) -> list[tuple[int, str]]:
    """Return (account, name) of those who can keep a promise: the actor first, then her store. 0 or 1 query."""
    return colleagues_in(colleague_rows(actor=actor), actor=actor) if actor.store_id is not None else []


def colleague_rows(*, actor: Actor) -> QuerySet[User]:
    """Return the accounts of the actor's store by name, not read yet; none for the office."""
    rows = User.objects.filter(is_active=True, kind=User.Kind.STAFF, staff__role__in=STORE_ROLES)
    if actor.store_id is None:
        return rows.none()
    return rows.filter(staff__store_id=actor.store_id).order_by("last_name", "first_name", "pk")


def colleagues_in(rows: Iterable[User], *, actor: Actor) -> list[tuple[int, str]]:
    """Return (account, name) of rows, the actor first."""
    return sorted(((row.pk, str(row)) for row in rows), key=lambda pair: pair[0] != actor.user_id)


def today_here() -> date:
    """Return the day it is in the shops."""
    return clock.now().astimezone(TOKYO).date()


def open_promises(*, actor: Actor) -> QuerySet[Note]:
    """Return the promises not kept yet that wait for the actor: of her store, and her own; none without the right."""
    scope = access.scope_of(actor, "promise.read")
    rows = Note.objects.filter(type=Note.Type.PROMISE, kept_at__isnull=True)
    if scope is None:
        return rows.none()
    own = Q(owner_id=actor.account_id)
    return rows.filter(own | Q(store_id=actor.store_id)) if scope is Scope.STORE else rows.filter(own)


def _tried(row: TryOn, better_variant_id: int | None) -> Tried:
    style = row.variant.style
    return Tried(
        id=row.pk,
        uuid=str(row.uuid),
        style_id=style.pk,
        variant_id=row.variant_id,
        name=style.name,
        colour=row.variant.colour,
        size=row.variant.size,
        image_url=style.image_url,
        outcome=row.outcome,
        reason=row.reason,
        better_size=row.better_size,
        better_variant_id=better_variant_id,
        words=tryonwords.outcome_of(outcome=row.outcome, reason=row.reason, better_size=row.better_size),
        store=row.store.name,
        store_id=row.store_id,
        tried_at=row.tried_at,
        is_discreet=style.category.is_discreet,
    )
