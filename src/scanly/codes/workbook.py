"""Records of an XLSX workbook: the first visible sheet or the one that is named.

The sheet is held in memory (about 60 bytes a cell; text streams); numbers without ``.0``, dates as ISO 8601,
formulas by their saved results; an error such as ``#N/A`` reads as an empty cell.

Source: ECMA-376-1, 18.3 (worksheets), read by calamine.
"""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from scanly.codes.records import SAVE_AS, Record
from scanly.core.errors import Invalid
from scanly.core.text import nearest, printable

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024

_OTHER_ARCHIVES = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "content.xml": "an OpenDocument file (.ods)",
}


def sheet_records(path: Path, sheet: str | None) -> Callable[[], Iterator[Record]]:
    """The records of one sheet; ``line`` is the sheet's own row number. Raises Invalid."""
    import python_calamine as calamine

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
