"""Text that is filled in from a row, such as ``{name}, table {table:03}``: which columns it names, what comes out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter

from scanly.core.errors import Invalid
from scanly.core.text import fold, nearest, printable

_PADDING = re.compile(r"0([1-9][0-9]?)d?")


@dataclass(frozen=True, slots=True)
class _Part:
    """Literal text, then the cell of a column (compared by `fold`), its number padded to ``digits``."""

    text: str
    name: str = ""
    column: str | None = None
    digits: int = 0


@dataclass(frozen=True, slots=True)
class MergeText:
    """A text with places for cells. Nothing in it is evaluated."""

    parts: tuple[_Part, ...]
    columns: frozenset[str]

    def require(self, known: Collection[str], *, field: str) -> None:
        """Raises Invalid for ``field`` when a column is named that is not among ``known``."""
        by_fold = {fold(name): name for name in known}
        for part in self.parts:
            if part.column is not None and part.column not in by_fold:
                there_are = ", ".join(map(printable, by_fold.values()))
                hint = f"{nearest(part.column, by_fold)} There are {there_are}.".strip()
                raise _bad(field, f'names "{printable(part.name)}", which is not a column.', hint)

    def fill(self, cells: Mapping[str, str]) -> str:
        """The text of one row, whose cells are named as `fold` does; a cell that is not there is empty.

        Raises Invalid when a padded cell is no whole number.
        """
        found: list[str] = []
        for part in self.parts:
            found.append(part.text)
            if part.column is not None:
                cell = cells.get(part.column, "")
                found.append(_padded(cell, part, cells.get("line", "")) if part.digits else cell)
        return "".join(found)


def parse_merge(text: str, *, field: str) -> MergeText:
    """Reads such a text; ``{table:03}`` pads with zeros, ``{{`` is a brace. Raises Invalid for ``field``."""
    try:
        parts = tuple(_part(*piece, field) for piece in Formatter().parse(text))
    except ValueError as error:
        raise _bad(field, f"is not a template: {error}.", "Write {{ and }} for real braces.") from error
    return MergeText(parts, frozenset(part.column for part in parts if part.column is not None))


def _part(text: str, name: str | None, spec: str | None, conversion: str | None, field: str) -> _Part:
    if name is None:
        return _Part(text)
    padding = _PADDING.fullmatch(spec) if spec else None
    if conversion or (spec and padding is None):
        message = f'has a format for "{printable(name)}" that is not known.'
        raise _bad(field, message, "Only zeros: {table:03} gives 007.")
    return _Part(text, name, fold(name), int(padding[1]) if padding else 0)


def _padded(cell: str, part: _Part, line: str) -> str:
    if not re.fullmatch(r"\s*[0-9]{1,99}\s*", cell):
        message = f'"{printable(cell[:60])}" is not a whole number, which the template needs.'
        hint = "Leave the zeros out of the template."
        raise Invalid.field(part.name, message, hint=hint, where=f"row {line}" if line else "")
    return cell.strip().zfill(part.digits)


def _bad(field: str, message: str, hint: str) -> Invalid:
    return Invalid.field(field, message, hint=hint)
