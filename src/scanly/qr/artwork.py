"""A drawing before it has a format: shapes in painting order, measured in modules, knowing nothing of QR.

x grows to the right and y downwards; one unit is one module, `Artwork.module_mm` wide. The symbol begins at whole
numbers, so the top left corner of the drawing (`Artwork.left`, `Artwork.top`) may lie beside zero.
Whoever draws makes these values, whoever writes a file reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from scanly.qr.ink import Ink

Inks = Literal["cmyk", "rgb"]
Point = tuple[float, float]
# As in SVG and PostScript: (a, b, c, d, e, f) takes x to ax + cy + e and y to bx + dy + f.
Matrix = tuple[float, float, float, float, float, float]
# A letter of SVG and its absolute coordinates: M and L with one point, C with three, Z with none.
Segment = tuple[str, *tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Path:
    """Closed outlines of straight lines and cubic Bézier curves, in absolute coordinates."""

    segments: tuple[Segment, ...]

    def transformed(self, matrix: Matrix) -> Path:
        """The same outlines elsewhere, or in another size."""
        a, b, c, d, e, f = matrix
        moved: list[Segment] = []
        for segment in self.segments:
            places: list[float] = []
            for x, y in zip(segment[1::2], segment[2::2], strict=True):
                places += (a * x + c * y + e, b * x + d * y + f)  # pyright: ignore[reportOperatorIssue] - numbers after the letter
            moved.append((segment[0], *places))
        return Path(tuple(moved))

    def moved(self, dx: float, dy: float) -> Path:
        return self.transformed((1, 0, 0, 1, dx, dy))

    def __add__(self, other: Path) -> Path:
        return Path(self.segments + other.segments)


@dataclass(frozen=True, slots=True)
class Gradient:
    """``stops`` are (offset 0 to 1, ink), at least two, offsets growing.

    Linear from ``start`` to ``end``; radial round ``start`` out to the distance of ``end``. Both extend beyond.
    """

    kind: Literal["linear", "radial"]
    start: Point
    end: Point
    stops: tuple[tuple[float, Ink], ...]

    def transformed(self, matrix: Matrix) -> Gradient:
        """The same gradient elsewhere; the matrix must keep circles round."""
        a, b, c, d, e, f = matrix
        start, end = ((a * x + c * y + e, b * x + d * y + f) for x, y in (self.start, self.end))
        return Gradient(self.kind, start, end, self.stops)


Paint = Ink | Gradient


class Runs(msgspec.Struct, frozen=True):
    """Many triples (x, y, length), in columns: a symbol has hundreds, and a job of labels thousands of symbols."""

    xs: Sequence[int]
    ys: Sequence[int]
    lengths: Sequence[int]

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.xs, self.ys, self.lengths, strict=True)


class Bars(msgspec.Struct, frozen=True):
    """Horizontal bars one unit high, in whole units: what plain codes are made of."""

    runs: Runs
    paint: Paint


@dataclass(frozen=True, slots=True)
class Stamps:
    """A few small outlines put down at many whole places (x, y, which one), all in one fill (non-zero rule).

    ``glyphs`` start near (0, 0); they may touch and never overlap.
    """

    glyphs: Mapping[int, Path]
    places: Sequence[tuple[int, int, int]]
    paint: Paint


@dataclass(frozen=True, slots=True)
class Fill:
    """One outline in one paint."""

    path: Path
    paint: Paint
    even_odd: bool = False

    def transformed(self, matrix: Matrix) -> Fill:
        """The same fill elsewhere, its gradient with it; the matrix must keep circles round."""
        paint = self.paint.transformed(matrix) if isinstance(self.paint, Gradient) else self.paint
        return Fill(self.path.transformed(matrix), paint, self.even_odd)


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A picture stretched over a box; ``png`` is a whole PNG file in RGB, RGBA or grey."""

    png: bytes
    x: float
    y: float
    width: float
    height: float


Shape = Bars | Stamps | Fill | Bitmap


@dataclass(frozen=True, slots=True)
class Artwork:
    """The whole drawing, ``width`` by ``height`` modules; without ``ground`` it is transparent.

    ``corner_radius`` rounds the ground's corners. ``inks`` say what PDF and EPS are printed with, ``dpi`` how
    fine a PNG is.
    """

    width: float
    height: float
    module_mm: float
    ground: Ink | None
    shapes: tuple[Shape, ...]
    corner_radius: float = 0.0
    inks: Inks = "cmyk"
    dpi: int = 300
    left: float = 0.0
    top: float = 0.0
    title: str = ""
