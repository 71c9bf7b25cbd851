"""Colours as printers mean them: for the screen, as four process inks, or as a spot ink of its own.

Source: ISO 32000-1, 8.6.4.4 (DeviceCMYK) and 8.6.6.4 (Separation); CSS Color 4 for ``#rrggbb``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scanly.core.colour import Rgb, luminance, rgb
from scanly.core.errors import Invalid
from scanly.core.text import count, has_control

Cmyk = tuple[float, float, float, float]

HOW_TO_WRITE = "Write it as #rrggbb, cmyk(0 100 100 0) or spot(Name; 0 100 100 0), inks in per cent."
HOW_TO_BLEND = (
    "Write it as linear(45, #003366, #663399), with the angle in degrees, or radial(#003366, #663399)."
)

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_PERCENT = r"\s*([0-9]{1,3}(?:\.[0-9]+)?)%?"
_FOUR = rf"{_PERCENT}(?:\s*,|\s){_PERCENT}(?:\s*,|\s){_PERCENT}(?:\s*,|\s){_PERCENT}\s*"
_CMYK = re.compile(rf"cmyk\({_FOUR}\)", re.IGNORECASE)
_SPOT = re.compile(rf"spot\(\s*([^;]+?)\s*;{_FOUR}\)", re.IGNORECASE)
_BLEND = re.compile(r"(linear|radial)\((.*)\)", re.IGNORECASE)
_COMMA = re.compile(r",(?![^(]*\))")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?(?:deg|°)?")
_RESERVED_SPOTS = frozenset({"all", "none", "cyan", "magenta", "yellow", "black"})


@dataclass(frozen=True, slots=True)
class Ink:
    """One colour. ``rgb`` is how it looks on a screen, ``cmyk`` (shares, 0 to 1) how it is printed; with
    ``spot`` it is printed from a plate of that name, and ``cmyk`` is its replacement."""

    rgb: Rgb
    cmyk: Cmyk
    spot: str = ""

    @property
    def hex(self) -> str:
        """``#rrggbb``."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 (black) to 1 (white)."""
        return luminance(self.rgb)

    @classmethod
    def of_rgb(cls, colour: Rgb) -> Ink:
        """The ink for a colour of the screen: greys from black alone, others by the plain formula."""
        brightest = max(colour)
        c, m, y = ((brightest - channel) / brightest if brightest else 0.0 for channel in colour)
        return cls(colour, (c, m, y, 1 - brightest / 255))


@dataclass(frozen=True, slots=True)
class Blend:
    """A gradient that has no place yet: evenly spaced inks, at ``degrees`` clockwise from left to right."""

    kind: Literal["linear", "radial"]
    degrees: float
    inks: tuple[Ink, ...]


BLACK = Ink((0, 0, 0), (0.0, 0.0, 0.0, 1.0))
WHITE = Ink((255, 255, 255), (0.0, 0.0, 0.0, 0.0))


@lru_cache(maxsize=1024)
def parse_ink(text: str, *, field: str = "colour") -> Ink:
    """The ink that ``text`` means. Raises Invalid for ``field``."""
    text = text.strip()
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
        return Ink.of_rgb(rgb(f"#{digits}"))
    process, spot = _CMYK.fullmatch(text), _SPOT.fullmatch(text)
    inks = process.groups() if process else spot.groups()[1:] if spot else ()
    if not inks or any(float(share) > 100 for share in inks):
        raise Invalid.field(field, f'"{text[:60]}" is not a colour.', hint=HOW_TO_WRITE)
    c, m, y, k = (float(share) / 100 for share in inks)
    name = spot[1] if spot else ""
    if name and (name.casefold() in _RESERVED_SPOTS or has_control(name) or len(name.encode()) > 120):
        hint = "Take the name as the print shop writes it, such as PANTONE 286 C."
        raise Invalid.field(field, f'"{name[:60]}" cannot be the name of a spot ink.', hint=hint)
    return Ink(_seen(c, m, y, k), (c, m, y, k), name)


@lru_cache(maxsize=1024)
def parse_paint(text: str, *, field: str = "colour") -> Ink | Blend:
    """An ink, or ``linear(45, #003366, #663399)`` or ``radial(#003366, #663399)``. Raises Invalid for ``field``."""
    blend = _BLEND.fullmatch(text.strip())
    if not blend:
        return parse_ink(text, field=field)
    kind: Literal["linear", "radial"] = "linear" if blend[1].lower() == "linear" else "radial"
    parts = [part.strip() for part in _COMMA.split(blend[2])]
    degrees = 0.0
    if kind == "linear" and _DEGREES.fullmatch(parts[0]):
        degrees = float(parts.pop(0).rstrip("deg°"))
    if not 2 <= len(parts) <= 8:
        message = f'"{text[:80]}" has {count(len(parts), "colour")}; a gradient has 2 to 8.'
        raise Invalid.field(field, message, hint=HOW_TO_BLEND)
    inks = tuple(parse_ink(part, field=field) for part in parts)
    if spot := next((ink.spot for ink in inks if ink.spot), ""):
        message = f'"{spot}" is a spot ink; gradients are printed with process inks.'
        raise Invalid.field(field, message, hint="Write its colours as #rrggbb or cmyk(…).")
    return Blend(kind, degrees, inks)


def inks_of(paint: Ink | Blend) -> tuple[Ink, ...]:
    """Every ink that a paint is made of."""
    return paint.inks if isinstance(paint, Blend) else (paint,)


def mixed(ink: Ink, ground: Ink, opacity: float) -> Ink:
    """What ``ink`` at that opacity (0 to 1) looks like upon ``ground``, as one solid ink without a name."""
    if opacity >= 1:
        return ink

    def mean(one: float, other: float) -> float:
        return one * opacity + other * (1 - opacity)

    seen = tuple(round(mean(one, other)) for one, other in zip(ink.rgb, ground.rgb, strict=True))
    inks = tuple(mean(one, other) for one, other in zip(ink.cmyk, ground.cmyk, strict=True))
    return Ink((seen[0], seen[1], seen[2]), (inks[0], inks[1], inks[2], inks[3]))


def _seen(c: float, m: float, y: float, k: float) -> Rgb:
    red, green, blue = (round(255 * (1 - share) * (1 - k)) for share in (c, m, y))
    return red, green, blue
