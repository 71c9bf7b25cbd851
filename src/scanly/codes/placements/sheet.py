"""The register as a spreadsheet: written whole, harmless there, and read back with corrections.

A row names its link by ``code`` (or ``host/code``). An empty cell leaves a field as it is, ``none`` takes a cost, a
photo or a date away. Other columns are passed over; who reads the same file twice changes nothing the second time.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scanly.codes.columns import Columns, known_columns
from scanly.codes.formulas import as_was, defused
from scanly.codes.placements.actions import Outcome, Wish, keep_placements
from scanly.codes.placements.details import FIELDS, read_details
from scanly.codes.placements.model import Placement
from scanly.codes.placements.photos import Photos
from scanly.codes.rowspec import placed
from scanly.codes.spreadsheet import Row, open_rows
from scanly.core.errors import Invalid, Problem, ScanlyError
from scanly.core.ids import WorkspaceId
from scanly.links.address import Address
from scanly.work.call import Call

BATCH = 500
_OTHERS = ("code", "placement", "currency")
COLUMNS = ("code", "placement", "batch", "place", "photo", "cost", "currency", *FIELDS[4:])

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How an import ended: rows by what became of them, and what is wrong with those that failed."""

    total: int
    added: int
    changed: int
    unchanged: int
    failed: int
    problems: tuple[str, ...]


def lines(placements: Iterable[Placement]) -> Iterator[list[str]]:
    """The cells of a CSV file, header first; no spreadsheet runs one of them."""
    yield list(COLUMNS)
    for each in placements:
        details, cost = each.details, each.details.cost
        cells = {
            "code": str(each.address),
            "placement": each.name,
            **{name: getattr(details, name) for name in FIELDS},
            "cost": f"{cost.amount:f}" if cost else "",
            "currency": cost.currency if cost else "",
        }
        yield [defused("" if cells[name] is None else str(cells[name])) for name in COLUMNS]


@dataclass(frozen=True, slots=True)
class Source:
    """The file of an import; costs without a currency of their own are in ``currency``."""

    path: Path
    currency: str
    photos: Photos


async def import_sheet(
    call: Call, workspace_id: WorkspaceId, source: Source, progress: Progress
) -> ImportSummary:
    """Registers and corrects, in batches that are one transaction each. Raises Invalid for the file as a whole."""
    rows = open_rows(source.path)
    reading = _Reading(call, workspace_id, source, _columns(rows.header), {})
    done, problems = Counter[str](), list[str]()
    left = iter(rows)
    while batch := list(itertools.islice(left, BATCH)):
        read = [await reading.wish(row) for row in batch]
        kept = iter(
            await keep_placements(call, workspace_id, [each for each in read if isinstance(each, Wish)])
        )
        for row, each in zip(batch, read, strict=True):
            outcome = next(kept) if isinstance(each, Wish) else each
            done[_fate(outcome)] += 1
            if isinstance(outcome, ScanlyError):
                problems.append(reading.told(row, outcome))
        progress(done.total(), rows.total)
    return ImportSummary(
        total=rows.total,
        added=done["added"],
        changed=done["changed"],
        unchanged=done["unchanged"],
        failed=done["failed"],
        problems=tuple(problems),
    )


def _fate(outcome: Outcome) -> str:
    if isinstance(outcome, ScanlyError):
        return "failed"
    before, after = outcome
    return "added" if before is None else "unchanged" if before == after else "changed"


def _columns(header: tuple[str, ...]) -> Columns:
    columns = known_columns(header, {}, {"placement": (*_OTHERS, *FIELDS)})
    if "code" not in columns.column_of:
        raise Invalid.field("code", 'There is no column "code".', hint="Add one that names the links.")
    if not columns.column_of.keys() & {"placement", *FIELDS}:
        hint = f"What can: placement, {', '.join(FIELDS)}."
        raise Invalid.field("place", "No column says anything about a placement.", hint=hint)
    return columns


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows on their way into wishes; ``seen`` has the row of every link that was named."""

    call: Call
    workspace_id: WorkspaceId
    source: Source
    columns: Columns
    seen: dict[Address, int]

    async def wish(self, row: Row) -> Wish | ScanlyError:
        if row.problems:
            return Invalid(problems=row.problems)
        cells = {name: as_was(cell) for name, cell in self.columns.filled(row).items()}
        try:
            return await self._wish(row, cells)
        except ScanlyError as error:
            return error

    async def _wish(self, row: Row, cells: dict[str, str]) -> Wish:
        if "code" not in cells:
            raise Invalid.field("code", "is empty.", hint="Name the link that hangs there.")
        address = Address.parse(cells["code"])
        first = self.seen.setdefault(address, row.line)
        if first != row.line:
            raise Invalid.field("code", f'"{address}" is in row {first}, too.', hint="Keep one of the two.")
        currency = cells.get("currency", self.source.currency).upper()
        if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise Invalid.field("currency", f'"{currency[:20]}" is none.', hint="Write it like EUR or INR.")
        said = {name: cells[name] for name in FIELDS if name in cells}
        changes = read_details(said, currency)
        if photo := changes.get("photo"):
            changes["photo"] = await self.source.photos.kept(self.call, self.workspace_id, str(photo))
        return Wish(address, changes, cells.get("placement"))

    def told(self, row: Row, error: ScanlyError) -> str:
        """What is wrong with a row, as the owner of the spreadsheet finds it there."""
        problems = error.problems if isinstance(error, Invalid) and error.problems else None
        problems = problems or (Problem("code", error.message, error.hint),)
        if row.problems:
            return " ".join(map(str, problems))
        return " ".join(map(str, placed(problems, row, self.columns)))
