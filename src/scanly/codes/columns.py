"""What the columns of a bulk file mean.

Names are compared without case, spaces, hyphens and underscores; ``url`` is another name of ``target``.
Columns that mean nothing to Scanly are kept for templates.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from scanly.codes.placements.details import COLUMNS as PLACEMENT_COLUMNS
from scanly.codes.spreadsheet import Row
from scanly.core.errors import Invalid
from scanly.core.text import fold, nearest, printable

# What closes a link; without a link there is nothing to close.
TERM_COLUMNS = ("expires", "max_scans", "password")
ROW_COLUMNS = ("type", "name", "copies")
LINK_COLUMNS = ("code", "title", "tags", "campaign", "placement", "host", *TERM_COLUMNS)
UTM_COLUMNS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
LOOK_COLUMNS = ("size", "style", "logo", "frame", "caption")


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


def bind(
    header: tuple[str, ...], mapping: Mapping[str, str], types: Mapping[str, Collection[str]]
) -> Columns:
    """Finds out what each column of ``header`` means, for rows that become codes.

    ``mapping`` leads from names in the header to known ones; ``types`` from payload types to their fields.
    Raises Invalid when two columns mean the same or nothing says what the codes shall contain.
    """
    columns = known_columns(header, mapping, types)
    _require_content(header, columns.column_of, types)
    return columns


def known_columns(
    header: tuple[str, ...], mapping: Mapping[str, str], types: Mapping[str, Collection[str]]
) -> Columns:
    """Finds out what each column of ``header`` means. Raises Invalid when two mean the same."""
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
    unknown = tuple(column for column in header if column not in column_of.values())
    return Columns(header, column_of, unknown, types)


def canonical(name: str) -> str:
    return "target" if name == "url" else name


def _known(types: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Every name that means something, by how names are compared."""
    fields = (field for names in types.values() for field in names)
    known = (*ROW_COLUMNS, *LINK_COLUMNS, *PLACEMENT_COLUMNS, *UTM_COLUMNS, *LOOK_COLUMNS)
    names = ("target", "url", *known, *fields)
    return {fold(name): canonical(name) for name in names}


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
    fields = {canonical(field) for names in types.values() for field in names}
    if "target" in column_of or ("type" in column_of and fields & column_of.keys()):
        return
    similar = nearest("target", map(fold, header)) or nearest("url", map(fold, header))
    meant = next((column for column in header if f'"{fold(column)}"' in similar), header[0])
    example = f'--map "{printable(meant)}=target"'
    hint = f"{similar} The columns are {_listed(header)}; say which one it is, like {example}.".strip()
    raise Invalid.field("target", 'There is no column "target" (or "url").', hint=hint)


def _listed(header: tuple[str, ...]) -> str:
    return ", ".join(f'"{printable(column)}"' for column in header)
