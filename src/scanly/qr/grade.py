"""How well a code will scan: what a picture of it measures, and the scan grade that follows.

A scan grade is the lowest of its parts, like the grades of ISO/IEC 15415, but it is not one: there is no
calibrated light or aperture here.

Source: thresholds of ISO/IEC 15415:2011, 7.8 (contrast, unused error correction); limits for colours, quiet
zone and module size as measured with zxing-cpp and zbar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanly.core.colour import contrast_ratio, luminance

if TYPE_CHECKING:
    from PIL.Image import Image

Point = tuple[float, float]
# Top left, top right, bottom right, bottom left.
Corners = tuple[Point, Point, Point, Point]

_LETTERS = "FDCBA"
_MAX_QUIET_ZONE_MODULES = 10
_STEPS_PER_MODULE = 4


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured on the picture of one code.

    ``contrast`` is the difference of reflectance (0 to 1), ``contrast_ratio`` the one of WCAG (1 to 21);
    ``unused_correction`` the share of the error correction that is still to spare (0 to 1).
    """

    contrast: float
    contrast_ratio: float
    inverted: bool
    quiet_zone_modules: float
    module_px: float
    module_mm: float | None
    unused_correction: float


def measure(
    image: Image, corners: Corners, modules: int, px_per_mm: float | None, unused_correction: float
) -> Measures:
    """Measures the code of ``modules`` a side that lies between ``corners`` (pixels) in an RGB picture."""
    look = _Look(image, corners, modules)
    centres = [look.at(x + 0.5, y + 0.5) or 0.0 for y in range(modules) for x in range(modules)]
    middle = (min(centres) + max(centres)) / 2
    # Not the extremes: nine of ten dark modules are at least this dark, nine of ten light ones this light.
    dark = _share([value for value in centres if value <= middle], 0.9)
    light = _share([value for value in centres if value > middle], 0.1)
    # The corner module of a finder pattern is always dark.
    inverted = centres[0] > middle
    module_px = look.module_px
    return Measures(
        contrast=round(light - dark, 3),
        contrast_ratio=round(contrast_ratio(light, dark), 1),
        inverted=inverted,
        quiet_zone_modules=_quiet_zone(look, middle, inverted),
        module_px=module_px,
        module_mm=round(module_px / px_per_mm, 3) if px_per_mm else None,
        unused_correction=unused_correction,
    )


def assess(found: Measures, *, pixels: bool) -> tuple[str, tuple[str, ...]]:
    """The grade A to F and every reason for less than A; ``pixels`` when the file is a pixel picture."""
    marks = list(_marks(found, pixels=pixels))
    grade = _LETTERS[min((mark for mark, _ in marks), default=4)]
    return grade, tuple(problem for mark, problem in marks if mark < 4)


def _marks(found: Measures, *, pixels: bool) -> Iterator[tuple[int, str]]:
    """Every part as a mark (4 best, 0 fails) and what to say about it when it is not 4."""
    contrast = min(
        _mark(found.contrast, 0.70, 0.55, 0.40, 0.20), _mark(found.contrast_ratio, 7.0, 4.5, 3.0, 3.0)
    )
    yield (
        contrast,
        f"The contrast is {found.contrast:.2f} (ratio {found.contrast_ratio:.1f}); use darker ink.",
    )
    if found.inverted:
        yield 0, "It is light on dark; many phones cannot read inverted codes."
    quiet = found.quiet_zone_modules
    yield _mark(quiet, 4, 3, 2, 1), f"The quiet zone measures {quiet:g}; leave 4 modules all round."
    if found.module_mm is not None:
        size = _mark(found.module_mm, 0.33, 0.30, 0.25, 0.25)
        yield size, f"The modules are {found.module_mm:.2f} mm; print it larger, 0.33 mm or more."
    if pixels:
        grain = _mark(found.module_px, 3, 2.5, 2, 1)
        yield grain, f"There are only {found.module_px:.1f} pixels a module; use 3 or more, or a vector file."
    spare = found.unused_correction
    yield (
        _mark(spare, 0.62, 0.50, 0.37, 0.25),
        f"Damage or a logo uses up {1 - spare:.0%} of the error correction.",
    )


def _mark(value: float, *limits: float) -> int:
    """4 when ``value`` reaches the first limit (to half a per cent), 3 the second, 0 when it reaches none."""
    return next((4 - index for index, limit in enumerate(limits) if value >= limit * 0.995), 0)


def _share(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def _quiet_zone(look: _Look, middle: float, inverted: bool) -> float:
    """Modules of clear ground around the symbol on its narrowest side; the picture's edge ends it."""
    for step in range(_MAX_QUIET_ZONE_MODULES * _STEPS_PER_MODULE):
        distance = (step + 0.5) / _STEPS_PER_MODULE
        for value in look.ring(distance):
            if value is None or (value > middle if inverted else value <= middle):
                # Half modules: the corners are known to a pixel only.
                return round(step / _STEPS_PER_MODULE * 2) / 2
    return float(_MAX_QUIET_ZONE_MODULES)


def _plane(values: list[float], modules: int) -> tuple[float, float, float, float]:
    """Start, slope across, slope down and twist that give a pixel coordinate from modules (bilinear)."""
    top_left, top_right, bottom_right, bottom_left = values
    across, down = (top_right - top_left) / modules, (bottom_left - top_left) / modules
    twist = (top_left - top_right + bottom_right - bottom_left) / modules**2
    return top_left, across, down, twist


class _Look:
    """A view of the picture in modules: (0, 0) is the symbol's top left corner."""

    def __init__(self, image: Image, corners: Corners, modules: int) -> None:
        self._pixels = image.tobytes()
        self._width, self._height = image.size
        self._corners = corners
        self._modules = modules
        self._columns = _plane([x for x, _ in corners], modules)
        self._rows = _plane([y for _, y in corners], modules)
        self._seen: dict[bytes, float] = {}

    @property
    def module_px(self) -> float:
        """Mean side of a module in pixels."""
        sides = zip(self._corners, (*self._corners[1:], self._corners[0]), strict=True)
        around = sum(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 for (x0, y0), (x1, y1) in sides)
        return around / 4 / self._modules

    def at(self, x: float, y: float) -> float | None:
        """The luminance there, or None outside the picture."""
        start, across, down, twist = self._columns
        column = start + across * x + down * y + twist * x * y
        start, across, down, twist = self._rows
        row = start + across * x + down * y + twist * x * y
        if not (0 <= column < self._width and 0 <= row < self._height):
            return None
        place = 3 * (int(row) * self._width + int(column))
        colour = self._pixels[place : place + 3]
        value = self._seen.get(colour)
        if value is None:
            value = self._seen[colour] = luminance((colour[0], colour[1], colour[2]))
        return value

    def ring(self, distance: float) -> Iterator[float | None]:
        """Luminances all the way round at that many modules outside the symbol, two a module."""
        far = self._modules + distance
        for step in range(round((self._modules + 2 * distance) * 2) + 1):
            along = min(step / 2 - distance, far)
            yield self.at(along, -distance)
            yield self.at(along, far)
            yield self.at(-distance, along)
            yield self.at(far, along)
