"""What stands on a page, in millimetres, before it is a file: codes, words, shapes, pictures, and groups of these.

The origin is the top left corner of the trimmed page (or of the label or group), x grows to the right, y downwards.
Whoever lays out makes these values, `press.pdf` writes them; converting to points happens there, once.

Source: ISO 32000-1, 14.11.2 (page boundaries).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from scanly.press.pictures.picture import Picture
from scanly.qr.artwork import Artwork, Matrix, Paint, Path
from scanly.qr.extent import extent
from scanly.qr.ink import BLACK, Ink
from scanly.qr.lettering import Line

MM_PER_PT = 25.4 / 72
# The thinnest line that every press holds: a quarter of a point.
HAIRLINE_MM = 0.25 * MM_PER_PT
UPRIGHT: Matrix = (1, 0, 0, 1, 0, 0)

Symbology = Literal["qr", "ean13", "ean8", "upca", "code128", "itf14"]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    def inset(self, mm: float) -> Box:
        """Smaller by ``mm`` on each side; larger when negative."""
        return Box(self.x + mm, self.y + mm, self.width - 2 * mm, self.height - 2 * mm)

    def holds(self, other: Box, *, slack_mm: float = 1e-6) -> bool:
        """Whether ``other`` lies within."""
        return (
            other.x >= self.x - slack_mm
            and other.y >= self.y - slack_mm
            and other.right <= self.right + slack_mm
            and other.bottom <= self.bottom + slack_mm
        )

    def meets(self, other: Box, *, slack_mm: float = 1e-6) -> bool:
        """Whether both share more than an edge."""
        return (
            self.x < other.right - slack_mm
            and other.x < self.right - slack_mm
            and self.y < other.bottom - slack_mm
            and other.y < self.bottom - slack_mm
        )

    def shared(self, other: Box) -> Box | None:
        """What lies in both; None where they share no more than an edge."""
        if not self.meets(other):
            return None
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(x, y, min(self.right, other.right) - x, min(self.bottom, other.bottom) - y)

    def transformed(self, matrix: Matrix) -> Box:
        """The smallest upright box round this one after ``matrix``."""
        a, b, c, d, e, f = matrix
        corners = [(x, y) for x in (self.x, self.right) for y in (self.y, self.bottom)]
        xs = [a * x + c * y + e for x, y in corners]
        ys = [b * x + d * y + f for x, y in corners]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line along an outline; ``dash_mm`` are lengths of dashes and gaps in turn."""

    ink: Ink
    width_mm: float = HAIRLINE_MM
    dash_mm: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline in millimetres, filled, stroked or both. What overprints leaves other plates as they are."""

    path: Path
    fill: Paint | None = None
    stroke: Stroke | None = None
    even_odd: bool = False
    overprint: bool = False


class Code(msgspec.Struct, frozen=True):
    """A QR code with its quiet zone and frame, at (x, y). ``content`` is what it must read as."""

    artwork: Artwork
    x: float
    y: float
    content: bytes

    @property
    def box(self) -> Box:
        scale = self.artwork.module_mm
        return Box(self.x, self.y, self.artwork.width * scale, self.artwork.height * scale)


@dataclass(frozen=True, slots=True)
class Barcode:
    """A linear barcode: ``bars`` as outlines, within ``box``, its quiet zones included."""

    symbology: Symbology
    content: str
    bars: Path
    box: Box
    ink: Ink = BLACK
    module_mm: float = 0.33


@dataclass(frozen=True, slots=True)
class Words:
    """One set line of text that starts at (x, y) on its baseline; one em is ``size_pt`` points."""

    line: Line
    x: float
    y: float
    size_pt: float
    ink: Ink = BLACK


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture that is stretched over a box."""

    picture: Picture
    box: Box


@dataclass(frozen=True, slots=True)
class Group:
    """Things that are moved, turned or mirrored together. ``repeats``: it is met again and again, so that the file
    holds it once (the same object must be handed over each time). ``clip``, in the items' own millimetres, is all
    that is seen of them: bleed ends at a fold, and in the middle between neighbours."""

    items: tuple[Item, ...]
    matrix: Matrix = UPRIGHT
    repeats: bool = False
    clip: Box | None = None


class Prepared(msgspec.Struct, frozen=True):
    """Items that were turned into operators already, by the document that this page goes to."""

    operators: str


Item = Shape | Code | Barcode | Words | Placed | Group | Prepared


@dataclass(frozen=True, slots=True)
class Page:
    """One page of ``width_mm`` by ``height_mm`` after trimming; what bleeds is drawn beyond its edges.

    ``cuts`` and ``folds`` are lines (x1, y1, x2, y2) from edge to edge along which it is cut or folded inside, for
    marks. ``white`` and ``varnish`` are printed with these inks, where the file has them, besides all items.
    """

    width_mm: float
    height_mm: float
    items: tuple[Item, ...] = ()
    cuts: tuple[tuple[float, float, float, float], ...] = ()
    folds: tuple[tuple[float, float, float, float], ...] = ()
    white: Path | None = None
    varnish: Path | None = None

    @property
    def trim(self) -> Box:
        return Box(0, 0, self.width_mm, self.height_mm)


def turned(items: tuple[Item, ...], box: Box) -> Group:
    """``items`` of ``box`` upside down within it."""
    return Group(items, (-1, 0, 0, -1, 2 * box.x + box.width, 2 * box.y + box.height))


def mirrored(items: tuple[Item, ...], box: Box) -> Group:
    """``items`` of ``box`` as they are seen through glass from behind."""
    return Group(items, (-1, 0, 0, 1, 2 * box.x + box.width, 0))


def moved(items: tuple[Item, ...], x: float, y: float) -> Group:
    """``items`` elsewhere."""
    return Group(items, (1, 0, 0, 1, x, y))


class Expected(msgspec.Struct, frozen=True):
    """A symbol that must be read back from the page, and where it stands there."""

    symbology: Symbology
    content: bytes
    box: Box
    module_mm: float
    mirrored: bool = False

    def moved(self, matrix: Matrix) -> Expected:
        """The same elsewhere."""
        if matrix == UPRIGHT:
            return self
        scale = abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5
        box, mirrored = self.box.transformed(matrix), self.mirrored != _mirrors(matrix)
        return Expected(self.symbology, self.content, box, self.module_mm * scale, mirrored)


def expected(items: Iterable[Item], matrix: Matrix = UPRIGHT) -> Iterator[Expected]:
    """Every symbol of ``items``, in order, under ``matrix``."""
    for item in items:
        match item:
            case Code():
                yield Expected("qr", item.content, item.box, item.artwork.module_mm).moved(matrix)
            case Barcode():
                content = item.content.encode()
                yield Expected(item.symbology, content, item.box, item.module_mm).moved(matrix)
            case Group():
                yield from expected(item.items, after(item.matrix, matrix))
            case _:
                pass


def bounds(items: Iterable[Item]) -> Box | None:
    """The smallest upright box round all that is drawn, strokes included; None when nothing is."""
    boxes = [box for item in items if (box := _bounds(item))]
    if not boxes:
        return None
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _bounds(item: Item) -> Box | None:
    match item:
        case Shape():
            found = extent(item.path)
            edge = item.stroke.width_mm / 2 if item.stroke else 0.0
            return (
                Box(found[0], found[1], found[2] - found[0], found[3] - found[1]).inset(-edge)
                if found
                else None
            )
        case Words():
            em_mm, line = item.size_pt * MM_PER_PT, item.line
            width, height = (line.right - line.left) * em_mm, (line.bottom - line.top) * em_mm
            return Box(item.x + line.left * em_mm, item.y + line.top * em_mm, width, height)
        case Group():
            inside = bounds(item.items)
            seen = inside.shared(item.clip) if inside and item.clip else inside
            return seen.transformed(item.matrix) if seen else None
        case Code() | Barcode() | Placed():
            return item.box
        case Prepared():
            return None


def after(inner: Matrix, outer: Matrix) -> Matrix:
    """``inner`` first, then ``outer``."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        p * a + r * b,
        q * a + s * b,
        p * c + r * d,
        q * c + s * d,
        p * e + r * f + t,
        q * e + s * f + u,
    )


def _mirrors(matrix: Matrix) -> bool:
    return matrix[0] * matrix[3] - matrix[1] * matrix[2] < 0
