"""Pages of docs/ that say what is registered. Written by `manage.py docs`; a test keeps them fresh.

A room registers a page from its `plugs.py`. Pages are in English, with a Japanese column where there are words on
screen, and depend on nothing but the code and its catalogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import override

from config.lib import hooks
from config.lib.hooks import Hook, callable_check

NOTE = "<!-- Written by `make docs`. Do not edit: change the code instead. -->"

generated_page: Hook[Callable[[], str]] = Hook(
    "config.generated_page",
    (),
    "A page of docs/, named after the receiver: returns its Markdown.",
    callable_check,
)


def contents() -> dict[str, str]:
    """Return file name -> text of every page, by name. The language in force does not matter."""
    with override("en"):
        return {f"{plug.name}.md": f"{NOTE}\n\n{plug.value().rstrip()}\n" for plug in generated_page.plugs()}


def stale(folder: Path) -> list[str]:
    """Return the names of pages that are missing or differ from what would be written."""
    return [name for name, text in contents().items() if _read(folder / name) != text]


def write(folder: Path) -> list[str]:
    """Write the pages that differ and return their names."""
    folder.mkdir(exist_ok=True)
    names = stale(folder)
    texts = contents()
    for name in names:
        (folder / name).write_text(texts[name], encoding="utf-8")
    return names


def table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; bars and line breaks in cells are harmless."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def in_language(language: str, text: str | Promise) -> str:
    """Return a translatable text in a language."""
    with override(language):
        return str(text)


def hooks_page() -> str:
    """Every hook of the product with what is plugged in, in the order it runs."""
    rows = [
        (f"`{name}`", arguments, doc, ", ".join(f"`{plug}`" for plug in plugs) or "nobody yet")
        for name, arguments, doc, plugs in hooks.table()
    ]
    return (
        "# Hooks\n\nDown you call, up you hook. A room offers hooks in its `hooks.py`; rooms above it plug in from\n"
        "their `plugs.py` and `kinds.py`. Receivers stand in the order in which they run.\n\n"
        + table(("Hook", "A receiver is given", "Meaning", "Who plugs in"), rows)
    )


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
