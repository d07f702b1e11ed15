"""Rule 8 of the style guide: a model explains itself, prints, sorts, and names its constraints."""

from __future__ import annotations

import ast

from tests.architecture.order import APPS
from tests.architecture.tree import Finding, Module, Tree, keyword, last_name

NAMED = frozenset({"UniqueConstraint", "CheckConstraint", "ExclusionConstraint", "Index", "BrinIndex", "GinIndex"})
BASES = frozenset({"Model", "AbstractUser", "AbstractBaseUser"})


def model_form(tree: Tree) -> list[Finding]:
    """Every model has a docstring, __str__ and an ordering; constraints and indexes have names, checks have words."""
    found = []
    for module in tree.of(*APPS):
        if module.layer != "models":
            continue
        found += [
            module.found(node, f"{node.name} {told}")
            for node in module.syntax.body
            if isinstance(node, ast.ClassDef) and any(last_name(base) in BASES for base in node.bases)
            for told in _formless(node)
        ]
        found += _unnamed(module)
    return found


def _formless(node: ast.ClassDef) -> list[str]:
    meta = next((part for part in node.body if isinstance(part, ast.ClassDef) and part.name == "Meta"), None)
    options = {last_name(part.targets[0]) for part in (meta.body if meta else []) if isinstance(part, ast.Assign)}
    told = [] if ast.get_docstring(node) else ["has no docstring"]
    if "abstract" in options:
        return told
    if not any(isinstance(part, ast.FunctionDef) and part.name == "__str__" for part in node.body):
        told.append("has no __str__")
    if "ordering" not in options:
        told.append("has no ordering")
    return told + [f"uses {old}; name a constraint" for old in sorted(options & {"unique_together", "index_together"})]


def _unnamed(module: Module) -> list[Finding]:
    found = []
    for node in module.nodes:
        if not isinstance(node, ast.Call) or last_name(node.func) not in NAMED:
            continue
        if keyword(node, "name") is None:
            found.append(module.found(node, f"{last_name(node.func)} without a name"))
        if last_name(node.func) == "CheckConstraint" and keyword(node, "violation_error_message") is None:
            found.append(module.found(node, "CheckConstraint without words for whoever meets it"))
    return found
