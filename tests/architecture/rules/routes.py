"""Rule 6: each address of the resolver has its policy row, its cells in the matrix and its query budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern
from django.views.generic import RedirectView

from customers.access import NOBODY, Rule

UNSPOKEN = frozenset({"HEAD", "OPTIONS", "TRACE"})
Table = Mapping[str, Mapping[str, Rule]]


@dataclass(frozen=True)
class Route:
    """One address: its namespaced name (empty: none), the methods and permissions of its class, if it has one."""

    name: str
    where: str
    methods: frozenset[str] | None = None
    permissions: tuple[Any, ...] | None = None
    authentications: tuple[Any, ...] | None = None
    is_redirect: bool = False


def route_of(name: str, pattern: URLPattern) -> Route:
    """Return what can be known about an address without calling it. A plain function tells no methods."""
    view = pattern.callback
    kind: Any = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return Route(
        name=name,
        where=str(pattern.pattern),
        methods=_methods(kind) if kind else None,
        permissions=tuple(kind.permission_classes) if hasattr(kind, "permission_classes") else None,
        authentications=tuple(kind.authentication_classes) if hasattr(kind, "authentication_classes") else None,
        # The admin's `<id>/` and its catch-all, which only knows 404 and the missing slash.
        is_redirect=bool(kind and issubclass(kind, RedirectView)) or view.__name__ == "catch_all_view",
    )


def unequal(routes: Iterable[Route], table: Table) -> list[str]:
    """Return where resolver and policy table differ, by name and by method."""
    found = list(routes)
    named = {route.name: route for route in found if route.name}
    told = [f"{route.where} has no name" for route in found if not route.name and not route.is_redirect]
    told += [f"{name} has no policy row" for name in sorted(set(named) - set(table))]
    told += [f"policy row {name} names no address" for name in sorted(set(table) - set(named))]
    for name in sorted(set(named) & set(table)):
        methods = named[name].methods
        if methods is not None and methods != set(table[name]):
            told.append(f"{name} answers {sorted(methods)}, its policy rows say {sorted(table[name])}")
    return told


def weakened(routes: Iterable[Route], *, permission: Any, authentication: Any, open_to_all: set[str]) -> list[str]:
    """Return the API classes that do not ask the policy table, or know their caller, as all others do."""
    return [
        f"{route.name} has permissions {route.permissions} and authentication {route.authentications}"
        for route in routes
        if route.permissions is not None
        and (route.permissions, route.authentications)
        != (((), ()) if route.name in open_to_all else ((permission,), (authentication,)))
    ]


def cells(table: Table, members: Iterable[str]) -> set[tuple[str, str, str]]:
    """Return every (route, method, member) the permission matrix must call."""
    who = list(members)
    return {(name, method, member) for name, rules in table.items() for method in rules for member in who}


def budgeted(table: Table) -> set[str]:
    """Return every "METHOD route" that renders or writes for somebody: GET and POST that are not closed to all."""
    return {
        f"{method} {name}"
        for name, rules in table.items()
        for method, rule in rules.items()
        if method in {"GET", "POST"} and rule.capability != NOBODY
    }


def difference(found: set[Any], wanted: set[Any]) -> list[str]:
    """Return what is missing and what is too much, in words."""
    missing = [f"missing: {entry}" for entry in sorted(wanted - found)]
    return missing + [f"not needed: {entry}" for entry in sorted(found - wanted)]


def _methods(kind: Any) -> frozenset[str]:
    return frozenset(name.upper() for name in kind.http_method_names if hasattr(kind, name)) - UNSPOKEN
