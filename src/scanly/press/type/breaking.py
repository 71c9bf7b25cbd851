"""Where a line of text may end: at spaces, after hyphens, and between the characters of Chinese and Japanese.

Scripts that have neither spaces nor these, such as Thai, break where their writers put a space.
Source: UAX #14 (classes CL, CP, EX, IS, NS and OP, with hyphens as HY), JIS X 4051, 6.1 (characters that may not
begin or end a line).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from scanly.qr.lettering import MAX_CHARACTERS, Line

# Han, kana, their signs and wide forms; Korean is broken at spaces.
_IDEOGRAPHIC = re.compile(
    "[\u2e80-\u303e\u3041-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]"
)
_NEVER_FIRST = frozenset(
    "!%),.:;?]}¢°·’”†‡…‰›»℃"
    "、。々〉》」』】〕〗〙〛〜〞ーヽヾゝゞ・，．：；？！）］｝｠％"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
)
_NEVER_LAST = frozenset("([{£¥$€₹‘“‹«〈《「『【〔〖〘〚〝（［｛｟￥＄￡#＃№")
_HYPHENS = "-‐–"


class Piece(NamedTuple):
    """Text that stays in one line; ``space`` says whether one is before it, unless it begins a line."""

    text: str
    space: bool


def pieces(paragraph: str) -> tuple[Piece, ...]:
    """A paragraph cut wherever a line may end."""
    return tuple(
        Piece(part, bool(number) and not place)
        for number, word in enumerate(word for word in paragraph.split(" ") if word)
        for place, part in enumerate(_parts(word))
    )


def is_whole(paragraph: str) -> bool:
    """Whether it is plain to see that it cannot be broken."""
    return paragraph.isascii() and " " not in paragraph and "-" not in paragraph


def joined(parts: tuple[Piece, ...]) -> str:
    """The pieces as they stand in one line."""
    return "".join(
        f" {part.text}" if part.space and number else part.text for number, part in enumerate(parts)
    )


class Measured(NamedTuple):
    """A paragraph whose pieces were set: each with its line; ``space`` is as wide as a space, in ems."""

    pieces: tuple[Piece, ...]
    lines: tuple[Line, ...]
    space: float
    leftwards: bool


def measured(paragraph: str, leftwards: bool, set_line: Callable[[str, bool], Line]) -> Measured:
    """The pieces of a paragraph in its direction, as ``set_line`` sets them."""
    found = pieces(paragraph)
    lines = tuple(set_line(piece.text, leftwards) for piece in found)
    space = 0.0
    if second := next((number for number, piece in enumerate(found) if piece.space), 0):
        pair = found[second - 1 : second + 1]
        space = set_line(joined(pair), leftwards).advance - lines[second - 1].advance - lines[second].advance
    return Measured(found, lines, space, leftwards)


def rows_of(paragraphs: Iterable[Measured], width: float) -> list[tuple[str, bool]]:
    """As few lines as have room in ``width`` ems, each with its direction; what cannot be broken stands alone."""
    rows: list[tuple[str, bool]] = []
    for paragraph in paragraphs:
        starts = [*_starts(paragraph, width), len(paragraph.pieces)]
        rows += [
            (joined(paragraph.pieces[start:end]), paragraph.leftwards) for start, end in pairwise(starts)
        ]
    return rows


def _starts(paragraph: Measured, width: float) -> Iterator[int]:
    start, left, pen, characters = 0, 0.0, 0.0, 0
    for number, (piece, line) in enumerate(zip(paragraph.pieces, paragraph.lines, strict=True)):
        pen += paragraph.space if piece.space and number > start else 0
        characters += len(piece.text) + piece.space
        if number == 0 or pen + line.right - left > width or characters > MAX_CHARACTERS:
            yield number
            start, left, pen, characters = number, line.left, 0.0, len(piece.text)
        pen += line.advance


def _parts(word: str) -> Iterator[str]:
    if is_whole(word):
        yield word
        return
    start = 0
    for place in range(1, len(word)):
        if _breaks(word, place):
            yield word[start:place]
            start = place
    yield word[start:]


def _breaks(word: str, place: int) -> bool:
    """Whether a line may end before the character at ``place``."""
    before, after = word[place - 1], word[place]
    if after in _NEVER_FIRST or before in _NEVER_LAST or unicodedata.category(after)[0] == "M":
        return False
    if before in _HYPHENS:
        return place > 1 and word[place - 2].isalpha() and after.isalpha()
    return bool(_IDEOGRAPHIC.match(before) or _IDEOGRAPHIC.match(after))
