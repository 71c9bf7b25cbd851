"""Words as outlines in pictures that we draw: as large as a box allows, in one line or a few.

What none of our fonts has is never drawn as an empty box: signs are left out, other scripts give nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scanly.core.errors import Invalid
from scanly.core.text import has_control
from scanly.qr.lettering import Line, set_line
from scanly.qr.lettering.fonts import fonts
from scanly.qr.writers.svg import absolute

_LEADING_EM = 1.24
_SMALLER = 0.94
_SPACE_EM = 0.27
_MOST_CHARACTERS = 300
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Words:
    """Lines in one size. ``top_px`` and ``bottom_px`` are how far the ink reaches from the first baseline."""

    lines: tuple[Line, ...]
    size_px: float

    @property
    def top_px(self) -> float:
        return min(line.top + row * _LEADING_EM for row, line in enumerate(self.lines)) * self.size_px

    @property
    def bottom_px(self) -> float:
        return max(line.bottom + row * _LEADING_EM for row, line in enumerate(self.lines)) * self.size_px

    def outlines(self, edge_px: float, baseline_px: float, anchor: str) -> str:
        """Path data of SVG; ``anchor`` says what of each line is at ``edge_px``: its left, its right or its middle."""
        paths: list[str] = []
        for row, line in enumerate(self.lines):
            inset = {"left": line.left, "right": line.right, "middle": (line.left + line.right) / 2}[anchor]
            x, y = edge_px - inset * self.size_px, baseline_px + row * _LEADING_EM * self.size_px
            paths.append(absolute(line.path.transformed((self.size_px, 0, 0, self.size_px, x, y))))
        return "".join(paths)


def drawable(text: str) -> str:
    """``text`` in one line as our fonts can draw it; nothing when they lack any of its letters."""
    kept = "".join(_known(unicodedata.normalize("NFC", text)))
    line = " ".join(kept.split())[:_MOST_CHARACTERS]
    try:
        set_line(line)
    except Invalid:
        return ""
    return line


def _known(text: str) -> Iterator[str]:
    """The characters without hidden ones, and without signs, such as pictographs, that no font has."""
    for character in text:
        sign = unicodedata.category(character)[0] == "S"
        if character.isspace():
            yield " "
        elif not has_control(character) and not (sign and not _covered(character)):
            yield character


def _covered(character: str) -> bool:
    return any(font.covers(character) for font in fonts())


def initial(text: str) -> str:
    """The first letter or digit, as a capital where there are any; nothing when no font of ours has it."""
    letter = next((one for one in text if unicodedata.category(one)[0] in "LN"), "")
    return drawable(letter.upper()[:1])


def fitted(text: str, width_px: float, *, largest_px: float, smallest_px: float, lines: int) -> Words | None:
    """``text`` as large as it can be in that width and at most so many lines; None when it cannot be drawn so."""
    words = drawable(text).split()
    advances = [_advance(word) for word in words]
    size = largest_px
    while words and size >= smallest_px:
        rows = _rows(advances, width_px / size)
        if len(rows) <= lines and max(_sum(advances[row]) for row in rows) <= width_px / size:
            return Words(tuple(set_line(" ".join(words[row])) for row in rows), size)
        size *= _SMALLER
    return None


def shortened(text: str, width_px: float, *, size_px: float, lines: int) -> Words | None:
    """As much of ``text`` as there is room for, with an ellipsis; None when it cannot be drawn."""
    words = drawable(text).split()
    if not words:
        return None
    width = width_px / size_px
    rows = [" ".join(words[row]) for row in _rows([_advance(word) for word in words], width)]
    last = " ".join(rows[lines - 1 :])
    return Words(tuple(set_line(_short(row, width)) for row in (*rows[: lines - 1], last) if row), size_px)


def _advance(text: str) -> float:
    return set_line(text).advance


def _sum(advances: Sequence[float]) -> float:
    """How wide words are with spaces between them, in ems."""
    return sum(advances) + _SPACE_EM * (len(advances) - 1)


def _rows(advances: Sequence[float], width: float) -> list[slice]:
    """Words in as few lines of ``width`` ems as there can be, two of them of like width; a wider one stands alone."""
    starts = [0]
    for place in range(1, len(advances)):
        if _sum(advances[starts[-1] : place + 1]) > width:
            starts.append(place)
    if len(starts) == 2:
        cuts = range(1, len(advances))
        starts[1] = min(cuts, key=lambda cut: max(_sum(advances[:cut]), _sum(advances[cut:])))
    return [slice(*ends) for ends in pairwise([*starts, len(advances)])]


def _short(text: str, width: float) -> str:
    """As much of ``text`` as is no wider than ``width`` ems, with an ellipsis where something is left out."""
    if _advance(text) <= width:
        return text
    fits, too_many = 0, len(text)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if _advance(_ended(text, middle)) <= width:
            fits = middle
        else:
            too_many = middle
    return _ended(text, fits)


def _ended(text: str, length: int) -> str:
    """The first characters and an ellipsis; marks stay with their letter."""
    while length and (unicodedata.category(text[length])[0] == "M" or text[length] in _JOINERS):
        length -= 1
    return f"{text[:length].rstrip()}…"
