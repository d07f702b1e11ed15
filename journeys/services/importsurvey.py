"""The first look at a file: its characters, its columns, how many rows it has. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from journeys.services import importcolumns, importfiles
from journeys.services.importcolumns import PROFILE, Column
from journeys.services.importfiles import UnreadableFile
from journeys.services.importprofiles import Layout
from journeys.services.importsubject import Subject

MOST_ROWS = 1_000_000
ROWS_FOR_SAMPLES = 50
SAMPLES = 3


@dataclass(frozen=True)
class Survey:
    """What a readable file is: characters, delimiter, columns in file order, rows below the heading.

    `mark` is what files with the same headings have in common.
    """

    encoding: str
    delimiter: str
    columns: list[Column]
    total: int
    mark: str
    has_heading: bool = True


def of(path: Path, *, subject: Subject, layout: Layout) -> Survey:
    """Read the whole file once. Raises UnreadableFile, with the columns found where the heading could be read."""
    encoding = importfiles.encoding_of(path)
    has_heading = not layout.columns
    delimiter, headings = _heading(path, encoding, subject, layout) if has_heading else (layout.delimiter, [])
    if len(headings) > importfiles.MOST_COLUMNS:
        raise UnreadableFile("columns_too_many", len(headings))
    columns = (
        importcolumns.recognise(headings, fields=subject.fields, special=layout.headings)
        if has_heading
        else [Column(name, field, origin=PROFILE) for name, field in layout.columns]
    )
    if len(columns) < 2:  # one column tells nothing: most often the delimiter is another one
        raise UnreadableFile("no_header", columns=columns)
    found = importfiles.rows(path, encoding=encoding, delimiter=delimiter)
    if has_heading:
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
    mark = importcolumns.mark_of(headings or [column.name for column in columns])
    return Survey(encoding, delimiter, _with_samples(columns, examples), total, mark, has_heading)


def _heading(path: Path, encoding: str, subject: Subject, layout: Layout) -> tuple[str, list[str]]:
    """The delimiter that shows the most columns we know, else the most columns; comma where two are equal."""
    split = {mark: importfiles.headings(path, encoding=encoding, delimiter=mark) for mark in importfiles.DELIMITERS}
    keys = {*importcolumns.keys_of(subject.fields), *layout.headings}

    def known(mark: str) -> tuple[int, int]:
        return sum(importcolumns.key(cell) in keys for cell in split[mark]), len(split[mark])

    best = max(importfiles.DELIMITERS, key=known)
    if not split[best]:
        next(importfiles.rows(path, encoding=encoding, delimiter=best), None)  # says what is wrong with it
        raise UnreadableFile("no_header")
    return best, split[best]


def _with_samples(columns: Sequence[Column], examples: Sequence[Sequence[str]]) -> list[Column]:
    def told(position: int) -> list[str]:
        values = (cells[position].strip() for cells in examples if position < len(cells))
        different = list(dict.fromkeys(value[: importcolumns.LONGEST_SAMPLE] for value in values if value))
        return different[:SAMPLES]

    samples = [told(number) for number in range(len(columns))]
    return [
        replace(column, sample=values[0] if values else "", others=values[1:])
        for column, values in zip(columns, samples, strict=True)
    ]
