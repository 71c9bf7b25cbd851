"""Rows of a spreadsheet, whatever program saved it, each with the physical line it starts in.

What is wrong with the *file* (quotes that never close, bytes of no known encoding) is found by a first
reading, before anything is made from its rows; what is wrong with one *row* travels with that row. Rows
without any filled cell are left out; missing and empty cells at the end of a row do not count.
"""

from __future__ import annotations

import codecs
import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scanly.codes.delimited import find_delimiter, find_encoding, text_records
from scanly.codes.records import SAVE_AS, Record, error_at, filled
from scanly.codes.workbook import sheet_records
from scanly.core.errors import Conflict, Invalid, Problem
from scanly.core.text import count, fold, printable

# What a table of results begins with; the columns of the input follow, and may have the same names.
RESULT_COLUMNS = ("line", "status", "code", "short_url", "files", "problem")
_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls), or one with a password",
    b"%pdf": "a PDF",
    b"<!doctype": "a web page",
    b"<html": "a web page",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``values`` by column name as written in the header; with ``problems`` it cannot be used."""

    line: int
    values: dict[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A sound spreadsheet; iterating reads it, as often as wanted, and yields ``total`` rows.

    Iterating raises Conflict when the file has changed since it was opened.
    """

    path: Path
    header: tuple[str, ...]
    encoding: str
    sha256: str
    total: int
    _stamp: tuple[int, int]
    _records: Callable[[], Iterator[Record]]

    def __iter__(self) -> Iterator[Row]:
        for record in itertools.islice(filled(self._records()), 1, None):
            yield _row(record, self.header)
        if _stamp(self.path) != self._stamp:
            raise Conflict(f"{self.path} was changed while it was being read.", hint="Start again.")


def open_rows(path: Path, *, sheet: str | None = None) -> Rows:
    """The rows of a CSV, TSV, semicolon, pipe or XLSX file; ``sheet`` chooses one of a workbook.

    Reads the whole file once. Raises Invalid, naming file, line and column, when no row can be trusted.
    """
    try:
        if path.exists() and not path.is_file():
            raise Invalid(f"{path} is a {'folder' if path.is_dir() else 'device'}.", hint="Name a file.")
        stamp = _stamp(path)
        with path.open("rb") as file:
            head = file.read(512)
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Invalid(
            f"{path} cannot be read: {error.strerror}.", hint="Check its name and permissions."
        ) from error
    if not head:
        raise Invalid(f"{path} is empty.", hint="It needs a header row with the names of the columns.")
    if head.startswith(b"PK\x03\x04"):
        encoding, read = "xlsx", sheet_records(path, sheet)
    else:
        _refuse_other_kinds(path, head)
        if sheet is not None:
            raise Invalid(f"{path} is a text file and has no sheets.", hint="Leave the sheet's name out.")
        encoding = find_encoding(path, head)
        read = partial(text_records, path, encoding, find_delimiter(path, encoding))
    header, total = _survey(path, read)
    return Rows(path, header, encoding, sha256, total, stamp, read)


def _refuse_other_kinds(path: Path, head: bytes) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:9].lower()
    for signature, kind in _OTHER_KINDS.items():
        if start.startswith(signature):
            raise Invalid(f"{path} is {kind}, not a table.", hint=SAVE_AS)


def _survey(path: Path, read: Callable[[], Iterator[Record]]) -> tuple[tuple[str, ...], int]:
    """The header and the number of rows. Raises Invalid for what is wrong with the file as a whole."""
    found = filled(read())
    first = next(found, None)
    if first is None:
        raise Invalid(f"{path} has no header row.", hint="Its first row must name the columns.")
    return _header(path, first), sum(1 for _ in found)


def _header(path: Path, record: Record) -> tuple[str, ...]:
    if record.fault:
        raise error_at(path.name, record.line, 0, f"The header cannot be read: {record.fault}")
    names = _told_apart([cell.strip() for cell in _trimmed(record.cells)])
    seen: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        if not fold(name):
            raise error_at(path.name, record.line, number, "This column has no name.", "Name it.", "cell")
        if fold(name) in seen:
            message = f'"{printable(seen[fold(name)])}" and "{printable(name)}" are the same column name.'
            raise error_at(path.name, record.line, number, message, "Rename or remove one of them.", "cell")
        seen[fold(name)] = name
    return tuple(names)


def _told_apart(names: list[str]) -> list[str]:
    """In a table of results, columns of the input that are named like those of the results are named otherwise."""
    first = len(RESULT_COLUMNS)
    if tuple(names[:first]) != RESULT_COLUMNS:
        return names
    own = set(map(fold, RESULT_COLUMNS))
    return names[:first] + [f"{name} (input)" if fold(name) in own else name for name in names[first:]]


def _row(record: Record, header: tuple[str, ...]) -> Row:
    cells = _trimmed(record.cells)
    fault = record.fault
    if len(cells) > len(header):
        fault = (
            f"there are {count(len(cells), 'cell')} under {count(len(header), 'column name')}; "
            "put a cell that holds the delimiter in quotes."
        )
    values = dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
    return Row(record.line, values, (Problem("", fault, where=f"row {record.line}"),) if fault else ())


def _trimmed(cells: list[str]) -> list[str]:
    """``cells`` without the empty ones at the end."""
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _stamp(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns
