"""Where code, text, barcode and picture of a standard label stand: worked out once for a size, not for each label."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from scanly.core.errors import Invalid
from scanly.press.page import Box
from scanly.qr.style import MIN_MODULE_MM

GAP_MM = 1.0
# From here on there is more room beside the code than below it.
WIDE = 1.3
# How much of the safe width, or height, a code takes at most beside text.
_MOST_WIDE, _MOST_TALL = 0.56, 0.74
_LEAST_TEXT_MM = 6.0
_USUAL_LEAST_CODE_MM = 15.0
_LINEAR_MM = (8.0, 16.0)
# One line of 5 points, and what one can see of a picture.
_LEAST_PART_MM = 1.8
# The smallest symbol, 21 modules of 0.25 mm and a quiet zone of 4.
LEAST_CODE_MM = 29 * MIN_MODULE_MM
# Text below a code in a circle is at least so wide, measured by the code.
_LEAST_CHORD = 0.62
# How much of the height text takes there, and how much where the code would get too small.
_TEXT_IN_CIRCLE = (0.24, 0.15)

Outline = Literal["rect", "round", "oval"]


@dataclass(frozen=True, slots=True)
class Blank:
    """The printed face of a label; all that must not be cut stays ``inset_mm`` inside."""

    width_mm: float
    height_mm: float
    shape: Outline = "rect"
    inset_mm: float = 2.0

    @property
    def safe(self) -> Box:
        return Box(0, 0, self.width_mm, self.height_mm).inset(self.inset_mm)

    def holds(self, box: Box, *, slack_mm: float = 1e-6) -> bool:
        """Whether ``box`` lies in the safe area, which is round where the label is."""
        if self.shape == "rect":
            return self.safe.holds(box, slack_mm=slack_mm)
        (x, y), safe = self.safe.middle, self.safe
        corners = [
            (corner_x - x, corner_y - y)
            for corner_x in (box.x, box.right)
            for corner_y in (box.y, box.bottom)
        ]
        reach = max(math.hypot(2 * dx / safe.width, 2 * dy / safe.height) for dx, dy in corners)
        return reach <= 1 + 2 * slack_mm / min(safe.width, safe.height)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a label bears besides its code.

    ``text_mm`` is the height that its text likes to have, ``linear_mm`` the least width of a linear barcode; 0 where
    there is none. ``code_mm`` is the code's width, 0 for as large as useful.
    """

    text_mm: float = 0.0
    linear_mm: float = 0.0
    image: bool = False
    code_mm: float = 0.0
    rtl: bool = False

    @property
    def alone(self) -> bool:
        return not (self.text_mm or self.linear_mm or self.image)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where things stand. ``beside``: the text stands at the side of the code, not below it."""

    code: Box
    text: Box | None = None
    linear: Box | None = None
    image: Box | None = None
    beside: bool = False

    def mirrored(self, width_mm: float) -> Arrangement:
        """The same from right to left."""

        def swap(box: Box | None) -> Box | None:
            return box and replace(box, x=width_mm - box.right)

        code = replace(self.code, x=width_mm - self.code.right)
        return Arrangement(code, swap(self.text), swap(self.linear), swap(self.image), self.beside)


def arrange(blank: Blank, wanted: Wanted) -> Arrangement:
    """Raises Invalid when there is no room for a code, or not for as large a one as is wanted, with what works."""
    room = blank.safe
    if min(room.width, room.height) <= 0:
        message = f"A label of {blank.width_mm:g} × {blank.height_mm:g} mm has no room inside its margins."
        raise Invalid.field("stock", message, hint="Choose a larger one.")
    if wanted.alone:
        return Arrangement(_alone(blank, wanted))
    if blank.shape != "rect":
        if room.width < WIDE * room.height and not (wanted.linear_mm or wanted.image):
            return _in_circle(blank, wanted)
        room = _inscribed(room)
    found = _beside(room, wanted) if room.width >= WIDE * room.height else _below(room, wanted)
    _require_room(found, wanted)
    return found.mirrored(blank.width_mm) if wanted.rtl else found


def _require_room(found: Arrangement, wanted: Wanted) -> None:
    """Raises Invalid when something is left with no room to speak of."""
    for part, name in ((found.text, "text"), (found.image, "image")):
        if part and part.height < _LEAST_PART_MM:
            message = f"The label leaves {max(part.height, 0):.1f} mm of height for it beside all else."
            raise Invalid.field(name, message, hint="Leave something out, or choose a larger label.")
    if found.linear and math.inf > wanted.linear_mm > found.linear.width + 1e-6:
        room_mm = found.linear.width
        message = (
            f"The barcode needs {wanted.linear_mm:.1f} mm, and the label leaves {room_mm:.1f} mm for it."
        )
        raise Invalid.field("barcode", message, hint="Choose a wider label, or leave the barcode out.")


def _alone(blank: Blank, wanted: Wanted) -> Box:
    room = blank.safe
    most_mm = min(room.width, room.height)
    if blank.shape != "rect":
        most_mm = room.width * room.height / math.hypot(room.width, room.height)
    side = _code_mm(wanted, most_mm, most_mm)
    return Box(room.middle[0] - side / 2, room.middle[1] - side / 2, side, side)


def _beside(room: Box, wanted: Wanted) -> Arrangement:
    """The code at the left over the whole height, the rest in a column at its right; a barcode that is too wide for
    the column runs below both."""
    side = _beside_mm(room, wanted)
    column_mm = room.width - side - GAP_MM
    strip: Box | None = None
    if wanted.linear_mm > column_mm:
        height = _linear_mm(0.34 * room.height)
        strip = Box(room.x, room.bottom - height, room.width, height)
        room = replace(room, height=room.height - height - GAP_MM)
        side = _beside_mm(room, wanted)
    code = Box(room.x, room.y + (room.height - side) / 2, side, side)
    x = code.right + GAP_MM
    column = Box(x, room.y, room.right - x, room.height)
    if strip:
        found = _column(column, replace(wanted, linear_mm=0.0))
        return Arrangement(code, found.text, strip, found.image, beside=True)
    return replace(_column(column, wanted), code=code, beside=True)


def _beside_mm(room: Box, wanted: Wanted) -> float:
    limit = room.width - GAP_MM - _LEAST_TEXT_MM
    return _code_mm(wanted, min(room.height, _MOST_WIDE * room.width), min(room.height, limit))


def _column(room: Box, wanted: Wanted) -> Arrangement:
    """Picture, text and barcode below each other; the code is somebody else's."""
    parts = sum((bool(wanted.text_mm), bool(wanted.linear_mm), wanted.image))
    free = room.height - GAP_MM * (parts - 1)
    linear_mm = (
        _linear_mm(0.42 * free) if wanted.linear_mm and parts > 1 else free if wanted.linear_mm else 0.0
    )
    image_mm = 0.0
    if wanted.image:
        image_mm = (
            min(0.5 * free, max(free - linear_mm - wanted.text_mm, 0.3 * free))
            if wanted.text_mm
            else free - linear_mm
        )
    text_mm = free - linear_mm - image_mm
    y, boxes = room.y, list[Box | None]()
    for height, there in ((image_mm, wanted.image), (text_mm, wanted.text_mm), (linear_mm, wanted.linear_mm)):
        boxes.append(Box(room.x, y, room.width, height) if there else None)
        y += height + GAP_MM if there else 0.0
    image, text, linear = boxes
    return Arrangement(room, text, linear, image)


def _below(room: Box, wanted: Wanted) -> Arrangement:
    """Picture, code, text and barcode below each other, as one block in the middle."""
    linear_mm = _linear_mm(0.2 * room.height) if wanted.linear_mm else 0.0
    image_mm = 0.2 * room.height if wanted.image else 0.0
    fixed = sum(part + GAP_MM for part in (linear_mm, image_mm) if part)
    free = room.height - fixed - (GAP_MM if wanted.text_mm else 0.0)
    text_mm = min(wanted.text_mm, max(free - _USUAL_LEAST_CODE_MM, 0.26 * free))
    side = _code_mm(
        wanted, min(room.width, free - text_mm), min(room.width, 0.85 * free if text_mm else free)
    )
    if text_mm:
        # What the code leaves may serve longer texts, within reason.
        text_mm = min(free - side, max(text_mm, (1 - _MOST_TALL) * free))
    height = fixed + side + (text_mm + GAP_MM if text_mm else 0.0)
    y, boxes = room.y + (room.height - height) / 2, list[Box | None]()
    for part, width in ((image_mm, room.width), (side, side), (text_mm, room.width), (linear_mm, room.width)):
        boxes.append(Box(room.x + (room.width - width) / 2, y, width, part) if part else None)
        y += part + GAP_MM if part else 0.0
    image, code, text, linear = boxes
    return Arrangement(code or room, text, linear, image)


def _in_circle(blank: Blank, wanted: Wanted) -> Arrangement:
    """Code and text as one block: in the middle, or so that the code touches the edge with its upper corners."""
    room = blank.safe
    half_width, half_height = room.width / 2, room.height / 2

    def chord_mm(y: float) -> float:
        return 2 * half_width * math.sqrt(max(1 - (y / half_height) ** 2, 0))

    def top_mm(side: float, text_mm: float) -> float:
        """Where a code of ``side`` begins, measured from the middle."""
        touching = -half_height * math.sqrt(1 - (side / 2 / half_width) ** 2)
        return max(touching, -(side + GAP_MM + text_mm) / 2)

    def most_mm(text_mm: float) -> float:
        def fits(side: float) -> bool:
            bottom = top_mm(side, text_mm) + side
            return chord_mm(bottom) >= side and chord_mm(bottom + GAP_MM + text_mm) >= _LEAST_CHORD * side

        return _largest(fits, min(room.width, room.height))

    usual, least = (min(wanted.text_mm, share * room.height) for share in _TEXT_IN_CIRCLE)
    text_mm = usual if most_mm(usual) >= max(_USUAL_LEAST_CODE_MM, wanted.code_mm) else least
    side = _code_mm(wanted, most_mm(text_mm), most_mm(text_mm))
    top = top_mm(side, text_mm)
    width = chord_mm(top + side + GAP_MM + text_mm)
    x, y = room.middle
    code = Box(x - side / 2, y + top, side, side)
    return Arrangement(code, Box(x - width / 2, code.bottom + GAP_MM, width, text_mm))


def _largest(fits: Callable[[float], bool], most: float) -> float:
    low, high = 0.0, most
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _inscribed(room: Box) -> Box:
    """The largest box of the same proportions in an ellipse."""
    width, height = room.width / math.sqrt(2), room.height / math.sqrt(2)
    return Box(room.middle[0] - width / 2, room.middle[1] - height / 2, width, height)


def _linear_mm(height_mm: float) -> float:
    low, high = _LINEAR_MM
    return min(max(height_mm, low), high)


def _code_mm(wanted: Wanted, usual_mm: float, most_mm: float) -> float:
    """The code's side: as wanted, or as large as useful. Raises Invalid with the largest that fits."""
    if max(usual_mm, most_mm) < LEAST_CODE_MM:
        message = f"The label leaves {max(usual_mm, most_mm, 0):.1f} mm for the code, and the smallest takes 7.25 mm."
        raise Invalid.field("stock", message, hint="Leave something out, or choose a larger one.")
    if not wanted.code_mm:
        return max(usual_mm, min(most_mm, LEAST_CODE_MM))
    if wanted.code_mm > most_mm + 1e-6:
        fits = math.floor(10 * max(usual_mm, most_mm)) / 10
        message = f"A code of {wanted.code_mm:g} mm does not fit with what else stands on the label."
        raise Invalid.field("size", message, hint=f"{fits:g} mm fit.")
    return wanted.code_mm
