"""``results.csv`` and ``manifest.csv``: what became of every row, and every file that was made.

Both are ledgers, so ``results.csv`` is the last run that came to its end and ``results.csv.part`` the beginning
of the one under way. Each has one record per row of the input, in its order; a run that makes some rows anew
therefore copies what became of the others. Files are in the manifest before their row is in the results: what
a crash leaves over there is cut off. The results get their name first: a whole ``manifest.csv.part`` without
results under way only waits for its own.

The input's SHA-256 lies beside them in ``input.sha256``, in the form that ``sha256sum --check`` reads: there it
outlives the run, so that a finished folder refuses another input as well, and ``results.csv`` stays a plain
table. It is written after the part file: a crash between the two leaves a part without results, never a hash
beside results of another file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Literal, Self, get_args

from scanly.codes import manifest
from scanly.codes.formulas import as_was
from scanly.codes.ledger import Ledger, changed, part_of, read_lines, sync_folder, unwritable
from scanly.codes.manifest import MANIFEST
from scanly.codes.spreadsheet import RESULT_COLUMNS as COLUMNS
from scanly.codes.spreadsheet import Row, Rows
from scanly.core.errors import Conflict, Unavailable
from scanly.core.files import write_whole
from scanly.core.lock import FileLock
from scanly.core.text import printable

Status = Literal["ok", "failed", "skipped"]

FILES = COLUMNS.index("files")
RESULTS = "results.csv"
PART = part_of(RESULTS)
INPUT_HASH = "input.sha256"

# A character that no file name of ours holds.
FILE_SEPARATOR = "|"
# So many problems are told at the end of a run; all of them are in the results.
MOST_TOLD = 1000


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row; ``files`` are relative to the folder of the report, ``made`` their lines in the
    manifest."""

    row: Row
    status: Status
    code: str = ""
    short_url: str = ""
    files: tuple[str, ...] = ()
    problem: str = ""
    made: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """What became of a row before: the lines of results and manifest, and whether this run has them already."""

    line: int
    status: Status
    code: str
    name: str
    cells: list[str]
    made: tuple[list[str], ...]
    written: bool


class Report:
    """The report of one run in one folder. As a context manager it lets go of the files, finished or not.

    Ask it for the `earlier` result of each row, in order, and `add` one for each that is not written.
    ``counts`` counts the rows of this report by status, ``problems`` says what is wrong with the first of those
    that failed, earlier runs included.
    """

    def __init__(self, folder: Path, header: tuple[str, ...]) -> None:
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self._header = header
        self._columns = (*COLUMNS, *header)
        self._lock = FileLock(folder / PART)
        if not self._lock.acquire():
            raise Conflict(
                f"Another run is writing to {folder}.", hint="Wait for it to end, or choose another folder."
            )
        (folder / part_of(MANIFEST)).touch()
        self._results = Ledger(folder, RESULTS, self._columns)
        self._manifest = Ledger(folder, MANIFEST, manifest.COLUMNS)
        # The last row that has a result, and how many files the results and the manifest know.
        self._written_line = self._files = self._made = 0
        self._before: tuple[Iterator[list[str]], ...] = (iter(()), iter(()))
        self._written: Iterator[list[str]] = iter(())
        self._next_made: list[str] | None = None
        self._opened = ExitStack()

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
            raise unwritable(folder, error) from error
        report = cls(folder, rows.header)
        with report._closed_on_error():
            write_whole(folder / INPUT_HASH, _hash_line(rows).encode())
            report._manifest.begin()
            report._results.begin()
            sync_folder(folder)
        return report

    @classmethod
    def resume(cls, folder: Path, rows: Rows) -> Report:
        """The report of the run that was cut off or is finished in ``folder``; a new one if there is none.

        Raises Conflict when that run had another input, or its report was changed by another program.
        """
        part, complete = folder / PART, folder / RESULTS
        if not part.exists() and not complete.exists():
            return cls.start(folder, rows)
        _require_same_input(folder, rows)
        try:
            if not part.exists():
                for cells in read_lines(complete, (*COLUMNS, *rows.header)):
                    _status(cells, complete)
                _name_manifest(folder)
                part.open("xb").close()
        except OSError as error:
            raise unwritable(folder, error) from error
        report = cls(folder, rows.header)
        with report._closed_on_error():
            report._read_back()
        return report

    def earlier(self, row: Row) -> Earlier | None:
        """What is known of a row. To be asked for every row, in order. Raises Conflict for another order."""
        results, _ = self._before
        before, written = next(results, None), next(self._written, None)
        cells = written or before
        if cells is None:
            return None
        if cells[0] != str(row.line):
            raise changed(self.folder / (PART if written else RESULTS))
        return self._earlier(cells, written=bool(written))

    def earlier_names(self) -> Iterator[str]:
        """The names of all files of the last complete run."""
        if (self.folder / RESULTS).exists():
            for cells in read_lines(self.folder / RESULTS, self._columns):
                if name := _name_in(cells):
                    yield name

    def add(self, outcomes: Iterable[Result | Earlier]) -> None:
        """Appends a batch; when this returns, it is on the disk. Raises Unavailable, then none of it is."""
        batch, before = list(outcomes), self._manifest.end
        self._manifest.append(chain.from_iterable(outcome.made for outcome in batch))
        lines = [_cells(outcome, self._header) for outcome in batch]
        try:
            self._results.append(lines)
        except Unavailable:
            self._manifest.cut_back(before)
            raise
        for cells in lines:
            self._count(cells)

    def finish(self) -> Path:
        """Gives the complete report its name."""
        complete = self._results.finish()
        self._manifest.finish()
        return complete

    def close(self) -> None:
        self._opened.close()
        self._results.close()
        self._manifest.close()
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

    def _read_back(self) -> None:
        """Cuts off what was not written to its end, and makes ready to tell what is there."""
        self._results.go_on(self._known)
        self._manifest.go_on(self._belongs)
        if self._made != self._files:
            raise changed(self.folder / part_of(MANIFEST))
        written = self._opened.enter_context(closing(read_lines(self.folder / PART, self._columns)))
        self._written = islice(written, self.counts.total())
        if (self.folder / RESULTS).exists():
            tables = ((RESULTS, self._columns), (MANIFEST, manifest.COLUMNS))
            results, made = (
                self._opened.enter_context(closing(read_lines(self.folder / name, columns)))
                for name, columns in tables
            )
            self._before = (results, made)
            self._next_made = next(made, None)

    def _known(self, cells: list[str]) -> bool:
        _status(cells, self.folder / PART)
        self._written_line = int(cells[0])
        self._files += bool(cells[FILES]) + cells[FILES].count(FILE_SEPARATOR)
        self._count(cells)
        return True

    def _belongs(self, cells: list[str]) -> bool:
        """Whether a line of the manifest is about a row that has its result."""
        if int(cells[0]) > self._written_line:
            return False
        self._made += 1
        return True

    def _count(self, cells: list[str]) -> None:
        self.counts[cells[1]] += 1
        if cells[5] and len(self.problems) < MOST_TOLD:
            self.problems.append(cells[5])

    def _earlier(self, cells: list[str], *, written: bool) -> Earlier:
        _, manifest_lines = self._before
        made: list[list[str]] = []
        while self._next_made and self._next_made[0] == cells[0]:
            made.append(self._next_made)
            self._next_made = next(manifest_lines, None)
        status = next((each for each in get_args(Status) if each == cells[1]), None)
        if status is None:
            raise changed(self.folder / RESULTS)
        return Earlier(int(cells[0]), status, as_was(cells[2]), _name_in(cells), cells, tuple(made), written)


def statuses(folder: Path, header: tuple[str, ...]) -> Iterator[str]:
    """What became of each row so far, in the order of the input; without touching anything."""
    columns = (*COLUMNS, *header)
    paths = (folder / PART, folder / RESULTS)
    written, before = (read_lines(path, columns) if path.exists() else iter(()) for path in paths)
    for ours, theirs in zip_longest(written, before):
        yield (ours or theirs or ["", ""])[1]


def _cells(outcome: Result | Earlier, header: tuple[str, ...]) -> list[str]:
    if isinstance(outcome, Earlier):
        return outcome.cells
    own = (str(outcome.row.line), outcome.status, outcome.code, outcome.short_url)
    values = outcome.row.values
    return [*own, FILE_SEPARATOR.join(outcome.files), outcome.problem, *(values[column] for column in header)]


def _status(cells: list[str], path: Path) -> Status:
    """The status in a line of results. Raises Conflict when no run wrote that line."""
    status = next((each for each in get_args(Status) if each == cells[1]), None)
    if status is None or not cells[0].isdecimal():
        raise changed(path)
    return status


def _name_in(cells: list[str]) -> str:
    """The name, without extension, of the files in a line of results; empty when there are none."""
    return as_was(cells[FILES]).partition(FILE_SEPARATOR)[0].rpartition(".")[0]


def _name_manifest(folder: Path) -> None:
    """A finished run whose manifest did not get its name any more gets it now. Raises Conflict without one."""
    part = folder / part_of(MANIFEST)
    if part.exists() and _reach(part) >= _reach(folder / MANIFEST):
        part.replace(folder / MANIFEST)
    if not (folder / MANIFEST).exists():
        hint = "Bring it back, or choose another folder."
        raise Conflict(f"{folder} has results and no {MANIFEST}.", hint=hint)


def _reach(path: Path) -> int:
    """The last row that a manifest speaks of; 0 when there is none."""
    if not path.exists():
        return 0
    return max((int(cells[0]) for cells in read_lines(path, manifest.COLUMNS)), default=0)


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
