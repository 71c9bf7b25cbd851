"""What designs are put together from: areas that bleed, stacks of text, codes on light panels, logos.

Everything is given as it stands in pages that are read from the left; where the subject is read from the right, it is
mirrored on the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from scanly.core.errors import Invalid
from scanly.press.designs.piece import BLEED_MM, SAFE_MM
from scanly.press.designs.subject import QUIET_ZONE_MODULES, Subject
from scanly.press.page import MM_PER_PT, Box, Code, Item, Placed, Shape, Stroke, Words
from scanly.press.pictures.picture import Pixels, Vectors
from scanly.press.type.setting import Face, Manner, NoRoom, set_text
from scanly.qr.artwork import Path
from scanly.qr.ink import WHITE, Ink
from scanly.qr.outline import box as box_path

Align = Literal["start", "centre", "end"]
Upright = Literal["top", "middle", "bottom"]

# Finer modules are lost to older phones, and to paper that soaks up ink.
LEAST_MODULE_MM = 0.33
# No print is read that is smaller.
LEAST_PT = 5.5
_CAPITAL_EM = 0.714
_DESCENDER_EM = 0.245
# A text without spaces is not broken into lines that are shorter than this many characters.
_LEAST_UNSPACED = 5
# A last line that is shorter than this share of the longest is a scrap; how much smaller its text gets to avoid it.
_SCRAP = 0.4
_SCRAP_SHARE = 0.94
# How wide the panel under a logo stands out, of its height.
_RIM_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a stack: at most ``lines`` of it and ``height_mm`` high, ``gap_mm`` below what stands above it."""

    text: str
    size_mm: float
    height_mm: float
    face: Face
    ink: Ink
    lines: int = 1
    gap_mm: float = 0.0
    field: str = "text"


@dataclass(frozen=True, slots=True)
class Layout:
    """One page (or panel) from (0, 0), and the subject that it is about."""

    subject: Subject
    width_mm: float
    height_mm: float

    @property
    def trim(self) -> Box:
        return Box(0, 0, self.width_mm, self.height_mm)

    @property
    def bleed(self) -> Box:
        """As far as anything is drawn."""
        return self.trim.inset(-BLEED_MM)

    @property
    def unit_mm(self) -> float:
        """A hundredth of the page: of the mean of its sides, so that long and square pages have like type."""
        return min(self.width_mm * 1.2, (self.width_mm * self.height_mm) ** 0.5) / 100

    @property
    def margin_mm(self) -> float:
        return max(SAFE_MM + 1, 7 * self.unit_mm)

    @property
    def room(self) -> Box:
        """Within the margins."""
        return self.trim.inset(self.margin_mm)

    def place(self, box: Box) -> Box:
        """Where a box stands on the page."""
        return replace(box, x=self.width_mm - box.right) if self.subject.rtl else box

    def outline(self, path: Path) -> Path:
        """Where an outline stands on the page."""
        return path.transformed((-1, 0, 0, 1, self.width_mm, 0)) if self.subject.rtl else path

    def area(self, box: Box, ink: Ink, radius_mm: float = 0.0) -> Shape:
        """A box full of ink."""
        return self.drawn(rounded(box, radius_mm), ink)

    def drawn(self, path: Path, ink: Ink) -> Shape:
        """An outline full of ink."""
        return Shape(self.outline(path), fill=ink)

    def ruled(self, box: Box, ink: Ink, width_mm: float, radius_mm: float = 0.0) -> Shape:
        """A line round a box, ``width_mm`` thick, its middle on the box's edge."""
        path = rounded(box, radius_mm)
        return Shape(self.outline(path), stroke=Stroke(ink, width_mm))

    def code(self, box: Box, *, radius_mm: float = 0.0, panel: Ink | None = WHITE) -> tuple[Item, ...]:
        """The code in the middle of a box, as large as fits, on a panel that fills the box. Raises Invalid for an
        address so long that its modules would get too small."""
        side = min(box.width, box.height)
        inset = radius_mm * 0.3
        artwork = self.subject.code(side - 2 * inset, light=None)
        if artwork.module_mm < LEAST_MODULE_MM:
            message = (
                f"The code would have modules of {artwork.module_mm:.2f} mm; phones need {LEAST_MODULE_MM}."
            )
            raise Invalid.field("format", message, hint="Choose a larger format, or a shorter address.")
        at = self.place(box)
        x, y = at.middle
        code = Code(artwork, x - side / 2 + inset, y - side / 2 + inset, self.subject.content)
        return (self.area(box, panel, radius_mm), code) if panel else (code,)

    def quiet_mm(self, side_mm: float) -> float:
        """How much of a code ``side_mm`` wide is its quiet zone, on each side: to bring its modules flush with text."""
        artwork = self.subject.code(side_mm)
        quiet = max(self.subject.style.quiet_zone_modules, QUIET_ZONE_MODULES)
        return quiet * artwork.module_mm

    def stack(
        self, texts: Sequence[Text], room: Box, *, align: Align = "centre", upright: Upright = "middle"
    ) -> tuple[Words, ...]:
        """Texts under each other, flush with a side of the room; those that are empty take no place.

        Raises Invalid for a text that does not fit.
        """
        at = self.place(room)
        found: list[Words] = []
        y = at.y
        for text in (text for text in texts if text.text):
            y += text.gap_mm if found else 0
            lines = self._lines(text, Box(at.x, y, at.width, text.height_mm), align)
            found += lines
            y = _bottom(lines[-1])
        spare = at.bottom - y
        shift = {"top": 0.0, "middle": spare / 2, "bottom": spare}[upright]
        return tuple(replace(words, y=words.y + shift) for words in found)

    def _lines(self, text: Text, box: Box, align: Align) -> list[Words]:
        """The lines of one text from the top of a box. Scripts decide what "start" is for a text, a page has one side
        for all of them: so it is placed here."""
        size_pt = text.size_mm / MM_PER_PT
        manner = Manner(
            size_pt,
            least_pt=min(LEAST_PT, size_pt * _SCRAP_SHARE),
            upright="top",
            lines=text.lines
            if " " in text.text
            else min(text.lines, math.ceil(len(text.text) / _LEAST_UNSPACED)),
            leading=1.12 if _is_plain(text.text) else 1.3,
            ink=text.ink,
        )
        try:
            lines = set_text(text.text, box, manner, text.face, field=text.field)
        except NoRoom as error:
            # Nobody can choose the size of letters in a design.
            hint = "Shorten it, or choose a larger format."
            raise NoRoom.field(text.field, error.problems[0].message, hint=hint) from error
        if _has_scrap(lines):
            smaller = replace(manner, size_pt=lines[0].size_pt * _SCRAP_SHARE)
            lines = set_text(text.text, box, smaller, text.face, field=text.field)
        up = box.y - _top(lines[0])
        return [replace(words, x=self._x(words, box, align), y=words.y + up) for words in lines]

    def _x(self, words: Words, box: Box, align: Align) -> float:
        em = words.size_pt * MM_PER_PT
        left, right = words.line.left * em, words.line.right * em
        if align == "centre":
            return box.middle[0] - (left + right) / 2
        return box.x - left if (align == "start") != self.subject.rtl else box.right - right

    def logo(self, room: Box, *, align: Align = "centre", panel: Ink | None = None) -> tuple[Item, ...]:
        """The logo as large as fits, or nothing where there is none; ``panel`` lies under it, a little larger.

        What has pixels is a white box, and what is dark is not seen on a dark ground: these have a white panel there.
        """
        picture = self.subject.logo
        if picture is None:
            return ()
        vectors = isinstance(picture, Vectors)
        width, height = (picture.width, picture.height) if vectors else (picture.width_px, picture.height_px)
        if (isinstance(picture, Pixels) and self.subject.ground != WHITE) or self.subject.text == WHITE:
            panel = panel or WHITE
        rim = room.height * _RIM_SHARE if panel else 0.0
        within = room.inset(rim)
        scale = min(within.width / width, within.height / height)
        spare = within.width - width * scale
        left = {"start": 0.0, "centre": spare / 2, "end": spare}[align]
        top = (within.height - height * scale) / 2
        box = Box(within.x + left, within.y + top, width * scale, height * scale)
        placed = Placed(picture, self.place(box))
        return (self.area(box.inset(-rim), panel, rim), placed) if panel else (placed,)


def rounded(box: Box, radius_mm: float) -> Path:
    """The outline of a box whose corners are all of one radius."""
    return box_path(box.x, box.y, box.width, box.height, (radius_mm, radius_mm, radius_mm, radius_mm))


def rows(box: Box, *shares: float) -> tuple[Box, ...]:
    """A box cut into rows whose heights are as ``shares``."""
    edges = _edges(shares)
    return tuple(
        Box(box.x, box.y + top * box.height, box.width, (bottom - top) * box.height)
        for top, bottom in pairwise(edges)
    )


def columns(box: Box, *shares: float) -> tuple[Box, ...]:
    """A box cut into columns whose widths are as ``shares``."""
    edges = _edges(shares)
    return tuple(
        Box(box.x + left * box.width, box.y, (right - left) * box.width, box.height)
        for left, right in pairwise(edges)
    )


def square(box: Box, side_mm: float) -> Box:
    """A square in the middle of a box."""
    x, y = box.middle
    return Box(x - side_mm / 2, y - side_mm / 2, side_mm, side_mm)


def ink_of(words: Words) -> Box:
    """The smallest box round the ink of a line."""
    em, line = words.size_pt * MM_PER_PT, words.line
    width, height = (line.right - line.left) * em, (line.bottom - line.top) * em
    return Box(words.x + line.left * em, words.y + line.top * em, width, height)


def ends(lines: Sequence[Words]) -> float:
    """Where the ink of some lines ends below."""
    return max(ink_of(words).bottom for words in lines)


def _has_scrap(lines: Sequence[Words]) -> bool:
    """Whether the last line is little more than a word: then there was no height to share the text out evenly."""
    widths = [ink_of(words).width for words in lines]
    return widths[-1] < _SCRAP * max(widths)


def _edges(shares: Sequence[float]) -> list[float]:
    whole, edges = sum(shares), [0.0]
    for share in shares:
        edges.append(edges[-1] + share / whole)
    return edges


def _top(words: Words) -> float:
    """Where a line begins for the eye: at its capitals, or above them where its ink does."""
    return words.y - max(_CAPITAL_EM, -words.line.top) * words.size_pt * MM_PER_PT


def _bottom(words: Words) -> float:
    """Where a line ends for the eye: at its baseline, or below it where its ink goes far."""
    below = words.line.bottom
    hangs = below > (_DESCENDER_EM if _is_plain(words.line.text) else 0)
    return words.y + (below if hangs else 0.0) * words.size_pt * MM_PER_PT


def _is_plain(text: str) -> bool:
    """Whether its letters are Latin, Greek, Cyrillic or Chinese, which need little room between lines."""
    return all(character < "\u0530" or character >= "\u2e80" for character in text)
