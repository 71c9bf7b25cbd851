"""Words of a page in the fonts of its file: text that is searched, copied and read aloud as it was written.

Shapes stand where HarfBuzz put them, from left to right; readers turn Arabic and Hebrew round by themselves. Where
shapes are not one for each character, the characters are written beside them. A font that cannot be embedded is drawn
in outlines, with its characters beside them, too.

Source: ISO 32000-1, 9.4 (text objects), 14.9.4 (replacement text).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from scanly.press.page import MM_PER_PT, Words
from scanly.press.pdf.embedding import GLYPH_UNITS, Objects, embed, utf16, width_of
from scanly.qr.lettering import SetGlyph, set_line
from scanly.qr.lettering.fonts import Font
from scanly.qr.writers.numbers import Told, number
from scanly.qr.writers.operators import path

# Kerning finer than this, in thousandths of an em, is left out; it does not add up.
_FINE = 0.02
_MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
# What is set unseen where outlines stand for text.
_UNSEEN = "."
_CODE = Told("{:04x}")


@dataclass(slots=True)
class _Used:
    """A font of the file: its shapes with the characters that they stand for, and their widths in ems, as written."""

    name: str
    embeddable: bool
    characters: dict[int, str] = field(default_factory=dict[int, str])
    widths: dict[int, float] = field(default_factory=dict[int, float])


class FontBook:
    """The fonts of one file. It keeps which shapes were used, nothing of the text."""

    def __init__(self) -> None:
        self._fonts: dict[Font, _Used] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Of the fonts that were shown so far, as resources."""
        return tuple(used.name for used in self._fonts.values() if used.characters)

    def show(self, words: Words) -> str:
        """Operators that fill the words, in a user space of millimetres with y downwards."""
        line, em = words.line, words.size_pt * MM_PER_PT
        fonts = dict.fromkeys([glyph.font for glyph in line.glyphs])
        if not all(self._used(font).embeddable for font in fonts):
            return self._outlined(words, em)
        return f"BT {_matrix(words, em, em)} {self._set(line.glyphs)} ET"

    def write(self, objects: Objects) -> dict[str, str]:
        """Writes every font that was shown, with its shapes; a reference for each name."""
        return {
            used.name: embed(font, used.characters, objects)
            for font, used in self._fonts.items()
            if used.characters
        }

    def _used(self, font: Font) -> _Used:
        if font not in self._fonts:
            self._fonts[font] = _Used(f"F{len(self._fonts) + 1}", font.embeddable)
        return self._fonts[font]

    def _set(self, glyphs: Sequence[SetGlyph]) -> str:
        """Operators that set shapes, with the steps between them and the text that they do not tell themselves."""
        setter = _Setter(self._fonts)
        starts, ends = self._spans(glyphs)
        edges = sorted({0, *starts, *ends, len(glyphs)}) if starts else (0, len(glyphs))
        for start, end in pairwise(edges):
            if start in starts:
                setter.write(_span(starts[start]))
            setter.put(glyphs[start:end])
            if end in ends:
                setter.write("EMC")
        return setter.finished()

    def _spans(self, glyphs: Sequence[SetGlyph]) -> tuple[dict[int, str], set[int]]:
        """Keeps the shapes. Where stretches begin whose text must be written beside them, and where these end."""
        starts: dict[int, str] = {}
        ends: set[int] = set()
        begun, last = 0, len(glyphs) - 1
        for place, glyph in enumerate(glyphs):
            font, shape, text, leftwards = glyph.font, glyph.number, glyph.text, glyph.leftwards
            # Of several shapes for the same characters, none stands for them alone.
            alone = text if place == last or glyphs[place + 1].text else ""
            if leftwards:
                alone = _turned(alone)
            used = self._fonts[font]
            known = used.characters.get(shape)
            if known and known == alone:
                continue
            if known is None:
                used.widths[shape] = width_of(font, shape) / GLYPH_UNITS
            if not known:
                used.characters[shape] = known = alone
            if alone and known == alone:
                continue
            if place in ends and (not text or not (leftwards or glyphs[place - 1].leftwards)):
                ends.remove(place)
                starts[begun] += text
            else:
                begun = place
                starts[begun] = text
            ends.add(place + 1)
        return starts, ends

    def _outlined(self, words: Words, em: float) -> str:
        """Outlines, and over the same stretch something unseen whose replacement text they are."""
        outline = path(words.line.path.transformed((em, 0, 0, em, words.x, words.y)))
        unseen = set_line(_UNSEEN)
        self._used(unseen.glyphs[0].font)
        stretch = words.line.advance / unseen.advance * em
        text = f"BT 3 Tr {_matrix(words, stretch, em)} {self._set(unseen.glyphs)} 0 Tr ET"
        return f"{outline} f {_span(words.line.text)} {text} EMC"


class _Setter:
    """Operators of one line under way, in ems with y downwards."""

    def __init__(self, fonts: Mapping[Font, _Used]) -> None:
        self._fonts = fonts
        self._operators: list[str] = []
        self._codes: list[str] = []
        self._font: Font | None = None
        self._height, self._pen = 0.0, 0.0

    def put(self, glyphs: Sequence[SetGlyph]) -> None:
        widths: Mapping[int, float] = self._fonts[self._font].widths if self._font else {}
        pen, codes = self._pen, self._codes
        for glyph in glyphs:
            font, shape, x, y = glyph.font, glyph.number, glyph.x, glyph.y
            if font is not self._font:
                self._font, widths = font, self._fonts[font].widths
                self.write(f"/{self._fonts[font].name} 1 Tf")
            if y != self._height:
                self._height = y
                self.write(f"{number(-y, 5)} Ts")
            step = (pen - x) * GLYPH_UNITS
            if step > _FINE or step < -_FINE:
                step = round(step, 2)
                codes.append(f">{number(step)}<")
                pen -= step / GLYPH_UNITS
            codes.append(_CODE[shape])
            pen += widths[shape]
        self._pen = pen

    def write(self, then: str) -> None:
        """What was put down so far, then another operator."""
        if self._codes:
            codes = "".join(self._codes)
            shown = f"[<{codes}>] TJ".replace("<>", "") if ">" in codes else f"<{codes}> Tj"
            self._operators.append(shown)
            self._codes.clear()
        self._operators.append(then)

    def finished(self) -> str:
        self.write("0 Ts" if self._height else "")
        return " ".join(self._operators).rstrip()


def _matrix(words: Words, across: float, up: float) -> str:
    """Sets where text starts, and its em in both directions."""
    return f"{number(across, 5)} 0 0 {number(-up, 5)} {number(words.x, 4)} {number(words.y, 4)} Tm"


def _span(text: str) -> str:
    return f"/Span <</ActualText <feff{utf16(text)}>>> BDC"


def _turned(text: str) -> str:
    """What one shape of a text from right to left is called, so that it is right when readers turn the text round:
    a bracket as it looks, a ligature by one character; nothing for one that has none."""
    return _MIRRORED.get(text, text) if len(text) <= 1 else _ligatures().get(text, "")


@cache
def _ligatures() -> dict[str, str]:
    """Characters that Unicode has for ligatures of Arabic."""
    forms = map(chr, (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFF)))
    return {unicodedata.normalize("NFKC", form): form for form in forms if unicodedata.decomposition(form)}
