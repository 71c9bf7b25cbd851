"""Colours by lightness, chroma and hue as eyes see them, so that a colour can be made darker and stay itself.

Source: CSS Color Module Level 4, clauses 9.3 (OKLCH), 13.2 (gamut mapping by chroma reduction) and 18 (sample code).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from scanly.core.colour import Rgb, contrast, hex_of, rgb

_LIGHTNESS_STEP = 0.005


class Oklch(NamedTuple):
    """Lightness 0 to 1, chroma 0 to about 0.37 in sRGB, hue in radians."""

    lightness: float
    chroma: float
    hue: float


def to_oklch(colour: Rgb) -> Oklch:
    """The colour in OKLCH."""
    red, green, blue = (_linear(channel / 255) for channel in colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def from_oklch(colour: Oklch) -> Rgb:
    """The nearest colour that screens show: lightness and hue are kept, chroma gives way."""
    exact = _channels(colour)
    if not _is_shown(exact):
        low, high = 0.0, colour.chroma
        for _ in range(12):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if _is_shown(_channels(colour._replace(chroma=middle))) else (low, middle)
            )
        exact = _channels(colour._replace(chroma=low))
    red, green, blue = (round(255 * _encoded(min(max(channel, 0.0), 1.0))) for channel in exact)
    return red, green, blue


def readable(colour: str, grounds: Sequence[str], least: float, *, darker: bool) -> str | None:
    """The colour nearest to ``colour``, only darker or lighter, with a contrast of ``least`` on all grounds.

    All are ``#rrggbb``. None when not even black or white has it.
    """
    wanted = to_oklch(rgb(colour))
    steps = math.ceil((wanted.lightness if darker else 1 - wanted.lightness) / _LIGHTNESS_STEP)
    found = colour
    for step in range(1, steps + 2):
        if all(contrast(found, ground) >= least for ground in grounds):
            return found
        lightness = wanted.lightness + step * (-_LIGHTNESS_STEP if darker else _LIGHTNESS_STEP)
        found = hex_of(from_oklch(wanted._replace(lightness=min(max(lightness, 0.0), 1.0))))
    return found if all(contrast(found, ground) >= least for ground in grounds) else None


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _channels(colour: Oklch) -> tuple[float, float, float]:
    """Linear red, green and blue; outside 0 to 1 where no screen shows the colour."""
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _is_shown(channels: tuple[float, float, float]) -> bool:
    return all(-0.0001 <= channel <= 1.0001 for channel in channels)
