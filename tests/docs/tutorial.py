"""Reads docs/tutorial.md as a person would: edits named by the sentence above a block, and commands to run.

The sentences: "Create `path`:", "At the end of `path`, add:", "In `path`, above (below) the line `text`, add:",
"In `path`, replace the line `text` with:". `text` is a part of exactly one line of the file. A `sh` block is run.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SENTENCES = (
    ("create", re.compile(r"^Create `(?P<path>[^`]+)`:$")),
    ("append", re.compile(r"^At the end of `(?P<path>[^`]+)`, add:$")),
    ("above", re.compile(r"^In `(?P<path>[^`]+)`, above the line `(?P<text>[^`]+)`, add:$")),
    ("below", re.compile(r"^In `(?P<path>[^`]+)`, below the line `(?P<text>[^`]+)`, add:$")),
    ("replace", re.compile(r"^In `(?P<path>[^`]+)`, replace the line `(?P<text>[^`]+)` with:$")),
)


class Rotten(AssertionError):
    """The tutorial does not fit the repository any more."""


@dataclass(frozen=True)
class Edit:
    """One block to type into a file."""

    how: str
    path: str
    text: str
    code: str

    def apply(self, root: Path) -> None:
        """Type it. Raises Rotten when the file or the line is not as the tutorial says."""
        target = root / self.path
        if self.how == "create":
            if target.exists():
                raise Rotten(f"{self.path} exists already")
            target.write_text(self.code)
            return
        if not target.is_file():
            raise Rotten(f"{self.path} does not exist")
        lines = target.read_text().splitlines(keepends=True)
        if self.how == "append":
            target.write_text("".join(lines) + self.code)
            return
        found = [number for number, line in enumerate(lines) if self.text in line]
        if len(found) != 1:
            raise Rotten(f"{self.path}: {len(found)} lines hold {self.text!r}, the tutorial needs exactly one")
        at = found[0] + (self.how == "below")
        lines[at : at + (self.how == "replace")] = [self.code]
        target.write_text("".join(lines))


@dataclass(frozen=True)
class Command:
    """One line of a `sh` block."""

    line: str

    def settings(self) -> dict[str, str]:
        """Return the variables the line sets for its command."""
        words = shlex.split(self.line)
        return dict(word.split("=", 1) for word in words[: words.index("make")]) if "make" in words else {}

    def arguments(self) -> list[str]:
        """Return what Python is to run for it: the part of each make target that needs no server of its own."""
        words = shlex.split(self.line)[len(self.settings()) :]
        given = shlex.split(words[2].removeprefix("ARGS=")) if len(words) > 2 else []
        targets = {
            "manage": ["manage.py", *given],
            "docs": ["manage.py", "docs", *given],
            "test": ["-m", "pytest", "--ds=config.settings_test", "-q", *given],
        }
        if words[0] != "make" or words[1] not in targets:
            raise Rotten(f"the tutorial says {self.line!r}, which its test cannot run")
        return targets[words[1]]


def steps(page: str) -> Iterator[Edit | Command]:
    """Yield the steps of the page in order. Raises Rotten for a block whose sentence is none of ours."""
    for block in BLOCK.finditer(page):
        language, code = block[1], block[2]
        if language == "sh":
            yield from (Command(line) for line in code.splitlines())
            continue
        sentence = page[: block.start()].rstrip("\n").rpartition("\n")[2]
        yield _edit(sentence, code)


def _edit(sentence: str, code: str) -> Edit:
    for how, pattern in SENTENCES:
        match = pattern.match(sentence)
        if match:
            return Edit(how, match["path"], match.groupdict().get("text", ""), code)
    raise Rotten(f"a block follows {sentence!r}, which does not say where it goes")
