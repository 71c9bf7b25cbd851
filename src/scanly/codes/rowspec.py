"""What one row of a bulk file asks for, or all that is wrong with it.

A row's ``type`` takes the columns that are named like its own fields: ``name`` is a person's on a vcard and a
file's elsewhere, ``password`` is a network's with wifi and a link's elsewhere. A filled cell that can have no
effect makes the row a bad one: nothing is left out in silence. Spaces around a cell do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import quote, unquote_plus
from zoneinfo import ZoneInfo

from scanly.codes.columns import PLACEMENT_COLUMNS, TERM_COLUMNS, UTM_COLUMNS, Columns, canonical
from scanly.codes.placements.details import Details, read_details, with_details
from scanly.codes.spreadsheet import Row
from scanly.core.address import web_address
from scanly.core.errors import Invalid, Problem
from scanly.core.text import fold, nearest, printable
from scanly.links import passwords
from scanly.links.moments import parse_moment

MOST_COPIES = 10_000
MOST_SCANS = 2**31 - 1

_SIZE = re.compile(r"(\d{1,4}(?:[.,]\d{1,3})?)\s*(?:mm)?", re.IGNORECASE)
_NUMBER = re.compile(r"0*([1-9][0-9]{0,9})")
_CLOCK = re.compile(r"%[-#]?[HIMSpcXT]")
_SHOWN_CHARS = 60
_UTC = ZoneInfo("UTC")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conventions:
    """How cells are read: moments on the clocks of ``zone``, dates as ISO 8601 or in ``date_format`` (strptime),
    costs in ``currency``.

    Without ``dynamic`` no row gets a link.
    """

    zone: ZoneInfo = _UTC
    now_ms: int = 0
    date_format: str = ""
    dynamic: bool = True
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class RowSpec:
    """What one row asks for. ``fields`` are the payload's; an empty text means that the row does not say.

    ``password`` is as it was typed; ``logo``, ``style`` and the photo of ``details`` (the line of the
    register, if there shall be one) may be paths, from the folder of the spreadsheet.
    """

    line: int
    type: str
    fields: Mapping[str, str]
    code: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    campaign: str = ""
    placement: str = ""
    host: str = ""
    expires_ms: int | None = None
    max_scans: int | None = None
    password: str = ""
    name: str = ""
    copies: int = 1
    size_mm: float | None = None
    style: str = ""
    logo: str = ""
    frame: str = ""
    caption: str = ""
    details: Details | None = None


def spec_of(row: Row, columns: Columns, conventions: Conventions) -> RowSpec | tuple[Problem, ...]:
    """What the row asks for, or all that is wrong with it: each with line, column, value and remedy."""
    if row.problems:
        return row.problems
    cells = columns.filled(row)
    try:
        type_name = _type(cells.get("type", "url"), columns.types)
    except Invalid as error:
        return placed(error.problems, row, columns)
    own = columns.types[type_name]
    said = {name: cell for name, cell in cells.items() if name not in own}
    linked = type_name == "url" and conventions.dynamic
    problems = [*_without_effect(said, type_name, linked=linked)]
    fields = {name: cells[canonical(name)] for name in own if canonical(name) in cells}
    size_mm = _attempt(_size_mm, said, problems)
    copies = _attempt(_copies, said, problems)
    expires_ms = _attempt(lambda each: expires_ms_of(each, conventions), said if linked else {}, problems)
    max_scans = _attempt(max_scans_of, said if linked else {}, problems)
    password = _attempt(_password, said if linked else {}, problems)
    details = _attempt(lambda each: _details(each, conventions), said if linked else {}, problems)
    if type_name == "url":
        fields["target"] = _attempt(target_of, cells, problems) or ""
    if problems:
        return placed(tuple(problems), row, columns)
    texts = ("code", "title", "campaign", "placement", "host", "style", "logo", "frame", "caption")
    return RowSpec(
        line=row.line,
        type=type_name,
        fields=fields,
        tags=tags_of(said.get("tags", "")),
        expires_ms=expires_ms,
        max_scans=max_scans,
        password=password or "",
        name=cells.get("name", ""),
        copies=copies or 1,
        size_mm=size_mm,
        details=details,
        **{name: said.get(name, "") for name in texts},
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


def target_of(cells: Mapping[str, str]) -> str:
    """The address under ``target``, as it is written or with the parameters of the UTM columns. Raises Invalid."""
    if "target" not in cells:
        raise Invalid.field("target", "is empty.", hint="Write the address that the code shall open.")
    utm = {name: cells[name] for name in UTM_COLUMNS if name in cells}
    address = web_address(cells["target"])
    return web_address(with_utm(address, utm)) if utm else cells["target"]


def expires_ms_of(cells: Mapping[str, str], conventions: Conventions) -> int | None:
    """The first moment at which the link is closed; a date alone is open until its end. Raises Invalid."""
    cell = cells.get("expires")
    if cell is None:
        return None
    words = _iso_words(cell, conventions.date_format) if conventions.date_format else cell
    return parse_moment(words, conventions.zone, conventions.now_ms, field="expires", whole_day=True)


def max_scans_of(cells: Mapping[str, str]) -> int | None:
    """After how many people the link is closed. Raises Invalid."""
    return _whole_number("max_scans", cells, MOST_SCANS)


def check_date_format(date_format: str) -> None:
    """Raises Invalid when a format of `datetime.strptime` cannot tell one day from another."""
    day = datetime(2027, 5, 31, tzinfo=UTC)
    try:
        told = datetime.strptime(day.strftime(date_format), date_format).replace(tzinfo=UTC)
    except ValueError:
        told = None
    if told != day:
        raise Invalid.field(
            "date-format",
            f'"{printable(date_format[:60])}" does not tell day, month and year.',
            hint="Write it like %d.%m.%Y for 31.05.2027.",
        )


def placed(problems: tuple[Problem, ...], row: Row, columns: Columns) -> tuple[Problem, ...]:
    """The problems with the row's line and the names that the file's owner knows."""
    return tuple(
        replace(problem, field=columns.shown(problem.field), where=f"row {row.line}") for problem in problems
    )


def shortened(cell: str) -> str:
    """A cell as it is shown in messages."""
    return f'"{printable(cell if len(cell) <= _SHOWN_CHARS else cell[:_SHOWN_CHARS] + "…")}"'


def _type(cell: str, types: Mapping[str, Collection[str]]) -> str:
    if cell in types:
        return cell
    by_name = {fold(name): name for name in types}
    if fold(cell) not in by_name:
        hint = nearest(fold(cell), by_name) or f"There are {', '.join(types)}."
        raise Invalid.field("type", f"{shortened(cell)} is not a kind of content.", hint=hint)
    return by_name[fold(cell)]


def _without_effect(said: Mapping[str, str], type_name: str, *, linked: bool) -> Iterator[Problem]:
    """Filled cells that would have no effect."""
    for name in TERM_COLUMNS if not linked else ():
        if name in said:
            holds = "the address itself" if type_name == "url" else f"a {type_name}"
            message = f"{shortened(said[name])} has no effect: a code that holds {holds} is open for ever."
            yield Problem(name, message, "Empty the cell, or put a short address into the code.")
    for name in UTM_COLUMNS if type_name != "url" else ():
        if name in said:
            message = f"{shortened(said[name])} has no effect: {type_name} has no address to add it to."
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
            "size", f"{shortened(cell)} is not a size in millimetres.", hint="Write it like 30 or 30mm."
        )
    return size_mm


def _copies(cells: Mapping[str, str]) -> int | None:
    return _whole_number("copies", cells, MOST_COPIES)


def _whole_number(name: str, cells: Mapping[str, str], most: int) -> int | None:
    cell = cells.get(name)
    if cell is None:
        return None
    number = _NUMBER.fullmatch(cell)
    if number is None or int(number[1]) > most:
        message = f"{shortened(cell)} is not a whole number from 1 to {most:,}."
        raise Invalid.field(name, message, hint="Write it like 50.")
    return int(number[1])


def _details(cells: Mapping[str, str], conventions: Conventions) -> Details | None:
    """The row's line in the register; None when no cell asks for one. Raises Invalid."""
    said = {name: cells[name] for name in PLACEMENT_COLUMNS if name in cells}
    for name in ("printed_on", "replace_by") if conventions.date_format else ():
        if name in said:
            said[name] = _iso_words(said[name], conventions.date_format)
    return with_details(Details(), read_details(said, conventions.currency)) if said else None


def _password(cells: Mapping[str, str]) -> str:
    return passwords.check(cells["password"]) if "password" in cells else ""


def _iso_words(cell: str, date_format: str) -> str:
    """A date of that format as ISO 8601, with its time where the format has one; any other cell as it is."""
    try:
        told = datetime.strptime(cell, date_format).replace(tzinfo=UTC)
    except ValueError:
        return cell
    return told.strftime("%Y-%m-%d %H:%M:%S" if _CLOCK.search(date_format) else "%Y-%m-%d")
