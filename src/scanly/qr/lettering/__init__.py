"""Text in any language as outlines, so that a drawing needs no font wherever it is opened or printed.

Source: Unicode 15, UAX #9 (order), UAX #24 (scripts); OpenType 1.9 through HarfBuzz (shapes).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from pathlib import Path as File
from typing import Any, NamedTuple

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import count, has_control
from scanly.qr.artwork import Path
from scanly.qr.extent import Box
from scanly.qr.lettering.bidi import visual_runs
from scanly.qr.lettering.fonts import Font, Part, SetGlyph, Weight, fonts, script_of

MAX_CHARACTERS = 500
# What every line has at least: the height of capitals above the baseline.
_CAPITAL_EM = 0.714
_LEADING_EM = 1.2
_GAP_EM = 0.12
_BREAKS_TRIED = 4
_JOINERS = "\u200c\u200d"


class Line(msgspec.Struct, frozen=True, dict=True):
    """One line of text, measured in ems: it starts at (0, 0) on the baseline, y grows downwards.

    ``glyphs`` go from left to right, whatever way ``text`` runs. ``ascent`` and ``descent`` are the fonts' distances
    from the baseline. The ink goes from ``left`` to ``right`` and from ``top`` (negative above the baseline) to
    ``bottom``.
    """

    text: str
    glyphs: tuple[SetGlyph, ...]
    advance: float
    ascent: float
    descent: float
    left: float
    top: float
    right: float
    bottom: float

    @cached_property
    def path(self) -> Path:
        """The whole line as one outline."""
        moved = (glyph.font.outline(glyph.number).moved(glyph.x, glyph.y) for glyph in self.glyphs)
        return Path(tuple(segment for outline in moved for segment in outline.segments))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines under each other, measured in ems. Each has room for capitals, so "one" is no larger than "One"."""

    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        return max(line.right - line.left for line in self.lines)

    @property
    def height(self) -> float:
        return self.baselines()[-1] + max(self.lines[-1].bottom, 0)

    def baselines(self) -> list[float]:
        """Distances of the baselines from the top of the block."""
        found = [max(-self.lines[0].top, _CAPITAL_EM)]
        for above, line in pairwise(self.lines):
            clear = max(above.bottom, 0) + _GAP_EM + max(-line.top, _CAPITAL_EM)
            found.append(found[-1] + max(_LEADING_EM, clear))
        return found

    def centred(self, width: float, height: float, size: float) -> Path:
        """The outlines in the middle of a box from (0, 0), one em being ``size``."""
        top = (height - self.height * size) / 2
        path = Path(())
        for line, baseline in zip(self.lines, self.baselines(), strict=True):
            left = (width - (line.left + line.right) * size) / 2
            path += line.path.transformed((size, 0, 0, size, left, top + baseline * size))
        return path


class _Stretch(NamedTuple):
    """Characters ``start`` to ``end`` that one font sets in one script."""

    start: int
    end: int
    font: Font
    script: str


def set_line(
    text: str,
    *,
    font: str | File = "",
    weight: Weight = "bold",
    leftwards: bool | None = None,
    field: str = "caption",
) -> Line:
    """``text`` in shapes of ``font`` (a TTF or OTF file) where it has the characters, else of Scanly's own.

    ``leftwards`` is the direction of the paragraph, when ``text`` is only a line of it. Raises Invalid for ``field``:
    no text, control characters, characters that no font has; for ``font``: a file that is no font.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.strip(f" {_JOINERS}"):
        raise Invalid.field(field, "There is no text.", hint="Write what people shall do, such as Scan me.")
    if has_control(text):
        message = "It has a character that is not shown, such as a tab or a mark of direction."
        raise Invalid.field(field, message, hint="Leave it out; directions are found by themselves.")
    if len(text) > MAX_CHARACTERS:
        message = f"{count(len(text), 'character')} are too many for one line."
        raise Invalid.field(field, message, hint=f"{MAX_CHARACTERS} are the limit.")
    return _line(text, fonts(font, weight=weight), leftwards, field)


def fit(
    text: str, width: float, height: float, *, smallest: float, font: str | File = "", field: str = "caption"
) -> Path:
    """``text`` in the middle of a box from (0, 0), as large as it can be: in one line or in two of like width, or
    broken where it says so itself. ``smallest`` is the least size of one em, in the unit of the box.

    Raises Invalid as ``set_line`` does, and for a text that does not fit, with how much would.
    """
    block, size = _largest(text, width, height, font, field)
    if size < smallest:
        raise _too_long(text, lambda part: _largest(part, width, height, font, field)[1], smallest, field)
    return block.centred(width, height, size)


def _largest(text: str, width: float, height: float, font: str | File, field: str) -> tuple[_Block, float]:
    """The way to break ``text`` in which it is largest, and the size of one em."""
    blocks = [_Block(tuple(set_line(line, font=font, field=field) for line in way)) for way in _ways(text)]
    sizes = [min(width / block.width, height / block.height) for block in blocks]
    return max(zip(blocks, sizes, strict=True), key=lambda one: (round(one[1], 6), -one[0].width))


def _ways(text: str) -> Iterator[list[str]]:
    """Ways to break a text in lines: as it says itself; else not at all, or at one of the spaces about its middle."""
    if "\n" in text.strip():
        yield [line.strip() for line in text.split("\n") if line.strip()]
        return
    text = text.strip()
    yield [text]
    spaces = [place for place, character in enumerate(text) if character == " "]
    for place in sorted(spaces, key=lambda space: abs(2 * space - len(text)))[:_BREAKS_TRIED]:
        yield [text[:place].strip(), text[place:].strip()]


def _too_long(text: str, size_of: Callable[[str], float], smallest: float, field: str) -> Invalid:
    fits, too_many = 0, len(text)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        part = text[:middle].strip()
        if not part or size_of(part) >= smallest:
            fits = middle
        else:
            too_many = middle
    message = f"{count(len(text), 'character')} are too many to be read here; about {fits} fit."
    return Invalid.field(field, message, hint="Shorten it, or choose a frame with more room.")


@lru_cache(maxsize=512)
def _line(text: str, known: tuple[Font, ...], leftwards: bool | None, field: str) -> Line:
    stretches = _stretches(text, known, field)
    glyphs: list[SetGlyph] = []
    x = 0.0
    for start, end, level in visual_runs(text, leftwards=leftwards):
        pieces = [_cut(one, start, end) for one in stretches if one.start < end and one.end > start]
        for piece in reversed(pieces) if level % 2 else pieces:
            part = Part(text, piece.start, piece.end, piece.script, level % 2 == 1)
            shaped, x = piece.font.shaped(part, x)
            glyphs += shaped
    if unknown := [glyph.text or text for glyph in glyphs if not glyph.number]:
        raise _missing(unknown[0], known, field)
    left, top, right, bottom = _ink(glyphs) or (0.0, 0.0, 0.0, 0.0)
    if left == right:
        raise Invalid.field(field, "The font draws nothing for this text.", hint="Choose another font.")
    ascent, descent = (max(getattr(one.font, name) for one in stretches) for name in ("ascent", "descent"))
    return Line(text, tuple(glyphs), x, ascent, descent, left, top, right, bottom)


def _ink(glyphs: Iterable[SetGlyph]) -> Box | None:
    """The smallest upright box round all ink; None where there is none."""
    placed = [(box, each.x, each.y) for each in glyphs if (box := each.font.box(each.number))]
    if not placed:
        return None
    return (
        min([box[0] + x for box, x, _ in placed]),
        min([box[1] + y for box, _, y in placed]),
        max([box[2] + x for box, x, _ in placed]),
        max([box[3] + y for box, _, y in placed]),
    )


def _cut(stretch: _Stretch, start: int, end: int) -> _Stretch:
    if start <= stretch.start and stretch.end <= end:
        return stretch
    return _Stretch(max(stretch.start, start), min(stretch.end, end), stretch.font, stretch.script)


def _stretches(text: str, known: Sequence[Font], field: str) -> tuple[_Stretch, ...]:
    """``text`` cut where script or font change. A stretch of one script is set in one font, if one has it all;
    digits, spaces and punctuation, which every script uses, stay with what stands before them."""
    scripts = {script_of(character) for character in text} - {""}
    if len(scripts) <= 1 and known[0].covers(text):
        return (_Stretch(0, len(text), known[0], next(iter(scripts), "Zyyy")),)
    found: list[_Stretch] = []
    for script, group in groupby(_clusters(text), key=lambda cluster: _script(text[slice(*cluster)])):
        clusters = list(group)
        start, end = clusters[0][0], clusters[-1][1]
        before = [found[-1].font] if found and not script else []
        whole = _covering(text[start:end], [*before, *known])
        for first, last in [(start, end)] if whole else clusters:
            font = whole or _covering(text[first:last], [*before, *known])
            if not font:
                raise _missing(text[first:last], known, field)
            found.append(_Stretch(first, last, font, script or (found[-1].script if found else "")))
    named = next((one.script for one in found if one.script), "Zyyy")
    return tuple(_joined(one._replace(script=one.script or named) for one in found))


def _joined(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    for _, group in groupby(stretches, key=lambda one: (one.font, one.script)):
        same = list(group)
        yield same[0]._replace(end=same[-1].end)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each character with the marks upon it."""
    start = 0
    for place in range(1, len(text)):
        if unicodedata.category(text[place])[0] != "M" and text[place] not in _JOINERS:
            yield start, place
            start = place
    yield start, len(text)


def _script(cluster: str) -> str:
    """The cluster's script in four letters (ISO 15924), or nothing for what all scripts share."""
    return next((script for character in cluster if (script := script_of(character))), "")


def _covering(text: str, known: Sequence[Font]) -> Font | None:
    return next((font for font in known if font.covers(text)), None)


def _missing(cluster: str, known: Sequence[Font], field: str) -> Invalid:
    """What to say of the first character in ``cluster`` that no font has."""
    character = next((one for one in cluster if not _covering(one, known)), cluster[0])
    script = script_of(character)
    kind = f"{_script_name(script)} script" if script else unicodedata.name(character, "a symbol").lower()
    message = f'No font here has the character "{character}" (U+{ord(character):04X}, {kind}).'
    return Invalid.field(field, message, hint="Give a font file that has it with --font.")


def _script_name(script: str) -> str:
    from babel import Locale

    english: Any = Locale("en")
    return str(english.scripts.get(script, script))
