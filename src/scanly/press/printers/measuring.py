"""From two measured crosses to nudge and scale: what a printer does to a page, undone.

A printer puts what is meant for p at stretch · p + shift. Two crosses that are far apart say both, for each axis; the
correction is the inverse, taken about the middle of the page, where it moves least on paper of another size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanly.core.errors import Invalid
from scanly.press.printers.model import (
    MOST_NUDGE_MM,
    MOST_STRETCH,
    NUDGE_DIGITS,
    SCALE_DIGITS,
    Correction,
)

# Where the crosses stand: this far from the edges of their corner.
INSET_MM = 20.0
# Smaller paper has no room for the rulers, and crosses so near say too little.
LEAST_PAPER_MM = (100.0, 140.0)
_MM_PER_INCH = 25.4
# What programs shrink a page by to fit it between the edges that a printer cannot reach.
_FITTED = (0.85, 0.995)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Where the two crosses were found, from the top left corner of the paper."""

    first_mm: Point
    second_mm: Point


def crosses(width_mm: float, height_mm: float) -> Measured:
    """Where they would be found if the printer did nothing wrong. Raises Invalid for paper that is too small."""
    least, longest = LEAST_PAPER_MM
    if min(width_mm, height_mm) < least or max(width_mm, height_mm) < longest:
        raise Invalid.field(
            "paper",
            f"{width_mm:g} × {height_mm:g} mm is too small for a ruler page.",
            hint=f"It takes {least:g} × {longest:g} mm; on smaller labels, try --nudge until it fits.",
        )
    return Measured((INSET_MM, INSET_MM), (width_mm - INSET_MM, height_mm - INSET_MM))


def correction(measured: Measured, width_mm: float, height_mm: float) -> Correction:
    """What makes up for what was measured on paper of that size.

    Raises Invalid for what no printer does, with what was probably mixed up.
    """
    found = _solved(measured, width_mm, height_mm)
    if found is None or not _is_plausible(found):
        raise Invalid.field("first, second", _wrong(found), hint=_reason(measured, width_mm, height_mm))
    (x, y), (across, down) = found.nudge_mm, found.scale
    # Adding 0 makes −0 plain.
    return Correction(
        (round(x, NUDGE_DIGITS) + 0.0, round(y, NUDGE_DIGITS) + 0.0),
        (round(across, SCALE_DIGITS), round(down, SCALE_DIGITS)),
    )


def _solved(measured: Measured, width_mm: float, height_mm: float) -> Correction | None:
    """The exact inverse, or None where the crosses do not lie apart in the right order."""
    meant = crosses(width_mm, height_mm)
    nudge: list[float] = []
    scale: list[float] = []
    for axis, size_mm in enumerate((width_mm, height_mm)):
        way_mm = measured.second_mm[axis] - measured.first_mm[axis]
        if way_mm <= 0:
            return None
        stretch = way_mm / (meant.second_mm[axis] - meant.first_mm[axis])
        shift_mm = measured.first_mm[axis] - stretch * meant.first_mm[axis]
        middle_mm = size_mm / 2
        scale.append(1 / stretch)
        nudge.append((middle_mm - shift_mm) / stretch - middle_mm)
    return Correction((nudge[0], nudge[1]), (scale[0], scale[1]))


def _is_plausible(found: Correction) -> bool:
    """With room for what rounding adds."""
    return all(abs(mm) <= MOST_NUDGE_MM for mm in found.nudge_mm) and all(
        abs(scale - 1) <= MOST_STRETCH for scale in found.scale
    )


def _wrong(found: Correction | None) -> str:
    if found is None:
        return "The second cross lies right of the first and below it."
    (x, y), (across, down) = found.nudge_mm, found.scale
    return (
        f"By these places the printer is off by {abs(x):.1f} mm across and {abs(y):.1f} mm down,"
        f" and by {abs(1 / across - 1):.1%} and {abs(1 / down - 1):.1%} in size; more than"
        f" {MOST_NUDGE_MM:g} mm or {MOST_STRETCH:.0%} is no drift."
    )


def _reason(measured: Measured, width_mm: float, height_mm: float) -> str:
    """What was probably mixed up."""
    for mended, sentence in _MIX_UPS:
        found = _solved(mended(measured, width_mm, height_mm), width_mm, height_mm)
        if found is not None and _is_plausible(found):
            return sentence
    found = _solved(measured, width_mm, height_mm)
    sizes = () if found is None else tuple(1 / scale for scale in found.scale)
    if sizes and all(_FITTED[0] < size < _FITTED[1] for size in sizes):
        return (
            f"The page seems to have been shrunk to {sum(sizes) / 2:.0%}:"
            ' print it again at "Actual size" or 100 %, not "Fit to page".'
        )
    meant = crosses(width_mm, height_mm)
    return (
        "Measure again, from the top left corner of the paper: about"
        f" {_typed(meant.first_mm)} and {_typed(meant.second_mm)} on paper of {width_mm:g} × {height_mm:g} mm."
    )


def _typed(point: Point) -> str:
    return f"{point[0]:g},{point[1]:g}"


def _each(
    change: Callable[[float, float, float, float], Point],
) -> Callable[[Measured, float, float], Measured]:
    """The same ``change`` (x, y, width, height) of both places."""

    def mended(measured: Measured, width_mm: float, height_mm: float) -> Measured:
        first, second = measured.first_mm, measured.second_mm
        return Measured(change(*first, width_mm, height_mm), change(*second, width_mm, height_mm))

    return mended


# What makes sense of places that make none, and what to say then.
_MIX_UPS: tuple[tuple[Callable[[Measured, float, float], Measured], str], ...] = (
    (_each(lambda x, y, _w, _h: (y, x)), "It fits when swapped: give the distance from the left edge first."),
    (
        lambda measured, _w, _h: Measured(measured.second_mm, measured.first_mm),
        "It fits when exchanged: the first cross is the one at the top left of the upright page.",
    ),
    (
        _each(lambda x, y, _w, _h: (x * _MM_PER_INCH, y * _MM_PER_INCH)),
        "It fits as inches: give millimetres (an inch is 25.4 mm).",
    ),
    (_each(lambda x, y, _w, _h: (x * 10, y * 10)), "It fits as centimetres: give millimetres."),
    (
        _each(lambda x, y, width, _h: (width - x, y)),
        "It fits from the right edge: measure from the left one.",
    ),
    (
        _each(lambda x, y, _w, height: (x, height - y)),
        "It fits from the bottom edge: measure from the top one.",
    ),
)
