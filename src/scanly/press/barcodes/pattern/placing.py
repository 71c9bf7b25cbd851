"""Bars in millimetres: as wide as their standard and the room allow, quiet zones kept, captions where they belong.

Source: ISO/IEC 15417:2007, 4.4 (dimensions); GS1 General Specifications, 4.14 (human readable interpretation), 5.12.3
(sizes by where codes are scanned).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from scanly.press.barcodes.pattern.bars import Bars, Caption, Size
from scanly.press.barcodes.pattern.numbers import FIELD, refused
from scanly.press.page import MM_PER_PT, Barcode, Box, Words
from scanly.press.type.setting import Face
from scanly.qr.artwork import Path, Segment
from scanly.qr.ink import BLACK, Ink
from scanly.qr.lettering import set_line

# Under 5 mm, or 15 % of their width, scanners held by hand miss bars.
_LEAST_HEIGHT_MM = 5.0
_LEAST_HEIGHT_RATIO = 0.15
# A bar keeps at least half of its module.
_MOST_REDUCTION = 0.25
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class BarStyle:
    """How bars are drawn. ``module_mm`` and ``height_mm`` (of plain bars) are found from the room when None.

    ``digits``: whether people can read it, too. ``bar_reduction`` is the share of a module that is taken from either
    side of each bar, for what ink gains on paper. ``dots_per_mm`` of a thermal printer makes modules whole dots.
    """

    module_mm: float | None = None
    height_mm: float | None = None
    digits: bool = True
    bar_reduction: float = 0.0
    dots_per_mm: float | None = None
    ink: Ink = BLACK


def placed(bars: Bars, size: Size, room: Box, style: BarStyle, face: Face) -> tuple[Barcode | Words, ...]:
    """The bars in the middle of ``room``, and their captions. Raises Invalid with the size that would work."""
    module = _module_mm(bars, size, room, style)
    height = _height_mm(bars, size, room, style, module)
    _check_reduction(style.bar_reduction)
    width, whole = bars.modules_across * module, height + _around(bars, style) * module
    box = Box(room.x + (room.width - width) / 2, room.y + (room.height - whole) / 2, width, whole)
    first_x = box.x + (bars.bearer + bars.quiet[0]) * module
    place = _Place(first_x, box.y + bars.bearer * module, height, module, style)
    outline = Path((*_bars(bars, place), *_frame(bars.bearer * module, box, height)))
    barcode = Barcode(bars.symbology, bars.content, outline, box, style.ink)
    return barcode, *(_caption(caption, place, face) for caption in bars.captions if style.digits)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the first bar begins; ``height`` is that of plain bars. All in mm."""

    x: float
    top: float
    height: float
    module: float
    style: BarStyle


def _around(bars: Bars, style: BarStyle) -> float:
    """Modules of height beside those of plain bars."""
    return 2 * bars.bearer + (bars.foot if style.digits else 0)


def _module_mm(bars: Bars, size: Size, room: Box, style: BarStyle) -> float:
    """As wide as wanted, or as fits; bars become lower than usual before they become narrower."""
    across, around, dots = bars.modules_across, _around(bars, style), style.dots_per_mm
    given = style.module_mm or 0.0
    if given and not size.least_mm <= given <= size.most_mm:
        hint = f"They are {size.least_mm:g} to {size.most_mm:g} mm wide."
        raise refused(f"Modules of {given:g} mm are out of range.", hint)
    least = max(given, math.ceil(size.least_mm * dots - _SLACK) / dots if dots else size.least_mm)
    if room.width < across * least - _SLACK:
        message = f"The barcode needs {_tenths(across * least)} mm of width, quiet zones included."
        raise refused(
            message, f"There are {room.width:.1f} mm. Make the room wider, or take a shorter content."
        )
    low = style.height_mm or _LEAST_HEIGHT_MM
    lowest = low if style.height_mm else max(low, across * least * _LEAST_HEIGHT_RATIO)
    if room.height < lowest + around * least - _SLACK:
        message = f"The barcode needs {_tenths(lowest + around * least)} mm of height."
        without = "" if around == 2 * bars.bearer else ", or leave the digits out"
        raise refused(message, f"There are {room.height:.1f} mm. Make the room higher{without}.")
    fitting = room.width / across
    if around:
        fitting = min(fitting, (room.height - low) / around)
    if not style.height_mm:
        fitting = min(fitting, room.height / (across * _LEAST_HEIGHT_RATIO + around))
    wanted = max(least, min(given or size.module_mm, fitting))
    return max(least, math.floor(wanted * dots + _SLACK) / dots) if dots else wanted


def _height_mm(bars: Bars, size: Size, room: Box, style: BarStyle, module: float) -> float:
    """Of plain bars; in proportion to the width where the room allows."""
    usual = size.height_mm * module / size.module_mm
    return style.height_mm or min(usual, room.height - _around(bars, style) * module)


def _check_reduction(share: float) -> None:
    if not 0 <= share <= _MOST_REDUCTION:
        message = f"{share:.0%} of a module cannot be taken off either side of a bar."
        raise refused(message, f"Take at most {_MOST_REDUCTION:.0%}.")


def _bars(bars: Bars, place: _Place) -> Iterator[Segment]:
    taken = place.style.bar_reduction * place.module
    for bar in bars.bars:
        left, right = (
            place.x + bar.x * place.module + taken,
            place.x + (bar.x + bar.width) * place.module - taken,
        )
        longer = place.module if place.style.digits else 0.0
        top, bottom = place.top + bar.top * longer, place.top + place.height + bar.foot * longer
        yield from _rectangle(left, top, right, bottom)


def _frame(thickness: float, box: Box, height: float) -> Iterator[Segment]:
    """The bearer bar round ``height`` of bars: two across the box, two between them."""
    if not thickness:
        return
    upper, lower = box.y + thickness, box.y + thickness + height
    yield from _rectangle(box.x, box.y, box.right, upper)
    yield from _rectangle(box.x, lower, box.right, lower + thickness)
    yield from _rectangle(box.x, upper, box.x + thickness, lower)
    yield from _rectangle(box.right - thickness, upper, box.right, lower)


def _rectangle(left: float, top: float, right: float, bottom: float) -> tuple[Segment, ...]:
    return ("M", left, top), ("L", right, top), ("L", right, bottom), ("L", left, bottom), ("Z",)


def _caption(caption: Caption, place: _Place, face: Face) -> Words:
    """In the middle of its modules; smaller where it is wider than they are."""
    module = place.module
    line = set_line(caption.text, font=face.font, weight=face.weight, field=FIELD)
    em_mm = min(
        caption.height * module / _digit_height_em(face), caption.width * module / (line.right - line.left)
    )
    middle = place.x + (caption.x + caption.width / 2) * module
    if caption.above is None:
        baseline = place.top + place.height + (caption.gap + caption.height) * module
    else:
        baseline = place.top + (caption.above - caption.gap) * module
    x = middle - (line.left + line.right) / 2 * em_mm
    return Words(line, x, baseline, em_mm / MM_PER_PT, place.style.ink)


@lru_cache(maxsize=16)
def _digit_height_em(face: Face) -> float:
    return -set_line("8", font=face.font, weight=face.weight, field=FIELD).top


def _tenths(mm: float) -> str:
    """Rounded up, so that what a message names is enough."""
    return f"{math.ceil(mm * 10 - _SLACK) / 10:g}"
