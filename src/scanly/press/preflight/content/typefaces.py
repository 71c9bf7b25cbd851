"""Fonts of a PDF: what a press asks about them, and how far text runs.

Source: ISO 32000-1, 9.6 (simple fonts), 9.7 (composite fonts), 9.8 (descriptors), 9.10.2 (ToUnicode).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pikepdf import Array

from scanly.press.preflight.content.objects import elements, item, name, number, numbers

# Every viewer must have them, so old files do not embed them; a press takes whatever it has under that name.
BASE_14 = frozenset(
    {
        *("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
        *("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
        *("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic", "Symbol", "ZapfDingbats"),
    }
)
_SUBSET = re.compile(r"[A-Z]{6}\+")
_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_MOST_WIDTHS = 70_000
# What a glyph is taken to be wide, in thousandths of an em, where nothing says it.
_USUAL_WIDTH = 550.0


@dataclass(frozen=True, slots=True)
class Typeface:
    """One font. ``kind`` is its subtype, with that of the descendant for a composite one."""

    name: str
    kind: str
    embedded: bool
    subset: bool
    unicode: bool
    base_14: bool
    ascent_em: float = 0.75
    descent_em: float = -0.25
    bytes_per_code: int = field(default=1, repr=False)
    widths: Mapping[int, float] = field(default_factory=dict[int, float], repr=False, compare=False)
    usual_width: float = field(default=_USUAL_WIDTH, repr=False)
    # How many ems a thousandth of a width is; glyphs of Type 3 fonts have their own scale.
    em_per_width: float = field(default=0.001, repr=False)

    def advance(self, codes: bytes) -> tuple[float, int, int]:
        """How far a string runs in ems, how many glyphs it has, and how many spaces of one byte."""
        if self.bytes_per_code == 1:
            width = sum(self.widths.get(code, self.usual_width) for code in codes)
            return width * self.em_per_width, len(codes), codes.count(32)
        pairs = [codes[index] << 8 | codes[index + 1] for index in range(0, len(codes) - 1, 2)]
        return sum(self.widths.get(code, self.usual_width) for code in pairs) / 1000, len(pairs), 0


def read_typeface(font: object) -> Typeface:
    """The font that a dictionary describes."""
    kind = name(item(font, "/Subtype"))
    called = name(item(font, "/BaseFont")) or name(item(font, "/Name")) or "without a name"
    if kind == "Type0":
        return _composite(font, called)
    descriptor = item(font, "/FontDescriptor")
    first = int(number(item(font, "/FirstChar")))
    widths = numbers(item(font, "/Widths"))[:256]
    missing = number(item(descriptor, "/MissingWidth"), _USUAL_WIDTH)
    scale = (
        abs(numbers(item(font, "/FontMatrix"))[0]) if kind == "Type3" and item(font, "/FontMatrix") else 0.001
    )
    return Typeface(
        name=_SUBSET.sub("", called, count=1),
        kind=kind,
        # Glyphs of a Type 3 font are drawn in the file itself.
        embedded=kind == "Type3" or _has_file(descriptor),
        subset=_SUBSET.match(called) is not None,
        unicode=item(font, "/ToUnicode") is not None or _is_known_encoding(font),
        base_14=called in BASE_14,
        ascent_em=_height(descriptor, "/Ascent", 0.75),
        descent_em=_height(descriptor, "/Descent", -0.25),
        widths={first + index: width for index, width in enumerate(widths)},
        usual_width=missing or _USUAL_WIDTH,
        em_per_width=scale,
    )


def _composite(font: object, called: str) -> Typeface:
    descendant = next(iter(elements(item(font, "/DescendantFonts"))), None)
    descriptor = item(descendant, "/FontDescriptor")
    encoding = name(item(font, "/Encoding"))
    return Typeface(
        name=_SUBSET.sub("", called, count=1),
        kind=f"Type0 {name(item(descendant, '/Subtype'))}".strip(),
        embedded=_has_file(descriptor),
        subset=_SUBSET.match(called) is not None,
        unicode=item(font, "/ToUnicode") is not None or not encoding.startswith("Identity"),
        base_14=False,
        ascent_em=_height(descriptor, "/Ascent", 0.75),
        descent_em=_height(descriptor, "/Descent", -0.25),
        bytes_per_code=2,
        widths=_composite_widths(item(descendant, "/W")),
        usual_width=number(item(descendant, "/DW"), 1000.0),
    )


def _has_file(descriptor: object) -> bool:
    return any(item(descriptor, key) is not None for key in _FILES)


def _is_known_encoding(font: object) -> bool:
    encoding = item(font, "/Encoding")
    known = {"WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding"}
    return name(encoding) in known or name(item(encoding, "/BaseEncoding")) in known


def _height(descriptor: object, key: str, usual_em: float) -> float:
    """In ems; the usual one where nothing is told, or what no type has."""
    told = number(item(descriptor, key)) / 1000
    return told if 0.5 < told / usual_em < 2.5 else usual_em


def _composite_widths(value: object) -> dict[int, float]:
    """/W is a list of ``first [w w w]`` and ``first last w``."""
    widths: dict[int, float] = {}
    parts = elements(value)
    index = 0
    while index + 1 < len(parts) and len(widths) < _MOST_WIDTHS:
        first, following = int(number(parts[index])), parts[index + 1]
        if isinstance(following, Array):
            widths.update((first + step, width) for step, width in enumerate(numbers(following)))
            index += 2
        elif index + 2 < len(parts):
            last = min(int(number(following)), first + _MOST_WIDTHS)
            widths.update(dict.fromkeys(range(first, last + 1), number(parts[index + 2])))
            index += 3
        else:
            break
    return widths
