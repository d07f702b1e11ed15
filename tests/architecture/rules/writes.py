"""Rules 3 and 5: who may write. A room writes its own rows, in its services; others ask those services."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.order import APPS, RANK
from tests.architecture.rules.references import app_of, related, relations
from tests.architecture.tree import Finding, Module, Tree, docstrings, last_name

CREATES = frozenset({"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update"})
CHANGES = frozenset({"save", "update", "delete", "save_base"})
RELATED = frozenset({"add", "set", "remove", "clear"})
KEEPS_ROWS = frozenset({"list", "tuple", "sorted", "reversed", "set", "enumerate", "zip", "iter", "next"})
SQL = re.compile(
    rf'\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO)\s+(?:ONLY\s+)?"?({"|".join(APPS)})_',
    re.IGNORECASE,
)
FRONT_FILES = frozenset({"tasks", "forms", "plugs", "kinds", "access", "checks", "middleware"})
FRONT_PACKAGES = frozenset({"api", "admin", "views", "management", "selectors"})


def foreign_writes(tree: Tree) -> list[Finding]:
    """No app creates, saves, updates or deletes a lower app's rows, in Python or in SQL.

    Follows names inside a function (parameters by annotation, assignments, loops, what lower apps return) and foreign
    keys into lower apps.
    """
    keys = _keys_down(tree)
    found = []
    for module in tree.of(*APPS):
        found += _foreign_sql(module)
        for scope in _scopes(module):
            known = _Known(tree, module, scope)
            for call in _own_calls(scope):
                if is_write(call) and known.is_foreign(call.func, keys.get(module.app, frozenset())):
                    found.append(module.found(call, f"{last_name(call.func)} on a lower app's rows; call its service"))
    return found


def thin_fronts(tree: Tree) -> list[Finding]:
    """api, admin, views, tasks, commands, forms, plugs and selectors write nothing: they call one service each."""
    return [
        module.found(node, f"{last_name(node.func)} outside services/; one service call instead")
        for module in tree.of(*APPS)
        if module.layer in FRONT_FILES | FRONT_PACKAGES
        for node in module.nodes
        if isinstance(node, ast.Call) and is_write(node) and not _asks_service(tree, module, node)
    ]


def saves(tree: Tree) -> list[Finding]:
    """A row is saved by named fields, or inserted: `save(update_fields=...)` or `save(force_insert=True)`."""
    return [
        module.found(node, "save() of a whole row overwrites what others changed; name the fields")
        for module in tree.of(*APPS)
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not node.args
        and not any(entry.arg in {None, "update_fields", "force_insert"} for entry in node.keywords)
    ]


def is_write(call: ast.Call) -> bool:
    """Return whether a call looks like Django's writing. dict.update(x) and cache.delete(key) have a plain argument."""
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr.removeprefix("a") if call.func.attr in {"asave", "adelete", "aupdate"} else call.func.attr
    if name in CREATES or name.removeprefix("a") in CREATES:
        return True
    if name == "save":
        return not call.args
    if name in {"update", "delete"}:
        return not call.args
    return name in RELATED and isinstance(call.func.value, ast.Attribute) and _is_manager(call.func.value)


def _asks_service(tree: Tree, module: Module, call: ast.Call) -> bool:
    """`orders.create(...)` is a service's function when `orders` is imported from services."""
    return tree.home(module.full_name(call.func)).split(".")[1:2] == ["services"]


def _is_manager(node: ast.Attribute) -> bool:
    """`.add` and the like count on `customer.identities`, not on `self.seen`."""
    return isinstance(node.value, ast.Name) and node.value.id not in {"self", "cls"}


def _foreign_sql(module: Module) -> list[Finding]:
    words = docstrings(module)
    return [
        Finding(module.path, node.lineno + node.value.count("\n", 0, match.start()), f"{match[0]}: a lower app's table")
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words
        for match in SQL.finditer(node.value)
        if RANK[match[1]] < RANK[module.app]
    ]


def _keys_down(tree: Tree) -> dict[str, frozenset[str]]:
    """App -> names of its foreign keys into lower apps."""
    names: dict[str, set[str]] = {}
    calls = {id(call): (module, call) for module, call in relations(tree)}
    for module in tree.of(*APPS):
        for node in module.nodes:
            if isinstance(node, ast.Assign) and id(node.value) in calls:
                target = app_of(tree, module, related(calls[id(node.value)][1]))
                if target in RANK and RANK[target] < RANK[module.app]:
                    names.setdefault(module.app, set()).add(last_name(node.targets[0]))
    return {app: frozenset(found) for app, found in names.items()}


Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def _scopes(module: Module) -> Iterator[Scope]:
    return (node for node in module.nodes if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef))


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own_nodes(child)


def _own_calls(scope: Scope) -> list[ast.Call]:
    return [node for node in _own_nodes(scope) if isinstance(node, ast.Call)]


class _Known:
    """Which names of one function hold a lower app's model, queryset or row."""

    def __init__(self, tree: Tree, module: Module, scope: Scope) -> None:
        self.tree, self.module = tree, module
        self.names: set[str] = set()
        if not isinstance(scope, ast.Module):
            arguments = scope.args
            for arg in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
                self._learn_annotation(arg.arg, arg.annotation)
        for _round in range(2):  # a loop may use a name that is assigned further down
            for node in _own_nodes(scope):
                self._learn(node)

    def is_foreign(self, node: ast.AST, keys: frozenset[str] = frozenset()) -> bool:
        """Return whether an expression starts from a lower app's model or row, or passes a key into a lower app."""
        if isinstance(node, ast.Attribute):
            inner = node.value
            passes = isinstance(inner, ast.Attribute) and inner.attr in keys
            return passes or self._is_model(node) or self.is_foreign(inner, keys)
        if isinstance(node, ast.Call):
            if last_name(node.func) in KEEPS_ROWS and isinstance(node.func, ast.Name):
                return any(self.is_foreign(arg, keys) for arg in node.args)
            is_method = isinstance(node.func, ast.Attribute) and self.is_foreign(node.func, keys)
            return self._is_model(node.func) or self._is_answer(node.func) or is_method
        if isinstance(node, ast.Subscript | ast.Await | ast.Starred):
            return self.is_foreign(node.value, keys)
        return isinstance(node, ast.Name) and (node.id in self.names or self._is_model(node))

    def _is_model(self, node: ast.AST) -> bool:
        return self._layer_below(node) == "models" and last_name(node)[:1].isupper()

    def _is_answer(self, function: ast.AST) -> bool:
        """What a lower app's selector or service returns is a lower app's row, as far as one can tell from here."""
        return self._layer_below(function) in {"selectors", "services"}

    def _layer_below(self, node: ast.AST) -> str:
        app, _dot, rest = self.tree.home(self.module.full_name(node)).partition(".")
        return rest.split(".")[0] if app in RANK and RANK[app] < RANK[self.module.app] else ""

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self._learn_annotation(node.target.id, node.annotation)
        elif isinstance(node, ast.Assign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if self.is_foreign(node.value):
                self.names |= {name for target in targets for name in _names(target)}
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            if self.is_foreign(node.iter):
                self.names |= set(_names(node.target))
        elif isinstance(node, ast.withitem) and node.optional_vars and self.is_foreign(node.context_expr):
            self.names |= set(_names(node.optional_vars))

    def _learn_annotation(self, name: str, annotation: ast.expr | None) -> None:
        if annotation is None:
            return
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        parts = [node for node in ast.walk(annotation) if isinstance(node, ast.Name | ast.Attribute)]
        if any(self._is_model(part) for part in parts):
            self.names.add(name)


def _names(target: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
