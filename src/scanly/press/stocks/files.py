"""Stocks as data files: CSV with a row for each, or TOML with one stock or a table for each.

Scanly's own are CSV files in ``templates/stocks``; anybody's have the same columns. What a file leaves out: ``page``
is A4, labels touch each other in the middle of it, corners may be round.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import msgspec

from scanly.core.errors import Invalid, NotFound, Problem
from scanly.core.text import nearest
from scanly.press.stocks.formula import middle
from scanly.press.stocks.model import Kind, LabelShape, Stock
from scanly.press.stocks.names import plain
from scanly.press.stocks.papers import find_paper, sized

SUFFIXES = (".csv", ".toml")
MAX_FILE_BYTES = 1024 * 1024


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stock as it is written; the fields are the columns and keys of files."""

    label_width_mm: float
    label_height_mm: float
    name: str = ""
    aliases: str = ""
    maker: str = ""
    part: str = ""
    kind: Kind = "sheet"
    page: str = "A4"
    columns: int = 1
    rows: int = 1
    left_mm: float | None = None
    top_mm: float | None = None
    pitch_x_mm: float | None = None
    pitch_y_mm: float | None = None
    radius_mm: float | None = None
    shape: LabelShape = "rect"
    nominal: str = ""
    source: str = ""
    verification: str = "own measures"


_FIELDS = Written.__struct_fields__


def read_stocks(file: Path) -> dict[str, Stock]:
    """The stocks in a CSV or TOML file, by name. Raises NotFound, or Invalid with the row or table that is wrong."""
    text = _text(file)
    read = _toml if file.suffix.lower() == ".toml" else _rows
    found: dict[str, Stock] = {}
    for where, said in read(file, text):
        stock = _stock(said, f"{file.name}, {where}" if where else file.name, file.stem)
        if stock.name in found:
            raise Invalid.field(
                "name", f'There are two stocks "{stock.name}".', where=f"{file.name}, {where}"
            )
        found[stock.name] = stock
    if not found:
        raise Invalid(f"{file} has no stocks.", hint=f"Columns are {', '.join(_FIELDS)}.")
    return found


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise Invalid(f"{file} is larger than a list of stocks.", hint="Give at most 1 MB.")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFound(f"{file} cannot be opened: {error.strerror}.", hint="Check the name.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{file} is not UTF-8 text.", hint="Save it as CSV UTF-8.") from error


def _rows(file: Path, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Cells by column, empty ones left out; a spreadsheet may have written semicolons."""
    header, _, _ = text.partition("\n")
    reader = csv.DictReader(
        text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ","
    )
    try:
        for cells in reader:
            if None in cells:
                hint = "Put quotes around a cell with a comma in it."
                raise Invalid(f"{file.name}, row {reader.line_num}: there are too many cells.", hint=hint)
            said = {column.strip(): cell.strip() for column, cell in cells.items() if cell and cell.strip()}
            if said:
                yield f"row {reader.line_num}", said
    except csv.Error as error:
        raise Invalid(f"{file} is no CSV: {error}.", hint="Save it as CSV UTF-8.") from error


def _toml(file: Path, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """One stock at the top level, or a table for each, whose name it is."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        hint = "Write lines such as label_width_mm = 63.5."
        raise Invalid(f"{file} is not TOML: {error}.", hint=hint) from error
    if not all(isinstance(value, dict) for value in said.values()):
        yield "", said
        return
    for name, table in cast(dict[str, dict[str, object]], said).items():
        yield f"[{name}]", {"name": name, **table}


def _stock(said: Mapping[str, object], where: str, usual_name: str) -> Stock:
    for name in said:
        if name not in _FIELDS:
            hint = nearest(name, _FIELDS) or f"Known are {', '.join(_FIELDS)}."
            raise Invalid.field(name, "A stock has no such column.", hint=hint, where=where)
    try:
        written = msgspec.convert(said, Written, strict=False)
    except msgspec.ValidationError as error:
        raise _unusable(error, said, where) from error
    try:
        return _made(written, written.name or usual_name)
    except Invalid as error:
        raise Invalid(
            problems=tuple(Problem(each.field, each.message, each.hint, where) for each in error.problems)
        ) from error
    except NotFound as error:
        raise Invalid.field("page", error.message, hint=error.hint, where=where) from error


def _made(written: Written, name: str) -> Stock:
    if not plain(name):
        raise Invalid.field("name", "A stock needs a name with a letter or digit.")
    width, height = written.label_width_mm, written.label_height_mm
    roll = written.kind == "roll"
    page = sized(width, height, field="label") if roll else find_paper(written.page)
    pitch_x = width if written.pitch_x_mm is None else written.pitch_x_mm
    pitch_y = height if written.pitch_y_mm is None else written.pitch_y_mm
    left, top = written.left_mm, written.top_mm
    radius = width / 2 if written.shape == "round" else written.radius_mm
    return Stock(
        name=name,
        maker=written.maker,
        part=written.part or name,
        kind=written.kind,
        page="roll" if roll else page.name,
        page_width_mm=page.width_mm,
        page_height_mm=page.height_mm,
        columns=written.columns,
        rows=written.rows,
        label_width_mm=width,
        label_height_mm=height,
        left_mm=middle(page.width_mm, written.columns, width, pitch_x) if left is None else left,
        top_mm=middle(page.height_mm, written.rows, height, pitch_y) if top is None else top,
        pitch_x_mm=pitch_x,
        pitch_y_mm=pitch_y,
        radius_mm=radius,
        shape=written.shape,
        source=written.source,
        verification=written.verification,
        nominal=written.nominal,
        aliases=tuple(written.aliases.split()),
    )


def _unusable(error: msgspec.ValidationError, said: Mapping[str, object], where: str) -> Invalid:
    """What msgspec found, in words: the field, and what it holds."""
    message, _, path = str(error).partition(" - at `$.")
    field = path.rstrip("`")
    if not field:
        missing = next((name for name in ("label_width_mm", "label_height_mm") if name not in said), "")
        return Invalid.field(
            missing or "stock", "It is missing.", hint="Give the label's size in mm.", where=where
        )
    shown = str(said.get(field, ""))[:80]
    kinds = {"kind": "Write sheet or roll.", "shape": "Write rect, round or oval."}
    whole = "Write a whole number." if field in ("columns", "rows") else "Write millimetres such as 63.5."
    hint = kinds.get(field) or ("Write it in quotes." if "`str`" in message[:16] else whole)
    return Invalid.field(field, f'"{shown}" cannot be used.', hint=hint, where=where)
