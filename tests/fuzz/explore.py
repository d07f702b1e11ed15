"""Trying many inputs: a known short slice each day, a long new one in the deep run.

The seed is printed; `FUZZ_SEED=n` plays the same inputs again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
FIRST_SEED = 20261120


@dataclass(frozen=True)
class Budget:
    """How many inputs a test tries, and whether they are the known ones."""

    examples: int
    is_known: bool


def budget(*, short: int, long: int) -> pytest.MarkDecorator:
    """Return the two runs of a fuzz test: `short` known inputs, and `long` new ones in the deep run."""
    return pytest.mark.parametrize(
        "budget",
        [
            pytest.param(Budget(short, is_known=True), id="slice"),
            pytest.param(Budget(long, is_known=False), id="long", marks=pytest.mark.deep),
        ],
    )


def explore(budget: Budget, inputs: SearchStrategy[T], check: Callable[[T], Any]) -> None:
    """Call `check` with many inputs. Raises what it raises, for the smallest input that makes it do so."""
    given_seed = os.environ.get("FUZZ_SEED", "")
    number = int(given_seed) if given_seed else FIRST_SEED if budget.is_known else secrets.randbelow(2**31)
    print(f"FUZZ_SEED={number}")  # noqa: T201 - pytest shows it with a failure

    @seed(number)
    @settings(
        max_examples=budget.examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs)
    def play(case: T) -> None:
        check(case)

    play()
