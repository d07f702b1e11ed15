"""One line per measurement: ours beside its reference, the ratio, the bar, and whether it holds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEAD = ("what", "ours", "reference", "ratio", "bar", "holds")
ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """A measurement. `bar` is written out; `holds` is None where nothing was asked."""

    what: str
    ours: str
    reference: str
    ratio: str
    bar: str
    holds: bool | None


def interleaved(
    ours: Callable[[int], float], reference: Callable[[int], float], *, rounds: int = ROUNDS
) -> tuple[list[float], list[float]]:
    """Run both sides in turn, the first one changing each round; return their figures, a pair a round."""
    mine, theirs = [], []
    for number in range(rounds):
        if number % 2:
            theirs.append(reference(number))
            mine.append(ours(number))
        else:
            mine.append(ours(number))
            theirs.append(reference(number))
    return mine, theirs


def ratio(mine: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(mine, theirs, strict=True))


def spread(mine: Sequence[float], theirs: Sequence[float]) -> str:
    """Return the smallest and the largest ratio of a round."""
    each = [a / b for a, b in zip(mine, theirs, strict=True)]
    return f"{min(each):.2f} to {max(each):.2f}"


def at_most(what: str, mine: Sequence[float], theirs: Sequence[float], *, bar: float, slack: float = 0) -> Row:
    """A row of seconds: ours may take `bar` times the reference, or `slack` seconds more."""
    found = ratio(mine, theirs)
    more = statistics.median(a - b for a, b in zip(mine, theirs, strict=True))
    words = f"at most {bar:g}x" + (f" or + {slack * 1000:g} ms" if slack else "")
    is_held = found <= bar or bool(slack and more <= slack)
    return Row(what, _ms(mine), _ms(theirs), f"{found:.2f}x ({spread(mine, theirs)})", words, is_held)


def at_least(what: str, mine: Sequence[float], theirs: Sequence[float], *, bar: float, unit: str) -> Row:
    """A row of rates: ours must reach `bar` of the reference."""
    found = ratio(mine, theirs)
    rates = [f"{statistics.median(side):,.0f} {unit}/s" for side in (mine, theirs)]
    words = f"at least {bar:.0%}" if bar < 1 else f"at least {bar:g}x"
    shown = f"{found:.0%} ({spread(mine, theirs)})" if bar < 1 else f"{found:.2f}x ({spread(mine, theirs)})"
    return Row(what, *rates, shown, words, found >= bar)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def p95(seconds: Sequence[float]) -> float:
    """Return the 95th percentile."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def written(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [HEAD, *((r.what, r.ours, r.reference, r.ratio, r.bar, _word(r.holds)) for r in rows)]
    body = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([body[0], "|" + "---|" * len(HEAD), *body[1:]])


def _word(holds: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[holds]


def _ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.2f} ms"
