"""A source tree, each file read and parsed once, and what its modules import. Used by every rule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FOLDERS = ("customers", "journeys", "loyalty", "campaigns", "support", "config", "tests", "benchmarks")
DYNAMIC = frozenset({"import_module", "import_string", "__import__"})


@dataclass(frozen=True, order=True)
class Finding:
    """One place where a rule is broken."""

    path: str
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words}"


@dataclass(frozen=True)
class Import:
    """One imported thing: its full dotted name, the local name it gives to `meaning`, whether inside a function.

    `target` is empty for a dynamic import whose name stands in a variable. `import a.b` gives the name `a` to `a`.
    """

    target: str
    bound: str
    meaning: str
    line: int
    is_lazy: bool


class Module:
    """One Python file: `path` relative to the root, dotted `name`, `app` and `layer` (its first two parts), syntax."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.source = source
        self.is_package = path.endswith("__init__.py")
        parts = path.removesuffix(".py").split("/")
        self.name = ".".join(parts[:-1] if self.is_package else parts)
        self.app = parts[0]
        self.layer = parts[1] if len(parts) > 1 else ""
        self.syntax = ast.parse(source, path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node, outermost first."""
        return list(ast.walk(self.syntax))

    @cached_property
    def imports(self) -> list[Import]:
        """Everything imported anywhere in the file, by statement or by call."""
        found: list[Import] = []
        for node, is_lazy in _with_depth(self.syntax, False):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    meaning = alias.name if alias.asname else alias.name.split(".")[0]
                    found.append(Import(alias.name, alias.asname or meaning, meaning, node.lineno, is_lazy))
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                for alias in node.names:
                    target = f"{base}.{alias.name}"
                    found.append(Import(target, alias.asname or alias.name, target, node.lineno, is_lazy))
            elif isinstance(node, ast.Call) and last_name(node.func) in DYNAMIC and node.args:
                found.append(Import(self._dynamic(node), "", "", node.lineno, is_lazy))
        return found

    @cached_property
    def bindings(self) -> dict[str, str]:
        """Local name -> full dotted name of what it means here."""
        return {entry.bound: entry.meaning for entry in self.imports if entry.bound}

    def full_name(self, node: ast.AST) -> str:
        """Return the full dotted name of `a.b.c` as imported here; empty when it is no plain name."""
        dotted = dotted_name(node)
        root, _dot, rest = dotted.partition(".")
        full = self.bindings.get(root, root)
        return f"{full}.{rest}" if rest else full

    def found(self, node: ast.AST, words: str) -> Finding:
        """Return a finding at a node."""
        return Finding(self.path, getattr(node, "lineno", 1), words)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
        kept = package[: len(package) - node.level + 1]
        return ".".join([*kept, *([node.module] if node.module else [])])

    def _dynamic(self, node: ast.Call) -> str:
        name = text_of(node.args[0])
        if name.startswith(".") and len(node.args) > 1:
            return f"{text_of(node.args[1])}{name}"
        if not name and dotted_name(node.args[0]).startswith("settings."):
            return dotted_name(node.args[0])
        return name


class Tree:
    """The Python files under a root, by dotted name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules: dict[str, Module] = {}
        for folder in FOLDERS:
            for file in sorted((root / folder).rglob("*.py")):
                module = Module(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
                self.modules[module.name] = module

    def of(self, *folders: str) -> Iterator[Module]:
        """Yield the modules below these top folders."""
        return (module for module in self.modules.values() if module.app in folders)

    def home(self, target: str) -> str:
        """Return the module that defines a full dotted name, through re-exports; the name itself when it is not ours.

        `journeys.models.Interaction` is at home in `journeys.models.interaction`.
        """
        seen: set[str] = set()
        while target not in self.modules and target not in seen:
            seen.add(target)
            owner, _dot, name = target.rpartition(".")
            if owner not in self.modules:
                return self.home(owner) if owner.split(".")[0] in FOLDERS and "." in owner else target
            if name not in self.modules[owner].bindings:
                return target if self.modules[owner].is_package else owner
            target = self.modules[owner].bindings[name]
        return target


def _with_depth(node: ast.AST, is_lazy: bool) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        yield child, is_lazy
        inside = is_lazy or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _with_depth(child, inside)


def dotted_name(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, else an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted_name(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def last_name(node: ast.AST) -> str:
    """Return the last name of `a.b(...).c` or `c`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str:
    """Return the value of a string literal, else an empty string."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return the value of a call's keyword argument, None when it is not given."""
    return next((entry.value for entry in call.keywords if entry.arg == name), None)


def docstrings(module: Module) -> set[int]:
    """Return the ids of the nodes that are docstrings."""
    return {
        id(node.body[0].value)
        for node in module.nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
