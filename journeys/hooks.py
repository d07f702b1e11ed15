"""What this room lets the rooms above take part in. Receivers register from their `plugs.py` and `kinds.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

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
    payload may tell about the person. `speak` turns codes of the payload into words of the language in
    force. `is_browsing`: what she looked at or put into a cart online, which staff of a store read only with her
    consent to advice in the store. `ties`: she was served in the store, whose staff see her for 24 months.
    """

    name: str
    label: str | Promise
    icon: str
    sentence: str | Promise
    retention: timedelta | None
    fields: tuple[str, ...] = ()
    is_material: bool = True
    is_personal: bool = True
    is_browsing: bool = False
    ties: bool = False
    erase: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    speak: Callable[[dict[str, Any]], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Talk:
    """Something a clerk could say to this customer now, and the open act of hers (or ours) that is the reason.

    `key` names it for good (`promise:12`), so that an answer to it is kept. `priority` is one of prompts.Priority, low
    first. A commercial one is held back while a complaint is open. Words and reason never tell what she only looked at.
    """

    key: str
    priority: int
    label: str | Promise
    words: str
    reason: str
    reason_at: datetime | date
    is_commercial: bool = True


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


class BriefReader(Protocol):
    """Reads one more part of the clerk's brief, ready for JSON: what `floor.actor` may see of `floor.customer`."""

    def __call__(self, *, floor: Any) -> Any: ...


brief_part: Hook[BriefReader] = Hook(
    "journeys.brief_part",
    ("floor",),
    "A further part of the clerk's brief, named after the receiver: purchases, the cart, points. At most 1 query.",
    callable_check,
)
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
talk_prompt: Hook[Callable[..., Sequence[Talk]]] = Hook(
    "journeys.talk_prompt",
    ("floor",),
    "Candidates for what a clerk could say to this customer now: words, reason, priority, commercial or not.",
    callable_check,
)
