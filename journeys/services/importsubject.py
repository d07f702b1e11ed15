"""What every kind of file has in common: which fields it may tell, how rows become things, how these are written.

Customers, stores, products, stock and orders each have one Subject; importbatches is one loop for all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from journeys.models import ImportRun
from journeys.services.importcolumns import Column, Field
from journeys.services.importrows import Lookups, Problem, RowReader, Told

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
TAKEN = (CREATED, UPDATED, UNCHANGED)
REFUSED = "refused:"


@dataclass(frozen=True)
class Terms:
    """What is known of a file beside its rows. `started_at` is None in the check."""

    run: str
    profile: str
    mode: str
    zone: ZoneInfo
    currency: str
    uploaded_at: datetime
    started_at: datetime | None

    @property
    def source(self) -> str:
        """Where things and facts of this file say they come from: a system numbers its own orders and products."""
        return f"import:{self.profile}" if self.profile else ""


def terms_of(run: ImportRun) -> Terms:
    """Return what a run says about its file."""
    return Terms(
        run=str(run.uuid),
        profile=run.profile,
        mode=run.mode,
        zone=ZoneInfo(run.zone),
        currency=run.currency,
        uploaded_at=run.created_at,
        started_at=run.started_at,
    )


@dataclass
class Read:
    """One row as read: what it tells, or its problems."""

    line: int
    told: Told | None
    problems: list[Problem]


@dataclass(frozen=True)
class Unit:
    """One thing of a file, from one row or from neighbours. Without a value it is refused as a whole.

    `key` is what the thing is called, in examples and problems.
    """

    lines: tuple[int, ...]
    key: str
    value: Any = None
    problems: tuple[tuple[int, Problem], ...] = ()


class Change(NamedTuple):
    """One field of an example: what we have (empty: nothing yet) and what the file says."""

    field: str
    before: str
    after: str


class Subject(ABC):
    """One kind of file.

    `needs`: of each of these groups of fields at least one must have a column. `repeated` is the reason for a row
    that stands in the file twice. `is_whole`: neighbours of one group are one thing, written together or not at all.
    """

    what: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]
    needs: ClassVar[tuple[tuple[str, ...], ...]]
    repeated: ClassVar[str] = "repeated"
    is_whole: ClassVar[bool] = False

    def needed(self, profile: str) -> tuple[tuple[str, ...], ...]:
        """Return `needs` for files of a profile, which may do without one."""
        return self.needs

    @abstractmethod
    def reader(self, columns: Sequence[Column], terms: Terms, lookups: Lookups) -> RowReader:
        """Return what reads this file's rows."""

    @abstractmethod
    def units(self, group: Sequence[Read], terms: Terms) -> list[Unit]:
        """Return the things that neighbouring rows tell."""

    @abstractmethod
    def plan(self, values: Sequence[Any], terms: Terms) -> list[str]:
        """Return for each thing created, updated, unchanged or refused:<code>. Writes nothing."""

    @abstractmethod
    def changes(self, values: Sequence[Any], terms: Terms) -> list[list[Change]]:
        """Return what each thing would change, field by field, for a few examples. Writes nothing."""

    @abstractmethod
    def write(self, values: Sequence[Any], ids: Sequence[str], terms: Terms) -> list[str]:
        """Write things that change something; return as `plan`. `ids` name each thing within the file for good."""


def alone(group: Sequence[Read], *, key: str) -> list[Unit]:
    """Return one unit a row, named by the field `key`: what most files are."""
    return [
        Unit(
            (read.line,),
            str((read.told or {}).get(key, "")),
            read.told or None,
            tuple((read.line, problem) for problem in read.problems),
        )
        for read in group
    ]
