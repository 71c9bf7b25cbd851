"""What a reader of spreadsheets hands on, row by row, and how it says where something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scanly.core.errors import Invalid

SAVE_AS = "Save it as .xlsx or as CSV (UTF-8)."


class Record(NamedTuple):
    """The cells of one row before they meet the header; ``fault`` says why they cannot be trusted."""

    line: int
    cells: list[str]
    fault: str = ""


def filled(records: Iterable[Record]) -> Iterator[Record]:
    """Leaves out rows without content, and the line by which a file announces its delimiter."""
    for record in records:
        announces = record.line == 1 and record.cells == ["sep=", ""]
        if record.fault or (any(cell.strip() for cell in record.cells) and not announces):
            yield record


def error_at(
    name: str, line: int, column: int, message: str, hint: str = "", unit: str = "column"
) -> Invalid:
    """An error at a place in the file; ``unit`` tells character columns from cells. 0 leaves a part out."""
    parts = [name, f"line {line}" if line else "", f"{unit} {column}" if column else ""]
    return Invalid.field("", message, hint=hint, where=", ".join(part for part in parts if part))
