"""Text set in a room: broken into lines, made smaller when that is allowed, placed; or refused with the numbers that
would work."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import count, printable
from scanly.press.page import MM_PER_PT, Box, Words
from scanly.press.type.breaking import Measured, is_whole, measured, rows_of
from scanly.qr.ink import BLACK, Ink
from scanly.qr.lettering import Line, set_line
from scanly.qr.lettering.bidi import runs_leftwards
from scanly.qr.lettering.fonts import Weight

_SPACES = re.compile("  +")
# Every line is at least as high as capitals are, so that "one" stands on the same line as "One".
_CAPITAL_EM = 0.714
_GAP_EM = 0.06
# How far letters usually reach above and below the baseline, so that lines with and without such letters agree.
_ASCENDER_EM, _DESCENDER_EM = 0.78, 0.245
# Sizes that text is made smaller to.
_STEP_PT = 0.1
# Smaller is not offered.
_READABLE_PT = 4.0
# Widths tried for lines of like width.
_SHARES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
# More letters do not stand on one em of a line.
_MOST_AN_EM = 4
# Of a text as much is repeated.
_SAID = 60


@dataclass(frozen=True, slots=True)
class Face:
    """Letters to set text in; ``font`` is a TTF or OTF file, empty for Scanly's own."""

    weight: Weight = "regular"
    font: str = ""


@dataclass(frozen=True, slots=True)
class Manner:
    """How text stands in its room.

    Text that does not fit is made smaller down to ``least_pt`` (0: it keeps its size). ``align`` "start" is left for a
    text that begins in Latin, right for one in Arabic. It is broken into at most ``lines``, besides the breaks that it
    has itself; ``leading`` is from baseline to baseline, in ems.
    """

    size_pt: float
    least_pt: float = 0.0
    align: Literal["start", "centre", "end"] = "centre"
    upright: Literal["top", "middle", "bottom"] = "middle"
    lines: int = 1
    leading: float = 1.2
    ink: Ink = BLACK


class NoRoom(Invalid):
    """A text that does not fit its room."""


# Lines with the direction of their paragraphs.
_Lines = Sequence[tuple[Line, bool]]


def set_text(
    text: str, room: Box, manner: Manner, face: Face | None = None, *, field: str = "text"
) -> tuple[Words, ...]:
    """The lines of ``text``, with all their ink within ``room``. Its own line breaks are kept, empty lines left out.

    Raises Invalid for ``field``: as ``set_line`` does, and for a text that does not fit, with what would.
    """
    setter = _Setter(room, manner, face or Face(), field)
    paragraphs = _paragraphs(text)
    lines, size_pt = setter.largest(paragraphs)
    if size_pt < (manner.least_pt or manner.size_pt) - 1e-9:
        raise _too_long(paragraphs, setter, size_pt)
    return setter.placed(lines, size_pt)


def _paragraphs(text: str) -> tuple[str, ...]:
    lines = (_SPACES.sub(" ", line).strip(" ") for line in text.split("\n"))
    return tuple(line for line in lines if line) or ("",)


class _Setter(msgspec.Struct, frozen=True):
    """Sets any text in one room."""

    room: Box
    manner: Manner
    face: Face
    field: str

    def largest(self, paragraphs: tuple[str, ...]) -> tuple[_Lines, float]:
        """The lines at the largest size in points, up to that of the manner, at which they fit."""
        most_pt = self.manner.size_pt
        unbroken = self.manner.lines <= len(paragraphs) or all(map(is_whole, paragraphs))
        if unbroken or self._may_be_whole(paragraphs):
            lines = tuple([self._whole(paragraph) for paragraph in paragraphs])
            size_pt = self._size_pt(lines)
            if unbroken or size_pt == most_pt:
                return lines, size_pt
        measured = self._measured(paragraphs)
        fitting = self._at(measured, most_pt)
        if fitting:
            return self._balanced(measured, fitting, most_pt), most_pt
        fits, too_large = 0, math.ceil(most_pt / _STEP_PT)
        while too_large - fits > 1:
            middle = (fits + too_large) // 2
            if found := self._at(measured, middle * _STEP_PT):
                fits, fitting = middle, found
            else:
                too_large = middle
        if not fitting:
            return (), 0.0
        # Set as a whole, the lines may be a trifle narrower than their pieces together.
        size_pt = max(fits * _STEP_PT, self._size_pt(fitting))
        return self._balanced(measured, fitting, size_pt), size_pt

    def fits(self, paragraphs: tuple[str, ...], size_pt: float) -> bool:
        if self.manner.lines > len(paragraphs):
            return self._at(self._measured(paragraphs), size_pt) is not None
        return self._size_pt(tuple(self._whole(paragraph) for paragraph in paragraphs)) >= size_pt - 1e-9

    def _may_be_whole(self, paragraphs: tuple[str, ...]) -> bool:
        """Whether it is worth trying not to break them."""
        width = self.room.width / (self.manner.size_pt * MM_PER_PT)
        return max(map(len, paragraphs)) <= _MOST_AN_EM * width

    def _at(self, paragraphs: Sequence[Measured], size_pt: float) -> _Lines | None:
        """The lines at this size, if they fit."""
        rows = rows_of(paragraphs, self.room.width / (size_pt * MM_PER_PT))
        if len(rows) > self.manner.lines:
            return None
        lines = self._set(rows)
        return lines if self._size_pt(lines) >= size_pt - 1e-9 else None

    def _set(self, rows: Sequence[tuple[str, bool]]) -> _Lines:
        return tuple((self.line(text, leftwards), leftwards) for text, leftwards in rows)

    def _measured(self, paragraphs: tuple[str, ...]) -> tuple[Measured, ...]:
        return tuple(measured(text, runs_leftwards(text), self.line) for text in paragraphs)

    def line(self, text: str, leftwards: bool) -> Line:
        face = self.face
        return set_line(text, font=face.font, weight=face.weight, leftwards=leftwards, field=self.field)

    def placed(self, lines: _Lines, size_pt: float) -> tuple[Words, ...]:
        em, room = size_pt * MM_PER_PT, self.room
        above, step, below = self._measures(lines)
        depth = step * (len(lines) - 1)
        highest, lowest = room.y + above * em, room.bottom - (depth + below) * em
        match self.manner.upright:
            case "top":
                baseline = room.y + _ASCENDER_EM * em
            case "middle":
                baseline = room.middle[1] + (_CAPITAL_EM - depth) / 2 * em
            case "bottom":
                baseline = room.bottom - (depth + _DESCENDER_EM) * em
        baseline = max(highest, min(baseline, lowest))
        # All lines keep to one side, as on a sign: that of the first.
        _, leftwards = lines[0]
        return tuple(
            Words(line, self._x(line, leftwards, em), baseline + row * step * em, size_pt, self.manner.ink)
            for row, (line, _) in enumerate(lines)
        )

    def _x(self, line: Line, leftwards: bool, em: float) -> float:
        """Where the line starts, so that its ink stands at its edge or in the middle."""
        if self.manner.align == "centre":
            return self.room.middle[0] - (line.left + line.right) / 2 * em
        if (self.manner.align == "end") != leftwards:
            return self.room.right - line.right * em
        return self.room.x - line.left * em

    def _measures(self, lines: _Lines) -> tuple[float, float, float]:
        """In ems: ink above the first baseline, from baseline to baseline, ink below the last."""
        if len(lines) == 1:
            return max(-lines[0][0].top, _CAPITAL_EM), 0.0, max(lines[0][0].bottom, 0)
        clear = (
            max(one.bottom, 0) + _GAP_EM + max(-other.top, 0) for (one, _), (other, _) in pairwise(lines)
        )
        step = max(self.manner.leading, *clear)
        return max(-lines[0][0].top, _CAPITAL_EM), step, max(lines[-1][0].bottom, 0)

    def _size_pt(self, lines: _Lines) -> float:
        """The largest size at which these lines fit, a whole number of steps where it is not the manner's."""
        above, step, below = self._measures(lines)
        width = max([line.right - line.left for line, _ in lines])
        height = above + step * (len(lines) - 1) + below
        most = min(self.room.width / width, self.room.height / height) / MM_PER_PT
        return self.manner.size_pt if most >= self.manner.size_pt - 1e-9 else _floored(most)

    def _whole(self, paragraph: str) -> tuple[Line, bool]:
        leftwards = runs_leftwards(paragraph)
        return self.line(paragraph, leftwards), leftwards

    def _balanced(self, paragraphs: Sequence[Measured], lines: _Lines, size_pt: float) -> _Lines:
        """The same number of lines, of like width where they are centred."""
        if self.manner.align != "centre" or len(lines) == len(paragraphs):
            return lines
        widest = max(line.right - line.left for line, _ in lines)
        tried = (rows_of(paragraphs, share * widest) for share in _SHARES)
        rows = next((found for found in tried if len(found) == len(lines)), None)
        balanced = self._set(rows) if rows else lines
        return balanced if self._size_pt(balanced) >= size_pt - 1e-9 else lines


def _floored(size_pt: float) -> float:
    return math.floor(size_pt / _STEP_PT + 1e-6) * _STEP_PT


def _too_long(paragraphs: tuple[str, ...], setter: _Setter, largest_pt: float) -> Invalid:
    """What to say of a text that would only fit at ``largest_pt``."""
    manner, room = setter.manner, setter.room
    asked_pt = manner.least_pt or manner.size_pt
    text = " ".join(paragraphs)
    fits = _fitting("\n".join(paragraphs), setter, asked_pt)
    place = f"{room.width:.1f} by {room.height:.1f} mm"
    smaller = f"{largest_pt:.1f} pt" if largest_pt >= _READABLE_PT else ""
    if not fits:
        message = f"Letters of {asked_pt:g} pt have no room in {place}."
        hint = f"{smaller} would fit." if smaller else "Give it more room."
    else:
        said = printable(text if len(text) <= _SAID else f"{text[: _SAID - 1]}…")
        characters = f"of {count(len(text), 'character')} about {fits} fit"
        message = f'"{said}" has no room in {place} at {asked_pt:g} pt; {characters}.'
        hint = f"Shorten it, or set it in {smaller}." if smaller else "Shorten it, or give it more room."
    return NoRoom.field(setter.field, message, hint=hint)


def _fitting(text: str, setter: _Setter, size_pt: float) -> int:
    """How many of the first characters fit at this size."""
    fits, too_many = 0, len(text)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if setter.fits(_paragraphs(text[:middle]), size_pt):
            fits = middle
        else:
            too_many = middle
    return fits
