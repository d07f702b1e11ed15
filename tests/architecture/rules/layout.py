"""The tree of architecture.md: five rooms with the same skeleton, hooks and plugs in their files."""

from __future__ import annotations

import ast

from tests.architecture.order import APP_FILES, APP_PACKAGES, APPS, CODE, REGISTRARS
from tests.architecture.tree import Finding, Module, Tree, last_name, text_of

HOOK_HOMES = {**{f"{app}.hooks": app for app in APPS}, "config.lib.docpages": "config"}


def skeleton(tree: Tree) -> list[Finding]:
    """No sixth app; an app consists of known files and packages; its tests stand in tests/."""
    found = [
        Finding(file.relative_to(tree.root).as_posix(), 1, "a sixth app")
        for file in sorted(tree.root.glob("*/apps.py"))
        if file.parent.name not in CODE
    ]
    odd: dict[str, str] = {}
    for module in tree.of(*APPS):
        app, part = module.path.split("/")[:2]
        allowed = APP_FILES if part.endswith(".py") else APP_PACKAGES
        if part.removesuffix(".py") not in allowed:
            odd.setdefault(f"{app}/{part}", module.path)
    return found + [Finding(path, 1, f"{part} is no part of an app's skeleton") for part, path in odd.items()]


def hook_places(tree: Tree) -> list[Finding]:
    """A hook is declared in its app's hooks.py under `<app>.<name>`; receivers register from plugs, kinds, panels."""
    found = []
    for module in tree.of(*CODE):
        for node in module.nodes:
            if isinstance(node, ast.Call):
                words = _misplaced(tree, module, node)
                if words:
                    found.append(module.found(node, words))
    return found


def _misplaced(tree: Tree, module: Module, call: ast.Call) -> str:
    name = last_name(call.func)
    if tree.home(module.full_name(call.func)) == "config.lib.hooks" and name == "Hook":
        return _badly_declared(module, call)
    if name not in {"register", "register_temporarily"} or not isinstance(call.func, ast.Attribute):
        return ""
    if tree.home(module.full_name(call.func.value)) not in HOOK_HOMES:
        return ""
    if name == "register_temporarily":
        return "registers a receiver for a while; that is for tests"
    if module.layer in REGISTRARS:
        return ""
    return "registers a receiver outside plugs.py, kinds.py and panels/"


def _badly_declared(module: Module, call: ast.Call) -> str:
    if module.name not in HOOK_HOMES:
        return "declares a hook outside an app's hooks.py"
    name = text_of(call.args[0]) if call.args else ""
    bound = next(
        (node.target if isinstance(node, ast.AnnAssign) else node.targets[0])
        for node in module.nodes
        if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is call
    )
    expected = f"{HOOK_HOMES[module.name]}.{last_name(bound)}"
    return "" if name == expected else f"the hook {name} is bound to {expected}"
