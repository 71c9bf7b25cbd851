"""Which rows a run is about: ``city=Pune``, ``city!=Pune``, ``city~pu`` (contains), all of them together.

``status`` is what became of the row before (`ok`, `failed`, `skipped`, empty for nothing yet), unless the
spreadsheet has a column of that name; then ``results.status`` is. Letter case and spaces around do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from scanly.codes.spreadsheet import Row
from scanly.core.errors import Invalid
from scanly.core.text import fold, nearest, printable

EARLIER = "results.status"

_CONDITION = re.compile(r"\s*([^=~!]+?)\s*(!=|=|~)(.*)", re.DOTALL)
_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda cell, value: cell == value,
    "!=": lambda cell, value: cell != value,
    "~": lambda cell, value: value in cell,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; an empty ``column`` stands for the row's earlier status."""

    column: str
    test: str
    value: str

    def holds(self, row: Row, status: str) -> bool:
        cell = _plain(row.values[self.column]) if self.column else status
        return _TESTS[self.test](cell, self.value)


@dataclass(frozen=True, slots=True)
class Selection:
    """The conditions that a row must meet, every one; without any, all rows do."""

    conditions: tuple[Condition, ...] = ()

    @property
    def by_status(self) -> bool:
        """Whether it speaks of what became of rows before."""
        return any(not condition.column for condition in self.conditions)

    def holds(self, row: Row, status: str) -> bool:
        return all(condition.holds(row, status) for condition in self.conditions)


def parse_selection(
    texts: Sequence[str], header: Sequence[str], column_of: Mapping[str, str] | None = None
) -> Selection:
    """Reads conditions on the columns of a file, under their own names or those of ``column_of``. Raises Invalid."""
    known = {fold(EARLIER): "", "status": ""}
    known |= {fold(name): column for name, column in (column_of or {}).items()}
    known |= {fold(column): column for column in header}
    return Selection(tuple(_condition(text, known, header) for text in texts))


def _condition(text: str, known: Mapping[str, str], header: Sequence[str]) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise _bad(
            f'"{printable(text[:60])}" is no condition.', "Write it like city=Pune, city!=Pune or city~pu."
        )
    name, test, value = found.groups()
    if fold(name) not in known:
        there_are = ", ".join(f'"{printable(column)}"' for column in header)
        hint = f"{nearest(fold(name), known)} There are {there_are}, and status.".strip()
        raise _bad(f'There is no column "{printable(name[:60])}".', hint)
    return Condition(known[fold(name)], test, _plain(value))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _bad(message: str, hint: str) -> Invalid:
    return Invalid.field("where", message, hint=hint)
