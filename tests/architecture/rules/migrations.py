"""Rule 2 for migrations: they depend downward only, and stand alone, so that old ones still run years later."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.order import APPS, RANK
from tests.architecture.tree import Finding, Module, Tree, last_name, text_of


def _migrations(tree: Tree) -> Iterator[Module]:
    return (module for module in tree.of(*APPS) if module.layer == "migrations" and not module.is_package)


def dependencies(tree: Tree) -> list[Finding]:
    """`dependencies` name own and lower apps, `run_before` own and higher ones: the graph follows the order."""
    found = []
    for module in _migrations(tree):
        for name, pair in _pairs(module):
            app = text_of(pair.elts[0])
            if app not in RANK:
                continue
            is_up = RANK[app] > RANK[module.app]
            if (is_up and name == "dependencies") or (RANK[app] < RANK[module.app] and name == "run_before"):
                found.append(module.found(pair, f"{name} of {module.app} names {app}, against the order"))
    return found


def standing_alone(tree: Tree) -> list[Finding]:
    """A migration imports no app; one that runs Python imports nothing of ours at all."""
    found = []
    for module in _migrations(tree):
        runs = any(isinstance(node, ast.Call) and last_name(node.func) == "RunPython" for node in module.nodes)
        ours = {*APPS, "config"} if runs else set(APPS)
        found += [
            Finding(module.path, entry.line, f"a migration imports {entry.target}; its code will change under it")
            for entry in module.imports
            if entry.target.split(".")[0] in ours
        ]
    return found


def _pairs(module: Module) -> Iterator[tuple[str, ast.Tuple]]:
    for node in module.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple):
            name = last_name(node.targets[0])
            if name in {"dependencies", "run_before"}:
                pairs = (entry for entry in node.value.elts if isinstance(entry, ast.Tuple) and entry.elts)
                yield from ((name, pair) for pair in pairs)
