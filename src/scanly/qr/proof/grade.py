"""How well a code will scan: what a picture of it measures, and the scan grade that follows.

A scan grade is the lowest of its parts, like the grades of ISO/IEC 15415, but it is not one: there is no
calibrated light or aperture here.

Source: ISO/IEC 15415:2011, 7.8 (contrast, modulation, unused error correction) for thresholds and for the
aperture of 0.8 module; ISO/IEC 18004:2015, 5.3.3 and 12 (finder pattern); the limits for colours, quiet zone and
module size as measured with zxing-cpp and zbar.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, cast

from scanly.core.colour import Rgb, contrast_ratio, luminance
from scanly.qr.proof.sampling import Sighting, averaged, mapped

if TYPE_CHECKING:
    from PIL.Image import Image

BEST = 4
Colours = list[tuple[int, Rgb]]

_LETTERS = "FDCBA"
# A phone reads a symbol from about ten times its width.
DISTANCE_PER_WIDTH = 10

_MAX_QUIET_ZONE_MODULES = 10
_RINGS_PER_MODULE = 4
# Corners are known to a pixel, so whatever is nearer than this may be the symbol itself.
_NEAREST_RING = 2
# Odd, so that one sample lies in the middle of each module.
_SAMPLES = 5
_APERTURE_MODULES = 0.8
# The middle of a symbol, in which logos lie, as a share of its width.
_LOGO_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured on the picture of one code.

    ``contrast`` is the difference of reflectance (0 to 1), ``contrast_ratio`` the one of WCAG (1 to 21).
    ``modulation`` (0 to 1) tells how far modules, seen through a round aperture, are from the grey half way
    between dark and light; four of five are at least that far. ``finder_error`` is the largest difference from
    1:1:3:1:1 through the middle of a finder pattern, as a share. ``unused_correction`` (0 to 1) is to spare.
    """

    contrast: float
    contrast_ratio: float
    inverted: bool
    modulation: float
    finder_error: float
    quiet_zone_modules: float
    module_mm: float | None
    symbol_mm: float | None
    unused_correction: float


class Part(NamedTuple):
    """One part of a grade: 4 is best, 0 fails; what to say about it when it is not the best."""

    mark: int
    reason: str


@dataclass(frozen=True, slots=True)
class Demand:
    """What a code is held to, and what only its file tells: the pixels a module when they are fixed."""

    quiet_zone_modules: int = 4
    fixed_module_px: float | None = None
    distance_mm: float | None = None


def grade(parts: Iterable[Part]) -> tuple[str, tuple[str, ...]]:
    """The letter A to F, and every reason for less than A."""
    lost = [part for part in parts if part.mark < BEST]
    return _LETTERS[min((part.mark for part in lost), default=BEST)], tuple(part.reason for part in lost)


def measure(found: Sighting, unused_correction: float) -> Measures:
    """Measures one symbol; how much correction is unused was found when it was read. About a millisecond.

    It is to be seen at about six pixels a module (`Sighting.closer`): more would be looked at between the samples.
    """
    from PIL import ImageChops

    grey = found.image.convert("L")
    around = found.straightened(grey, _SAMPLES, margin=1)
    seen = _through_aperture(around)
    # Not the extremes, which may be dirt: one module in fifty is darker, one brighter.
    dark, light = (sorted(seen)[len(seen) * share // 50] for share in (1, 49))
    middle = (dark + light) / 2
    # The middle of a finder pattern is always dark.
    inverted = seen[3 * found.modules + 3] > middle
    if inverted:
        grey = ImageChops.invert(grey)
        middle = 255 - middle
    reflectances = _reflectances(found, damaged=unused_correction < 1)
    module_mm = found.module_px / found.px_per_mm if found.px_per_mm else None
    return Measures(
        contrast=round(reflectances[1] - reflectances[0], 3),
        contrast_ratio=round(contrast_ratio(*reflectances), 1),
        inverted=inverted,
        modulation=_modulation(seen, _middles(around), dark, light),
        finder_error=_finder_error(around, found, (dark + light) / 2),
        quiet_zone_modules=_quiet_zone(grey, found, middle),
        module_mm=round(module_mm, 3) if module_mm else None,
        symbol_mm=round(module_mm * found.modules, 1) if module_mm else None,
        unused_correction=unused_correction,
    )


def parts(found: Measures, demand: Demand) -> Iterator[Part]:
    """Every part of the grade that can be measured on the picture."""
    contrast = min(
        _mark(found.contrast, 0.70, 0.55, 0.40, 0.20), _mark(found.contrast_ratio, 7.0, 4.5, 3.0, 3.0)
    )
    yield Part(
        contrast,
        f"The contrast is {found.contrast:.2f} (ratio {found.contrast_ratio:.1f}); "
        "use darker ink or a lighter ground.",
    )
    if found.inverted:
        yield Part(0, "It is light on dark; many phones cannot read inverted codes.")
    yield Part(
        _mark(found.modulation, 0.45, 0.38, 0.30, 0.20),
        f"Modules fill too little of their square (modulation {found.modulation:.2f}); draw them larger.",
    )
    yield Part(
        _mark(1 - found.finder_error, 0.75, 0.65, 0.58, 0.55),
        f"The eyes differ from 1:1:3:1:1 by {found.finder_error:.0%}; draw them as the standard says.",
    )
    need, quiet = demand.quiet_zone_modules, found.quiet_zone_modules
    # It is measured to half a module.
    yield Part(
        _mark(quiet + 0.5, need, need * 3 / 4, need / 2, need / 4),
        f"The quiet zone measures {quiet:g}; leave {need} modules all round.",
    )
    yield from _size_parts(found, demand)
    spare = found.unused_correction
    yield Part(
        _mark(spare, 0.62, 0.50, 0.37, 0.25),
        f"Damage or a logo uses up {1 - spare:.0%} of the error correction.",
    )


def _size_parts(found: Measures, demand: Demand) -> Iterator[Part]:
    if found.module_mm is not None:
        size = _mark(found.module_mm, 0.33, 0.30, 0.25, 0.25)
        yield Part(size, f"The modules are {found.module_mm:.2f} mm; print it larger, 0.33 mm or more.")
    if demand.fixed_module_px is not None:
        grain = _mark(demand.fixed_module_px, 3, 2.5, 2, 1)
        reason = (
            f"There are only {demand.fixed_module_px:.1f} pixels a module; use 3 or more, or a vector file."
        )
        yield Part(grain, reason)
    if found.symbol_mm is not None and demand.distance_mm:
        need_mm = demand.distance_mm / DISTANCE_PER_WIDTH
        yield Part(
            _mark(found.symbol_mm / need_mm, 1, 0.8, 0.65, 0.5),
            f"The symbol is {found.symbol_mm:.0f} mm wide; for {demand.distance_mm / 1000:g} m make it {need_mm:g} mm.",
        )


def _mark(value: float, *limits: float) -> int:
    """4 when ``value`` reaches the first limit (to half a per cent), 3 the second, 0 when it reaches none."""
    return next((BEST - index for index, limit in enumerate(limits) if value >= limit * 0.995), 0)


def _reflectances(found: Sighting, *, damaged: bool) -> tuple[float, float]:
    """Of dark and of light, without the extremes: nine of ten modules that are dark are at least that dark.

    Where something is covered, the middle is left out: what lies there may be a logo, not ink.
    """
    size = found.modules
    inked = found.straightened(found.image, 1, mixed=False)
    edge = math.floor(size * (1 - _LOGO_SHARE) / 2)
    bands = ((0, edge), (size - edge, size)) if damaged else ((0, size),)
    colours = [
        each for top, end in bands for each in inked.crop((0, top, size, end)).getcolors(size * size) or []
    ]
    shades = sorted((luminance(colour), count) for count, colour in cast(Colours, colours))
    middle = (shades[0][0] + shades[-1][0]) / 2
    dark = [shade for shade in shades if shade[0] <= middle]
    light = [shade for shade in reversed(shades) if shade[0] > middle] or dark
    return _nine_of_ten(dark), _nine_of_ten(light)


def _nine_of_ten(shades: list[tuple[float, int]]) -> float:
    """The first luminance at which nine of ten have been counted, in the order given."""
    wanted, counted = 0.9 * sum(count for _, count in shades), 0
    for shade, count in shades:
        counted += count
        if counted >= wanted:
            return shade
    return shades[-1][0]


def _through_aperture(around: Image) -> bytes:
    """One byte a module, as bright as the module is within a round aperture; ``around`` has a margin of one."""
    from PIL import ImageFilter

    return _middles(around.filter(ImageFilter.Kernel((_SAMPLES, _SAMPLES), _aperture())))


def _middles(around: Image) -> bytes:
    """One byte a module: the sample in the middle of it."""
    samples, side, first = around.tobytes(), around.width, _SAMPLES + _SAMPLES // 2
    rows = range(first * side, (side - _SAMPLES) * side, _SAMPLES * side)
    return b"".join([samples[row + first : row + side - _SAMPLES : _SAMPLES] for row in rows])


@cache
def _aperture() -> tuple[float, ...]:
    """How much of each sample of a module lies in the aperture, 0 to 1, row by row."""
    fine, radius = 8, _APERTURE_MODULES * _SAMPLES / 2
    steps = [(step + 0.5) / fine - _SAMPLES / 2 for step in range(fine * _SAMPLES)]
    inside = [[math.hypot(x, y) <= radius for x in steps] for y in steps]
    starts = range(0, fine * _SAMPLES, fine)
    return tuple(
        sum(sum(row[x : x + fine]) for row in inside[y : y + fine]) / fine**2 for y in starts for x in starts
    )


def _modulation(seen: bytes, middles: bytes, dark: int, light: int) -> float:
    """That of the module which four of five exceed: 1 when it is wholly dark or light, 0 when it is grey.

    A module that is of another shade as a whole than in its middle has none.
    """
    span = max(light - dark, 1)
    away = [min(abs(2 * value - dark - light) * 100 // span, 100) for value in range(256)]
    is_dark = [2 * value <= dark + light for value in range(256)]
    distances = [
        away[value] if is_dark[value] == is_dark[middle] else 0
        for value, middle in zip(seen, middles, strict=True)
    ]
    return sorted(distances)[len(seen) // 5] / 100


def _finder_error(around: Image, found: Sighting, middle: float) -> float:
    """The worst of the finder patterns, along both axes; a Micro QR code has one of them."""
    far = found.modules - 7
    corners = ((0, 0),) if found.micro else ((0, 0), (far, 0), (0, far))
    return max(_ratio_error(line, middle) for x, y in corners for line in _middle_lines(around, x, y))


def _middle_lines(around: Image, x: int, y: int) -> Iterator[bytes]:
    """The samples across and down through the middle of a finder pattern, from a module before to one after."""
    length, thickness = 9 * _SAMPLES, _SAMPLES - 2
    left, top, middle = x * _SAMPLES, y * _SAMPLES, 4 * _SAMPLES + 1
    across = (left, top + middle, left + length, top + middle + thickness)
    down = (left + middle, top, left + middle + thickness, top + length)
    yield averaged(around, (length, 1), across).tobytes()
    yield averaged(around, (1, length), down).tobytes()


def _ratio_error(line: bytes, middle: float) -> float:
    """How far the runs round the middle of the line are from 1:1:3:1:1, the worst of them as a share."""
    edges = [
        place + (middle - one) / (other - one)
        for place, (one, other) in enumerate(pairwise(line))
        if (one <= middle) != (other <= middle)
    ]
    first = sum(edge < len(line) // 2 for edge in edges) - 3
    if not 0 <= first <= len(edges) - 6:
        return 1.0
    runs = [(right - left) / _SAMPLES for left, right in pairwise(edges[first : first + 6])]
    return round(min(max(abs(run / due - 1) for run, due in zip(runs, (1, 1, 3, 1, 1), strict=True)), 1.0), 2)


def _quiet_zone(grey: Image, found: Sighting, middle: float) -> float:
    """Modules of clear ground around the symbol on its narrowest side; the picture's edge ends it."""
    from PIL import ImageChops

    around = found.straightened(grey, _RINGS_PER_MODULE, margin=_MAX_QUIET_ZONE_MODULES, mixed=False)
    dark = mapped(around, bytes(255 if value <= middle else 0 for value in range(256)))
    _, nearest = cast(tuple[int, int], ImageChops.darker(dark, _rings(found.modules)).getextrema())
    if not nearest:
        return float(_MAX_QUIET_ZONE_MODULES)
    ring = 255 - nearest
    # Half modules: the corners are known to a pixel only.
    return 0.0 if ring == _NEAREST_RING else math.floor(ring / _RINGS_PER_MODULE * 2 + 0.5) / 2


@lru_cache(maxsize=8)
def _rings(modules: int) -> Image:
    """The rings round a symbol, each as bright as it is near: 255 less its number, and the symbol black."""
    from PIL import Image

    most = _MAX_QUIET_ZONE_MODULES * _RINGS_PER_MODULE
    side = modules * _RINGS_PER_MODULE + 2 * most
    rings = Image.new("L", (side, side))
    for ring in range(most - 1, _NEAREST_RING - 1, -1):
        edge = most - ring - 1
        rings.paste(255 - ring, (edge, edge, side - edge, side - edge))
    edge = most - _NEAREST_RING
    rings.paste(0, (edge, edge, side - edge, side - edge))
    return rings
