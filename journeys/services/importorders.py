"""Files of orders: one line of an order a row; neighbours of one order number are one order, recorded whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import formats

from config.lib.errors import Invalid
from customers import access
from customers.models import Customer
from customers.services import contact, profiles
from customers.services.profiles import ProfileIn
from journeys.models import Channel, ImportRun, Order
from journeys.services import importcells, importorderlines, importprofiles, importrows, orderin, orders, orderwriting
from journeys.services.importcells import Moment, Refusal
from journeys.services.importcolumns import Column
from journeys.services.importorderfields import FIELDS
from journeys.services.importprofiles import Layout
from journeys.services.importrows import Lookups, Problem, RowReader, Told
from journeys.services.importsubject import CREATED, REFUSED, UNCHANGED, Change, Read, Subject, Terms, Unit
from journeys.services.orderin import Hint, OrderIn

SOURCE = "import:orders"
MONEY = ("list_price", "discount", "tax", "paid", "cost", "total", "shipping", "fee", "order_discount", "points")
TIMES = ("paid_at", "shipped_at", "delivered_at", "cancelled_at")
TEXTS = {"name": 120, "tender": 80, "tracking": 60, "email": 254, "phone": 40}
# What belongs to the order, not to its line: told by its first row that says it.
OF_THE_LINE = frozenset({"product", "name", "quantity", "list_price", "discount", "tax_rate", "tax", "paid", "cost"})
WITHOUT_TAX = frozenset({"税抜", "税抜き", "外税", "excluded", "0", "false", "no"})
CHANNEL_WORDS = {
    "store": ("店舗", "実店舗", "pos", "店頭"),
    "web": ("ec", "ネット", "通販", "オンライン", "自社ec", "web", "pc", "スマートフォン"),
    "app": ("アプリ",),
    "mall": ("楽天", "楽天市場", "amazon", "yahoo", "zozo", "モール"),
    "phone": ("電話", "tel"),
}


@dataclass(frozen=True)
class Shell:
    """A member who is made because an order of hers came: her number, and her name in its two parts."""

    member_number: str
    family_name: str
    given_name: str


@dataclass(frozen=True)
class Sale:
    """One order of a file, and the member to make for it where the profile says that its members are new."""

    order: OrderIn
    shell: Shell | None = None


class Orders(Subject):
    """Orders with their lines: recorded once, never changed; what was recorded with other content is refused."""

    what = ImportRun.What.ORDERS.value
    fields = FIELDS
    needs = (("number",), ("placed_at",), ("paid", "list_price", "total"))
    repeated = "repeated_order"
    is_whole = True

    def needed(self, profile: str) -> tuple[tuple[str, ...], ...]:
        return self.needs[1:] if _layout(profile).is_row_an_order else self.needs

    def reader(self, columns: Sequence[Column], terms: Terms, lookups: Lookups) -> RowReader:
        group = "" if _layout(terms.profile).is_row_an_order else "number"
        alone = (group,) if group else ()
        return RowReader(columns, _parsers(terms, lookups), needed=alone, once=alone, group=group)

    def units(self, group: Sequence[Read], terms: Terms) -> list[Unit]:
        lines = tuple(read.line for read in group)
        layout = _layout(terms.profile)
        told = [read.told or {} for read in group]
        number = next((row["number"] for row in told if "number" in row), "")
        key = number if not layout.is_row_an_order else f"line:{lines[0]}"
        problems = [(read.line, problem) for read in group for problem in read.problems]
        if not problems:
            try:
                return [Unit(lines, key, _sale(key, told, layout, terms))]
            except Refusal as refusal:
                problems = [(lines[0], Problem("", key, refusal.code))]
        # The rows of a refused order go back together: half an order cannot be corrected.
        named = {line for line, _problem in problems}
        first = min(named)
        problems += [(line, Problem("", key, f"with_line:{first}")) for line in lines if line not in named]
        return [Unit(lines, key, None, tuple(sorted(problems, key=lambda told: told[0])))]

    def plan(self, values: Sequence[Any], terms: Terms) -> list[str]:
        sales: Sequence[Sale] = values
        known = orderwriting.known_rows([sale.order for sale in sales])
        return [_outcome(sale.order, known.get((sale.order.source, sale.order.external_id))) for sale in sales]

    def changes(self, values: Sequence[Any], terms: Terms) -> list[list[Change]]:
        return [_changes(sale.order) for sale in values]

    def write(self, values: Sequence[Any], ids: Sequence[str], terms: Terms) -> list[str]:
        _make_members(values, ids, terms)
        actor = access.system(access.SYSTEM_IMPORT)
        return orders.record_orders(actor=actor, orders=[sale.order for sale in values], mode=terms.mode)


def _layout(profile: str) -> Layout:
    return importprofiles.layout_of(profile, what=Orders.what)


def _parsers(terms: Terms, lookups: Lookups) -> dict[str, importrows.Parser]:
    layout = _layout(terms.profile)

    def money(name: str) -> importrows.Parser:
        return lambda cell: {name: importcells.amount(cell, currency=terms.currency)}

    def moment(name: str) -> importrows.Parser:
        return lambda cell: {name: importcells.moment(cell, zone=terms.zone)}

    def text(name: str, longest: int) -> importrows.Parser:
        return lambda cell: {name: importcells.fitting(cell, longest=longest)}

    return {
        **{name: money(name) for name in MONEY},
        **{name: moment(name) for name in ("placed_at", *TIMES)},
        **{name: text(name, longest) for name, longest in TEXTS.items()},
        "number": lambda cell: {"number": importcells.code(cell, longest=120)},
        "member": lambda cell: {"member": _member(cell, layout)},
        "store": lambda cell: {"store_id": importrows.store_id(cell, stores=lookups.stores)},
        "channel": lambda cell: {"channel": _channel(cell)},
        "product": lambda cell: {"product": importcells.code(cell, longest=80)},
        "quantity": lambda cell: {"quantity": importcells.count(cell)},
        "tax_rate": lambda cell: {"tax_rate": importcells.count(cell.rstrip("%％ "))},
        "tax_included": lambda cell: {"is_tax_included": cell.strip().casefold() not in WITHOUT_TAX},
        "private": lambda cell: {"is_private": importcells.yes(cell)},
    }


def _member(cell: str, layout: Layout) -> str:
    """A member number as the file writes it: who cannot be found by it stays a guest, and the order stands. Where the
    members are made from it, it must be one."""
    text = importcells.plain(cell, longest=importcells.LONGEST_RAW - len(layout.prefix))
    if not layout.prefix:
        return text
    return importcells.identifier(f"{layout.prefix}{text}", normalise=contact.member_number)


def _channel(cell: str) -> str:
    found = importcells.choice(cell, choices=Channel, refusal="channel_unknown", synonyms=CHANNEL_WORDS)
    return found or Channel.WEB.value


def _sale(key: str, rows: Sequence[Told], layout: Layout, terms: Terms) -> Sale:
    shared: Told = {}
    for row in rows:
        shared = {**{name: value for name, value in row.items() if name not in OF_THE_LINE}, **shared}
    if "placed_at" not in shared:
        raise Refusal("placed_at_missing")
    is_tax_included = shared.get("is_tax_included", True)
    if layout.goods:
        rows = [{"name": layout.goods, **row} for row in rows]
    lines = importorderlines.lines_of(rows=rows, shared=shared, is_tax_included=is_tax_included)
    placed: Moment = shared["placed_at"]
    times = {name: shared[name].at for name in TIMES if name in shared}
    if not times:
        times = {"paid_at": placed.at}  # an export of sales that tells no states tells of sales
    channel = shared.get("channel") or (Channel.STORE if "store_id" in shared else layout.channel)
    member = shared.get("member", "")
    order = OrderIn(
        source=terms.source or SOURCE,
        external_id=key,
        channel=str(channel),
        placed_at=placed.at,
        is_time_known=placed.is_time_known,
        lines=lines,
        hint=Hint(member, shared.get("email", ""), shared.get("phone", "")),
        store_id=shared.get("store_id"),
        currency=terms.currency,
        is_tax_included=is_tax_included,
        tenders=importorderlines.tenders_of(shared=shared, lines=lines),
        is_private=shared.get("is_private", False),
        tracking=shared.get("tracking", ""),
        **times,
    )
    _check(order)
    shell = Shell(member, layout.prefix, member.removeprefix(layout.prefix)) if layout.prefix and member else None
    return Sale(order, shell)


def _check(order: OrderIn) -> None:
    try:
        orderin.check(order)
    except Invalid as error:
        raise Refusal(error.code) from error


def _outcome(order: OrderIn, known: Order | None) -> str:
    if known is None:
        return CREATED
    if bytes(known.fingerprint) == orderin.fingerprint_of(order):
        return UNCHANGED
    total = importcells.shown_amount(known.total, currency=known.currency)
    return f"{REFUSED}order_conflict:{known.placed_at:%Y-%m-%d} {total} {known.currency}"


def _changes(order: OrderIn) -> list[Change]:
    total = importcells.shown_amount(orderin.total_of(order), currency=order.currency)
    goods = [" ".join(part for part in (line.code, line.name, f"x{line.quantity}") if part) for line in order.lines]
    told = [
        Change("placed_at", "", formats.date_format(order.placed_at, "SHORT_DATE_FORMAT")),
        Change("member", "", order.hint.member_number),
        Change("product", "", " / ".join(goods)[:200]),
        Change("total", "", f"{total} {order.currency}"),
    ]
    return [change for change in told if change.after]


def _make_members(sales: Sequence[Sale], ids: Sequence[str], terms: Terms) -> None:
    """Make the members a profile brings along, each once, before their orders look for them."""
    wanted = {sale.shell: told for sale, told in zip(reversed(sales), reversed(ids), strict=True) if sale.shell}
    numbers = [shell.member_number for shell in wanted]
    known = set(Customer.objects.filter(member_number__in=numbers).values_list("member_number", flat=True))
    fresh = {shell: told for shell, told in wanted.items() if shell.member_number not in known}
    if fresh:
        profiles.upsert(
            actor=access.system(access.SYSTEM_IMPORT),
            rows=[ProfileIn(shell.member_number, shell.family_name, shell.given_name) for shell in fresh],
            source=terms.source or SOURCE,
            source_ids=list(fresh.values()),
            occurred_at=terms.started_at,
        )
