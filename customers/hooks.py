"""What this room lets the rooms above take part in. Receivers register from their `plugs.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise

from config.lib.hooks import Hook, HookError, callable_check
from customers.access import Actor
from customers.models import Customer


class PanelSelector(Protocol):
    """Reads what a panel shows. Called once per rendering, with what the actor may see already decided."""

    def __call__(self, *, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Panel:
    """A part of the customer page. `permission` names a row of the policy table's capabilities.

    Its query parameters are an allow-list, so that a page address stays shareable and hostile ones are dropped.
    `summary` returns what of its data counts as "seen" for the context receipt's fingerprint.
    """

    title: str | Promise
    permission: str
    template: str
    selector: PanelSelector
    column: str = "main"
    lazy: bool = False
    params: tuple[str, ...] = ()


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
class PersonalData:
    """How one model shows a person what we hold of her: `path` leads to the customer, `export` returns rows."""

    model: str
    path: str
    export: Callable[[int], list[dict[str, Any]]]


@dataclass(frozen=True)
class AttentionKind:
    """The words of one kind of attention item: a title, and a sentence with %(name)s places filled from its data."""

    title: str | Promise
    sentence: str | Promise


def _panel_check(value: Panel) -> None:
    if value.column not in {"main", "side"}:
        raise HookError(f"a panel stands in column main or side, not {value.column}")
    callable_check(value.selector)


def _is(kind: type) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not isinstance(value, kind):
            raise HookError(f"{value!r} is not a {kind.__name__}")

    return check


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
    "A profile, identity, consent or merge fact, told in the transaction that made it.",
    callable_check,
)
personal_data: Hook[PersonalData] = Hook(
    "customers.personal_data",
    ("customer_id",),
    "Export one person's rows of one model.",
    _is(PersonalData),
)
home_tile: Hook[Tile] = Hook(
    "customers.home_tile",
    ("actor",),
    "A tile on the start page of the roles its permission names.",
    _is(Tile),
)
attention_item: Hook[AttentionKind] = Hook(
    "customers.attention_item",
    ("data",),
    "The words of one kind of entry of the needs-attention list.",
    _is(AttentionKind),
)
