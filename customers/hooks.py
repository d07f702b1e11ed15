"""What this room lets the rooms above take part in. Receivers register from their `plugs.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from config.lib.hooks import Hook, HookError, callable_check
from customers.access import Actor
from customers.models import Customer

COLUMNS = ("top", "left", "main", "side", "below", "beside")


class PanelSelector(Protocol):
    """Reads what a panel shows. Called once per rendering, with what the actor may see already decided."""

    def __call__(self, *, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]: ...


class PanelNote(Protocol):
    """Writes down what a panel showed, given the data of its selector."""

    def __call__(self, *, customer: Customer, actor: Actor, data: dict[str, Any]) -> None: ...


@dataclass(frozen=True)
class Panel:
    """A part of the customer page. `permission` names a row of the policy table's capabilities.

    Its query parameters are an allow-list, so that a page address stays shareable and hostile ones are dropped.
    `seen` in its data is what counts for the context receipt's fingerprint. `note`, for a panel that keeps what it
    showed, is called in the transaction of that receipt: an opening that fails leaves neither.
    Column `top` is above the columns and has no frame: its template writes nothing when there is nothing to say.
    `left`, `main` and `side` are the columns of the first screen; `below` and `beside` follow it.
    """

    title: str | Promise
    permission: str
    template: str
    selector: PanelSelector
    column: str = "main"
    lazy: bool = False
    params: tuple[str, ...] = ()
    note: PanelNote | None = None


@dataclass(frozen=True)
class Action:
    """A quick action of the customer page: a form that opens in place. `route` takes the customer's uuid."""

    title: str | Promise
    permission: str
    icon: str
    template: str
    route: str
    context: Callable[[Customer, Actor], dict[str, Any]]


@dataclass(frozen=True)
class Tile:
    """A tile of the start page: `count` returns a number (None: show none) and must stay cheap."""

    title: str | Promise
    permission: str
    route: str
    icon: str
    count: Callable[[Actor], int | None]


@dataclass(frozen=True)
class WorkLine:
    """One thing to do on the start page's list, which is in order of `at`: when it is due, or waits since.

    A tap opens the customer's page where the reader may see it and `opens_customer` says so, else `route` with its
    `argument` and `anchor`; a line with neither is left out. `name` is masked by its source (family name only), `time`
    is what stands in front, in words.
    """

    kind: str
    label: str | Promise
    icon: str
    at: datetime
    time: str
    text: str
    route: str
    argument: str = ""
    anchor: str = ""
    customer_id: int | None = None
    name: str = ""
    detail: str = ""
    is_late: bool = False
    opens_customer: bool = True


class WorkSource(Protocol):
    """Reads what waits for one member of staff until a moment. `before`: the lines of the sources before it."""

    def __call__(self, *, actor: Actor, until: datetime, before: Sequence[WorkLine]) -> list[WorkLine]: ...


@dataclass(frozen=True)
class PersonalData:
    """How one model shows a person what we hold of her: `path` leads to the customer, `export` returns rows."""

    model: str
    path: str
    export: Callable[[int], list[dict[str, Any]]]


class OnMerge(StrEnum):
    """What happens to rows of a record that is merged into another."""

    CLUSTER = "cluster"  # a log: the rows stay where they are, and are read together
    MOVED = "moved"  # current state: the rows are re-pointed to the record that stays


class OnClash(StrEnum):
    """What happens to the older of two rows of which only one may be."""

    DROP = "drop"  # kept in the before-image only
    END = "end"  # ended now, by the column `ends`
    STAY = "stay"  # the absorbed record keeps hers


@dataclass(frozen=True)
class MergeRule:
    """What a merge does with one model's rows, found by `field`, its foreign key to Customer.

    `newer` names the columns that tell which of two clashing rows is newer (an empty one is oldest). `hint` is a JSON
    column of identifiers (kind -> normalised) that says whose a row is that was written after the merge; `follows`
    a foreign key to the row whose customer this one shares.
    """

    model: type[Model]
    field: str = "customer"
    how: OnMerge = OnMerge.MOVED
    newer: tuple[str, ...] = ("id",)
    clash: OnClash = OnClash.DROP
    ends: str = ""
    hint: str = ""
    follows: str = ""

    @property
    def name(self) -> str:
        """How it is registered: model and foreign key."""
        return f"{self.model._meta.label}.{self.field}"


@dataclass(frozen=True)
class Held:
    """What we keep in one table: the columns that tell about a person and the others, the purpose, how long."""

    model: type[Model]
    purpose: str
    retention: str
    personal: str
    other: str

    @property
    def columns(self) -> list[str]:
        """Every column named, in order; twice when it is named twice."""
        return [*self.personal.split(), *self.other.split()]


@dataclass(frozen=True)
class AttentionKind:
    """The words of one kind of attention item: a title, and a sentence with %(name)s places filled from its data."""

    title: str | Promise
    sentence: str | Promise


def _panel_check(value: Panel) -> None:
    if value.column not in COLUMNS:
        raise HookError(f"a panel stands in column {', '.join(COLUMNS)}, not {value.column}")
    callable_check(value.selector)
    if value.note is not None:
        callable_check(value.note)


def _is(kind: type) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not isinstance(value, kind):
            raise HookError(f"{value!r} is not a {kind.__name__}")

    return check


def _merge_check(value: MergeRule) -> None:
    _is(MergeRule)(value)
    if (value.clash is OnClash.END) != bool(value.ends):
        raise HookError(f"{value.name} ends the older row and says by which column, or neither")


class PageReader(Protocol):
    """Names the querysets a room's parts of the customer's page read; the page reads all rooms' in one statement."""

    def __call__(self, *, customer: Customer, actor: Actor, asked: Mapping[str, str]) -> list[QuerySet[Any]]: ...


customer_read: Hook[PageReader] = Hook(
    "customers.customer_read",
    ("customer", "actor", "asked"),
    "Querysets the parts of the customer's page share: read together in one statement when the page opens.",
    callable_check,
)
customer_panel: Hook[Panel] = Hook(
    "customers.customer_panel",
    ("customer", "actor", "params"),
    "A panel of the customer page: title, permission, template, one selector call, lazy or not.",
    _panel_check,
)
customer_action: Hook[Action] = Hook(
    "customers.customer_action",
    ("customer", "actor"),
    "A quick action on the customer page.",
    _is(Action),
)
customer_fact: Hook[Callable[..., None]] = Hook(
    "customers.customer_fact",
    ("fact", "customer_ids", "actor", "source", "source_ids", "occurred_at", "data"),
    "A profile, identity, consent, hold, task or merge fact, told in the transaction that made it.",
    callable_check,
)
personal_data: Hook[PersonalData] = Hook(
    "customers.personal_data",
    ("customer_id",),
    "Export one person's rows of one model.",
    _is(PersonalData),
)
customer_merged: Hook[MergeRule] = Hook(
    "customers.customer_merged",
    ("survivor_id", "absorbed_id"),
    "What a merge does with the rows of one foreign key to Customer: moved (and moved back by undo) or read together.",
    _merge_check,
)
field_register: Hook[Held] = Hook(
    "customers.field_register",
    (),
    "Every column of one model: personal or not, purpose, retention.",
    _is(Held),
)
home_tile: Hook[Tile] = Hook(
    "customers.home_tile",
    ("actor",),
    "A tile on the start page of the roles its permission names.",
    _is(Tile),
)
work_list: Hook[WorkSource] = Hook(
    "customers.work_list",
    ("actor", "until", "before"),
    "Lines of the start page's list: what waits for this member of staff, each with its time.",
    callable_check,
)
attention_item: Hook[AttentionKind] = Hook(
    "customers.attention_item",
    ("data",),
    "The words of one kind of entry of the needs-attention list.",
    _is(AttentionKind),
)
