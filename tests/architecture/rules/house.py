"""House rules of the style guide that a reader of a change would otherwise have to remember."""

from __future__ import annotations

import ast
import re

from tests.architecture.order import APPS, CODE
from tests.architecture.tree import Finding, Module, Tree, dotted_name, last_name, text_of

BANNED = {
    "mark_safe": "mark_safe trusts text that somebody typed",
    "list_editable": "list_editable writes past the services",
    "csrf_exempt": "csrf_exempt opens a door",
}
ALL_FIELDS = "fields = '__all__' shows whatever is added later"
UNSAFE = re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off|\|\s*safeseq\b")
CLOCKS = frozenset(
    {"datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"}
    | {"django.utils.timezone.now"}
)
HALF_CLOCKS = frozenset({"django.utils.timezone.localdate", "django.utils.timezone.localtime"})


def words(tree: Tree) -> list[Finding]:
    """No list_editable, mark_safe, csrf_exempt, fields = "__all__", print, and no request's keys as keyword arguments.

    Only config/launch prints: it speaks to the person at the terminal.
    """
    found = []
    for module in tree.of(*CODE):
        for node in module.nodes:
            told = _banned(module, node)
            if told:
                found.append(module.found(node, told))
    return found


def _banned(module: Module, node: ast.AST) -> str:
    if isinstance(node, ast.Call) and last_name(node.func) == "print" and isinstance(node.func, ast.Name):
        return "" if module.name.startswith("config.launch") else "print; use a log or the command's stdout"
    if isinstance(node, ast.Call) and any(entry.arg is None and _is_request(entry.value) for entry in node.keywords):
        return "a request's keys become arguments: it may name any field"
    if isinstance(node, ast.Assign) and last_name(node.targets[0]) in {"fields", "list_editable"}:
        if text_of(node.value) == "__all__":
            return ALL_FIELDS
        return BANNED["list_editable"] if last_name(node.targets[0]) == "list_editable" else ""
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        return BANNED.get(last_name(node), "")
    return ""


def _is_request(node: ast.expr) -> bool:
    """`request.GET`, `self.request.data.dict()` and the like."""
    inner = node.func if isinstance(node, ast.Call) else node
    return "request" in dotted_name(inner).split(".")[:-1]


def clock(tree: Tree) -> list[Finding]:
    """Time comes from config.lib.clock.now(), so that tests and the demo can set it."""
    found = []
    for module in tree.of(*APPS):
        for node in module.nodes:
            if not isinstance(node, ast.Call):
                continue
            name = module.full_name(node.func)
            if name in CLOCKS or (name in HALF_CLOCKS and not node.args):
                found.append(module.found(node, f"{name}() reads the system's clock; use clock.now()"))
    return found


def unsafe_templates(tree: Tree) -> list[Finding]:
    """Templates escape everything."""
    return [
        Finding(file.relative_to(tree.root).as_posix(), number, "text goes out unescaped")
        for file in sorted((tree.root / "templates").rglob("*.html"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if UNSAFE.search(line)
    ]


def promises(tree: Tree) -> list[Finding]:
    """A public function of services and selectors has a docstring, full types, and names its arguments.

    At most one argument may be given by place; everything after it by name.
    """
    found = []
    for module in tree.of(*APPS):
        if module.layer not in {"services", "selectors"}:
            continue
        for node in module.syntax.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                found += [module.found(node, f"{node.name} {told}") for told in _unpromised(node)]
    return found


def _unpromised(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    placed = [*node.args.posonlyargs, *node.args.args]
    stars = [arg for arg in (node.args.vararg, node.args.kwarg) if arg]
    told = []
    if not ast.get_docstring(node):
        told.append("has no docstring")
    if node.returns is None or any(arg.annotation is None for arg in [*placed, *node.args.kwonlyargs, *stars]):
        told.append("is not fully typed")
    if len(placed) + (node.args.vararg is not None) > 1:
        told.append("takes more than one argument by place")
    return told
