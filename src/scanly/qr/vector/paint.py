"""SVG's paints as inks and gradients.

Source: SVG 1.1 (second edition), 11 (painting), 13 (gradients).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scanly.qr.artwork import Matrix
from scanly.qr.extent import Box
from scanly.qr.vector.css import INITIAL, Sheet, Style, colour, link, opacity
from scanly.qr.vector.shapes import length, times, transform
from scanly.qr.vector.tint import Axis, Circles, Stop, Tint
from scanly.qr.vector.tree import Element, Refusal

_DEEPEST_CHAIN = 16
_LEAST_STEP = 1e-4
_FARTHEST = 1e9
_FARTHEST_FOCUS = 0.98
_SHORTEST = 1e-6
_GEOMETRY = {
    "linearGradient": {"x1": "0%", "y1": "0%", "x2": "100%", "y2": "0%"},
    "radialGradient": {"cx": "50%", "cy": "50%", "r": "50%", "fr": "0%"},
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where something is painted: its own coordinates in those of the drawing, its box in its own, its viewport."""

    matrix: Matrix
    box: Box | None
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Paints:
    """The paints of one file. Each method raises Invalid."""

    ids: Mapping[str, Element]
    sheet: Sheet
    refusal: Refusal

    def tint(self, kind: str, style: Style, place: Surroundings) -> Tint | None:
        """The element's ``kind`` of paint, fill or stroke; None where nothing is seen."""
        wanted, instead = link(style[kind])
        gradient = self.ids.get(wanted)
        if wanted and gradient is not None:
            tint = self._gradient(gradient, place)
        elif (instead or "none") == "none":
            tint = None
        else:
            tint = Tint((Stop(0, *colour(instead, style["color"])),))
        faded = tint and tint.faded(opacity(style[f"{kind}-opacity"]))
        return None if faded is None or faded.invisible else faded

    def _gradient(self, element: Element, place: Surroundings) -> Tint | None:
        if element.name not in _GEOMETRY:
            message = f"<{element.name}> is used as a paint."
            raise self.refusal.at(element.line, message, "Use colours and gradients.")
        given, stops = self._chain(element)
        if given.get("spreadMethod", "pad") != "pad":
            message = f"<{element.name}> repeats itself (spreadMethod)."
            raise self.refusal.at(element.line, message, "Let it reach over the whole shape.")
        matrix, width, height = place.matrix, place.width, place.height
        if given.get("gradientUnits", "objectBoundingBox") == "objectBoundingBox":
            left, top, right, bottom = place.box or (0, 0, 0, 0)
            if right <= left or bottom <= top:
                return None
            matrix, width, height = times(matrix, (right - left, 0, 0, bottom - top, left, top)), 1.0, 1.0
        matrix = times(matrix, transform(given.get("gradientTransform", "")))
        if not all(abs(part) <= _FARTHEST for part in matrix):
            raise self.refusal.at(element.line, f"<{element.name}> reaches too far out of the drawing.")
        if len(stops) < 2:
            return Tint(stops) if stops else None
        course = (_axis if element.name == "linearGradient" else _circles)(given, matrix, width, height)
        return Tint(stops, course) if course else Tint(stops[-1:])

    def _chain(self, element: Element) -> tuple[Mapping[str, str], tuple[Stop, ...]]:
        """Attributes and stops, those that are missing from the gradients that it refers to."""
        given = dict(_GEOMETRY[element.name])
        own: dict[str, str] = {}
        stops: tuple[Stop, ...] = ()
        following: Element | None = element
        for _ in range(_DEEPEST_CHAIN):
            if following is None or following.name not in _GEOMETRY:
                break
            own = {**following.attributes, **own}
            stops = stops or self._stops(following)
            href = following.attributes.get("href", "")
            following = self.ids.get(href.strip().removeprefix("#")) if href else None
        return {**given, **own}, stops

    def _stops(self, element: Element) -> tuple[Stop, ...]:
        """Stops with offsets that grow from one to the next, if only by a little."""
        around = self.sheet.style(element, INITIAL)
        stops: list[Stop] = []
        for child in element.children:
            if child.name == "stop":
                style = self.sheet.style(child, around)
                ink, alpha = colour(style["stop-color"], style["color"])
                offset = min(max(length(child.attributes.get("offset", "0"), 1), 0.0), 1.0)
                if stops:
                    offset = max(offset, stops[-1].offset + _LEAST_STEP)
                stops.append(Stop(offset, ink, alpha * opacity(style["stop-opacity"])))
        beyond = max([1.0, *(stop.offset for stop in stops)])
        return tuple(replace(stop, offset=stop.offset / beyond) for stop in stops)


def _axis(given: Mapping[str, str], matrix: Matrix, width: float, height: float) -> Axis | None:
    """Also under skewing: lines of one colour stay lines, so the end moves to stand across from the start."""
    x1, x2 = (length(given[name], width) for name in ("x1", "x2"))
    y1, y2 = (length(given[name], height) for name in ("y1", "y2"))
    a, b, c, d, e, f = matrix
    start = a * x1 + c * y1 + e, b * x1 + d * y1 + f
    along = a * (x2 - x1) + c * (y2 - y1), b * (x2 - x1) + d * (y2 - y1)
    same = a * (y1 - y2) + c * (x2 - x1), b * (y1 - y2) + d * (x2 - x1)
    size = same[0] ** 2 + same[1] ** 2
    share = (along[0] * same[0] + along[1] * same[1]) / size if size else 0
    end = start[0] + along[0] - share * same[0], start[1] + along[1] - share * same[1]
    return Axis(start, end) if math.dist(start, end) > _SHORTEST else None


def _circles(given: Mapping[str, str], matrix: Matrix, width: float, height: float) -> Circles | None:
    cx, cy = length(given["cx"], width), length(given["cy"], height)
    diagonal = math.hypot(width, height) / math.sqrt(2)
    outer, inner = (length(given[name], diagonal) for name in ("r", "fr"))
    fx = length(given["fx"], width) if "fx" in given else cx
    fy = length(given["fy"], height) if "fy" in given else cy
    if (away := math.hypot(fx - cx, fy - cy)) > _FARTHEST_FOCUS * outer:
        # A focus outside is moved into the circle.
        fx, fy = (c + (f - c) * _FARTHEST_FOCUS * outer / away for c, f in ((cx, fx), (cy, fy)))
    a, b, c, d, _, _ = matrix
    flat = abs(a * d - b * c) * outer * outer <= _SHORTEST**2
    return None if outer <= 0 or flat else Circles((fx, fy), max(inner, 0.0), (cx, cy), outer, matrix)
