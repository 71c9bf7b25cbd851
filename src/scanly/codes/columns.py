"""What the columns of a bulk file mean, and what one row asks for.

Names are compared without case, spaces, hyphens and underscores; ``url`` is another name of ``target``.
Columns that mean nothing to Scanly are kept for templates. A filled cell under a column that this version
cannot honour makes the row a bad one: nothing is left out in silence. Spaces around a cell do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote, unquote_plus

from scanly.codes.spreadsheet import Row
from scanly.core.address import web_address
from scanly.core.errors import Invalid, Problem
from scanly.core.text import fold, nearest, printable

LINK_COLUMNS = ("type", "name", "code", "title", "tags", "caption", "campaign", "placement", "host", "size")
UTM_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
NOT_YET = ("style", "logo", "frame", "copies", "expires", "max_scans", "password")

_SIZE = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:mm)?", re.IGNORECASE)
_SHOWN_CHARS = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file: ``column_of`` leads from a known name to the file's own, ``types`` from
    a payload type to its fields; ``unknown`` are kept for templates only."""

    header: tuple[str, ...]
    column_of: Mapping[str, str]
    unknown: tuple[str, ...]
    types: Mapping[str, Collection[str]]

    def filled(self, row: Row) -> dict[str, str]:
        """The filled cells under known names."""
        cells = {name: row.values[column].strip() for name, column in self.column_of.items()}
        return {name: cell for name, cell in cells.items() if cell}

    def template_names(self) -> tuple[str, ...]:
        """What a template may name: every column, under the file's name and under the known one."""
        return (
            *self.header,
            *(name for name, column in self.column_of.items() if fold(name) != fold(column)),
        )

    def template_values(self, row: Row) -> dict[str, str]:
        """The cell for each of `template_names`."""
        cells = [row.values[column] for column in (*self.header, *self.column_of.values())]
        return dict(zip((*self.header, *self.column_of), cells, strict=True))

    def shown(self, name: str) -> str:
        """A known name as it appears in messages, with the file's own name where that differs."""
        column = self.column_of.get(name, name)
        return name if fold(column) in (fold(name), "url") else f'{name} (column "{printable(column)}")'


@dataclass(frozen=True, slots=True)
class RowSpec:
    """What one row asks for. ``fields`` are the payload's; an empty text means that the row does not say."""

    line: int
    type: str
    fields: Mapping[str, str]
    code: str
    title: str
    tags: tuple[str, ...]
    campaign: str
    placement: str
    host: str
    caption: str
    name: str
    size_mm: float | None


def bind(
    header: tuple[str, ...], mapping: Mapping[str, str], types: Mapping[str, Collection[str]]
) -> Columns:
    """Finds out what each column of ``header`` means.

    ``mapping`` leads from names in the header to known ones; ``types`` from payload types to their fields.
    Raises Invalid when two columns mean the same or nothing says what the codes shall contain.
    """
    known = _known(types)
    renamed = dict(_renamed(header, mapping, known))
    column_of: dict[str, str] = {}
    for column in header:
        name = renamed.get(column) or known.get(fold(column))
        if name is None:
            continue
        if name in column_of:
            message = f'"{printable(column_of[name])}" and "{printable(column)}" both mean {name}.'
            raise Invalid.field(name, message, hint="Rename or remove one of them.")
        column_of[name] = column
    _require_content(header, column_of, types)
    unknown = tuple(column for column in header if column not in column_of.values())
    return Columns(header, column_of, unknown, types)


def spec_of(row: Row, columns: Columns) -> RowSpec | tuple[Problem, ...]:
    """What the row asks for, or all that is wrong with it: each with line, column, value and remedy."""
    if row.problems:
        return row.problems
    cells = columns.filled(row)
    try:
        type_name = _type(cells.get("type", "url"), columns.types)
    except Invalid as error:
        return _placed(error.problems, row, columns)
    own = columns.types[type_name]
    fields = {name: cells[_canonical(name)] for name in own if _canonical(name) in cells}
    problems = [*_not_honoured(cells, type_name, own)]
    size_mm = _attempt(_size_mm, cells, problems)
    if type_name == "url":
        fields["target"] = _attempt(_target, cells, problems) or ""
    if problems:
        return _placed(tuple(problems), row, columns)
    said = {name: cell for name, cell in cells.items() if name not in own}
    return RowSpec(
        line=row.line,
        type=type_name,
        fields=fields,
        code=said.get("code", ""),
        title=said.get("title", ""),
        tags=tags_of(said.get("tags", "")),
        campaign=said.get("campaign", ""),
        placement=said.get("placement", ""),
        host=said.get("host", ""),
        caption=said.get("caption", ""),
        name=cells.get("name", ""),
        size_mm=size_mm,
    )


def tags_of(cell: str) -> tuple[str, ...]:
    """The tags of a cell, split at ``;`` or ``|``, each once."""
    tags = (tag.strip() for tag in re.split("[;|]", cell))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def with_utm(address: str, utm: Mapping[str, str]) -> str:
    """``address`` with these query parameters set: those it has are replaced in place, others come last.

    Everything else, the fragment included, stays as it is written.
    """
    if not utm:
        return address
    whole, hash_mark, fragment = address.partition("#")
    base, _, query = whole.partition("?")
    pending = {name: f"{name}={quote(value, safe='')}" for name, value in utm.items()}
    parts: list[str] = []
    for part in query.split("&") if query else ():
        name = unquote_plus(part.partition("=")[0])
        if name not in utm:
            parts.append(part)
        elif name in pending:
            parts.append(pending.pop(name))
    return f"{base}?{'&'.join([*parts, *pending.values()])}{hash_mark}{fragment}"


def _canonical(name: str) -> str:
    return "target" if name == "url" else name


def _known(types: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Every name that means something, by how names are compared."""
    fields = (field for names in types.values() for field in names)
    names = ("target", "url", *LINK_COLUMNS, *UTM_COLUMNS, *NOT_YET, *fields)
    return {fold(name): _canonical(name) for name in names}


def _renamed(
    header: tuple[str, ...], mapping: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Columns and their known names, as ``mapping`` says. Raises Invalid for names that do not exist."""
    columns = {fold(column): column for column in header}
    for given, meant in mapping.items():
        column = columns.get(fold(given))
        if column is None:
            hint = f"{nearest(given, header)} The columns are {_listed(header)}.".strip()
            raise Invalid.field("map", f'There is no column "{printable(given)}".', hint=hint)
        name = known.get(fold(meant))
        if name is None:
            names = tuple(dict.fromkeys(known.values()))
            hint = f"{nearest(meant, names)} Known are {', '.join(names)}.".strip()
            raise Invalid.field("map", f'"{printable(meant)}" is not a known column.', hint=hint)
        yield column, name


def _require_content(
    header: tuple[str, ...], column_of: Mapping[str, str], types: Mapping[str, Collection[str]]
) -> None:
    fields = {_canonical(field) for names in types.values() for field in names}
    if "target" in column_of or ("type" in column_of and fields & column_of.keys()):
        return
    similar = nearest("target", map(fold, header)) or nearest("url", map(fold, header))
    meant = next((column for column in header if f'"{fold(column)}"' in similar), header[0])
    example = f'--map "{printable(meant)}=target"'
    hint = f"{similar} The columns are {_listed(header)}; say which one it is, like {example}.".strip()
    raise Invalid.field("target", 'There is no column "target" (or "url").', hint=hint)


def _listed(header: tuple[str, ...]) -> str:
    return ", ".join(f'"{printable(column)}"' for column in header)


def _type(cell: str, types: Mapping[str, Collection[str]]) -> str:
    by_name = {fold(name): name for name in types}
    if fold(cell) not in by_name:
        hint = nearest(fold(cell), by_name) or f"There are {', '.join(types)}."
        raise Invalid.field("type", f"{_value(cell)} is not a kind of content.", hint=hint)
    return by_name[fold(cell)]


def _not_honoured(cells: Mapping[str, str], type_name: str, own: Collection[str]) -> Iterator[Problem]:
    """Filled cells that would have no effect."""
    for name in NOT_YET:
        if name in cells and name not in own:
            message = (
                f"{_value(cells[name])} has no effect: this version cannot set {name} from a spreadsheet."
            )
            yield Problem(name, message, "Empty the cell, or remove the column.")
    for name in UTM_COLUMNS:
        if name in cells and type_name != "url":
            message = f"{_value(cells[name])} has no effect: {type_name} has no address to add it to."
            yield Problem(name, message, "Empty the cell.")


def _attempt(
    decide: Callable[[Mapping[str, str]], T], cells: Mapping[str, str], problems: list[Problem]
) -> T | None:
    """What ``decide`` makes of the cells; what it refuses is added to ``problems``."""
    try:
        return decide(cells)
    except Invalid as error:
        problems.extend(error.problems)
        return None


def _size_mm(cells: Mapping[str, str]) -> float | None:
    cell = cells.get("size")
    if cell is None:
        return None
    size = _SIZE.fullmatch(cell)
    size_mm = float(size[1].replace(",", ".")) if size else 0
    if not size_mm:
        raise Invalid.field(
            "size", f"{_value(cell)} is not a size in millimetres.", hint="Write it like 30 or 30mm."
        )
    return size_mm


def _target(cells: Mapping[str, str]) -> str:
    if "target" not in cells:
        raise Invalid.field("target", "is empty.", hint="Write the address that the code shall open.")
    utm = {name: cells[name] for name in UTM_COLUMNS if name in cells}
    address = web_address(cells["target"])
    return web_address(with_utm(address, utm)) if utm else address


def _value(cell: str) -> str:
    return f'"{printable(cell if len(cell) <= _SHOWN_CHARS else cell[:_SHOWN_CHARS] + "…")}"'


def _placed(problems: tuple[Problem, ...], row: Row, columns: Columns) -> tuple[Problem, ...]:
    """The problems with the row's line and the names that the file's owner knows."""
    return tuple(
        replace(problem, field=columns.shown(problem.field), where=f"row {row.line}") for problem in problems
    )
