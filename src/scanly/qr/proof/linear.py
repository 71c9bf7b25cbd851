"""Linear barcodes in a picture: what they say, how fine they are, and how much clear ground is beside them.

Source: ISO/IEC 15420:2009, 4 (EAN and UPC, symbol lengths); ISO/IEC 15417:2007, 4.2 (Code 128); ISO/IEC 16390:2007
(interleaved 2 of 5); ISO/IEC 15416:2016, 5.4 (reflectance along a line across the bars).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from scanly.qr.proof.decoders import find_linear
from scanly.qr.proof.raster import Picture
from scanly.qr.proof.sampling import Corners, projection

if TYPE_CHECKING:
    from PIL.Image import Image
    from zxingcpp import Barcode

# Symbols of a fixed length, in modules from the first to the last bar.
_LENGTHS: Mapping[str, int] = {"EAN-13": 95, "UPC-A": 95, "EAN-8": 67}
# A Code 128 is so many modules a character, and its stop pattern two more.
_CODE128_MODULES, _CODE128_STOP = 11, 2
# What is looked at beyond each end, as a share of the symbol's length, and samples a pixel.
_BEYOND = 0.3
_SAMPLES = 4
# Runs up to so much longer than the shortest are of one module.
_NARROW = 1.5
# Fewer digits are seen in any row of dashes.
_LEAST_ITF_DIGITS = 6


class LinearReading(msgspec.Struct, frozen=True, kw_only=True):
    """One symbol. ``corners_ratio``: top left, top right, bottom right, bottom left, as shares of the page's sides.

    ``quiet_zone_modules`` is the narrower of both sides, as far as it was looked at.
    """

    content: str
    symbol: str
    module_mm: float | None
    quiet_zone_modules: float
    contrast: float
    corners_ratio: Corners


def read_linear(picture: Picture) -> list[LinearReading]:
    """Every linear symbol of a page."""
    grey = picture.image.convert("L")
    found = [_measured(picture, grey, code) for code in find_linear(grey)]
    return [
        each for each in found if not each.symbol.startswith("ITF") or len(each.content) >= _LEAST_ITF_DIGITS
    ]


def _measured(picture: Picture, grey: Image, code: Barcode) -> LinearReading:
    place, (width, height) = code.position, picture.image.size
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    corners = [(float(point.x), float(point.y)) for point in points]
    symbol = str(code.format)
    line = _across(grey, corners)
    dark, light = min(line), max(line)
    runs = _runs(line, (dark + light) / 2)
    first, last = _ends(runs, len(line))
    bars = [length for _, length in runs[first : last + 1]]
    module = _module(bars, symbol) if bars else 0.0
    around = (runs[first - 1][1] if first else 0.0, runs[last + 1][1] if last + 1 < len(runs) else 0.0)
    shares = [(round(x / width, 5), round(y / height, 5)) for x, y in corners]
    return LinearReading(
        content=code.text,
        symbol=symbol,
        module_mm=round(module / _SAMPLES / picture.px_per_mm, 3) if picture.px_per_mm and module else None,
        quiet_zone_modules=math.floor(min(around) / module + 0.5) if module else 0.0,
        contrast=round((light - dark) / 255, 3),
        corners_ratio=(shares[0], shares[1], shares[2], shares[3]),
    )


def _across(grey: Image, corners: list[tuple[float, float]]) -> bytes:
    """Samples along the middle of the symbol, and beyond both its ends; white outside the picture."""
    from PIL import Image, ImageChops

    (x0, y0), (x1, y1) = (
        ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        for one, other in ((corners[0], corners[3]), (corners[1], corners[2]))
    )
    dx, dy = x1 - x0, y1 - y0
    length = max(math.hypot(dx, dy), 1.0)
    start = (x0 - _BEYOND * dx, y0 - _BEYOND * dy)
    end = (x1 + _BEYOND * dx, y1 + _BEYOND * dy)
    count = max(round(length * (1 + 2 * _BEYOND) * _SAMPLES), 2)
    aside = (-dy / length, dx / length)
    view = projection(
        count,
        1,
        (start, end, (end[0] + aside[0], end[1] + aside[1]), (start[0] + aside[0], start[1] + aside[1])),
    )
    # Outside the picture, transform gives black; of the inverted picture that is white paper.
    inverted = ImageChops.invert(grey)
    line = inverted.transform((count, 1), Image.Transform.PERSPECTIVE, view, Image.Resampling.BILINEAR)
    return ImageChops.invert(line).tobytes()


def _runs(line: bytes, middle: float) -> list[tuple[bool, float]]:
    """Dark or not, and how long in samples; edges are where the line crosses the middle grey."""
    edges = [0.0]
    for index in range(len(line) - 1):
        one, other = line[index], line[index + 1]
        if (one <= middle) != (other <= middle):
            edges.append(index + 0.5 + (middle - one) / (other - one))
    edges.append(float(len(line)))
    is_dark = line[0] <= middle
    return [
        (is_dark if number % 2 == 0 else not is_dark, after - before)
        for number, (before, after) in enumerate(pairwise(edges))
    ]


def _ends(runs: list[tuple[bool, float]], length: int) -> tuple[int, int]:
    """The first and the last bar: those nearest to where the decoder saw the ends."""
    begin = length * _BEYOND / (1 + 2 * _BEYOND)
    places: list[tuple[float, float]] = []
    at = 0.0
    for _, run in runs:
        places.append((at, at + run))
        at += run
    bars = [index for index, (is_dark, _) in enumerate(runs) if is_dark]
    if not bars:
        return 0, -1
    first = min(bars, key=lambda index: abs(places[index][0] - begin))
    last = min(bars, key=lambda index: abs(places[index][1] - (length - begin)))
    return first, last


def _module(bars: list[float], symbol: str) -> float:
    """In samples."""
    total = sum(bars)
    if symbol in _LENGTHS:
        return total / _LENGTHS[symbol]
    shortest = sorted(bars)[len(bars) // 10]
    narrow = [bar for bar in bars if bar <= _NARROW * shortest]
    mean = sum(narrow) / len(narrow)
    if not symbol.startswith("Code 128"):
        return mean
    characters = round((total / mean - _CODE128_STOP) / _CODE128_MODULES)
    return total / (max(characters, 1) * _CODE128_MODULES + _CODE128_STOP)
