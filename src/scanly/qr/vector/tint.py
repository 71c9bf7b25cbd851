"""Paints that may be seen through: solid, or a gradient along an axis or out from a focus."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from scanly.qr.artwork import Gradient, Matrix, Paint, Path, Point
from scanly.qr.extent import Box
from scanly.qr.ink import Ink, mixed
from scanly.qr.vector.shapes import ellipse, rectangle
from scanly.qr.vector.skia import Area

# Stops between two whose ink and opacity both change: their product is no straight line.
_STOPS_BETWEEN = 6
_MOST_STEPS = 48


@dataclass(frozen=True, slots=True)
class Stop:
    """One colour of a gradient, at a share of the way; its opacity is 0 to 1."""

    offset: float
    ink: Ink
    opacity: float

    def toward(self, other: Stop, share: float) -> Stop:
        """The stop at that share of the way to the other."""
        offset = self.offset + share * (other.offset - self.offset)
        opacity = self.opacity + share * (other.opacity - self.opacity)
        return Stop(offset, mixed(other.ink, self.ink, share), opacity)

    def upon(self, ground: Ink) -> Ink:
        return mixed(self.ink, ground, self.opacity)


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear gradient's course; lines of one colour are perpendicular to it."""

    start: Point
    end: Point

    def gradient(self, stops: tuple[tuple[float, Ink], ...]) -> Gradient:
        return Gradient("linear", self.start, self.end, stops)

    def up_to(self, offset: float, box: Box) -> Area:
        """The part of ``box`` where the gradient has not come further than ``offset``."""
        (x, y), length = self.start, math.dist(self.start, self.end)
        cos, sin = (self.end[0] - x) / length, (self.end[1] - y) / length
        far = length + math.dist(self.start, box[:2]) + math.dist(box[:2], box[2:])
        front = offset * length
        half = Path((("M", -far, -far), ("L", front, -far), ("L", front, far), ("L", -far, far), ("Z",)))
        return Area(half.transformed((cos, sin, -sin, cos, x, y)))


@dataclass(frozen=True, slots=True)
class Circles:
    """A radial gradient's course: circles from a focus to the outermost one, and where the matrix puts them."""

    focus: Point
    inner: float
    centre: Point
    outer: float
    matrix: Matrix

    def gradient(self, stops: tuple[tuple[float, Ink], ...]) -> Gradient | None:
        """None unless the circles have one centre and stay round, to a hundredth."""
        a, b, c, d, e, f = self.matrix
        one, two = a * a + b * b, c * c + d * d
        most = 0.01 * max(one, two)
        if math.dist(self.focus, self.centre) > 1e-3 * self.outer or self.inner:
            return None
        if abs(one - two) > 2 * most or abs(a * c + b * d) > most:
            return None
        (x, y), radius = self.centre, self.outer
        start = a * x + c * y + e, b * x + d * y + f
        return Gradient("radial", start, (start[0] + a * radius, start[1] + b * radius), stops)

    def up_to(self, offset: float, _box: Box) -> Area:
        """The circle at that share of the way outwards."""
        (x, y), (cx, cy) = self.focus, self.centre
        radius = self.inner + offset * (self.outer - self.inner)
        circle = ellipse((x + offset * (cx - x), y + offset * (cy - y)), radius, radius)
        return Area(circle.transformed(self.matrix))


@dataclass(frozen=True, slots=True)
class Tint:
    """A solid paint of one stop, or a gradient of several along its course."""

    stops: tuple[Stop, ...]
    course: Axis | Circles | None = None

    @property
    def opaque(self) -> bool:
        return all(stop.opacity >= 1 for stop in self.stops)

    @property
    def invisible(self) -> bool:
        return all(stop.opacity <= 0 for stop in self.stops)

    def faded(self, opacity: float) -> Tint:
        return replace(
            self, stops=tuple(replace(stop, opacity=stop.opacity * opacity) for stop in self.stops)
        )

    def upon(self, ground: Paint) -> Paint | None:
        """What is seen where this lies on ``ground``, if that is one ink or gradient."""
        if not self.course:
            return seen_on(self.stops[0], ground)
        if isinstance(ground, Gradient):
            return None
        return self.course.gradient(tuple((stop.offset, stop.upon(ground)) for stop in self._finer()))

    def steps(self, box: Box) -> Iterator[tuple[Area, Stop]]:
        """The gradient as solid stops in areas that grow smaller, each upon those before."""
        left, top, right, bottom = box
        yield Area(rectangle(left, top, right - left, bottom - top)), self.stops[-1]
        count = _step_count(self.stops)
        for number in range(count, 0, -1):
            if self.course:
                yield self.course.up_to(number / count, box), _at(self.stops, (number - 0.5) / count)

    def _finer(self) -> Iterator[Stop]:
        for one, two in pairwise(self.stops):
            steps = 1 if one.ink == two.ink or one.opacity == two.opacity else _STOPS_BETWEEN
            yield from (one.toward(two, step / steps) for step in range(steps))
        yield self.stops[-1]


def seen_on(stop: Stop, ground: Paint) -> Paint:
    """What is seen of one colour on ``ground``."""
    if isinstance(ground, Ink):
        return stop.upon(ground)
    return replace(ground, stops=tuple((offset, stop.upon(ink)) for offset, ink in ground.stops))


def _step_count(stops: Sequence[Stop]) -> int:
    """As many steps as there are colours to tell apart between the stops."""
    shades = 0.0
    for one, two in pairwise(stops):
        shades += max(abs(a - b) for a, b in zip(one.ink.rgb, two.ink.rgb, strict=True))
        shades += 255 * abs(one.opacity - two.opacity)
    return max(2, min(_MOST_STEPS, round(shades / 4)))


def _at(stops: Sequence[Stop], offset: float) -> Stop:
    for one, two in pairwise(stops):
        if offset <= two.offset:
            share = (offset - one.offset) / (two.offset - one.offset)
            return one.toward(two, min(max(share, 0.0), 1.0))
    return stops[-1]
