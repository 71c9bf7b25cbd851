"""Answers of visitors as lines, objects and files; no spreadsheet runs what a visitor wrote."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scanly.codes.formulas import defused
from scanly.core import clock
from scanly.core.errors import Invalid
from scanly.core.files import write_whole
from scanly.core.ids import show

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scanly.sites.answers.model import Answer, Lead

LISTED = ("id", "when", "site", "block", "status", "name", "phone", "what")
_ABOUT = ("id", "when", "host", "site", "block", "type", "status", "booked", "language", "consent")
# What people look for first; whatever else a form asked follows.
_FIRST = ("name", "phone", "email", "message", "comment", "note", "day", "part", "score", "may_show")
_WIDTH = 60


def line(lead: Lead, zone: ZoneInfo) -> tuple[str, ...]:
    """One line of the list."""
    answer, fields = lead.answer, lead.answer.fields
    what = fields.get("message") or fields.get("comment") or fields.get("note") or ""
    if answer.slot_ms is not None:
        what = f"{_moment(answer.slot_ms, zone)} {what}"
    elif "day" in fields:
        what = f"{fields['day']} {fields.get('part', '')} {what}"
    elif "score" in fields:
        what = f"{fields['score']}/5 {what}"
    what = " ".join(what.split())
    short = what if len(what) <= _WIDTH else f"{what[: _WIDTH - 1]}…"
    name, phone = fields.get("name", ""), fields.get("phone", "")
    when = _moment(answer.created_ms, zone)
    return show(answer.id), when, lead.slug, answer.block, answer.status, name, phone, short


def as_record(lead: Lead, zone: ZoneInfo) -> dict[str, object]:
    """All of it, by name."""
    answer = lead.answer
    about: dict[str, object] = {
        "id": show(answer.id),
        "when": _moment(answer.created_ms, zone),
        "host": lead.host,
        "site": lead.slug,
        "block": answer.block,
        "type": answer.type,
        "status": answer.status,
        "booked": "" if answer.slot_ms is None else _moment(answer.slot_ms, zone),
    }
    return about | _ordered(answer) | {"language": answer.language, "consent": answer.consent}


def as_object(lead: Lead, zone: ZoneInfo) -> dict[str, object]:
    """All of it, for machines."""
    answer = lead.answer
    return {
        "id": show(answer.id),
        "at": clock.iso(answer.created_ms),
        "host": lead.host,
        "site": lead.slug,
        "release": answer.release,
        "block": answer.block,
        "type": answer.type,
        "status": answer.status,
        "booked_at": None if answer.slot_ms is None else clock.iso(answer.slot_ms),
        "fields": _ordered(answer),
        "language": answer.language,
        "consent": answer.consent,
        "time_zone": zone.key,
    }


Write = Callable[[Sequence["Lead"], "ZoneInfo"], None]


def writer(path: Path) -> Write:
    """What writes a file of this ending. Raises Invalid."""
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise Invalid.field(
            "out", f'"{path.name}" has no ending that is known.', hint="Use .csv, .xlsx or .json."
        )
    return partial(write, path)


def _rows(leads: Sequence[Lead], zone: ZoneInfo) -> tuple[list[str], list[list[str]]]:
    """The columns, and their cells as text."""
    records = [as_record(lead, zone) for lead in leads]
    asked = {name for lead in leads for name in lead.answer.fields}
    fields = [name for name in _FIRST if name in asked] + sorted(asked.difference(_FIRST))
    columns = [*_ABOUT[:-2], *fields, *_ABOUT[-2:]]
    return columns, [[str(record.get(name, "")) for name in columns] for record in records]


def _write_csv(path: Path, leads: Sequence[Lead], zone: ZoneInfo) -> None:
    columns, rows = _rows(leads, zone)
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerows([columns, *([defused(cell) for cell in row] for row in rows)])
    write_whole(path, text.getvalue().encode("utf-8-sig"))  # spreadsheets know UTF-8 by the mark


def _write_xlsx(path: Path, leads: Sequence[Lead], zone: ZoneInfo) -> None:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()  # pyright: ignore[reportUnknownMemberType] - its options are untyped
        columns, rows = _rows(leads, zone)
        for number, row in enumerate([columns, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)  # a text, whatever it begins with
        sheet.freeze_panes(1, 0)
    write_whole(path, made.getvalue())


def _write_json(path: Path, leads: Sequence[Lead], zone: ZoneInfo) -> None:
    import msgspec

    found = msgspec.json.encode([as_object(lead, zone) for lead in leads])
    write_whole(path, msgspec.json.format(found, indent=1) + b"\n")


_WRITERS = {".csv": _write_csv, ".xlsx": _write_xlsx, ".json": _write_json}


def _ordered(answer: Answer) -> dict[str, object]:
    first = [name for name in _FIRST if name in answer.fields]
    return {name: answer.fields[name] for name in [*first, *sorted(answer.fields.keys() - set(_FIRST))]}


def _moment(ms: int, zone: ZoneInfo) -> str:
    return clock.at(ms, zone).strftime("%Y-%m-%d %H:%M")
