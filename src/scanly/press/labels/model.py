"""What a label is to the rest of the press: it names the columns it binds, and draws one row of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from scanly.codes.merging import MergeText, parse_merge
from scanly.core.errors import Invalid
from scanly.core.text import fold
from scanly.press.page import Box, Code, Group, Item, Placed
from scanly.press.pictures.picture import Picture
from scanly.press.pictures.resolution import judge_resolution
from scanly.qr.artwork import Artwork
from scanly.qr.payloads import FREE, Demands
from scanly.qr.style import MIN_MODULE_MM

# What can be bound besides the columns of the spreadsheet. ``address`` is the short address without https://.
BUILT_IN = ("code", "short_url", "address", "line", "serial")
GOOD_MODULE_MM = 0.33

# The same few column names come with every row.
_folded = lru_cache(maxsize=4096)(fold)


def _no_picture(name: str, _room: Box) -> Picture:
    raise Invalid.field("image", f'"{name[:60]}" is a picture, and none can be read here.')


@dataclass(frozen=True, slots=True)
class Merge:
    """One row as a label takes it.

    ``cells`` are named as `fold` does; ``content`` is what the row's code says, ``artwork`` draws it in a width in
    millimetres, quiet zone and frame included; ``demands`` are those of its standard. ``picture`` reads a file
    that is named absolutely or from the spreadsheet's folder, as fine as its room asks for. ``bar_reduction`` is that
    of `BarStyle`; the artwork has it already.
    """

    cells: Mapping[str, str]
    content: bytes
    artwork: Callable[[float], Artwork]
    picture: Callable[[str, Box], Picture] = _no_picture
    demands: Demands = FREE
    bar_reduction: float = 0.0


class Label(Protocol):
    """Something that is drawn once for each row. Its origin is its top left corner."""

    @property
    def width_mm(self) -> float: ...
    @property
    def height_mm(self) -> float: ...
    @property
    def bleed_mm(self) -> float:
        """How far it is drawn beyond its edges."""
        ...

    @property
    def columns(self) -> frozenset[str]:
        """The columns and built-in names that it binds, as `fold` compares them."""
        ...

    def require(self, header: Collection[str]) -> None:
        """Raises Invalid when it binds a column that is neither in ``header`` nor built in."""
        ...

    def draw(self, merge: Merge) -> tuple[Item, ...]:
        """Raises Invalid for a row that does not fit."""
        ...


def cells_of(values: Mapping[str, str], **built_in: str) -> dict[str, str]:
    """The cells of a row with the built-in ones (`BUILT_IN`) laid over; an empty one leaves a column of its name."""
    cells = {_folded(name): value for name, value in values.items()}
    cells |= {_folded(name): value for name, value in built_in.items() if value}
    if "shorturl" in cells:
        cells.setdefault("address", cells["shorturl"].partition("://")[2] or cells["shorturl"])
    return cells


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with places for cells: lines to be set, or with ``exact`` a content, a number or a name as it is."""

    lines: tuple[MergeText, ...]
    columns: frozenset[str]
    exact: bool = False

    def fill(self, cells: Mapping[str, str]) -> str:
        """The text of a row; a line is left out when all the cells that it names are empty.

        Raises Invalid as `MergeText.fill`.
        """
        if self.exact:
            return self.lines[0].fill(cells).strip()
        found: list[str] = []
        for line in self.lines:
            if line.columns and not any(cells.get(column, "").strip() for column in line.columns):
                continue
            text = line.fill(cells)
            # A cell may hold several lines, too.
            found += [each for part in text.splitlines() if (each := part.replace("\t", " ").strip())]
        return "\n".join(found)

    def require(self, header: Collection[str], *, field: str) -> None:
        """Raises Invalid for ``field``, naming the nearest column and all there are."""
        for line in self.lines:
            line.require((*header, *BUILT_IN), field=field)


def read_wording(text: str, *, field: str) -> Wording:
    """A text as it is typed on a command line, where ``\\n`` breaks the line, too. Raises Invalid for ``field``."""
    parts = text.replace("\\n", "\n").splitlines()
    lines = tuple(parse_merge(line, field=field) for line in parts if line.strip())
    return Wording(lines, frozenset[str]().union(*(line.columns for line in lines)))


def read_exact(text: str, *, field: str) -> Wording:
    """A text of which nothing is left out but what is blank around it. Raises Invalid for ``field``."""
    merge = parse_merge(text, field=field)
    return Wording((merge,), merge.columns, exact=True)


def code_in(artwork: Artwork, box: Box, content: bytes) -> Code:
    """The artwork in the middle of ``box``, smaller where it is taller than that; it was drawn for its width.

    Raises Invalid when modules get under 0.25 mm, with the width that works.
    """
    height_mm = artwork.height * artwork.module_mm
    if height_mm > box.height + 1e-9:
        artwork = replace(artwork, module_mm=artwork.module_mm * box.height / height_mm)
    if artwork.module_mm < MIN_MODULE_MM - 1e-9:
        wanted_mm = max(artwork.width, artwork.height) * MIN_MODULE_MM
        message = f"Modules of {artwork.module_mm:.2f} mm do not print reliably."
        hint = f"Make the code {wanted_mm + 0.005:.2f} mm or more, or shorten the content."
        raise Invalid.field("size", message, hint=hint)
    x = box.x + (box.width - artwork.width * artwork.module_mm) / 2
    y = box.y + (box.height - artwork.height * artwork.module_mm) / 2
    return Code(artwork, x, y, content)


def cautions(items: Iterable[Item]) -> Iterator[str]:
    """What is allowed and yet makes codes among ``items`` a little harder to read, or pictures soft.

    Raises Invalid for a picture that is too coarse to be printed.
    """
    for item in items:
        if isinstance(item, Group):
            yield from cautions(item.items)
        elif isinstance(item, Code) and item.artwork.module_mm < GOOD_MODULE_MM - 1e-9:
            wanted_mm = max(item.artwork.width, item.artwork.height) * GOOD_MODULE_MM
            yield (
                f"Modules of {item.artwork.module_mm:.2f} mm ask for a good printer; "
                f"a code of {wanted_mm + 0.05:.1f} mm would have {GOOD_MODULE_MM:g} mm."
            )
        elif isinstance(item, Placed) and (sentence := judge_resolution(item.picture, item.box)):
            yield sentence
