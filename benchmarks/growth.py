"""How much slower a page is in the large database than in a small one. Customers with as many rows in both."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import replay, serving, table
from benchmarks.databases import Databases
from benchmarks.table import Row


@dataclass(frozen=True)
class Pair:
    """Two servers: one over the large database, one over the other, whose alias and address stand beside it."""

    places: Databases
    alias: str
    address: str
    many: int
    few: int


@contextmanager
def pair(places: Databases, *, beside: str) -> Iterator[Pair]:
    """Serve the large database and the one named `small` or `tiny`."""
    address = {"small": places.small, "tiny": places.tiny}[beside]
    with serving.server(database=places.large) as many, serving.server(database=address) as few:
        yield Pair(places, beside, address, many, few)


def row(
    what: str,
    servers: Pair,
    *,
    username: str,
    paths: Callable[[str], Sequence[str]],
    bar: float,
    figure: Callable[[list[float]], float] = statistics.median,
) -> Row:
    """Measure `paths` of both databases, rounds interleaved; `figure` makes one number of a round."""
    big = serving.Client(port=servers.many, session=replay.session_of(username))
    little = serving.Client(port=servers.few, session=replay.session_of(username, using=servers.alias))
    wanted, wanted_there = paths(servers.places.large), paths(servers.address)
    serving.seconds_each(big, wanted)
    serving.seconds_each(little, wanted_there)
    sides = table.interleaved(
        lambda _round: figure(serving.seconds_each(big, wanted)),
        lambda _round: figure(serving.seconds_each(little, wanted_there)),
    )
    for client in (big, little):
        client.close()
    return table.at_most(what, *sides, bar=bar)
