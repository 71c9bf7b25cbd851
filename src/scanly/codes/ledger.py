"""A table that is written while a run goes on, so that a run that was cut off can go on, too.

Lines are appended to ``NAME.part`` in batches, each synced before the next; the file gets its name when it is
complete. So ``NAME`` is always the last complete table, and ``NAME.part`` the beginning of the next one.

Source: RFC 4180.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from scanly.codes.delimited import records
from scanly.codes.formulas import defused
from scanly.core.errors import Conflict, Invalid, Unavailable

_END = b"\r\n"

Cells = Sequence[str]


def part_of(name: str) -> str:
    """Under which name a table is written until it is complete."""
    return f"{name}.part"


class Ledger:
    """The part file of one table in one folder; to be closed."""

    def __init__(self, folder: Path, name: str, columns: Cells) -> None:
        """Opens the part file, which exists. Nothing is written before `begin` or `go_on`."""
        self._folder, self._name, self._columns = folder, name, columns
        self._part = folder / part_of(name)
        self._file = self._part.open("r+b", buffering=0)
        self._end = 0

    def begin(self) -> None:
        """Empties the file but for its header. Raises Unavailable."""
        self._file.truncate(0)
        self._end = 0
        self.append([self._columns])

    def go_on(self, keep: Callable[[list[str]], bool]) -> None:
        """Goes on behind the lines that were written whole and that ``keep`` wants, up to the first it does not.

        Raises Conflict when another program changed the file.
        """
        self._end = 0
        for cells, end in whole_records(self._part, self._columns):
            if self._end and not keep(cells):
                break
            self._end = end
        self._file.truncate(self._end)
        if not self._end:
            self.append([self._columns])

    @property
    def end(self) -> int:
        """How long the file is, in bytes."""
        return self._end

    def cut_back(self, end: int) -> None:
        """Takes back what was appended behind ``end``."""
        self._end = end
        self._file.truncate(end)

    def append(self, lines: Iterable[Iterable[str]]) -> None:
        """When this returns, the lines are on the disk. Raises Unavailable, then none of them is."""
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
            self.cut_back(self._end)
            raise unwritable(self._part, error) from error
        self._end += len(data)

    def finish(self) -> Path:
        """Gives the complete table its name. Raises Unavailable."""
        complete = self._folder / self._name
        try:
            self._part.replace(complete)
            sync_folder(self._folder)
        except OSError as error:
            raise unwritable(complete, error) from error
        return complete

    def close(self) -> None:
        self._file.close()


def read_lines(path: Path, columns: Cells) -> Generator[list[str]]:
    """The lines of a table that are whole, without the header. Raises Conflict when it was changed.

    Whoever does not read to the end closes it, and so the file.
    """
    with closing(whole_records(path, columns)) as lines:
        next(lines, None)
        for cells, _ in lines:
            yield cells


def read_all(path: Path) -> Iterator[list[str]]:
    """All lines of a complete table, the header first."""
    return (cells for cells, _ in whole_records(path, None))


def whole_records(path: Path, columns: Cells | None) -> Generator[tuple[list[str], int]]:
    """Every record that was written to its end, header first, and the byte offset behind it.

    A torn one can only be the last, and nothing follows it. Raises Conflict for anything else that is broken.
    """
    end, last = 0, b""

    def lines() -> Iterator[str]:
        nonlocal end, last
        for last in file:
            end += len(last)
            yield last.decode(errors="replace")

    expected = [defused(column) for column in columns] if columns else None
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        torn = True
        try:
            for number, record in enumerate(records(lines(), ",", path.name)):
                torn = not last.endswith(_END)
                if torn or record.fault:
                    break
                expected = expected or record.cells
                if len(record.cells) != len(expected) or (number == 0 and record.cells != expected):
                    raise changed(path)
                yield record.cells, end
            else:
                return
        except Invalid:  # a quote that is still open at the end
            torn = True
        if not torn or end != size:
            raise changed(path)


def unwritable(path: Path, error: OSError) -> Unavailable:
    hint = "Mend that, then go on with --resume."
    return Unavailable(f"{path} cannot be written: {error.strerror}.", hint=hint)


def changed(path: Path) -> Conflict:
    message = f"{path} was changed by another program."
    return Conflict(message, hint="Bring it back as it was, or choose another folder.")


def sync_folder(folder: Path) -> None:
    """Renames and new names in the folder are on the disk when this returns."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
