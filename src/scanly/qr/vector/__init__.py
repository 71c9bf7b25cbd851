"""An SVG drawing by a designer, turned into plain fills: nothing of the file itself is passed on.

Strokes become outlines, clips are cut, transparency is flattened. What cannot be drawn so is refused, by line.
Source: SVG 1.1 (second edition), 5 (structure), 7 (viewports), 11 (painting), 14 (clipping).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from scanly.core.errors import Invalid
from scanly.qr.artwork import Fill, Gradient, Matrix, Path
from scanly.qr.vector.css import INITIAL, Sheet, Style, link, opacity
from scanly.qr.vector.flattening import Layer, faded_together, flattened
from scanly.qr.vector.paint import Paints, Surroundings
from scanly.qr.vector.shapes import NotUnderstood, fitted, length, numbers, rectangle, shape, times, transform
from scanly.qr.vector.skia import NOTHING, Area, Knife, Pen, TooComplex, closed, stroked
from scanly.qr.vector.tree import Element, Refusal, read_tree

# x, y, width and height.
Place = tuple[float, float, float, float]

MAX_SEGMENTS = 50_000
_MAX_ELEMENTS = 10_000
_MAX_USES = 16
# The longer side while it is worked upon: Skia's tolerances are meant for pixels.
_WORKING_SIZE = 2048.0
_FARTHEST = 1e6
_SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_GROUPS = frozenset({"g", "a", "svg", "symbol", "use"})
# What is only drawn where something refers to it, or never.
_UNSEEN = frozenset(
    {"clipPath", "defs", "desc", "filter", "linearGradient", "marker", "mask", "metadata", "pattern"}
    | {"radialGradient", "style", "symbol", "title", "view"}
)
_UNDRAWABLE = {
    "filter": "a filter, such as a blur or a shadow",
    "mask": "a mask",
    "marker-start": "a marker, such as an arrowhead",
    "marker-mid": "a marker, such as an arrowhead",
    "marker-end": "a marker, such as an arrowhead",
    "mix-blend-mode": "a blend mode",
    "vector-effect": "a stroke that does not scale",
    "transform-origin": "an origin of transforms",
}


@dataclass(frozen=True, slots=True)
class Vector:
    """A drawing ``width`` by ``height``, from (0, 0) downwards, as fills in painting order.

    ``boxes`` are the places (x, y, width, height) of the elements whose ids were asked for; those are not drawn.
    """

    width: float
    height: float
    fills: tuple[Fill, ...]
    boxes: Mapping[str, Place]


def read_svg(data: bytes, *, field: str = "logo", boxes: Collection[str] = ()) -> Vector:
    """The drawing in an SVG file, and where the elements with the ids ``boxes`` are.

    Raises Invalid for ``field`` that says in which line what cannot be taken, and what to do.
    """
    refusal = Refusal(field)
    root = read_tree(data, refusal)
    walk = _Walk(root, refusal, frozenset(boxes))
    left, top, width, height = walk.view(root)
    scale = _WORKING_SIZE / max(width, height)
    around = _Around(INITIAL, (scale, 0, 0, scale, -left * scale, -top * scale), width, height)
    try:
        layers = walk.inside(root, around, Area(rectangle(0, 0, width * scale, height * scale)))
        fills = flattened(layers, walk.knife)
    except TooComplex as error:
        message = "Its outlines cross each other too often to be cut along clips and transparency."
        raise Invalid.field(field, message, hint="Simplify the paths, or use solid colours.") from error
    places = {name: (x / scale, y / scale, w / scale, h / scale) for name, (x, y, w, h) in walk.boxes.items()}
    return Vector(width, height, tuple(_scaled(fill, 1 / scale) for fill in fills), places)


def _scaled(fill: Fill, scale: float) -> Fill:
    paint = fill.paint
    if isinstance(paint, Gradient):
        start, end = ((x * scale, y * scale) for x, y in (paint.start, paint.end))
        paint = replace(paint, start=start, end=end)
    return Fill(fill.path.transformed((scale, 0, 0, scale, 0, 0)), paint, fill.even_odd)


@dataclass(frozen=True, slots=True)
class _Around:
    """What an element finds around it: style, the matrix to the drawing, the viewport, how many uses deep."""

    style: Style
    matrix: Matrix
    width: float
    height: float
    uses: int = 0


class _Walk:
    """Goes through the elements once, in painting order."""

    def __init__(self, root: Element, refusal: Refusal, wanted: frozenset[str]) -> None:
        self._refusal = refusal
        self._wanted = wanted
        self._ids: dict[str, Element] = {}
        for number, element in enumerate(root.everything()):
            if number == _MAX_ELEMENTS:
                raise refusal.at(
                    element.line, f"It has more than {_MAX_ELEMENTS:,} elements.", "Simplify it."
                )
            self._ids.setdefault(element.attributes.get("id", ""), element)
        self._sheet = Sheet.of(root, refusal)
        self.knife = Knife()
        self._paints = Paints(self._ids, self._sheet, refusal)
        self._visited = self._segments = 0
        self.boxes: dict[str, Place] = {}

    def view(self, root: Element) -> tuple[float, float, float, float]:
        """Left, top, width and height of the drawing in its own units. Raises Invalid."""
        given = root.attributes
        try:
            if view := numbers(given.get("viewBox", "")):
                left, top, width, height = view
            else:
                left, top, width, height = 0.0, 0.0, *(length(given[name], 0) for name in ("width", "height"))
        except (KeyError, ValueError):
            width = height = left = top = 0.0
        if not (0 < width <= _FARTHEST and 0 < height <= _FARTHEST and abs(left) + abs(top) <= _FARTHEST):
            message = "The drawing does not say how large it is."
            raise self._refusal.at(root.line, message, "Give <svg> a viewBox, such as 0 0 100 100.")
        return left, top, width, height

    def inside(self, element: Element, around: _Around, window: Area | None) -> list[Layer]:
        """The layers of an element's children, as far as they are seen through the window."""
        here = replace(around, style=self._sheet.style(element, around.style))
        layers = [layer for child in element.children for layer in self.layers(child, here)]
        return self._cut(layers, window) if window else layers

    def _cut(self, layers: list[Layer], window: Area) -> list[Layer]:
        cut = (replace(layer, area=self.knife.shared(layer.area, window)) for layer in layers)
        return [layer for layer in cut if layer.area]

    def layers(self, element: Element, around: _Around) -> list[Layer]:
        """What an element paints. Raises Invalid, TooComplex."""
        self._visited += 1
        if self._visited > _MAX_ELEMENTS:
            raise self._refusal.at(element.line, "Elements are used again too many times.", "Simplify it.")
        if element.name in _UNSEEN:
            return []
        if element.name not in _SHAPES | _GROUPS:
            raise self._refusal.at(element.line, f"<{element.name[:40]}> is not a shape.")
        try:
            return self._styled(element, around)
        except NotUnderstood as error:
            message = f"<{element.name}> has something that means nothing in SVG: {error}."
            raise self._refusal.at(element.line, message, "Save the drawing again as plain SVG.") from error

    def _styled(self, element: Element, around: _Around) -> list[Layer]:
        style = self._sheet.style(element, around.style)
        if style["display"] == "none":
            return []
        self._check(element, style)
        here = replace(around, style=style, matrix=times(around.matrix, transform(style["transform"])))
        if element.attributes.get("id") in self._wanted:
            return self._noted(element, here)
        layers = self._drawn(element, style, here)
        clip = self._clip(element, style, here)
        if clip is not None:
            layers = self._cut(layers, clip)
        alpha = opacity(style["opacity"])
        if alpha <= 0:
            return []
        return faded_together(layers, alpha, self.knife) if alpha < 1 else layers

    def _check(self, element: Element, style: Style) -> None:
        for name, what in _UNDRAWABLE.items():
            if style[name] != INITIAL[name]:
                message = f"<{element.name}> has {what}, which cannot be printed as a plain shape."
                raise self._refusal.at(element.line, message)

    def _noted(self, element: Element, here: _Around) -> list[Layer]:
        """Keeps the place of an element that was asked for."""
        around = Area(self._outline(element, here).transformed(here.matrix)).box
        if around:
            left, top, right, bottom = around
            self.boxes.setdefault(element.attributes["id"], (left, top, right - left, bottom - top))
        return []

    def _drawn(self, element: Element, style: Style, here: _Around) -> list[Layer]:
        if element.name in _SHAPES:
            return self._painted(element, style, here)
        if element.name == "use":
            return self._used(element, here)
        if element.name == "svg":
            return self._framed(element, here, element.attributes)
        return [layer for child in element.children for layer in self.layers(child, here)]

    def _framed(self, element: Element, around: _Around, given: Mapping[str, str]) -> list[Layer]:
        """An <svg> or <symbol> in a viewport of its own; ``given`` says where that is."""
        x, width = (
            length(given.get(name, whole), around.width) for name, whole in (("x", "0"), ("width", "100%"))
        )
        y, height = (
            length(given.get(name, whole), around.height) for name, whole in (("y", "0"), ("height", "100%"))
        )
        if width <= 0 or height <= 0:
            return []
        matrix = times(around.matrix, (1, 0, 0, 1, x, y))
        hidden = self._sheet.style(element, around.style)["overflow"] in ("hidden", "scroll")
        window = Area(rectangle(0, 0, width, height).transformed(matrix)) if hidden else None
        if view := numbers(element.attributes.get("viewBox", "")):
            aspect = element.attributes.get("preserveAspectRatio", "")
            matrix = times(matrix, fitted(view, width, height, aspect))
            width, height = view[2:]
        return self.inside(element, replace(around, matrix=matrix, width=width, height=height), window)

    def _outline(self, element: Element, here: _Around) -> Path:
        """The shape in its own coordinates. Raises Invalid when it is too long or reaches too far."""
        if element.name not in _SHAPES:
            return Path(())
        outline = shape(element.name, element.attributes, here.width, here.height)
        self._segments += len(outline.segments)
        if self._segments > MAX_SEGMENTS:
            message = f"The drawing has more than {MAX_SEGMENTS:,} segments."
            raise self._refusal.at(element.line, message, "Simplify its paths.")
        moved = outline.transformed(here.matrix)
        if not all(abs(place) <= _FARTHEST for _, *places in moved.segments for place in places):
            raise self._refusal.at(element.line, f"<{element.name}> reaches too far out of the drawing.")
        return outline

    def _painted(self, element: Element, style: Style, here: _Around) -> list[Layer]:
        if style["visibility"] != "visible":
            return []
        outline = self._outline(element, here)
        place = Surroundings(here.matrix, Area(outline).box, here.width, here.height)
        layers: list[Layer] = []
        for kind in (
            ("stroke", "fill") if style["paint-order"].strip().startswith("stroke") else ("fill", "stroke")
        ):
            tint = self._paints.tint(kind, style, place)
            if tint and outline.segments:
                area = _filled(outline, style, here) if kind == "fill" else _stroked(outline, style, here)
                layers += [Layer(area, tint)] if area else []
        return layers

    def _used(self, element: Element, here: _Around) -> list[Layer]:
        if here.uses == _MAX_USES:
            raise self._refusal.at(element.line, "<use> refers to itself, or too deeply.")
        target, moved = self._target(element, here)
        if target.name in ("symbol", "svg"):
            given = {**target.attributes, **element.attributes}
            return self._framed(target, replace(here, uses=here.uses + 1), given)
        return self.layers(target, moved)

    def _target(self, element: Element, here: _Around) -> tuple[Element, _Around]:
        """What a <use> refers to, and where it puts it."""
        target = self._ids.get(element.attributes.get("href", "").strip().removeprefix("#"))
        if target is None:
            raise self._refusal.at(element.line, "<use> refers to something that is not there.")
        x, y = (
            length(element.attributes.get(name, "0"), whole)
            for name, whole in (("x", here.width), ("y", here.height))
        )
        return target, replace(here, matrix=times(here.matrix, (1, 0, 0, 1, x, y)), uses=here.uses + 1)

    def _clip(self, element: Element, style: Style, here: _Around) -> Area | None:
        """What is left to be seen of an element, or None for all of it."""
        wanted, _ = link(style["clip-path"])
        if not wanted:
            return None
        clip = self._ids.get(wanted)
        if clip is None or clip.name != "clipPath":
            return None
        if here.uses == _MAX_USES:
            raise self._refusal.at(clip.line, "<clipPath> refers to itself, or too deeply.")
        if clip.attributes.get("clipPathUnits", "userSpaceOnUse") != "userSpaceOnUse":
            message = "<clipPath> is measured in shares of what it clips (objectBoundingBox)."
            raise self._refusal.at(clip.line, message, "Release the clip, or save it in user space.")
        style = self._sheet.style(clip, INITIAL)
        matrix = times(here.matrix, transform(style["transform"]))
        inside = replace(here, style=style, matrix=matrix, uses=here.uses + 1)
        whole = self.knife.together([self._window(child, inside) for child in clip.children])
        outer = self._clip(clip, style, inside)
        return whole if outer is None else self.knife.shared(whole, outer)

    def _window(self, element: Element, around: _Around) -> Area:
        """What an element in a <clipPath> lets be seen."""
        style = self._sheet.style(element, around.style)
        if element.name in _UNSEEN or style["display"] == "none" or style["visibility"] != "visible":
            return NOTHING
        here = replace(around, style=style, matrix=times(around.matrix, transform(style["transform"])))
        if element.name == "use" and here.uses < _MAX_USES:
            area = self._window(*self._target(element, here))
        elif element.name in _SHAPES:
            outline = closed(self._outline(element, here)).transformed(here.matrix)
            area = Area(outline, style["clip-rule"].strip() == "evenodd")
        else:
            raise self._refusal.at(element.line, f"<{element.name[:40]}> in a <clipPath> is no shape.")
        clip = self._clip(element, style, here)
        return area if clip is None else self.knife.shared(area, clip)


def _filled(outline: Path, style: Style, here: _Around) -> Area:
    return Area(closed(outline).transformed(here.matrix), style["fill-rule"].strip() == "evenodd")


def _stroked(outline: Path, style: Style, here: _Around) -> Area:
    """The stroke as an outline in coordinates of the drawing."""
    a, b, c, d, _, _ = here.matrix
    # Followed at about its final size, so that curves are neither coarse nor needlessly fine.
    scale = math.sqrt(abs(a * d - b * c)) or 1.0
    diagonal = math.hypot(here.width, here.height) / math.sqrt(2)
    given = style["stroke-dasharray"].strip()
    dashes = (
        ()
        if given == "none"
        else tuple(scale * length(one, diagonal) for one in given.replace(",", " ").split())
    )
    pen = Pen(
        scale * length(style["stroke-width"], diagonal),
        style["stroke-linecap"].strip(),
        style["stroke-linejoin"].strip(),
        length(style["stroke-miterlimit"], 1),
        dashes if sum(dashes) > 0 and min(dashes) >= 0 else (),
        scale * length(style["stroke-dashoffset"], diagonal),
    )
    if pen.width <= 0:
        return NOTHING
    drawn = stroked(outline.transformed((scale, 0, 0, scale, 0, 0)), pen)
    back = times(here.matrix, (1 / scale, 0, 0, 1 / scale, 0, 0))
    return Area(drawn.path.transformed(back), drawn.even_odd)
