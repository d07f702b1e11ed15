"""One row of a file -> what it tells, or every reason why it cannot be taken. No queries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from customers.models import Store
from customers.services import names
from journeys.services import importcells
from journeys.services.importcells import Refusal
from journeys.services.importcolumns import Column
from journeys.services.importfiles import BLANKS, Row

Told = dict[str, Any]
Parser = Callable[[str], Told]
JOINT = "\x1f"


class Problem(NamedTuple):
    """One reason: the column as the file calls it (empty: the whole row), what the cell says, the code."""

    column: str
    value: str
    code: str


@dataclass(frozen=True)
class Lookups:
    """What rows are compared with: stores by folded code or name, and today in the stores' time zone."""

    stores: Mapping[str, int]
    today: date


def store_keys(stores: Sequence[Store]) -> dict[str, int]:
    """Return store ids by code and, where only one store has it, by name. Codes win over names."""
    by_name: dict[str, int] = {}
    for store in stores:
        for name in {names.fold(store.name_ja), names.fold(store.name_en)} - {""}:
            by_name[name] = store.pk if by_name.get(name, store.pk) == store.pk else 0
    by_code = {names.fold(store.code): store.pk for store in stores}
    return {name: pk for name, pk in by_name.items() if pk} | by_code


def store_id(text: str, *, stores: Mapping[str, int]) -> int:
    """Return the store a cell names by code or name. Raises Refusal (`store_unknown`)."""
    found = stores.get(names.fold(text))
    if found is None:
        raise Refusal("store_unknown")
    return found


class RowReader:
    """Reads the rows of one file: each used column through its field's parser. A blank cell tells nothing.

    `needed` fields may not be blank. `once` names the fields by which a row must not stand in the file again, `group`
    the field whose neighbours of one value belong together.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        parsers: Mapping[str, Parser],
        *,
        needed: Collection[str] = (),
        once: Sequence[str] = (),
        group: str = "",
    ) -> None:
        self._width = len(columns)
        self._used = [(number, column) for number, column in enumerate(columns) if column.field in parsers]
        self._at = {column.field: number for number, column in self._used}
        self._parsers = parsers
        self._needed = needed
        self._once = [field for field in once if field in self._at]
        self._group = group if group in self._at else ""
        self.once_column = next((column.name for _at, column in self._used if column.field in self._once), "")

    def once(self, row: Row) -> str | None:
        """Return what the row must be alone with in its file, None when that is blank or cannot be read."""
        told = [self._text_of(row, field) for field in self._once]
        return JOINT.join(text or "" for text in told) if told and told[0] else None

    def group(self, row: Row) -> str | None:
        """Return what the row shares with its neighbours, None when it stands alone."""
        return self._text_of(row, self._group) if self._group else None

    def read(self, row: Row) -> Told | list[Problem]:
        """Return what the row tells, or all its problems in file order."""
        if row.is_torn:
            return [Problem("", row.cells[0], "torn")]
        extra = row.cells[self._width :]
        if any(cell.strip(BLANKS) for cell in extra):
            return [Problem("", str(len(row.cells)), f"cells_too_many:{self._width}")]
        if len(row.cells) < self._width:
            return [Problem("", str(len(row.cells)), f"cells_too_few:{self._width}")]
        told: Told = {}
        problems = []
        for at, column in self._used:
            try:
                told |= self._told(column.field, row.cells[at])
            except Refusal as refusal:
                problems.append(Problem(column.name, row.cells[at], refusal.code))
        return problems or told

    def _told(self, field: str, cell: str) -> Told:
        text = importcells.clean(cell)
        if text:
            return self._parsers[field](text)
        if field in self._needed:
            raise Refusal("missing")
        return {}  # blank is "not told"

    def _text_of(self, row: Row, field: str) -> str | None:
        """Return the values one cell tells as a text, None when it is blank, not there or cannot be read."""
        at = self._at[field]
        if row.is_torn or at >= len(row.cells):
            return None
        try:
            told = self._told(field, row.cells[at])
        except Refusal:
            return None
        return JOINT.join(str(value) for value in told.values()) or None
