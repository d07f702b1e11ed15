"""This room's generated page: the policy table as somebody reads it who asks "who may what"."""

from __future__ import annotations

from config.lib.docpages import in_language, table
from customers import access
from customers.access import Rule, Scope, Sight
from customers.hooks import field_register
from customers.models import Role
from customers.models.staff import STORE_ROLES

REACH = {Scope.ALL: "all", Scope.STORE: "store", None: ""}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def access_page() -> str:
    """Roles, capabilities, routes and fields."""
    return "\n\n".join(
        [
            "# Access",
            "Everything here comes from `customers/access.py`, which pages, API, admin and jobs ask. What has no\n"
            "row is refused.",
            "## Roles",
            table(("Role", "In English", "In Japanese", "Belongs to a store"), _roles()),
            "## Capabilities by role",
            "`all` reaches every customer and store, `store` those of the own store. Empty: does not have it.",
            table(("Capability", *Role.values), _capabilities(list(Role.values))),
            "## Capabilities of jobs",
            table(("Capability", *_jobs()), _capabilities(_jobs(), only_held=True)),
            "## Routes",
            "What a route needs, by method. `public`: open to everyone. `nobody`: closed to everyone. `(404)`: who\n"
            "may not is told that there is nothing. An empty cell is a method the route does not have (405).",
            table(("Route", *METHODS), _routes()),
            "## Fields of a customer by role",
            "A role without a column here sees no field of a customer at all.",
            table(("Field", *access.FIELDS), _fields()),
        ]
    )


def personal_page() -> str:
    """Every table: what it is kept for and how long, and which of its columns tell about a person."""
    rows = [
        (f"`{held.model._meta.label}`", held.purpose, held.retention, _named(held.personal), _named(held.other))
        for held in field_register.values()
    ]
    return (
        "# Personal data\n\nEvery column of every table, from `customers/personal.py` and its like in each room.\n"
        "Personal columns tell about a customer or a member of staff. A customer gets her own rows from her page\n"
        '("Everything we hold").\n\n' + table(("Table", "Purpose", "Kept", "Personal columns", "Other columns"), rows)
    )


def _named(columns: str) -> str:
    return ", ".join(f"`{column}`" for column in columns.split())


def _roles() -> list[tuple[str, ...]]:
    return [
        (
            f"`{role.value}`",
            in_language("en", role.label),
            in_language("ja", role.label),
            "yes" if role in STORE_ROLES else "",
        )
        for role in Role
    ]


def _jobs() -> list[str]:
    named = {name for reach in access.CAPABILITIES.values() for name in reach}
    return sorted(named - set(Role.values))


def _capabilities(actors: list[str], *, only_held: bool = False) -> list[tuple[str, ...]]:
    return [
        (f"`{name}`", *(REACH[reach.get(actor)] for actor in actors))
        for name, reach in access.CAPABILITIES.items()
        if not only_held or set(actors) & set(reach)
    ]


def _routes() -> list[tuple[str, ...]]:
    return [
        (f"`{route}`", *(_needed(rules.get(method)) for method in METHODS)) for route, rules in access.ROUTES.items()
    ]


def _needed(rule: Rule | None) -> str:
    if rule is None:
        return ""
    name = {access.PUBLIC: "public", access.NOBODY: "nobody"}.get(rule.capability, f"`{rule.capability}`")
    return f"{name} (404)" if rule.hidden else name


def _fields() -> list[tuple[str, ...]]:
    names = list(dict.fromkeys(name for seen in access.FIELDS.values() for name in seen))
    return [(f"`{name}`", *(seen.get(name, Sight.HIDDEN).value for seen in access.FIELDS.values())) for name in names]
