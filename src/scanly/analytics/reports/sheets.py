"""Reports as CSV and as a workbook: numbers are numbers, and no spreadsheet runs a text as a formula.

Source: RFC 4180; ECMA-376 (by XlsxWriter).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

from scanly.analytics.reports.answer import Overview, Report, Row
from scanly.codes.formulas import defused

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

Cell = str | int | float | date | None

_WIDEST, _NARROWEST = 60, 9


class _Looks(NamedTuple):
    """How cells look."""

    bold: Format
    share: Format
    day: Format


def columns(report: Report) -> list[str]:
    """Names of the columns: those that every row lacks are left out."""
    found = [report.by]
    if any(row.title for row in report.rows):
        found.append("title")
    found.append(report.measure)
    if any(row.visitors is not None for row in report.rows):
        found.append("visitors")
    if any(row.recorded is not None for row in report.rows):
        found.append("recorded")
    if report.before:
        found += ["before", "change"]
    return found


def cells(report: Report) -> list[list[Cell]]:
    """A line for each row, in the order of `columns`; ``change`` is a share of what was before (0.5 is half more)."""
    names = columns(report)
    return [[_cells(report, row)[name] for name in names] for row in report.rows]


def change(now: int, before: int | None) -> float | None:
    """By which share of what was before there are more; None where nothing was."""
    return (now - before) / before if before else None


def as_csv(report: Report) -> str:
    """The rows of one report."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(columns(report))
    lines.writerows([_written(cell) for cell in row] for row in cells(report))
    return text.getvalue()


def as_xlsx(overview: Overview, asked: Report | None = None) -> bytes:
    """A sheet of totals, then one for each section; what was ``asked`` stands first among them."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        looks = _Looks(
            bold=book.add_format({"bold": True, "bottom": 1}),  # pyright: ignore[reportUnknownMemberType]
            share=book.add_format({"num_format": "+0%;-0%;0%"}),  # pyright: ignore[reportUnknownMemberType]
            day=book.add_format({"num_format": "yyyy-mm-dd"}),  # pyright: ignore[reportUnknownMemberType]
        )
        _add_sheet(book, "summary", [[overview.title, None], *_summary(overview)], looks)
        sections = [overview.days, *overview.sections]
        others = [each for each in sections if asked is None or each.by != asked.by]
        for section in [*([asked] if asked else []), *others]:
            _add_sheet(book, section.by, [columns(section), *cells(section)], looks)
    return made.getvalue()


def _cells(report: Report, row: Row) -> dict[str, Cell]:
    return {
        report.measure: row.scans,
        "title": row.title,
        "visitors": row.visitors,
        "recorded": row.recorded,
        "before": row.before,
        "change": change(row.scans, row.before),
        report.by: date.fromisoformat(row.key) if report.by == "day" else row.key,
    }


def _written(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.4f}"
    return defused(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def _summary(overview: Overview) -> list[Sequence[Cell]]:
    days, before = overview.days, overview.days.before
    lines: list[Sequence[Cell]] = [
        ["workspace", overview.workspace],
        ["since", days.since],
        ["until", days.until],
        ["time zone", days.time_zone],
        [days.measure, days.scans],
        ["visitors", days.visitors],
        ["recorded", days.recorded],
        *([kind, number] for kind, number in days.by_kind.items()),
    ]
    if before:
        lines += [
            ["compared with", f"{before.since} to {before.until}"],
            [f"{days.measure} before", before.scans],
            ["change", change(days.scans, before.scans)],
        ]
    told = [*overview.sentences, *days.notes, *([overview.attribution] if overview.attribution else [])]
    return [*lines, *([sentence, None] for sentence in told)]


def _add_sheet(book: Workbook, name: str, rows: Sequence[Sequence[Cell]], looks: _Looks) -> None:
    sheet = book.add_worksheet(name)  # pyright: ignore[reportUnknownMemberType] - its options are untyped
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, column, datetime.combine(cell, time()), looks.day)
            elif isinstance(cell, float):
                sheet.write_number(line, column, cell, looks.share)
            elif isinstance(cell, int):
                sheet.write_number(line, column, cell)
            elif cell:
                # A text, whatever it begins with.
                sheet.write_string(line, column, cell, None if line else looks.bold)
    for column, width in enumerate(_widths(rows)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    lengths = [[len(str(cell)) for cell in column if cell is not None] for column in zip(*rows, strict=True)]
    return [min(max([_NARROWEST, *each]) + 1, _WIDEST) for each in lengths]
