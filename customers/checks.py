"""Checks at start: a door without a policy does not open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from customers.access import CAPABILITIES, NOBODY, PUBLIC, ROUTES


def named_routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield (namespaced name, pattern) of every URL; the name is empty for one that has none."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inside = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from named_routes(entry, inside)
        else:
            yield (f"{prefix}{entry.name}" if entry.name else "", entry)


@register()
def every_route_has_a_policy(app_configs: Any, **kwargs: Any) -> list[Error]:
    """E001: a route without a row. E002: a row without a route. E003: a row that needs an unknown capability."""
    found = {name or str(pattern.pattern) for name, pattern in named_routes() if not _is_redirect(name, pattern)}
    problems = [
        Error(f"Route {name} has no row in customers.access.ROUTES.", id="yorisoi.E001")
        for name in sorted(found - set(ROUTES))
    ]
    problems += [Error(f"Policy row {name} names no route.", id="yorisoi.E002") for name in sorted(set(ROUTES) - found)]
    needed = {rule.capability for rules in ROUTES.values() for rule in rules.values()}
    problems += [
        Error(f"Capability {name} is not in customers.access.CAPABILITIES.", id="yorisoi.E003")
        for name in sorted(needed - set(CAPABILITIES) - {NOBODY, PUBLIC})
    ]
    return problems


def _is_redirect(name: str, pattern: URLPattern) -> bool:
    """The admin's old `<id>/` addresses redirect to `_change`; its unnamed catch-all answers 404 only."""
    return not name and str(pattern.pattern) in {"<path:object_id>/", "(?P<url>.*)$"}
