"""What a customer bought on every channel, and what of it she still has.

Staff of a store see things and outcomes: private orders and discreet goods are left out for them, money too. The desk
sees whole orders. Called by the customer page, by coordination and by recommendations.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from journeys.models import Channel, Order, OrderLine
from journeys.selectors import catalog

RECENT = 6
MOST_ORDERS = 20
OVER = Order.State.CANCELLED


@dataclass(frozen=True)
class Bought:
    """One line of an order. `where` is the store or the channel; `returned` counts pieces that came back.

    `variant_id` and `style_id` are None for goods that are not in the catalogue.
    """

    line_id: int
    variant_id: int | None
    style_id: int | None
    name: str
    colour: str
    size: str
    quantity: int
    returned: int
    bought_at: datetime
    is_time_known: bool
    where: str
    state: str
    state_label: str

    @property
    def is_returned(self) -> bool:
        """True when nothing of it is left with her."""
        return self.returned >= self.quantity

    @property
    def is_on_its_way(self) -> bool:
        """True when it was sent, or should have been."""
        return self.state in {Order.State.SHIPPED, Order.State.LATE}


@dataclass(frozen=True)
class SoldLine:
    """A line as the desk sees it. `paid` is for all pieces."""

    name: str
    quantity: int
    returned: int
    paid: str

    @property
    def words(self) -> str:
        """Pieces and money in one line, and what of it came back."""
        told = {"pieces": self.quantity, "money": self.paid, "returned": self.returned}
        if not self.returned:
            return _("%(pieces)d pieces, %(money)s") % told
        return _("%(pieces)d pieces, %(money)s, %(returned)d returned") % told


@dataclass(frozen=True)
class GivenBack:
    """A return or a cancellation."""

    label: str
    at: datetime
    refunded: str
    reason: str


@dataclass(frozen=True)
class Sale:
    """A whole order as the desk sees it, money in words."""

    id: int
    number: str
    source: str
    placed_at: datetime
    where: str
    state: str
    state_label: str
    tracking: str
    is_private: bool
    total: str
    lines: tuple[SoldLine, ...]
    tenders: tuple[str, ...]
    returns: tuple[GivenBack, ...]


def recent_of(*, customer_id: int, limit: int) -> list[Bought]:
    """Return her last lines over all channels, newest first, cancelled orders left out, for programs. 1 query.

    People read `recent_for`, which leaves out what their role may not see.
    """
    return [_bought(line) for line in _lines(customer_id)[:limit]]


def recent_for(*, actor: Actor, customer: Customer, limit: int) -> list[Bought]:
    """Return what the actor may see of her last lines, newest first; none without `order.read`. 1 query.

    For staff of a store private orders and discreet goods are left out, and goods outside the catalogue have no name:
    nobody has said yet whether they are discreet.
    """
    return bought_in(recent_rows(actor=actor, customer=customer, limit=limit), actor=actor)


def recent_rows(*, actor: Actor, customer: Customer, limit: int = RECENT) -> QuerySet[OrderLine]:
    """Return the rows of `recent_for`, not read yet."""
    reach = access.scope_of(actor, "order.read")
    rows = _lines(customer.pk)
    if reach is None:
        return rows.none()
    if reach is not Scope.ALL:
        rows = rows.filter(order__is_private=False).exclude(variant__style__category__is_discreet=True)
    return rows[:limit]


def bought_in(rows: Iterable[OrderLine], *, actor: Actor) -> list[Bought]:
    """Return rows of `recent_rows` as the actor may name them. No query."""
    names_unknown = access.scope_of(actor, "order.read") is Scope.ALL
    return [_bought(line, names_unknown=names_unknown) for line in rows]


def owned_styles(*, customer_id: int) -> set[int]:
    """Return the styles she has: bought on any channel, not called off and not wholly returned. 1 query."""
    lines = OrderLine.objects.filter(customer_id=customer_id, variant__isnull=False).exclude(order__state=OVER)
    kept = lines.annotate(back=Coalesce(Sum("returns__quantity"), 0)).values_list(
        "variant__style_id", "quantity", "back"
    )
    return {style_id for style_id, quantity, back in kept if quantity > back}


def sales_of(*, actor: Actor, customer: Customer, limit: int = MOST_ORDERS) -> list[Sale]:
    """Return whole orders, newest first; none without `order.list`. 5 queries, 1 when there are none."""
    if not access.may(actor, "order.list"):
        return []
    lines = OrderLine.objects.select_related("variant__style").order_by("number")
    rows = (
        Order.objects.filter(customer=customer)
        .select_related("store")
        .prefetch_related(Prefetch("lines", queryset=lines), "lines__returns", "tenders", "returns")
        .order_by("-placed_at", "-pk")[:limit]
    )
    return [_sale(row) for row in rows]


def sold_in(*, order: Order) -> list[SoldLine]:
    """Return the lines of an order whose lines, variants and returned pieces are loaded. No query."""
    return [
        SoldLine(
            name=catalog.name_of(line.variant) if line.variant else line.name or line.raw_code,
            quantity=line.quantity,
            returned=sum(back.quantity for back in line.returns.all()),
            paid=money(amount=line.paid, currency=order.currency),
        )
        for line in order.lines.all()
    ]


def payments_of(*, order: Order) -> list[str]:
    """Return how an order was paid, in words. Its tenders must be loaded. No query."""
    return [
        f"{tender.get_kind_display()} {money(amount=tender.amount, currency=order.currency)}"
        for tender in order.tenders.all()
    ]


def returns_of(*, order: Order) -> list[GivenBack]:
    """Return what came back of an order, the first first. Its returns must be loaded. No query."""
    return [
        GivenBack(
            label=str(back.get_kind_display()),
            at=back.returned_at,
            refunded=money(amount=back.refunded, currency=order.currency),
            reason=back.reason,
        )
        for back in sorted(order.returns.all(), key=lambda back: (back.returned_at, back.pk))
    ]


def money(*, amount: int, currency: str) -> str:
    """Return an amount of a currency's minor unit as people write it: ¥39,800, or 29.33 USD."""
    return f"¥{amount:,}" if currency == "JPY" else f"{amount // 100:,}.{amount % 100:02d} {currency}"


def place_of(order: Order) -> str:
    """Return where an order was placed: the store, else the channel."""
    return order.store.name if order.store else str(Channel(order.channel).label)


def _lines(customer_id: int) -> QuerySet[OrderLine]:
    return (
        OrderLine.objects.filter(Q(customer_id=customer_id) & ~Q(order__state=OVER))
        .select_related("order__store", "variant__style")
        .annotate(back=Coalesce(Sum("returns__quantity"), 0))
        .order_by("-placed_at", "-order_id", "number")
    )


def _bought(line: OrderLine, *, names_unknown: bool = True) -> Bought:
    order, variant = line.order, line.variant
    unknown = (line.name or line.raw_code) if names_unknown else ""
    return Bought(
        line_id=line.pk,
        variant_id=line.variant_id,
        style_id=variant.style_id if variant else None,
        name=variant.style.name if variant else unknown or _("An item outside the catalogue"),
        colour=variant.colour if variant else "",
        size=variant.size if variant else "",
        quantity=line.quantity,
        returned=int(vars(line)["back"]),
        bought_at=line.placed_at,
        is_time_known=order.is_time_known,
        where=place_of(order),
        state=order.state,
        state_label=str(order.get_state_display()),
    )


def _sale(order: Order) -> Sale:
    return Sale(
        id=order.pk,
        number=order.external_id,
        source=order.source,
        placed_at=order.placed_at,
        where=place_of(order),
        state=order.state,
        state_label=str(order.get_state_display()),
        tracking=order.tracking,
        is_private=order.is_private,
        total=money(amount=order.total, currency=order.currency),
        lines=tuple(sold_in(order=order)),
        tenders=tuple(payments_of(order=order)),
        returns=tuple(returns_of(order=order)),
    )
