"""Code that breaks a rule on purpose. Lines that a rule must find end in BAD; every other line it must leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

MARK = "BAD"


@dataclass(frozen=True)
class Plant:
    """A small source tree for one rule: path -> source. Without a mark it is harmless and must yield nothing."""

    rule: str
    name: str
    files: dict[str, str]

    @property
    def id(self) -> str:
        """How pytest calls it."""
        return f"{self.rule}: {self.name}"

    @property
    def marked(self) -> set[tuple[str, int]]:
        """The (path, line) pairs that must be found."""
        return {
            (path, number)
            for path, source in self.files.items()
            for number, line in enumerate(dedent(source).splitlines(), 1)
            if MARK in line
        }

    def grow(self, root: Path) -> Path:
        """Write the tree below `root`, with the packages it needs, and return it."""
        for path, source in self.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if path.endswith(".py"):
                for folder in file.parents:
                    if folder != root and root in folder.parents:
                        (folder / "__init__.py").touch()
            file.write_text(dedent(source), encoding="utf-8")
        return root
