"""Rule 1: down you call, up you hook. Imports follow the order of the rooms and, inside journeys, of its nouns."""

from __future__ import annotations

from collections.abc import Iterator

from tests.architecture.order import APPS, CODE, FRONTS, RANK, TIERS, WIRING, tier_of
from tests.architecture.tree import Finding, Import, Module, Tree


def _each(tree: Tree) -> Iterator[tuple[Module, Import]]:
    return ((module, entry) for module in tree.of(*CODE) for entry in module.imports)


def order_of_apps(tree: Tree) -> list[Finding]:
    """An app imports itself, the apps below it and config.lib; config.lib imports no app; only wiring knows them all.

    Counts imports inside functions, under TYPE_CHECKING and by importlib.
    """
    found = []
    for module, entry in _each(tree):
        words = _forbidden(module, entry.target)
        if words:
            found.append(Finding(module.path, entry.line, words))
    return found


def _forbidden(module: Module, target: str) -> str:
    app = target.split(".")[0]
    if not target:
        return "imports by a name that cannot be read here; only a settings.NAME may be imported so"
    if module.app in RANK:
        if app in RANK and RANK[app] > RANK[module.app]:
            return f"{module.app} imports {target} from above; offer a hook instead"
        if app == "config" and not target.startswith("config.lib"):
            return f"an app imports {target}; of config it may use config.lib only"
    elif app in RANK and module.name not in WIRING:
        return f"{module.name} imports {target}; of config only wiring knows the apps"
    elif module.name.startswith("config.lib") and app == "config" and not target.startswith("config.lib"):
        return f"config.lib imports {target}; it stands below everything"
    if target.startswith("config.launch") and not module.name.startswith("config.launch"):
        return f"imports {target}; the product does not know who started it"
    return f"the product imports {target}" if app in {"tests", "benchmarks"} else ""


def order_inside_journeys(tree: Tree) -> list[Finding]:
    """timeline <- catalog <- orders, carts, wishlists, instore, surveys <- insight, whatever the layer."""
    found = []
    for module in tree.of("journeys"):
        if {"migrations", "commands"} & set(module.path.split("/")):
            continue
        own = tier_of(_noun(module))
        found += [
            Finding(module.path, entry.line, f"{TIERS[own][0]} imports {home}, which stands above it in TIERS")
            for entry in module.imports
            for home in [tree.home(entry.target)]
            if home.startswith("journeys.") and _above(tree, home, own) and not _is_doorbell(module, entry, home)
        ]
    return found


def _noun(module: Module) -> str:
    return "__init__" if module.is_package else module.name.split(".")[-1]


def _above(tree: Tree, home: str, own: int) -> bool:
    target = tree.modules.get(home)
    return tier_of(_noun(target) if target else home.split(".")[-1]) > own


def fronts(tree: Tree) -> list[Finding]:
    """api, admin, views, panels, tasks, plugs, kinds and urls are entrances: only wiring and their package import them.

    Two exceptions: plugs.py imports its own app's panels, to register them; a service imports its own app's tasks
    inside the function that rings the doorbell.
    """
    found = []
    for module, entry in _each(tree):
        app, _dot, rest = tree.home(entry.target).partition(".")
        front = rest.split(".")[0]
        if app not in RANK or front not in FRONTS or _may_enter(module, entry, app, front):
            continue
        found.append(Finding(module.path, entry.line, f"imports {entry.target}, an entrance; put what you share lower"))
    return found


def _may_enter(module: Module, entry: Import, app: str, front: str) -> bool:
    if module.name in WIRING or (module.app == app and module.layer == front):
        return True
    if module.name == f"{app}.apps":
        return True
    is_address = front == "views" and module.name == f"{app}.urls"
    is_panel = front == "panels" and module.name == f"{app}.plugs"
    return is_address or is_panel or _is_doorbell(module, entry, f"{app}.{front}")


def _is_doorbell(module: Module, entry: Import, home: str) -> bool:
    return home == f"{module.app}.tasks" and entry.is_lazy and module.layer == "services" and module.app in APPS
