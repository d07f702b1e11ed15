"""A file from outside: kept on disk, its characters told for certain, its rows read one at a time.

Nothing here holds more than one row or one megabyte of a file in memory.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid, Unavailable

LARGEST = 100 * 1024 * 1024
LONGEST_ROW = 100_000  # characters; what is longer is a quotation mark that was never closed
MOST_COLUMNS = 200
FOLDER = "imports"
CHUNK = 1024 * 1024
DELIMITERS = (",", "\t", ";")
LINE_END = re.compile(rb"\r\n|\r|\n")
UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What people send in place of a text file: xlsx and zip, old xls, gzip.
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
BLANKS = " \t\r\n\u3000\x1a"  # old systems end a text file with 0x1A


class UnreadableFile(Exception):
    """The file as a whole cannot be read. `reason` is a code of selectors.importwords, with `:detail` where needed."""

    def __init__(self, code: str, detail: str | int = "", columns: Sequence[Any] = ()) -> None:
        self.reason = f"{code}:{detail}" if detail != "" else code
        self.columns = columns
        super().__init__(self.reason)


class Kept(NamedTuple):
    """A stored file: its path below MEDIA_ROOT, the SHA-256 of its bytes and their number."""

    path: str
    sha256: str
    size: int


class Row(NamedTuple):
    """One row: the physical line it begins on and its cells. A torn row has its raw text as only cell."""

    line: int
    cells: list[str]
    is_torn: bool = False


def keep(chunks: Iterable[bytes]) -> Kept:
    """Write an upload to disk under a random name as it comes in; it is on the disk itself when this returns.

    Raises Invalid (`file_too_large`, `file_empty`) or Unavailable (`disk_full`), leaving no file behind.
    """
    relative = f"{FOLDER}/{secrets.token_hex(16)}"
    path_of(relative).parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    try:
        return _written(relative, chunks)
    except OSError as error:
        forget(relative)
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        message = _("Not uploaded. The server's disk is full: tell an administrator.")
        raise Unavailable("disk_full", message) from error
    except BaseException:
        forget(relative)
        raise


def _written(relative: str, chunks: Iterable[bytes]) -> Kept:
    digest, size = hashlib.sha256(), 0
    with path_of(relative).open("xb") as out:
        os.fchmod(out.fileno(), 0o640)
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST:
                raise Invalid("file_too_large", _("Not uploaded. A file has at most 100 MB: split it in parts."))
            digest.update(chunk)
            out.write(chunk)
        if size == 0:
            raise Invalid("file_empty", _("Not uploaded. The file is empty: choose another one."))
        out.flush()
        os.fsync(out.fileno())
    return Kept(relative, digest.hexdigest(), size)


def path_of(relative: str) -> Path:
    """Return where a kept file lies."""
    return Path(settings.MEDIA_ROOT) / relative


def forget(relative: str) -> None:
    """Delete a kept file; one that is gone already is no error."""
    if relative:
        path_of(relative).unlink(missing_ok=True)


def encoding_of(path: Path) -> str:
    """Return `utf-8` or `cp932`: the first of the two that the whole file decodes as.

    Raises UnreadableFile (`workbook`, `utf16`, `nul`, `encoding`) naming the first bad line.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(WORKBOOKS):
        raise UnreadableFile("workbook")
    if start.startswith(UTF16_MARKS) or start.count(b"\0") * 5 > len(start):
        raise UnreadableFile("utf16")
    bad_utf8 = _first_bad_byte(path, "utf-8")
    if bad_utf8 is None:
        return "utf-8"
    bad_cp932 = None if start.startswith(codecs.BOM_UTF8) else _first_bad_byte(path, "cp932")
    if bad_cp932 is None and not start.startswith(codecs.BOM_UTF8):
        return "cp932"
    # The characters that go on longest are what the file was meant to be.
    raise UnreadableFile("encoding", _line_of(path, max(bad_utf8, bad_cp932 or 0)))


def _first_bad_byte(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if b"\0" in chunk:
                raise UnreadableFile("nul", _line_of(path, offset + chunk.index(b"\0")))
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return offset - held + error.start
            if not chunk:
                return None
            offset += len(chunk)


def _line_of(path: Path, offset: int) -> int:
    # In both encodings no byte of a longer character looks like a line end.
    line, left = 1, offset
    with path.open("rb") as file:
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            if chunk.endswith(b"\r") and left > 0:
                chunk += file.read(1)  # keep the two bytes of one line end together
                left -= 1
            line += len(LINE_END.findall(chunk))
    return line


class _Lines:
    """The physical lines of a file, which csv joins to rows; refuses a row that grows beyond LONGEST_ROW."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.number = 0
        self.is_over = False
        self.row_start = 1
        self.row_text: list[str] = []
        self._row_size = 0

    def __iter__(self) -> _Lines:
        return self

    def begin_row(self) -> None:
        """Start counting for the next row."""
        self.row_start, self._row_size = self.number + 1, 0
        self.row_text.clear()

    def __next__(self) -> str:
        text = self._file.readline(LONGEST_ROW + 1)
        if not text:
            self.is_over = True
            raise StopIteration
        self.number += 1
        self._row_size += len(text)
        self.row_text.append(text)
        if self._row_size > LONGEST_ROW:
            raise UnreadableFile("row_too_long", self.row_start)
        return text


def rows(path: Path, *, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows that hold anything, the heading first. `encoding` comes from encoding_of.

    Raises UnreadableFile (`row_too_long`, `quote_open`) with the line on which the row began.
    """
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        lines = _Lines(file)
        # Columns set apart by blanks are padded with more of them.
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter == " ")
        while (row := _next_row(lines, reader)) is not None:
            if any(cell.strip(BLANKS) for cell in row.cells):
                yield row


def _next_row(lines: _Lines, reader: Iterator[list[str]]) -> Row | None:
    lines.begin_row()
    try:
        return Row(lines.row_start, next(reader))
    except StopIteration:
        return None
    except csv.Error as error:
        if lines.is_over:
            raise UnreadableFile("quote_open", lines.row_start) from error
        return Row(lines.row_start, ["".join(lines.row_text).rstrip("\r\n")], is_torn=True)


def headings(path: Path, *, encoding: str, delimiter: str) -> list[str]:
    """Return the heading's cells as this delimiter splits them; none when it cannot. Reads one row."""
    with contextlib.suppress(UnreadableFile):
        for row in rows(path, encoding=encoding, delimiter=delimiter):
            return [] if row.is_torn else row.cells
    return []
