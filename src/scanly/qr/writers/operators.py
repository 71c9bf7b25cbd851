"""Artwork as painting operators, which PDF and PostScript share: paths, inks, shadings, pictures.

PDF reads them as they are; the EPS prolog defines procedures of the same names. Dictionaries of shadings and
functions are written alike in both languages.

Source: ISO 32000-1, 8.5 (paths), 8.6 (colour), 8.7.4 (shadings), 8.9 (images); PostScript Language Reference,
third edition, 4.9 (smooth shading).
"""

from __future__ import annotations

import io
import itertools
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from scanly.qr.artwork import Artwork, Bars, Bitmap, Fill, Gradient, Inks, Paint, Path, Runs, Shape, Stamps
from scanly.qr.ink import WHITE, Cmyk, Ink
from scanly.qr.outline import box
from scanly.qr.writers.numbers import Told, numbers

if TYPE_CHECKING:
    from PIL.Image import Image

PT_PER_MM = 72 / 25.4
T = TypeVar("T")
_PLACE, _BAR = Told("{} "), Told("{} 1 re\n")
# What sets the colour of fills; in capitals, that of strokes.
_STROKES = re.compile(r"\b(k|rg|cs|scn)$|\bcs\b")
_IS_OPAQUE = bytes(alpha > 127 for alpha in range(256))


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels as a printer takes them: four bytes each for CMYK, three for RGB; ``data`` is deflated."""

    data: bytes
    width_px: int
    height_px: int
    inks: Inks


@dataclass(frozen=True, slots=True)
class Painting:
    """``content`` are operators, in points from the bottom left corner; its names lead to the resources.

    ``spots`` lead from names of colour spaces (``C0``) to spot inks, ``shadings`` from ``S0`` to dictionaries,
    ``pictures`` from ``I0``.
    """

    content: str
    width_pt: float
    height_pt: float
    spots: dict[str, Ink]
    shadings: dict[str, str]
    pictures: dict[str, Picture]


def paint(artwork: Artwork) -> Painting:
    """The operators and all that they refer to."""
    painter = Painter(artwork.inks)
    scale = artwork.module_mm * PT_PER_MM
    width_pt, height_pt = artwork.width * scale, artwork.height * scale
    left, bottom = -artwork.left * scale, height_pt + artwork.top * scale
    matrix = f"{numbers(scale, 0, 0, -scale, left, bottom, digits=8)} cm"
    lines = ["q", matrix, *painter.drawing(artwork)]
    content = "\n".join([*lines, "Q", ""])
    return Painting(content, width_pt, height_pt, painter.spots, painter.shadings, painter.pictures)


# Codes of one look put the same few outlines down at the same places, code after code.
@lru_cache(maxsize=32_768)
def path(outline: Path, dx: float = 0.0, dy: float = 0.0) -> str:
    """The operators that build an outline, moved by (dx, dy)."""
    parts: list[str] = []
    for letter, *places in outline.segments:
        if letter == "Z":
            parts.append("h")
        else:
            moved = [value + move for value, move in zip(places, (dx, dy) * 3, strict=False)]
            parts.append(f"{numbers(*moved)} {letter.lower()}")
    return "\n".join(parts)


def _ground(artwork: Artwork) -> str:
    """The operators that build the outline of the ground."""
    place = artwork.left, artwork.top, artwork.width, artwork.height
    if not artwork.corner_radius:
        return f"{numbers(*place)} re"
    radius = artwork.corner_radius
    return path(box(*place, (radius, radius, radius, radius)))


def _bars(runs: Runs) -> str:
    """The operators that build bars: every third word of each kind, which is faster than bar by bar."""
    words = [""] * (3 * len(runs.xs))
    words[::3] = map(_PLACE.__getitem__, runs.xs)
    words[1::3] = map(_PLACE.__getitem__, runs.ys)
    words[2::3] = map(_BAR.__getitem__, runs.lengths)
    return "".join(words).rstrip()


def inks_of(cmyk: Cmyk) -> str:
    """Four shares as operands."""
    return numbers(*cmyk, digits=4)


@dataclass(slots=True)
class Painter:
    """Turns drawings into operators and collects the resources that these refer to, each once.

    One may serve many drawings of the same ``inks``; its resources only grow.
    """

    inks: Inks
    spots: dict[str, Ink] = field(default_factory=dict[str, Ink])
    shadings: dict[str, str] = field(default_factory=dict[str, str])
    pictures: dict[str, Picture] = field(default_factory=dict[str, Picture])
    _ground: Ink | None = None
    _names: dict[object, str] = field(default_factory=dict[object, str])

    def drawing(self, artwork: Artwork) -> list[str]:
        """The operators for a whole drawing, whose own unit (the module, y downwards) is that of the page then."""
        self._ground = artwork.ground
        lines: list[str] = []
        if artwork.ground:
            lines += [self.ink(artwork.ground), _ground(artwork), "f"]
        for shape in artwork.shapes:
            lines += self.shape(shape)
        return lines

    def shape(self, shape: Shape) -> list[str]:
        match shape:
            case Bars(runs=runs, paint=paint):
                return self.filled(_bars(runs), paint, "f")
            case Stamps(glyphs=glyphs, places=places, paint=paint):
                return self.filled("\n".join([path(glyphs[key], x, y) for x, y, key in places]), paint, "f")
            case Fill(path=outline, paint=paint, even_odd=even_odd):
                return self.filled(path(outline), paint, "f*" if even_odd else "f")
            case Bitmap():
                return self._bitmap(shape)

    def ink(self, ink: Ink, *, stroke: bool = False) -> str:
        """The operator that sets the colour of fills, or of strokes."""
        if ink.spot:
            name = self._name("C", ink.spot, ink, self.spots)
            operator = f"/{name} cs 1 scn"
        else:
            operator = f"{self.operands(ink)} {'rg' if self.inks == 'rgb' else 'k'}"
        return operator if not stroke else _STROKES.sub(lambda found: found[0].upper(), operator)

    def space(self) -> str:
        """The colour space of shadings."""
        return "/DeviceCMYK" if self.inks == "cmyk" else "/DeviceRGB"

    def operands(self, ink: Ink) -> str:
        """How much of each ink, in that space."""
        if self.inks == "rgb":
            return numbers(*(channel / 255 for channel in ink.rgb), digits=4)
        return inks_of(ink.cmyk)

    def filled(self, outline: str, paint: Paint, operator: str) -> list[str]:
        """The operators that fill an outline; ``operator`` is ``f``, or ``f*`` for even-odd."""
        if isinstance(paint, Gradient):
            clip = "W* n" if operator == "f*" else "W n"
            return ["q", outline, clip, f"/{self._shading(paint)} sh", "Q"]
        return [self.ink(paint), outline, operator]

    def _shading(self, gradient: Gradient) -> str:
        dictionary = self._shading_dictionary(gradient)
        return self._name("S", dictionary, dictionary, self.shadings)

    def _name(self, letter: str, key: object, value: T, held: dict[str, T]) -> str:
        """What ``value`` is called, which ``held`` gets when it is new."""
        name = self._names.setdefault(key, f"{letter}{len(held)}")
        held.setdefault(name, value)
        return name

    def _shading_dictionary(self, gradient: Gradient) -> str:
        (x1, y1), (x2, y2) = gradient.start, gradient.end
        if gradient.kind == "linear":
            kind, places = 2, numbers(x1, y1, x2, y2)
        else:
            kind, places = 3, numbers(x1, y1, 0, x1, y1, ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5)
        return (
            f"<< /ShadingType {kind} /ColorSpace {self.space()} /Coords [{places}] "
            f"/Extend [true true] /Function {self._function(gradient)} >>"
        )

    def _function(self, gradient: Gradient) -> str:
        """From 0 to 1 to the operands of the inks: exponential between two stops, stitched over more."""
        stops = gradient.stops
        pieces = [
            f"<< /FunctionType 2 /Domain [0 1] /N 1 "
            f"/C0 [{self.operands(first)}] /C1 [{self.operands(second)}] >>"
            for (_, first), (_, second) in itertools.pairwise(stops)
        ]
        if len(pieces) == 1:
            return pieces[0]
        bounds = numbers(*(at for at, _ in stops[1:-1]), digits=4)
        encode = " ".join(["0 1"] * len(pieces))
        return (
            f"<< /FunctionType 3 /Domain [0 1] /Functions [{' '.join(pieces)}] "
            f"/Bounds [{bounds}] /Encode [{encode}] >>"
        )

    def _bitmap(self, bitmap: Bitmap) -> list[str]:
        """A picture on a ground of process inks hides it; elsewhere, only its opaque part is printed."""
        flat = picture(bitmap.png, self._ground or WHITE, self.inks)
        name = self._name("I", flat, flat, self.pictures)
        hidden = self._ground and not self._ground.spot
        clip = [] if hidden else [*_opaque_boxes(bitmap), "W n"]
        place = numbers(bitmap.width, 0, 0, -bitmap.height, bitmap.x, bitmap.y + bitmap.height, digits=6)
        return ["q", *clip, f"{place} cm", f"/{name} Do", "Q"]


def _opaque_boxes(bitmap: Bitmap) -> Iterator[str]:
    """The pixels that are more than half opaque, as boxes of equal rows."""
    from PIL import Image

    image = Image.open(io.BytesIO(bitmap.png), formats=("PNG",)).convert("RGBA")
    opaque = image.getchannel("A").tobytes().translate(_IS_OPAQUE)
    across, down = bitmap.width / image.width, bitmap.height / image.height
    rows = (opaque[start : start + image.width] for start in range(0, len(opaque), image.width))
    y = 0
    for row, same in itertools.groupby(rows):
        height = len(list(same))
        for run in re.finditer(rb"\x01+", row):
            place = bitmap.x + run.start() * across, bitmap.y + y * down
            yield f"{numbers(*place, len(run[0]) * across, height * down, digits=6)} re"
        y += height


@lru_cache(maxsize=16)
def picture(png: bytes, ground: Ink, inks: Inks) -> Picture:
    """The picture upon its ground, without transparency; greys are printed with black alone."""
    from PIL import Image

    image = Image.open(io.BytesIO(png), formats=("PNG",)).convert("RGBA")
    behind = Image.new("RGBA", image.size, (*ground.rgb, 255))
    flat = Image.alpha_composite(behind, image).convert("RGB")
    pixels = process_inks(flat) if inks == "cmyk" else flat
    return Picture(zlib.compress(pixels.tobytes(), 9), image.width, image.height, inks)


def process_inks(image: Image) -> Image:
    """An RGB picture in four inks by the rule of `Ink.of_rgb`: black is what all lack, the others take the rest."""
    import PIL.Image
    from PIL import ImageChops, ImageMath

    channels = image.split()
    brightest = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    plates = [
        ImageMath.lambda_eval(
            lambda args: args["convert"]((args["m"] - args["c"]) * 255 / args["max"](args["m"], 1), "L"),
            m=brightest,
            c=channel,
        )
        for channel in channels
    ]
    return PIL.Image.merge("CMYK", (*plates, ImageChops.invert(brightest)))
