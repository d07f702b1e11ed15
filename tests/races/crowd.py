"""Many callers at the same moment: real threads, a database connection each, released together.

Each round has a seed; it is printed, and `RACE_SEED=n` begins there again. The order in which threads start and the
pause each one makes come from it; what the machine makes of them does not.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

PATIENCE = 60.0
LONGEST_PAUSE = 0.002
FIRST_SEED = 20261120

# A few rounds each day, many in the long run.
rounds = pytest.mark.parametrize(
    "rounds", [pytest.param(3, id="few"), pytest.param(50, id="many", marks=pytest.mark.deep)]
)


@dataclass
class Outcome:
    """What one caller got: a value, or the error raised."""

    value: Any = None
    error: BaseException | None = None


def seeds(rounds: int) -> Iterator[int]:
    """Yield a printed seed per round: known ones in few rounds, new ones in many."""
    given = os.environ.get("RACE_SEED", "")
    first = int(given) if given else FIRST_SEED if rounds < 10 else secrets.randbelow(2**31)
    for seed in range(first, first + rounds):
        print(f"RACE_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
        yield seed


def at_once(actions: Sequence[Callable[[], Any]], *, seed: int = FIRST_SEED) -> list[Outcome]:
    """Run the actions at the same moment; return their outcomes in order. Fails when one is stuck."""
    chance = random.Random(seed)
    outcomes = [Outcome() for _action in actions]
    gate = threading.Barrier(len(actions))
    pauses = [chance.uniform(0, LONGEST_PAUSE) for _action in actions]

    def play(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(PATIENCE)
            time.sleep(pauses[number])
            outcomes[number].value = actions[number]()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            outcomes[number].error = error
        finally:
            connection.close()

    threads = [threading.Thread(target=play, args=(number,), daemon=True) for number in range(len(actions))]
    for thread in chance.sample(threads, len(threads)):
        thread.start()
    limit = time.monotonic() + PATIENCE
    for thread in threads:
        thread.join(max(0.0, limit - time.monotonic()))
    stuck = [number for number, thread in enumerate(threads) if thread.is_alive()]
    assert stuck == [], f"callers {stuck} are stuck"
    return outcomes


def values(outcomes: Sequence[Outcome]) -> list[Any]:
    """Return what the callers got. Raises the first error, if any."""
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return [outcome.value for outcome in outcomes]


def errors(outcomes: Sequence[Outcome]) -> list[BaseException]:
    """Return the errors raised, in the callers' order."""
    return [outcome.error for outcome in outcomes if outcome.error is not None]


class Meeting:
    """A rival injected at a chosen point: each thread waits there, once, until all have arrived."""

    def __init__(self, callers: int) -> None:
        self.gate = threading.Barrier(callers)
        self.mine = threading.local()

    def wait(self) -> None:
        """Wait for the others the first time a thread comes by; later times pass."""
        if not getattr(self.mine, "been", False):
            self.mine.been = True
            self.gate.wait(PATIENCE)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with the meeting in front of it."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return function(*args, **kwargs)

        return call
