"""SQL that invents values: the same ones for the same numbers, on every machine. Called by the fillers of bench rows.

What goes in are expressions of ours, never values.
"""

from __future__ import annotations


def drawn(*, what: str, salt: int) -> str:
    """Return SQL for a number from 0 to 2,147,483,647 drawn for an integer; another one for another salt."""
    return f"(hashint8extended(({what})::bigint, {salt}) & 2147483647)"


def uuid_of(*, at: str, what: str) -> str:
    """Return SQL for a version 7 uuid of a moment, the same one for the same text."""
    stamp = f"lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0')"
    tail = f"md5({what})"
    return f"({stamp} || '7' || substr({tail}, 1, 3) || '8' || substr({tail}, 4, 15))::uuid"
