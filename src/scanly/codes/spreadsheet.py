"""Rows of a spreadsheet, whatever program saved it, each with the physical line it starts in.

What is wrong with the *file* (quotes that never close, bytes of no known encoding) is found by a first
reading, before anything is made from its rows; what is wrong with one *row* travels with that row.

- Encoding: a byte order mark decides. Without one the text is UTF-8 when all of it is valid UTF-8, and
  Windows-1252 otherwise; but when most of its non-ASCII characters are valid UTF-8 it is a damaged UTF-8
  file and is refused, because reading it as Windows-1252 would garble every one of them. A rule and no
  guess, so the same file is always read the same way.
- Delimiter: the one of ``, ; TAB |`` under which the header has several columns and the first rows have
  as many cells as the header; ``,`` for a single column. A first line ``sep=;`` decides.
- Rows without any filled cell are left out; missing and empty cells at the end of a row do not count.
- XLSX: the first visible sheet, held in memory (about 60 bytes a cell; text streams); numbers without ``.0``,
  dates as ISO 8601, formulas by their saved results; an error such as ``#N/A`` reads as an empty cell.

Source: RFC 4180 section 2 (quotes inside quoted cells are doubled; quoted cells may hold line ends).
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import datetime
import hashlib
import itertools
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import NamedTuple

import python_calamine as calamine

from scanly.core.errors import Conflict, Invalid, Problem
from scanly.core.text import count, fold, nearest, printable

MAX_CELL_CHARS = 2 * 1024 * 1024
MAX_ROW_CHARS = 8 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
DELIMITERS = ",;\t|"
SAVE_AS = "Save it as .xlsx or as CSV (UTF-8)."

_SAMPLE_ROWS = 50
_CHUNK_CHARS = 256 * 1024
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls), or one with a password",
    b"%pdf": "a PDF",
    b"<!doctype": "a web page",
    b"<html": "a web page",
}
_OTHER_ARCHIVES = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "content.xml": "an OpenDocument file (.ods)",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``values`` by column name as written in the header; with ``problems`` it cannot be used."""

    line: int
    values: dict[str, str]
    problems: tuple[Problem, ...] = ()


class Record(NamedTuple):
    """The cells of one row before they meet the header; ``fault`` says why they cannot be trusted."""

    line: int
    cells: list[str]
    fault: str = ""


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
        for record in itertools.islice(_filled(self._records()), 1, None):
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
        encoding, read = "xlsx", _workbook(path, sheet)
    else:
        _refuse_other_kinds(path, head)
        if sheet is not None:
            raise Invalid(f"{path} is a text file and has no sheets.", hint="Leave the sheet's name out.")
        encoding = _encoding(path, head)
        read = partial(_text_records, path, encoding, _delimiter(path, encoding))
    header, total = _survey(path, read)
    return Rows(path, header, encoding, sha256, total, stamp, read)


def records(lines: Iterable[str], delimiter: str, name: str) -> Iterator[Record]:
    """The records of delimited text; ``name`` is the file's, for messages.

    A broken quote within one line spoils that row only. Raises Invalid when it reaches beyond its line,
    because then nobody can tell where the next row starts.
    """
    csv.field_size_limit(MAX_CELL_CHARS)
    held: list[str] = []
    reader = csv.reader(_holding(lines, held, name), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        held.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Record(start, [], _fault(held, delimiter, start, name))
        else:
            yield Record(start, cells)


def _holding(lines: Iterable[str], held: list[str], name: str) -> Iterator[str]:
    """Passes ``lines`` on and keeps those of the current record, which may not grow without bound."""
    chars = 0
    for line in lines:
        chars = chars + len(line) if held else len(line)
        if chars > MAX_ROW_CHARS:
            message = f"{name}: a row is longer than {MAX_ROW_CHARS:,} characters."
            raise Invalid(message, hint="Is a closing quote missing?")
        held.append(line)
        yield line


def _fault(held: list[str], delimiter: str, start: int, name: str) -> str:
    """What is wrong with a record that the reader gave up on."""
    text = "".join(held)
    opened = _unclosed(text, delimiter)
    if opened is not None:
        ends = itertools.accumulate(map(len, held))
        line = start + sum(end <= opened for end in ends)
        hint = f'Add the missing "; a cell holds at most {MAX_CELL_CHARS:,} characters.'
        raise _at(name, line, 0, "The quote that opens here is never closed.", hint)
    if len(held) > 1:
        message = f"The quotes of the row that starts here do not match, up to line {start + len(held) - 1}."
        raise _at(name, start, 0, message, 'Write "" for a quote inside a quoted cell.')
    if len(text) > MAX_CELL_CHARS:
        return f"a cell is longer than {MAX_CELL_CHARS:,} characters."
    return 'text follows a closing quote; write "" for a quote inside a quoted cell.'


def _unclosed(text: str, delimiter: str) -> int | None:
    """Where in a record a quote opens that nothing closes."""
    at = 0
    while at < len(text):
        if text[at] == '"':
            closed = _QUOTED.match(text, at)
            if closed is None:
                return at
            at = closed.end()
        at = text.find(delimiter, at) + 1
        if at == 0:
            return None
    return None


def _text_records(path: Path, encoding: str, delimiter: str) -> Iterator[Record]:
    return records(_lines(path, encoding), delimiter, path.name)


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The physical lines with their ends: CR, LF or CRLF."""
    with path.open(encoding=encoding, newline="") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_ROW_CHARS + 1), ""), 1):
            if "\0" in line:
                message = "There is a NUL byte, which no text has."
                raise _at(path.name, number, line.index("\0") + 1, message, SAVE_AS)
            yield line


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter that the header and the first rows agree on."""
    sample: list[str] = []
    for line in itertools.islice(_lines(path, encoding), _SAMPLE_ROWS):
        sample.append(line)
        if sum(map(len, sample)) > _CHUNK_CHARS:
            break
    if sample and (said := re.fullmatch(r"sep=([,;\t|])\s*", sample[0])):
        return said[1]
    return max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How well the rows fit the header, as a share; then the number of columns."""
    widths: list[int] = []
    with contextlib.suppress(Invalid):  # the sample ends inside a quoted cell, or this is not the delimiter
        widths.extend(len(record.cells) for record in _filled(records(sample, delimiter, "")))
    if not widths or widths[0] < 2:
        return (0, 0)
    rows = widths[1:]
    return (rows.count(widths[0]) / len(rows) if rows else 1, widths[0])


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        accepted = ["utf-16"]
    elif head.startswith(codecs.BOM_UTF8):
        accepted = ["utf-8-sig"]
    else:
        accepted = ["utf-8", "cp1252"]
    if _decodes(path, accepted[0]):
        return accepted[0]
    if len(accepted) > 1 and not _mostly_utf8(path):
        if _decodes(path, "cp1252"):
            return "cp1252"
        raise _undecodable(path, "cp1252")
    raise _undecodable(path, accepted[0])


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK_CHARS):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(path: Path) -> bool:
    """Whether the valid UTF-8 characters beyond ASCII outnumber the bytes that are not UTF-8."""
    valid = broken = 0
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        while text := file.read(_CHUNK_CHARS):
            beyond = re.sub(r"[\x00-\x7f]+", "", text)
            wrong = sum("\udc80" <= char <= "\udcff" for char in beyond)
            broken += wrong
            valid += len(beyond) - wrong
    return valid > broken


def _undecodable(path: Path, encoding: str) -> Invalid:
    """The error for the first place that is not ``encoding``."""
    message = f"There is a byte that is not valid {encoding.removesuffix('-sig').upper()}."
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_ROW_CHARS), ""), 1):
            if "\ufffd" in line:
                return _at(path.name, number, line.index("\ufffd") + 1, message, SAVE_AS)
    return _at(path.name, 0, 0, message, SAVE_AS)


def _refuse_other_kinds(path: Path, head: bytes) -> None:
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:9].lower()
    for signature, kind in _OTHER_KINDS.items():
        if start.startswith(signature):
            raise Invalid(f"{path} is {kind}, not a table.", hint=SAVE_AS)


def _workbook(path: Path, sheet: str | None) -> Callable[[], Iterator[Record]]:
    """The records of one sheet; ``line`` is the sheet's own row number."""
    _require_xlsx(path)
    try:
        book = calamine.load_workbook(str(path))  # pyright: ignore[reportUnknownMemberType] stub: bare PathLike
        shown = [
            meta.name
            for meta in book.sheets_metadata
            if meta.typ == calamine.SheetTypeEnum.WorkSheet
            and (sheet or meta.visible == calamine.SheetVisibleEnum.Visible)
        ]
        name = sheet or next(iter(shown), "")
        if name not in shown:
            hint = f"{nearest(name, shown)} There are: {', '.join(shown) or 'none'}.".strip()
            raise Invalid(f'{path} has no sheet "{name}".', hint=hint)
        table = book.get_sheet_by_name(name)
    except (calamine.CalamineError, ValueError) as error:
        raise Invalid(f"{path} is damaged: {printable(str(error))}.", hint="Save it again.") from error
    rows = table.iter_rows
    return lambda: (Record(line, [_shown(cell) for cell in cells]) for line, cells in enumerate(rows(), 1))


def _require_xlsx(path: Path) -> None:
    """Raises Invalid when a ZIP archive is not an XLSX workbook, or unpacks to more than is sane."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            unpacked_bytes = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid(f"{path} is not a whole .xlsx file.", hint="Save it again.") from error
    if "xl/workbook.xml" not in names:
        kind = next((kind for name, kind in _OTHER_ARCHIVES.items() if name in names), "a ZIP archive")
        raise Invalid(f"{path} is {kind}, not an .xlsx workbook.", hint=SAVE_AS)
    if unpacked_bytes > MAX_UNPACKED_BYTES:
        raise Invalid(f"{path} unpacks to more than 1 GiB.", hint="Save it as CSV (UTF-8), which streams.")


def _shown(cell: object) -> str:
    """A cell of a workbook as text that means the same in every country."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(cell)


def _filled(records: Iterable[Record]) -> Iterator[Record]:
    """Leaves out rows without content, and the line by which a file announces its delimiter."""
    for record in records:
        announces = record.line == 1 and record.cells == ["sep=", ""]
        if record.fault or (any(cell.strip() for cell in record.cells) and not announces):
            yield record


def _survey(path: Path, read: Callable[[], Iterator[Record]]) -> tuple[tuple[str, ...], int]:
    """The header and the number of rows. Raises Invalid for what is wrong with the file as a whole."""
    found = _filled(read())
    first = next(found, None)
    if first is None:
        raise Invalid(f"{path} has no header row.", hint="Its first row must name the columns.")
    return _header(path, first), sum(1 for _ in found)


def _header(path: Path, record: Record) -> tuple[str, ...]:
    if record.fault:
        raise _at(path.name, record.line, 0, f"The header cannot be read: {record.fault}")
    names = [cell.strip() for cell in _trimmed(record.cells)]
    seen: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        if not fold(name):
            raise _at(path.name, record.line, number, "This column has no name.", "Name it.", "cell")
        if fold(name) in seen:
            message = f'"{printable(seen[fold(name)])}" and "{printable(name)}" are the same column name.'
            raise _at(path.name, record.line, number, message, "Rename or remove one of them.", "cell")
        seen[fold(name)] = name
    return tuple(names)


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


def _at(name: str, line: int, column: int, message: str, hint: str = "", unit: str = "column") -> Invalid:
    """An error at a place in the file; ``unit`` tells character columns from cells. 0 leaves a part out."""
    parts = [name, f"line {line}" if line else "", f"{unit} {column}" if column else ""]
    return Invalid.field("", message, hint=hint, where=", ".join(part for part in parts if part))
