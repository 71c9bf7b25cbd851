"""What two outlines share, and strokes as outlines: Skia's path operations for drawings without clips or pens.

Curves keep their shape to about a thousandth of their size; coordinates should be about 1 to 10,000.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from scanly.qr.artwork import Path, Point, Segment
from scanly.qr.extent import Box, extent

# All that may be cut for one drawing, in about microseconds.
_MOST_WORK = 3_000_000
_WORK_OF_A_CUT = 100
_WORK_OF_A_PAIR = 8
_MOST_DASHES = 10_000
_CONIC_TOLERANCE = 0.05
# In radians. Where curves meet just so, Skia gives up; seen from another angle, it mostly does not.
_TURNS = (0.0, 0.3, 1.1, 2.3)


class TooComplex(ValueError):
    """Outlines cross each other so often that cutting them would take long, or in a way that Skia cannot follow."""


@dataclass(frozen=True)
class Area:
    """What an outline encloses, by the non-zero or the even-odd rule."""

    path: Path
    even_odd: bool = False

    @cached_property
    def box(self) -> Box | None:
        return extent(self.path)

    def __bool__(self) -> bool:
        return bool(self.path.segments)


NOTHING = Area(Path(()))


@dataclass(frozen=True, slots=True)
class Pen:
    """How a stroke is drawn; ``cap`` and ``join`` are named as in SVG, ``dashes`` are lengths on and off."""

    width: float
    cap: str = "butt"
    join: str = "miter"
    miter_limit: float = 4.0
    dashes: tuple[float, ...] = ()
    dash_offset: float = 0.0


class Knife:
    """Cuts areas along others, until it has done as much as one drawing may ask for."""

    def __init__(self, work: int = _MOST_WORK) -> None:
        self._left = work

    def apart(self, one: Area, other: Area) -> bool:
        """Whether their boxes share nothing. Raises TooComplex, as every method does."""
        self._spend(1)
        a, b = one.box, other.box
        return not a or not b or a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]

    def shared(self, one: Area, other: Area) -> Area:
        """What lies in both."""
        if self.apart(one, other):
            return NOTHING
        return one if _holds(other, one.box) else self._cut(one, other, "INTERSECTION")

    def without(self, one: Area, other: Area) -> Area:
        """What lies in ``one`` and not in ``other``."""
        if self.apart(one, other):
            return one
        return NOTHING if _holds(other, one.box) else self._cut(one, other, "DIFFERENCE")

    def together(self, areas: Sequence[Area]) -> Area:
        """What lies in any of them."""
        whole = NOTHING
        for area in areas:
            whole = self._cut(whole, area, "UNION") if whole else area
        return whole

    def _cut(self, one: Area, other: Area, operation: str) -> Area:
        self._weigh([*_boxes(one.path), *_boxes(other.path)])
        for angle in _TURNS:
            first, second = (Area(_turned(area.path, angle), area.even_odd) for area in (one, other))
            try:
                return Area(_turned(_operated(first, second, operation), -angle), even_odd=True)
            except _pathops().PathOpsError:
                continue
        raise TooComplex

    def _weigh(self, boxes: list[Box]) -> None:
        """Spends for every segment, and more for all that may cross, which is what takes long."""
        self._spend(_WORK_OF_A_CUT + 4 * len(boxes))
        boxes.sort()
        lefts = [box[0] for box in boxes]
        for number, (_, top, right, bottom) in enumerate(boxes):
            end = bisect_left(lefts, right, number + 1)
            self._spend((end - number) // 8)
            above = sum(box[1] < bottom and top < box[3] for box in boxes[number + 1 : end])
            self._spend(_WORK_OF_A_PAIR * above)

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise TooComplex


def stroked(path: Path, pen: Pen) -> Area:
    """What a pen covers that follows ``path``. Raises TooComplex for too many dashes."""
    pathops = _pathops()
    if pen.dashes and _reach(path) > _MOST_DASHES * sum(pen.dashes) / len(pen.dashes):
        raise TooComplex
    drawn = _skia(Area(path))
    cap = {"round": pathops.LineCap.ROUND_CAP, "square": pathops.LineCap.SQUARE_CAP}
    join = {"round": pathops.LineJoin.ROUND_JOIN, "bevel": pathops.LineJoin.BEVEL_JOIN}
    drawn.stroke(
        pen.width,
        cap.get(pen.cap, pathops.LineCap.BUTT_CAP),
        join.get(pen.join, pathops.LineJoin.MITER_JOIN),
        max(pen.miter_limit, 1.0),
        list(pen.dashes) * (1 + len(pen.dashes) % 2) or None,
        pen.dash_offset,
    )
    return Area(_path(drawn))


def closed(path: Path) -> Path:
    """The outlines with every subpath closed, as fills take them."""
    segments: list[Segment] = []
    for segment in path.segments:
        if segment[0] == "M" and segments and segments[-1][0] != "Z":
            segments.append(("Z",))
        segments.append(segment)
    if segments and segments[-1][0] != "Z":
        segments.append(("Z",))
    return Path(tuple(segments))


def _holds(area: Area, box: Box | None) -> bool:
    """Whether ``area`` is an upright rectangle with all of ``box`` in it."""
    segments = [segment for segment in area.path.segments if segment[0] != "Z"]
    around = area.box
    if (
        len(segments) not in (4, 5)
        or [one[0] for one in segments] != ["M", "L", "L", "L", "L"][: len(segments)]
    ):
        return False
    if around is None or box is None or (len(segments) == 5 and segments[4][1:] != segments[0][1:]):
        return False
    corners = {(x, y) for _, x, y in segments[:4]}
    left, top, right, bottom = around
    upright = corners == {(left, top), (right, top), (right, bottom), (left, bottom)}
    return upright and left <= box[0] and top <= box[1] and right >= box[2] and bottom >= box[3]


def _turned(path: Path, angle: float) -> Path:
    cos, sin = math.cos(angle), math.sin(angle)
    return path.transformed((cos, sin, -sin, cos, 0, 0)) if angle else path


def _operated(one: Area, other: Area, operation: str) -> Path:
    pathops = _pathops()
    return _path(pathops.op(_skia(one), _skia(other), getattr(pathops.PathOp, operation), fix_winding=False))


def _skia(area: Area) -> Any:
    pathops = _pathops()
    kind = pathops.FillType.EVEN_ODD if area.even_odd else pathops.FillType.WINDING
    drawn = pathops.Path(fillType=kind)
    for letter, *places in area.path.segments:
        match letter:
            case "M":
                drawn.moveTo(*places)
            case "L":
                drawn.lineTo(*places)
            case "C":
                drawn.cubicTo(*places)
            case _:
                drawn.close()
    return drawn


def _path(drawn: Any) -> Path:
    pathops = _pathops()
    drawn.convertConicsToQuads(_CONIC_TOLERANCE)
    letters = {
        pathops.PathVerb.MOVE: "M",
        pathops.PathVerb.LINE: "L",
        pathops.PathVerb.CUBIC: "C",
        pathops.PathVerb.CLOSE: "Z",
    }
    segments: list[Segment] = []
    here: Point = (0.0, 0.0)
    for verb, points in drawn:
        if verb == pathops.PathVerb.QUAD:
            (cx, cy), (x, y) = points
            hx, hy = (here[0] + 2 * cx) / 3, (here[1] + 2 * cy) / 3
            segments.append(("C", hx, hy, (x + 2 * cx) / 3, (y + 2 * cy) / 3, x, y))
        else:
            segments.append((letters[verb], *(place for point in points for place in point)))
        here = points[-1] if points else here
    return closed(Path(tuple(segments)))


def _reach(path: Path) -> float:
    """At most how long the path is."""
    reach = 0.0
    here: Point | None = None
    for letter, *places in path.segments:
        for point in zip(places[::2], places[1::2], strict=True):
            if here and letter != "M":
                reach += math.dist(here, point)
            here = point
    return 2 * reach


def _boxes(path: Path) -> Iterator[Box]:
    """The box round each segment and its handles."""
    here: Point = (0.0, 0.0)
    for letter, *places in path.segments:
        xs, ys = [here[0], *places[::2]], [here[1], *places[1::2]]
        if letter in "LC":
            yield min(xs), min(ys), max(xs), max(ys)
        here = xs[-1], ys[-1]


def _pathops() -> Any:
    """The library, which brings no types."""
    import pathops

    return pathops
