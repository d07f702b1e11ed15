"""What this room lets the rooms above take part in. Receivers register from their `plugs.py` and `kinds.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise

from config.lib.hooks import Hook, HookError, callable_check

WITH_CUSTOMER: timedelta | None = None  # the retention of what is kept as long as the customer herself
KIND_NAME = re.compile(r"^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$")


@dataclass(frozen=True)
class Kind:
    """What may stand on the timeline under one name (`noun.verb_past`).

    `sentence` takes %(name)s places from `fields`, the payload's only allowed names. `retention` says how long words
    and payload stay; WITH_CUSTOMER is as long as the customer. `is_material` kinds raise the customer's context_seq.
    `erase` returns the payload that may stay after erasure (usually an empty dict). `is_personal` says that text or
    payload may tell about the person.
    """

    name: str
    label: str | Promise
    icon: str
    sentence: str | Promise
    retention: timedelta | None
    fields: tuple[str, ...] = ()
    is_material: bool = True
    is_personal: bool = True
    erase: Callable[[dict[str, Any]], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Reactor:
    """Work on facts of one kind (or all: kind `*`).

    `now` reactors run in the fact's transaction, each in a savepoint, with a list of interactions; a DomainError rolls
    back only that reactor and raises an attention item. `later` reactors get one row each and run in a worker; they
    must be repeatable.
    """

    kind: str
    when: str
    run: Callable[[list[Any]], None]


def _kind_check(kind: Kind) -> None:
    if not KIND_NAME.match(kind.name):
        raise HookError(f"kind {kind.name!r} is not noun.verb_past")
    if kind.erase is None:
        raise HookError(f"kind {kind.name} does not say how it is erased")
    if not str(kind.label) or not str(kind.sentence) or not kind.icon:
        raise HookError(f"kind {kind.name} lacks label, sentence or icon")


def _reactor_check(reactor: Reactor) -> None:
    if reactor.when not in {"now", "later"}:
        raise HookError(f"a reactor runs now or later, not {reactor.when}")
    callable_check(reactor.run)


interaction_kinds: Hook[Kind] = Hook(
    "journeys.interaction_kinds",
    ("kind",),
    "A kind of the timeline: label, icon, sentence, payload fields, sensitivity, retention, erase.",
    _kind_check,
)
on_interaction: Hook[Reactor] = Hook(
    "journeys.on_interaction",
    ("interactions",),
    "Work on facts of one kind: now (in the transaction) or later (a leased row, worked by a worker).",
    _reactor_check,
)
