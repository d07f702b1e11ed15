"""Rule 2, without imports: models, SQL and templates named by string, and foreign keys, follow the order too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.order import APPS, RANK
from tests.architecture.tree import Finding, Module, Tree, docstrings, keyword, last_name, text_of

RELATIONS = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})
DOTTED = re.compile(rf"^({'|'.join(APPS)})(\.\w+)+$")
TEMPLATE = re.compile(rf"^({'|'.join(APPS)})/[\w/.-]+\.html$")
TABLE = re.compile(rf'\b(?:FROM|JOIN|INTO|UPDATE|ON|TABLE)\s+(?:ONLY\s+)?"?({"|".join(APPS)})_\w+', re.IGNORECASE)
IN_TEMPLATE = re.compile(rf"{{%\s*(?:include|extends)\s+[\"']({'|'.join(APPS)})/")


def strings(tree: Tree) -> list[Finding]:
    """No string names a model, module, table or template of a higher app; config.lib names no app at all."""
    found = []
    for module in tree.of(*APPS, "config"):
        rank = -1 if module.name.startswith("config.lib") else RANK.get(module.app, len(APPS))
        words = docstrings(module)
        for node in module.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
                found += [Finding(module.path, line, f"names {name}") for line, name in _above(node, node.value, rank)]
    return found


def _above(node: ast.Constant, value: str, rank: int) -> Iterator[tuple[int, str]]:
    for pattern in (DOTTED, TEMPLATE):
        match = pattern.match(value)
        if match and RANK[match[1]] > rank:
            yield node.lineno, value
    for match in TABLE.finditer(value):
        if RANK[match[1]] > rank:
            yield node.lineno + value.count("\n", 0, match.start()), match[0]


def get_model(tree: Tree) -> list[Finding]:
    """No get_model and no get_app_config, except in a migration for its own or a lower app."""
    found = []
    for module in tree.of(*APPS, "config"):
        for node in module.nodes:
            if not isinstance(node, ast.Call) or last_name(node.func) not in {"get_model", "get_app_config"}:
                continue
            app = text_of(node.args[0]).split(".")[0] if node.args else ""
            is_downward = app not in RANK or RANK[app] <= RANK.get(module.app, -1)
            if not (module.layer == "migrations" and app and is_downward):
                found.append(module.found(node, "looks a model up by name; import it, or offer a hook"))
    return found


def related_names(tree: Tree) -> list[Finding]:
    """A foreign key into a lower app has related_name="+": the lower model must not grow names of higher rooms."""
    found = []
    for module, call in relations(tree):
        target = app_of(tree, module, related(call))
        if target in RANK and RANK[target] < RANK[module.app] and text_of(keyword(call, "related_name")) != "+":
            found.append(module.found(call, f'a relation into {target} needs related_name="+"'))
        if target in RANK and RANK[target] > RANK[module.app]:
            found.append(module.found(call, f"a relation up into {target}"))
    return found


def cascades(tree: Tree) -> list[Finding]:
    """No CASCADE touches an append-only table: neither a key into one nor a key of one."""
    kept = {
        (module.app, node.name)
        for module in tree.of(*APPS)
        for node in module.nodes
        if isinstance(node, ast.ClassDef) and "AppendOnlyQuerySet" in ast.dump(ast.Module(node.body, []))
    }
    found = []
    for module in tree.of(*APPS):
        for owner in (node for node in module.nodes if isinstance(node, ast.ClassDef)):
            for call in _relations_in(owner):
                aimed = _class_of(module, related(call), owner)
                cascading = last_name(keyword(call, "on_delete") or _second(call)) == "CASCADE"
                if cascading and {(app_of(tree, module, related(call)), aimed), (module.app, owner.name)} & kept:
                    found.append(module.found(call, "a CASCADE would delete append-only rows"))
    return found


def templates(tree: Tree) -> list[Finding]:
    """A template includes and extends templates of its own app, of lower apps and of none only."""
    found = []
    for file in sorted((tree.root / "templates").rglob("*.html")):
        path = file.relative_to(tree.root).as_posix()
        rank = RANK.get(path.split("/")[1], -1)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found += [
                Finding(path, number, f"uses a template of {match[1]}")
                for match in IN_TEMPLATE.finditer(line)
                if RANK[match[1]] > rank
            ]
    return found


def relations(tree: Tree) -> Iterator[tuple[Module, ast.Call]]:
    """Yield every relation declared in a models package."""
    for module in tree.of(*APPS):
        if module.layer == "models":
            yield from ((module, call) for call in _relations_in(module.syntax))


def related(call: ast.Call) -> ast.expr:
    """Return what a relation points to."""
    return keyword(call, "to") or (call.args[0] if call.args else ast.Constant(""))


def app_of(tree: Tree, module: Module, target: ast.expr) -> str:
    """Return the app of a relation's target, given as class, string or setting."""
    text = text_of(target)
    if text:
        return text.split(".")[0] if "." in text else module.app
    name = module.full_name(target)
    if name.endswith("AUTH_USER_MODEL"):
        return "customers"
    return tree.home(name).split(".")[0] if "." in name else module.app


def _relations_in(node: ast.AST) -> list[ast.Call]:
    return [call for call in ast.walk(node) if isinstance(call, ast.Call) and last_name(call.func) in RELATIONS]


def _class_of(module: Module, target: ast.expr, owner: ast.ClassDef) -> str:
    text = text_of(target)
    if text == "self":
        return owner.name
    return text.split(".")[-1] if text else module.full_name(target).split(".")[-1]


def _second(call: ast.Call) -> ast.expr:
    return call.args[1] if len(call.args) > 1 else ast.Constant("")
