"""What a bulk run is asked for, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from scanly.codes.columns import Columns, bind
from scanly.codes.names import NameTemplate, parse_template
from scanly.codes.rowspec import Conventions, check_date_format
from scanly.codes.selection import Selection, parse_selection
from scanly.codes.spreadsheet import Rows, open_rows
from scanly.core.errors import Invalid
from scanly.links.hosts import BaseUrl
from scanly.qr.payloads import types
from scanly.qr.style import Style

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. ``folder`` gets the files and the report; ``where`` chooses rows, ``zone`` is that of
    dates, ``date_format`` (strptime) how they are written when it is not ISO 8601, ``currency`` that of costs."""

    source: Path
    folder: Path
    formats: tuple[str, ...]
    base_url: BaseUrl
    style: Style
    dynamic: bool = True
    name_template: str = ""
    mapping: tuple[tuple[str, str], ...] = ()
    where: tuple[str, ...] = ()
    zone: ZoneInfo = UTC
    currency: str = "EUR"
    date_format: str = ""
    sheet: str | None = None
    jobs: int = 1
    resume: bool = False
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended, earlier parts included: rows by status, and what is wrong with (the first of) those that
    failed. ``made_before`` counts the rows that an earlier run had settled."""

    total: int
    ok: int
    failed: int
    made_before: int
    problems: tuple[str, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """An order whose spreadsheet was opened and understood."""

    order: Order
    rows: Rows
    columns: Columns
    template: NameTemplate | None
    selection: Selection
    conventions: Conventions


def open_job(order: Order, now_ms: int) -> Job:
    """Raises Invalid for the file or the order as a whole."""
    if order.date_format:
        check_date_format(order.date_format)
    rows = open_rows(order.source, sheet=order.sheet)
    columns = bind(rows.header, dict(order.mapping), payload_fields())
    template = parse_template(order.name_template, columns.template_names()) if order.name_template else None
    selection = parse_selection(order.where, columns.header, columns.column_of)
    if selection.by_status and not order.resume:
        raise Invalid.field(
            "where", "speaks of the status in an earlier run.", hint="Add --resume to go on with that one."
        )
    conventions = Conventions(
        order.zone, now_ms, order.date_format, dynamic=order.dynamic, currency=order.currency
    )
    return Job(order, rows, columns, template, selection, conventions)


def payload_fields() -> Mapping[str, tuple[str, ...]]:
    """The fields of every payload type."""
    return {name: tuple(field.name for field in kind.fields) for name, kind in types().items()}
