"""The current path, as far as a press asks: the bounds of its pieces, and whether it is one upright rectangle."""

from __future__ import annotations

from scanly.press.preflight.content.objects import Bounds, around, moved
from scanly.qr.artwork import Matrix

# More pieces than that are kept as one.
_MOST_PARTS = 4096


class Outline:
    """Grows with path operators, in user space; ends when it is painted."""

    def __init__(self) -> None:
        self._parts: list[Bounds] = []
        self._open: Bounds | None = None
        self._corners: list[tuple[float, float]] = []
        self._is_straight = True
        self._rectangles = 0

    @property
    def is_empty(self) -> bool:
        return not self._parts and self._open is None

    def rectangle(self, x: float, y: float, width: float, height: float) -> None:
        self._end_part()
        self._rectangles += 1
        self._keep((min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height)))

    def start(self, x: float, y: float) -> None:
        self._end_part()
        self._open = (x, y, x, y)
        self._corners = [(x, y)]

    def line(self, x: float, y: float) -> None:
        self.reach(x, y)
        self._corners.append((x, y))

    def curve(self, *coordinates: float) -> None:
        """Through control points, which are taken for points of it: the bounds are never too small."""
        self._is_straight = False
        for index in range(0, len(coordinates) - 1, 2):
            self.reach(coordinates[index], coordinates[index + 1])

    def reach(self, x: float, y: float) -> None:
        left, bottom, right, top = self._open or (x, y, x, y)
        self._open = (min(left, x), min(bottom, y), max(right, x), max(top, y))

    def bounds(self, matrix: Matrix) -> tuple[Bounds, ...]:
        """Those of every piece on the page."""
        self._end_part()
        return tuple(moved(part, matrix) for part in self._parts)

    def is_box(self, matrix: Matrix) -> bool:
        """Whether it is a single rectangle that stands upright on the page."""
        self._end_part()
        upright = matrix[1] == 0 == matrix[2] or matrix[0] == 0 == matrix[3]
        return upright and len(self._parts) == 1 and self._rectangles == 1

    def _end_part(self) -> None:
        if self._open is not None:
            self._rectangles += self._is_rectangle(self._open)
            self._keep(self._open)
        self._open = None
        self._corners = []
        self._is_straight = True

    def _is_rectangle(self, part: Bounds) -> bool:
        corners = set(self._corners)
        left, bottom, right, top = part
        return self._is_straight and corners == {(left, bottom), (left, top), (right, bottom), (right, top)}

    def _keep(self, part: Bounds) -> None:
        if len(self._parts) < _MOST_PARTS:
            self._parts.append(part)
        else:
            self._parts[-1] = around(self._parts[-1], part)
