"""This room's generated page: what may stand on the timeline, in both languages."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from config.lib.docpages import in_language, table
from journeys.hooks import Kind, interaction_kinds


def kinds_page() -> str:
    """Every registered kind: its words in English and Japanese, then its rules."""
    kinds = interaction_kinds.values()
    return "\n\n".join(
        [
            "# Kinds of the timeline",
            "A kind is what may stand on a customer's timeline under one name: a noun and a verb in the past.\n"
            "Registered at the hook `journeys.interaction_kinds`; to add one, see [the tutorial](tutorial.md).",
            "## Words",
            table(("Kind", "Label", "Label (ja)", "Sentence", "Sentence (ja)"), [_words(kind) for kind in kinds]),
            "## Rules",
            "Material: the next person who meets her must know, so her `context_seq` rises. Personal: text or\n"
            "payload may tell about her.",
            table(
                ("Kind", "Icon", "Payload", "Material", "Personal", "Kept", "What stays after erasure"),
                [_rules(kind) for kind in kinds],
            ),
        ]
    )


def _words(kind: Kind) -> tuple[str, ...]:
    words = [in_language(language, text) for text in (kind.label, kind.sentence) for language in ("en", "ja")]
    return (f"`{kind.name}`", *words)


def _rules(kind: Kind) -> tuple[str, ...]:
    return (
        f"`{kind.name}`",
        kind.icon,
        ", ".join(f"`{name}`" for name in kind.fields),
        "yes" if kind.is_material else "no",
        "yes" if kind.is_personal else "no",
        _kept(kind.retention),
        _stays(kind.erase),
    )


def _kept(retention: timedelta | None) -> str:
    return "as long as the customer" if retention is None else f"{retention.days} days"


def _stays(erase: Callable[[dict[str, Any]], dict[str, Any]] | None) -> str:
    return (inspect.getdoc(erase) or "").split("\n")[0] if erase else ""
