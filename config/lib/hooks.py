"""Up by hook: the one way a lower room lets a higher one take part.

An app declares hooks in its `hooks.py` (`customer_panel = Hook("customers.customer_panel", ...)`), higher apps plug in
from their `plugs.py`, imported in `AppConfig.ready()`. Every hook is listed by `manage.py hooks` and in docs/hooks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class HookError(Exception):
    """A hook or plug is declared wrongly. Raised at start, never during a request."""


@dataclass(frozen=True)
class Plug(Generic[T]):
    """One registered receiver: its unique name within the hook, its order (low first) and its value."""

    name: str
    order: int
    value: T


REGISTRY: dict[str, Hook[Any]] = {}


@dataclass
class Hook(Generic[T]):
    """A named place others plug into. `check` runs at registration and raises HookError on a wrong value.

    `arguments` names what a receiver is given (for the printed table); receivers come ordered by (order, name).
    """

    name: str
    arguments: tuple[str, ...]
    doc: str
    check: Callable[[T], None]
    _plugs: dict[str, Plug[T]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name in REGISTRY:
            raise HookError(f"hook {self.name} is declared twice")
        if not self.doc.strip():
            raise HookError(f"hook {self.name} has no docstring")
        REGISTRY[self.name] = self

    def register(self, name: str, value: T, *, order: int = 100) -> None:
        """Add a receiver. Raises HookError for a name already taken or a value the check refuses."""
        if name in self._plugs:
            raise HookError(f"{name} is registered twice in {self.name}")
        self.check(value)
        self._plugs[name] = Plug(name, order, value)

    @contextmanager
    def register_temporarily(self, name: str, value: T, *, order: int = 100) -> Iterator[None]:
        """Register inside the block only. For tests."""
        self.register(name, value, order=order)
        try:
            yield
        finally:
            del self._plugs[name]

    def plugs(self) -> list[Plug[T]]:
        """Return the receivers, lowest order first, then by name."""
        return sorted(self._plugs.values(), key=lambda plug: (plug.order, plug.name))

    def values(self) -> list[T]:
        """Return the receivers' values in order."""
        return [plug.value for plug in self.plugs()]


def table() -> list[tuple[str, str, str, list[str]]]:
    """Return (hook, arguments, doc, plug names in order) for each hook, by name."""
    return [
        (name, ", ".join(hook.arguments), hook.doc, [plug.name for plug in hook.plugs()])
        for name, hook in sorted(REGISTRY.items())
    ]


def callable_check(value: object) -> None:
    """A check for hooks whose receivers are plain callables."""
    if not callable(value):
        raise HookError(f"{value!r} is not callable")
