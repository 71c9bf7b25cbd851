"""``results.csv``: what became of every row, written so that a run that was cut off can go on.

Results are appended to ``results.csv.part`` in batches, each synced before the next, and the file gets its
name when the run is complete. The input's SHA-256 lies beside it in ``input.sha256``, in the form that
``sha256sum --check`` reads: there it outlives the run, so that a finished folder refuses another input as
well, and ``results.csv`` stays a plain table. It is written after the part file: a crash between the two
leaves a part without results, never a hash beside results of another file.

A cell that a spreadsheet would run as a formula gets an apostrophe in front (numbers do not).
Source: RFC 4180; OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

from scanly.codes.spreadsheet import Row, Rows, records
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.core.files import write_whole
from scanly.core.lock import FileLock
from scanly.core.text import has_control, printable

Status = Literal["ok", "failed", "skipped"]

COLUMNS = ("line", "status", "code", "short_url", "files", "problem")
RESULTS = "results.csv"
PART = "results.csv.part"
INPUT_HASH = "input.sha256"

# A character that no file name of ours holds.
FILE_SEPARATOR = "|"

_END = b"\r\n"
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row; ``files`` are relative to the folder of the report."""

    row: Row
    status: Status
    code: str = ""
    short_url: str = ""
    files: tuple[str, ...] = ()
    problem: str = ""


class Report:
    """The report of one run in one folder. As a context manager it lets go of the file, finished or not.

    ``done`` leads from the lines of finished rows to their codes; ``counts`` counts rows by status, and
    ``problems`` says what is wrong with those that failed, earlier runs included.
    """

    def __init__(self, folder: Path, header: tuple[str, ...]) -> None:
        self.folder = folder
        self.done: dict[int, str] = {}
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self._header = header
        self._lock = FileLock(folder / PART)
        if not self._lock.acquire():
            raise Conflict(
                f"Another run is writing to {folder}.", hint="Wait for it to end, or choose another folder."
            )
        self._file = (folder / PART).open("r+b", buffering=0)
        self._end = 0

    @classmethod
    def start(cls, folder: Path, rows: Rows) -> Report:
        """A new report on ``rows``. Raises Conflict when a run was cut off here, Unavailable for the disk."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if (folder / PART).exists():
                hint = (
                    f"Add --resume to go on with it, choose another folder, or remove {PART} to begin again."
                )
                raise Conflict(f"A run was cut off in {folder}.", hint=hint)
            (folder / PART).open("xb").close()
        except OSError as error:
            raise _unwritable(folder, error) from error
        report = cls(folder, rows.header)
        with report._closed_on_error():
            write_whole(folder / INPUT_HASH, _hash_line(rows).encode())
            report._write([(*COLUMNS, *rows.header)])
            _sync_folder(folder)
        return report

    @classmethod
    def resume(cls, folder: Path, rows: Rows) -> Report:
        """The report of the run that was cut off or is finished in ``folder``; a new one if there is none.

        Raises Conflict when that run had another input, or its report was changed by another program.
        """
        part, results = folder / PART, folder / RESULTS
        if not part.exists() and not results.exists():
            return cls.start(folder, rows)
        _require_same_input(folder, rows)
        try:
            if not part.exists():
                results.replace(part)
        except OSError as error:
            raise _unwritable(results, error) from error
        report = cls(folder, rows.header)
        with report._closed_on_error():
            report._read_back()
        return report

    def add(self, results: Iterable[Result]) -> None:
        """Appends a batch; when this returns, it is on the disk. Raises Unavailable, then none of it is."""
        batch = list(results)
        self._write(_cells(result, self._header) for result in batch)
        self.counts.update(result.status for result in batch)
        self.problems += [result.problem for result in batch if result.problem]
        self.done.update((result.row.line, result.code) for result in batch)

    def finish(self) -> Path:
        """Gives the complete report its name."""
        results = self.folder / RESULTS
        try:
            (self.folder / PART).replace(results)
            _sync_folder(self.folder)
        except OSError as error:
            raise _unwritable(results, error) from error
        return results

    def close(self) -> None:
        self._file.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _closed_on_error(self) -> Generator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _write(self, lines: Iterable[Iterable[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([defused(cell) for cell in line] for line in lines)
        data = memoryview(text.getvalue().encode())
        try:
            self._file.seek(self._end)
            rest = data
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(self._end)
            raise _unwritable(self.folder / PART, error) from error
        self._end += len(data)

    def _read_back(self) -> None:
        """Fills ``done`` and cuts off a record that was not written to its end."""
        width = len(COLUMNS) + len(self._header)
        expected = [defused(cell) for cell in (*COLUMNS, *self._header)]
        for number, (cells, end) in enumerate(_whole_records(self.folder / PART)):
            if len(cells) != width or (number == 0 and cells != expected):
                raise _changed(self.folder)
            if number:
                self._remember(cells)
            self._end = end
        self._file.truncate(self._end)
        if not self._end:
            self._write([(*COLUMNS, *self._header)])

    def _remember(self, cells: list[str]) -> None:
        line, status, code = cells[:3]
        if not line.isdecimal() or status not in get_args(Status):
            raise _changed(self.folder)
        self.done[int(line)] = code.removeprefix("'")
        self.counts[status] += 1
        if cells[5]:
            self.problems.append(cells[5])


def defused(cell: str) -> str:
    """``cell`` with an apostrophe in front when a spreadsheet might run it as a formula.

    Spaces, quotes and invisible characters before the sign are looked through, full-width signs count too.
    """
    if cell[:1].isalnum() or _NUMBER.fullmatch(cell):
        return cell
    if cell[:1] in ("\t", "\r", "\n"):
        return f"'{cell}"
    seen = next((char for char in cell if not (char.isspace() or char == '"' or has_control(char))), "")
    return f"'{cell}" if unicodedata.normalize("NFKC", seen) in ("=", "+", "-", "@") else cell


def _cells(result: Result, header: tuple[str, ...]) -> Iterator[str]:
    yield from (str(result.row.line), result.status, result.code, result.short_url)
    yield from (FILE_SEPARATOR.join(result.files), result.problem)
    yield from (result.row.values[column] for column in header)


def _whole_records(path: Path) -> Iterator[tuple[list[str], int]]:
    """Every record that was written to its end, and the byte offset behind it.

    A torn one can only be the last, and nothing follows it. Raises Conflict for anything else that is broken.
    """
    end, last = 0, b""

    def lines() -> Iterator[str]:
        nonlocal end, last
        for last in file:
            end += len(last)
            yield last.decode(errors="replace")

    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        torn = True
        try:
            for record in records(lines(), ",", path.name):
                torn = not last.endswith(_END)
                if torn or record.fault:
                    break
                yield record.cells, end
            else:
                return
        except Invalid:  # a quote that is still open at the end
            torn = True
        if not torn or end != size:
            raise _changed(path.parent)


def _hash_line(rows: Rows) -> str:
    return f"{rows.sha256}  {printable(rows.path.name)}\n"


def _require_same_input(folder: Path, rows: Rows) -> None:
    try:
        known = (folder / INPUT_HASH).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        hint = "Choose another folder, or remove the report to begin again."
        raise Conflict(f"{folder} does not say which file its report is about.", hint=hint) from error
    if known[:64] != rows.sha256:
        message = f"{rows.path} is not the file, or not as it was, that the report in {folder} is about."
        raise Conflict(message, hint="Bring back the file as it was, or choose another folder for this one.")


def _unwritable(path: Path, error: OSError) -> Unavailable:
    hint = "Mend that, then go on with --resume."
    return Unavailable(f"{path} cannot be written: {error.strerror}.", hint=hint)


def _changed(folder: Path) -> Conflict:
    message = f"The report in {folder} was changed by another program."
    return Conflict(message, hint="Bring it back as it was, or choose another folder.")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
