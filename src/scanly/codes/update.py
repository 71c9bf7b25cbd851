"""Links that are there already are changed by a spreadsheet: first what would change, then the changes.

A row names its link by ``code`` (or ``host/code``, or a column ``host``). An empty cell leaves a field as it is;
``never`` takes an end away, ``0`` a limit. Columns that say nothing about a link are passed over, so the
spreadsheet of a bulk run, or its ``results.csv``, can be corrected and given back. Whoever runs it twice changes
nothing the second time, so a run that was cut off is simply run again.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from scanly.codes.columns import UTM_COLUMNS, Columns, known_columns
from scanly.codes.formulas import as_was
from scanly.codes.order import UTC, payload_fields
from scanly.codes.rowspec import (
    Conventions,
    check_date_format,
    expires_ms_of,
    max_scans_of,
    placed,
    tags_of,
    target_of,
)
from scanly.codes.spreadsheet import Row, Rows, open_rows
from scanly.core.errors import Conflict, Invalid, Problem, ScanlyError
from scanly.core.ids import WorkspaceId
from scanly.links import hosts
from scanly.links.address import Address
from scanly.links.changes import Edited, edit_links, try_edits
from scanly.links.model import Link, difference
from scanly.links.moments import shown_end
from scanly.work.call import Call

BATCH = 500
FIELDS = ("target", "title", "tags", "campaign", "placement", "expires", "max_scans")
NEVER = "never"
_NOWHERE = Address(hosts.DEFAULT, "")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class UpdateOrder:
    """What is asked for; ``zone`` and ``date_format`` as in a bulk order."""

    source: Path
    mapping: tuple[tuple[str, str], ...] = ()
    zone: ZoneInfo = UTC
    date_format: str = ""
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one link, as people read it; ``line`` is that of the spreadsheet."""

    line: int
    code: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """What a spreadsheet would change. ``links`` counts those that change, ``problems`` stop their rows only;
    ``passed_over`` are its columns that say nothing about a link."""

    sha256: str
    total: int
    links: int
    changes: tuple[FieldChange, ...]
    problems: tuple[str, ...]
    passed_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """How an update ended: rows by what became of them, and what is wrong with those that failed."""

    total: int
    changed: int
    unchanged: int
    failed: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """What one row asks for, or what is wrong with it."""

    row: Row
    address: Address
    changes: Mapping[str, object]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Update:
    """An order whose spreadsheet was opened and understood."""

    rows: Rows
    columns: Columns
    conventions: Conventions

    def batches(self) -> Iterator[list[_Edit]]:
        """The rows' edits; the second row of a link is refused."""
        seen: dict[Address, int] = {}
        rows = iter(self.rows)
        while batch := list(itertools.islice(rows, BATCH)):
            yield [self._once(self._edit(row), seen) for row in batch]

    def explained(self, row: Row, error: ScanlyError) -> str:
        """What is wrong with a row, as the owner of the spreadsheet finds it there."""
        problems = error.problems if isinstance(error, Invalid) and error.problems else None
        problems = problems or (Problem("code", error.message, error.hint),)
        named = tuple(Problem(each.field.removesuffix("_ms"), each.message, each.hint) for each in problems)
        return " ".join(str(problem) for problem in placed(named, row, self.columns))

    def refusals(self, batch: list[_Edit], good: list[_Edit], outcomes: list[Edited]) -> Iterator[str]:
        """What is wrong with rows of a batch, in their order; ``outcomes`` are those of the good ones."""
        told = {
            edit.row.line: self.explained(edit.row, outcome)
            for edit, outcome in zip(good, outcomes, strict=True)
            if isinstance(outcome, ScanlyError)
        }
        for edit in batch:
            if problem := edit.problem or told.get(edit.row.line):
                yield problem

    def passed_over(self) -> tuple[str, ...]:
        """The columns that say nothing about a link."""
        names = (*FIELDS, *UTM_COLUMNS, "code", "host")
        used = {self.columns.column_of.get(name) for name in names}
        return tuple(column for column in self.columns.header if column not in used)

    def _edit(self, row: Row) -> _Edit:
        if row.problems:
            return _Edit(row, _NOWHERE, {}, " ".join(map(str, row.problems)))
        cells = {name: as_was(cell) for name, cell in self.columns.filled(row).items()}
        try:
            return _Edit(row, _address(cells), _changes(cells, self.conventions))
        except Invalid as error:
            return _Edit(row, _NOWHERE, {}, self.explained(row, error))

    def _once(self, edit: _Edit, seen: dict[Address, int]) -> _Edit:
        first = edit.row.line if edit.problem else seen.setdefault(edit.address, edit.row.line)
        if first == edit.row.line:
            return edit
        twice = Problem("code", f'"{edit.address}" is in row {first}, too.', "Keep one of the two.")
        return replace(edit, problem=self.explained(edit.row, Invalid(problems=(twice,))))


async def preview(call: Call, workspace_id: WorkspaceId, order: UpdateOrder) -> UpdatePlan:
    """What would change, without changing anything. Raises Invalid for the spreadsheet as a whole."""
    update = _opened(order, call.now_ms)
    changes: list[FieldChange] = []
    problems: list[str] = []
    links = 0
    for batch in update.batches():
        good = [edit for edit in batch if not edit.problem]
        outcomes = await try_edits(call, workspace_id, [(edit.address, edit.changes) for edit in good])
        problems += update.refusals(batch, good, outcomes)
        for edit, outcome in zip(good, outcomes, strict=True):
            found = [] if isinstance(outcome, ScanlyError) else _compared(edit, *outcome, order.zone)
            changes += found
            links += bool(found)
    return UpdatePlan(
        sha256=update.rows.sha256,
        total=update.rows.total,
        links=links,
        changes=tuple(changes),
        problems=tuple(problems),
        passed_over=update.passed_over(),
    )


async def apply(
    call: Call, workspace_id: WorkspaceId, order: UpdateOrder, progress: Progress, *, sha256: str = ""
) -> UpdateSummary:
    """Makes the changes, in batches that are one transaction each; each can be undone as any edit.

    ``sha256`` is that of the plan which was agreed to. Raises Invalid for the spreadsheet as a whole, and Conflict
    when it is no longer the one of the plan.
    """
    update = _opened(order, call.now_ms)
    if sha256 and sha256 != update.rows.sha256:
        raise Conflict(f"{order.source} was changed after the preview.", hint="Look at the preview again.")
    total, problems = update.rows.total, list[str]()
    changed = done = 0
    for batch in update.batches():
        good = [edit for edit in batch if not edit.problem]
        outcomes = await edit_links(call, workspace_id, [(edit.address, edit.changes) for edit in good])
        problems += update.refusals(batch, good, outcomes)
        changed += sum(
            outcome[0] != outcome[1] for outcome in outcomes if not isinstance(outcome, ScanlyError)
        )
        done += len(batch)
        progress(done, total)
    failed = len(problems)
    return UpdateSummary(total, changed, total - changed - failed, failed, tuple(problems))


def _opened(order: UpdateOrder, now_ms: int) -> _Update:
    if order.date_format:
        check_date_format(order.date_format)
    rows = open_rows(order.source, sheet=order.sheet)
    columns = known_columns(rows.header, dict(order.mapping), payload_fields())
    if "code" not in columns.column_of:
        raise Invalid.field(
            "code",
            'There is no column "code".',
            hint='Say which one names the links, like --map "Link=code".',
        )
    if not any(name in columns.column_of for name in FIELDS):
        raise Invalid.field(
            "target", "No column says what to change.", hint=f"What can: {', '.join(FIELDS)}."
        )
    return _Update(rows, columns, Conventions(order.zone, now_ms, order.date_format))


def _address(cells: Mapping[str, str]) -> Address:
    code = as_was(cells.get("code", ""))
    if not code:
        raise Invalid.field("code", "is empty.", hint="Name the link that shall change.")
    address = Address.parse(code)
    if "host" in cells and address.host == hosts.DEFAULT:
        return Address(hosts.canonical(cells["host"]), address.code)
    return address


def _changes(cells: Mapping[str, str], conventions: Conventions) -> dict[str, object]:
    """The fields of a link that the filled cells set. Raises Invalid with every one that is wrong."""
    found: dict[str, object] = {
        name: cells[name] for name in ("title", "campaign", "placement") if name in cells
    }
    if "tags" in cells:
        found["tags"] = tags_of(cells["tags"])
    problems = [
        Problem(
            name, "has no effect without a target to add it to.", "Give the target, too, or empty the cell."
        )
        for name in UTM_COLUMNS
        if name in cells and "target" not in cells
    ]
    decisions: dict[str, tuple[str, Callable[[], object]]] = {
        "target": ("target", lambda: target_of(cells)),
        "expires": ("expires_ms", lambda: _expires_ms(cells, conventions)),
        "max_scans": ("max_scans", lambda: None if cells["max_scans"] == "0" else max_scans_of(cells)),
    }
    for name, (link_field, decide) in decisions.items():
        if name in cells:
            try:
                found[link_field] = decide()
            except Invalid as error:
                problems += error.problems
    if problems:
        raise Invalid(problems=tuple(problems))
    return found


def _expires_ms(cells: Mapping[str, str], conventions: Conventions) -> int | None:
    return None if cells["expires"].casefold() == NEVER else expires_ms_of(cells, conventions)


def _compared(edit: _Edit, before: Link, after: Link, zone: ZoneInfo) -> list[FieldChange]:
    """What a row changes of its link."""
    was, now = difference(before, after)
    return [
        FieldChange(
            edit.row.line,
            str(edit.address),
            name.removesuffix("_ms"),
            _as_text(was[name], name, zone),
            _as_text(now[name], name, zone),
        )
        for name in now
    ]


def _as_text(value: object, name: str, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if name == "expires_ms":
        return shown_end(int(str(value)), zone)
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - JSON values
