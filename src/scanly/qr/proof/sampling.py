"""A symbol in a picture, seen straight on: a grid of samples of which a whole number makes a module.

Source: ISO/IEC 18004:2015, 12 (the sampling grid of the reference decode algorithm).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

Point = tuple[float, float]
# Top left, top right, bottom right, bottom left.
Corners = tuple[Point, Point, Point, Point]
Box = tuple[float, float, float, float]
# a to h: x' = (ax + by + c) / (gx + hy + 1), y' = (dx + ey + f) / (gx + hy + 1)
Projection = tuple[float, float, float, float, float, float, float, float]


def averaged(image: Image, size: tuple[int, int], box: Box | None = None) -> Image:
    """The picture, or the part in ``box``, in another size; each pixel is the mean of what it covers."""
    from PIL import Image as Pictures

    return image.resize(size, Pictures.Resampling.BOX, box)  # pyright: ignore[reportUnknownMemberType] - names numpy


def shrunk(image: Image, size: tuple[int, int], box: Box | None = None) -> Image:
    """The picture, or the part in ``box``, with fewer pixels, as evenly as a lens would see it."""
    from PIL import Image as Pictures

    return image.resize(size, Pictures.Resampling.HAMMING, box)  # pyright: ignore[reportUnknownMemberType] - names numpy


def mapped(grey: Image, table: bytes) -> Image:
    """The grey picture with each of its 256 values replaced."""
    return grey.point(table)  # pyright: ignore[reportUnknownMemberType] - names numpy


def projection(width: float, height: float, corners: Corners) -> Projection:
    """The one that takes a rectangle of that size, its first corner at (0, 0), to these corners."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    g, h = ((dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area) if area else (0.0, 0.0)
    across = (x1 - x0 + g * x1, y1 - y0 + g * y1)
    down = (x3 - x0 + h * x3, y3 - y0 + h * y3)
    first, second = (across[0] / width, down[0] / height, x0), (across[1] / width, down[1] / height, y0)
    return (*first, *second, g / width, h / height)


def projected(view: Projection, x: float, y: float) -> Point:
    """Where the point goes."""
    a, b, c, d, e, f, g, h = view
    # Never at the horizon or behind it: the corners of a small symbol are not known well enough for that.
    depth = max(g * x + h * y + 1, 0.1)
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


@dataclass(frozen=True, slots=True)
class Sighting:
    """One symbol as it lies in a picture (RGB), ``modules`` a side between its ``corners`` (pixels).

    ``px_per_mm`` is None when nothing tells the size.
    """

    image: Image
    corners: Corners
    modules: int
    px_per_mm: float | None = None
    micro: bool = False

    @property
    def module_px(self) -> float:
        """The mean side of a module in pixels."""
        sides = zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True)
        around = sum(math.dist(one, next_one) for one, next_one in sides)
        return around / 4 / self.modules

    def straightened(self, image: Image, samples: int, *, margin: int = 0, mixed: bool = True) -> Image:
        """The symbol in ``image`` with ``margin`` modules all round, ``samples`` pixels a module.

        Neighbouring pixels are ``mixed``, or else the nearest is taken. Outside the picture all is black.
        """
        from PIL import Image as Pictures

        side = (self.modules + 2 * margin) * samples
        return image.transform(
            (side, side),
            Pictures.Transform.PERSPECTIVE,
            projection(side, side, self.around(margin)),
            Pictures.Resampling.BILINEAR if mixed else Pictures.Resampling.NEAREST,
        )

    def around(self, margin: float) -> Corners:
        """The corners of the symbol with ``margin`` modules all round."""
        view, far = projection(self.modules, self.modules, self.corners), self.modules + margin
        near = -margin
        return (
            projected(view, near, near),
            projected(view, far, near),
            projected(view, far, far),
            projected(view, near, far),
        )

    def closer(self, margin: float, most_px: float) -> Sighting:
        """The same symbol cut out with ``margin`` modules all round, at no more pixels a module than that."""
        x, y, right, bottom = self.box(margin)
        x, y, right, bottom = (
            max(x, 0),
            max(y, 0),
            min(right, self.image.width),
            min(bottom, self.image.height),
        )
        image = self.image.crop((x, y, right, bottom))
        shrink = self.module_px / most_px
        if shrink > 1:
            size = (max(round(image.width / shrink), 1), max(round(image.height / shrink), 1))
            image = shrunk(image, size)
        across, down = image.width / (right - x), image.height / (bottom - y)
        moved = [((left - x) * across, (top - y) * down) for left, top in self.corners]
        return replace(
            self,
            image=image,
            corners=(moved[0], moved[1], moved[2], moved[3]),
            px_per_mm=self.px_per_mm and self.px_per_mm * across,
        )

    def box(self, margin: float) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the symbol with ``margin`` modules all round, in whole pixels."""
        columns, rows = zip(*self.around(margin), strict=True)
        return math.floor(min(columns)), math.floor(min(rows)), math.ceil(max(columns)), math.ceil(max(rows))
