"""A page that is drawn from its top left corner downwards, in points, in the colours of a brand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from scanly.analytics.charts.plot import Point
from scanly.analytics.paper.brand import Colours
from scanly.analytics.paper.letters import Anchor, Style, clipped, write


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the page, in points from its top left corner."""

    left: float
    top: float
    width: float
    height: float

    def at(self, point: Point) -> Point:
        """A place given as fractions of the box."""
        return self.left + point[0] * self.width, self.top + point[1] * self.height

    def columns(self, number: int, gap: float) -> list[Box]:
        """The box cut into boxes side by side."""
        wide = (self.width - gap * (number - 1)) / number
        return [Box(self.left + place * (wide + gap), self.top, wide, self.height) for place in range(number)]

    def below(self, height: float) -> Box:
        """What is left under its first points."""
        return Box(self.left, self.top + height, self.width, self.height - height)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a reportlab canvas, ``height_pt`` high."""

    canvas: Any
    height_pt: float
    colours: Colours

    def muted(self, size_pt: float) -> Style:
        return Style(size_pt, self.colours.muted)

    def plain(self, size_pt: float) -> Style:
        return Style(size_pt, self.colours.text)

    def bold(self, size_pt: float) -> Style:
        return Style(size_pt, self.colours.text, bold=True)

    def words(
        self, text: str, at: Point, style: Style, anchor: Anchor = "start", room_pt: float = float("inf")
    ) -> None:
        """Words with their baseline at a place, cut to the room there is."""
        shown = text if room_pt == float("inf") else clipped(text, style, room_pt)
        write(self.canvas, shown, (at[0], self.height_pt - at[1]), style, anchor)

    def fill(self, box: Box, ink: str, radius_pt: float = 0) -> None:
        self.canvas.setFillColor(ink)
        bottom = self.height_pt - box.top - box.height
        self.canvas.roundRect(box.left, bottom, box.width, box.height, radius_pt, stroke=0, fill=1)

    def line(self, points: Sequence[Point], ink: str, width_pt: float, dash: Sequence[float] = ()) -> None:
        """Through all the points; a single one is a dot."""
        self.canvas.setStrokeColor(ink)
        self.canvas.setLineWidth(width_pt)
        self.canvas.setLineJoin(1)
        self.canvas.setLineCap(0 if dash else 1)
        self.canvas.setDash(list(dash))
        path = self.canvas.beginPath()
        self._trace(path, points if len(points) > 1 else [*points, *points])
        self.canvas.drawPath(path, stroke=1, fill=0)
        self.canvas.setDash([])

    def area(self, outlines: Iterable[Sequence[Point]], ink: str) -> None:
        """What lies within the outlines; one inside another is a hole."""
        self.canvas.setFillColor(ink)
        path = self.canvas.beginPath()
        for points in outlines:
            self._trace(path, points)
            path.close()
        self.canvas.drawPath(path, stroke=0, fill=1, fillMode=0)

    def disc(self, middle: Point, radius_pt: float, ink: str, rim: str) -> None:
        self.canvas.setFillColor(ink)
        self.canvas.setStrokeColor(rim)
        self.canvas.setLineWidth(0.6)
        self.canvas.setFillAlpha(0.75)
        self.canvas.circle(middle[0], self.height_pt - middle[1], radius_pt, stroke=1, fill=1)
        self.canvas.setFillAlpha(1)

    def _trace(self, path: Any, points: Sequence[Point]) -> None:
        for place, (x, y) in enumerate(points):
            (path.lineTo if place else path.moveTo)(x, self.height_pt - y)
