"""SVG's shapes as outlines of lines and cubic curves, in the coordinates of their own element.

Source: SVG 1.1 (second edition), 7 (coordinates), 8 (paths), 9 (basic shapes), F.6 (arcs).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

from scanly.qr.artwork import Matrix, Path, Point, Segment

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
# How far the handles of a quarter of a circle reach, as a share of the radius.
_QUARTER = 4 / 3 * math.tan(math.pi / 8)
_DIGITS = r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)"
_NUMBER = re.compile(rf"[\s,]*{_DIGITS}")
_FLAG = re.compile(r"[\s,]*([01])")
_LETTER = re.compile(r"[\s,]*([MmLlHhVvCcSsQqTtAaZz])")
_END = re.compile(r"[\s,]*\Z")
_TRANSFORM = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_LENGTH = re.compile(rf"\s*{_DIGITS}\s*(%|[a-zA-Z]*)\s*")
_UNITS_PX = {
    "": 1,
    "px": 1,
    "pt": 4 / 3,
    "pc": 16,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96,
    "em": 16,
    "ex": 8,
}
_LARGEST = 1e9
_GIVEN = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


class NotUnderstood(ValueError):
    """Something in an attribute that SVG has no meaning for; the text says what."""


def times(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that does ``inner`` first, then ``outer``."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f


def numbers(text: str) -> list[float]:
    """Numbers with spaces, commas or nothing between them; units of pixels and degrees are dropped."""
    text = re.sub(r"(?<=[0-9.])(px|deg)", "", text)
    found: list[float] = []
    place = 0
    while number := _NUMBER.match(text, place):
        found.append(_sane(number[1]))
        place = number.end()
    if not _END.match(text, place):
        raise NotUnderstood(f'the number "{text[place:].strip()[:20]}"')
    return found


def _sane(digits: str) -> float:
    number = float(digits)
    if abs(number) > _LARGEST:
        raise NotUnderstood(f"the number {digits[:20]}")
    return number


def length(text: str, whole: float) -> float:
    """A length in pixels; per cents are shares of ``whole``."""
    found = _LENGTH.fullmatch(text)
    unit = found[2].lower() if found else ""
    if not found or (unit != "%" and unit not in _UNITS_PX):
        raise NotUnderstood(f'the length "{text.strip()[:20]}"')
    return _sane(found[1]) * (whole / 100 if unit == "%" else _UNITS_PX[unit])


def transform(text: str) -> Matrix:
    """What ``transform="…"`` means, in one matrix."""
    matrix = IDENTITY
    place = 0
    while step := _TRANSFORM.match(text, place):
        matrix = times(matrix, _step(step[1], numbers(step[2])))
        place = step.end()
    if text[place:].strip() not in ("", "none"):
        raise NotUnderstood(f'the transform "{text[place:].strip()[:30]}"')
    return matrix


def _step(kind: str, given: Sequence[float]) -> Matrix:
    match kind, *given:
        case "matrix", a, b, c, d, e, f:
            return a, b, c, d, e, f
        case "translate", x, *y if len(y) <= 1:
            return 1, 0, 0, 1, x, y[0] if y else 0
        case "scale", x, *y if len(y) <= 1:
            return x, 0, 0, y[0] if y else x, 0, 0
        case "rotate", degrees, *about if len(about) in (0, 2):
            cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            x, y = about or (0, 0)
            return cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y
        case "skewX", degrees:
            return 1, 0, math.tan(math.radians(degrees)), 1, 0, 0
        case "skewY", degrees:
            return 1, math.tan(math.radians(degrees)), 0, 1, 0, 0
        case _:
            raise NotUnderstood(f"{kind} with {len(given)} numbers")


def fitted(view: Sequence[float], width: float, height: float, aspect: str) -> Matrix:
    """From a viewBox (left, top, width, height) onto a viewport from (0, 0), as preserveAspectRatio says."""
    if len(view) != 4 or view[2] <= 0 or view[3] <= 0:
        raise NotUnderstood("a viewBox without width and height")
    x, y = width / view[2], height / view[3]
    align, _, rule = (aspect.strip() or "xMidYMid").partition(" ")
    if align != "none":
        x = y = max(x, y) if rule.strip() == "slice" else min(x, y)
    spare = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    left = spare.get(align[1:4], 0) * (width - x * view[2])
    top = spare.get(align[5:8], 0) * (height - y * view[3])
    return x, 0, 0, y, left - x * view[0], top - y * view[1]


def shape(name: str, attributes: Mapping[str, str], width: float, height: float) -> Path:
    """The outline of a basic shape or path, its subpaths open where they are; ``width`` and ``height`` are the
    viewport's, for lengths in per cent. Raises NotUnderstood."""

    def measure(attribute: str, whole: float) -> float:
        return length(attributes.get(attribute) or "0", whole)

    diagonal = math.hypot(width, height) / math.sqrt(2)
    match name:
        case "path":
            return path_data(attributes.get("d", ""))
        case "rect":
            return _rect(attributes, measure, width, height)
        case "circle":
            radius = measure("r", diagonal)
            return ellipse((measure("cx", width), measure("cy", height)), radius, radius)
        case "ellipse":
            centre = measure("cx", width), measure("cy", height)
            return ellipse(centre, measure("rx", width), measure("ry", height))
        case "line":
            start, end = ((measure(f"x{n}", width), measure(f"y{n}", height)) for n in (1, 2))
            return Path((("M", *start), ("L", *end)))
        case _:
            places = numbers(attributes.get("points", ""))
            points = list(zip(places[::2], places[1::2], strict=False))
            lines: list[Segment] = [("L" if number else "M", *point) for number, point in enumerate(points)]
            return Path((*lines, ("Z",)) if lines and name == "polygon" else tuple(lines))


def ellipse(centre: Point, rx: float, ry: float) -> Path:
    """In four quarters, beginning at the right."""
    if rx <= 0 or ry <= 0:
        return Path(())
    segments: list[Segment] = [("M", 1, 0)]
    k = _QUARTER
    segments += (("C", 1, k, k, 1, 0, 1), ("C", -k, 1, -1, k, -1, 0))
    segments += (("C", -1, -k, -k, -1, 0, -1), ("C", k, -1, 1, -k, 1, 0), ("Z",))
    return Path(tuple(segments)).transformed((rx, 0, 0, ry, *centre))


def rectangle(x: float, y: float, width: float, height: float) -> Path:
    """An upright rectangle."""
    right, bottom = x + width, y + height
    return Path((("M", x, y), ("L", right, y), ("L", right, bottom), ("L", x, bottom), ("Z",)))


def _rect(
    attributes: Mapping[str, str], measure: Callable[[str, float], float], whole_x: float, whole_y: float
) -> Path:
    x, y = measure("x", whole_x), measure("y", whole_y)
    width, height = measure("width", whole_x), measure("height", whole_y)
    if width <= 0 or height <= 0:
        return Path(())
    given = {name: attributes.get(name, "auto") != "auto" for name in ("rx", "ry")}
    rx = measure("rx" if given["rx"] else "ry", whole_x) if any(given.values()) else 0
    ry = measure("ry" if given["ry"] else "rx", whole_y) if any(given.values()) else 0
    rx, ry = min(max(rx, 0), width / 2), min(max(ry, 0), height / 2)
    if not rx or not ry:
        return rectangle(x, y, width, height)
    right, bottom, h, v = x + width, y + height, rx * (1 - _QUARTER), ry * (1 - _QUARTER)
    return Path(
        (
            ("M", x + rx, y),
            ("L", right - rx, y),
            ("C", right - h, y, right, y + v, right, y + ry),
            ("L", right, bottom - ry),
            ("C", right, bottom - v, right - h, bottom, right - rx, bottom),
            ("L", x + rx, bottom),
            ("C", x + h, bottom, x, bottom - v, x, bottom - ry),
            ("L", x, y + ry),
            ("C", x, y + v, x + h, y, x + rx, y),
            ("Z",),
        )
    )


def path_data(text: str) -> Path:
    """What ``d="…"`` means. Raises NotUnderstood."""
    pen = _Pen()
    place, letter = 0, ""
    while not _END.match(text, place):
        if found := _LETTER.match(text, place):
            letter, place = found[1], found.end()
        elif letter in "Zz":
            raise NotUnderstood(f'the path at "{text[place:].strip()[:20]}"')
        if not pen.segments and letter not in "Mm":
            raise NotUnderstood("a path that does not begin with M")
        given: list[float] = []
        for index in range(_GIVEN[letter.upper()]):
            pattern = _FLAG if letter in "Aa" and index in (3, 4) else _NUMBER
            if not (number := pattern.match(text, place)):
                raise NotUnderstood(f'the path at "{text[place:].strip()[:20]}"')
            given.append(_sane(number[1]))
            place = number.end()
        pen.draw(letter, given)
        letter = {"M": "L", "m": "l"}.get(letter, letter)
    return Path(tuple(pen.segments))


class _Pen:
    """Draws the commands of a path in absolute coordinates."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._here = self._start = self._handle = (0.0, 0.0)
        self._handle_of = ""

    def draw(self, letter: str, given: Sequence[float]) -> None:
        kind = letter.upper()
        x, y = self._here
        dx, dy = self._here if letter.islower() else (0.0, 0.0)
        if kind in "HV":
            points = [(given[0] + dx, y) if kind == "H" else (x, given[0] + dy)]
        else:
            places = given[5:] if kind == "A" else given
            points = [(a + dx, b + dy) for a, b in zip(places[::2], places[1::2], strict=True)]
        if not points:
            self.segments.append(("Z",))
            self._here = self._start
        elif kind == "M":
            self._start = points[-1]
            self.segments.append(("M", *points[-1]))
        elif kind in "LHV":
            self._reopen()
            self.segments.append(("L", *points[-1]))
        elif kind == "A":
            self._reopen()
            self.segments += _arc(self._here, given, points[-1])
        else:
            self._reopen()
            self._curve(kind, points)
        self._here = points[-1] if points else self._here
        self._handle_of = kind

    def _reopen(self) -> None:
        """What goes on after Z begins where the subpath began."""
        if self.segments[-1][0] == "Z":
            self.segments.append(("M", *self._here))

    def _curve(self, kind: str, points: list[Point]) -> None:
        if kind in "ST":
            (x, y), (hx, hy) = self._here, self._handle
            smooth = self._handle_of in ("CS" if kind == "S" else "QT")
            points = [(2 * x - hx, 2 * y - hy) if smooth else (x, y), *points]
        self._handle = points[-2]
        if len(points) == 2:
            corner, end = points
            points = [_toward(self._here, corner, 2 / 3), _toward(end, corner, 2 / 3), end]
        self.segments.append(("C", *points[0], *points[1], *points[2]))


def _toward(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _arc(start: Point, given: Sequence[float], end: Point) -> list[Segment]:
    """An elliptical arc as curves of at most a quarter. Source: SVG 1.1, F.6.5 and F.6.6."""
    rx, ry, turned = abs(given[0]), abs(given[1]), math.radians(given[2])
    if start == end:
        return []
    if not rx or not ry:
        return [("L", *end)]
    cos, sin = math.cos(turned), math.sin(turned)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = (cos * dx + sin * dy) / rx, (cos * dy - sin * dx) / ry
    apart = x * x + y * y
    if apart > 1:
        rx, ry, x, y, apart = (
            rx * math.sqrt(apart),
            ry * math.sqrt(apart),
            x / math.sqrt(apart),
            y / math.sqrt(apart),
            1,
        )
    away = math.sqrt(max(1 / apart - 1, 0)) * (-1 if given[3] == given[4] else 1)
    cx, cy = away * y, -away * x
    first = math.atan2(y - cy, x - cx)
    sweep = math.atan2(-y - cy, -x - cx) - first
    sweep += 2 * math.pi * ((given[4] == 1 and sweep < 0) - (given[4] == 0 and sweep > 0))
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    matrix = times((cos, sin, -sin, cos, *middle), (rx, 0, 0, ry, cx * rx, cy * ry))
    parts = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
    arc = Path(tuple(_unit_arc(first + sweep * part / parts, sweep / parts) for part in range(parts)))
    return list(arc.transformed(matrix).segments)


def _unit_arc(angle: float, sweep: float) -> Segment:
    reach = 4 / 3 * math.tan(sweep / 4)
    (x, y), (u, v) = ((math.cos(at), math.sin(at)) for at in (angle, angle + sweep))
    return "C", x - reach * y, y + reach * x, u + reach * v, v - reach * u, u, v
