"""The first look at a file: its characters, its columns, how many rows it has. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from journeys.services import importcolumns, importfiles
from journeys.services.importcolumns import Column
from journeys.services.importfiles import UnreadableFile

MOST_ROWS = 1_000_000
ROWS_FOR_SAMPLES = 50


@dataclass(frozen=True)
class Survey:
    """What a readable file is: characters, delimiter, columns in file order, rows below the heading."""

    encoding: str
    delimiter: str
    columns: list[Column]
    total: int


def of(path: Path) -> Survey:
    """Read the whole file once. Raises UnreadableFile, with the columns found where the heading could be read."""
    encoding = importfiles.encoding_of(path)
    delimiter, headings = _heading(path, encoding)
    if len(headings) > importfiles.MOST_COLUMNS:
        raise UnreadableFile("columns_too_many", len(headings))
    columns = importcolumns.recognise(headings)
    importcolumns.require(columns)
    found = importfiles.rows(path, encoding=encoding, delimiter=delimiter)
    next(found)
    total, examples = 0, []
    for row in found:
        total += 1
        if total > MOST_ROWS:
            raise UnreadableFile("rows_too_many", MOST_ROWS, columns)
        if total <= ROWS_FOR_SAMPLES and not row.is_torn:
            examples.append(row.cells)
    if total == 0:
        raise UnreadableFile("no_rows", columns=columns)
    return Survey(encoding, delimiter, _with_samples(columns, examples), total)


def _heading(path: Path, encoding: str) -> tuple[str, list[str]]:
    """The delimiter that shows the most columns we know, else the most columns; comma where two are equal."""
    split = {mark: importfiles.headings(path, encoding=encoding, delimiter=mark) for mark in importfiles.DELIMITERS}

    def known(mark: str) -> tuple[int, int]:
        return sum(importcolumns.key(cell) in importcolumns.BY_KEY for cell in split[mark]), len(split[mark])

    best = max(importfiles.DELIMITERS, key=known)
    if not split[best]:
        next(importfiles.rows(path, encoding=encoding, delimiter=best), None)  # says what is wrong with it
        raise UnreadableFile("no_header")
    return best, split[best]


def _with_samples(columns: Sequence[Column], examples: Sequence[Sequence[str]]) -> list[Column]:
    def first(position: int) -> str:
        told = (cells[position].strip() for cells in examples if position < len(cells))
        return next((value for value in told if value), "")[: importcolumns.LONGEST_SAMPLE]

    return [replace(column, sample=first(number)) for number, column in enumerate(columns)]
