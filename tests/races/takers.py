"""One process that asks the limiter many times, as soon as it is told to. Started by test_limits.

`python -m tests.races.takers atomic|stale TAKES LIMIT`
"""

from __future__ import annotations

import sys
import time

import django


def main(how: str, takes: int, limit: int) -> None:
    """Say that we are ready, wait for the word, take, and add up how often we were let through."""
    django.setup()
    from django.core.cache import cache

    from config.lib import limits
    from config.lib.errors import TooMany

    def atomic() -> bool:
        try:
            limits.take("race", "somebody", limit=limit, seconds=600)
        except TooMany:
            return False
        return True

    def stale() -> bool:
        used = cache.get("takers.used", 0)
        time.sleep(0.002)  # what a request does between looking and counting
        cache.set("takers.used", used + 1)
        return bool(used < limit)

    take = {"atomic": atomic, "stale": stale}[how]
    cache.incr("takers.ready")
    while not cache.get("takers.go"):
        time.sleep(0.002)
    cache.incr("takers.allowed", sum(take() for _number in range(takes)))
    cache.incr("takers.done")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
