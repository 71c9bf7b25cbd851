"""A font as objects of a PDF: its used shapes, how wide they are, and what characters they stand for.

Codes are glyph numbers, so that any shape which shaping brings can be shown.

Source: ISO 32000-1, 9.7 (composite fonts), 9.8 (descriptors), 9.9 (embedded programs), 9.10.3 (ToUnicode);
OpenType 1.9 (head, hhea, OS/2, post).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Protocol

from scanly.qr.lettering.fonts import Font
from scanly.qr.writers.numbers import number, numbers

# Thousandths of an em, as PDF measures glyphs.
GLYPH_UNITS = 1000
# Codes stand for glyphs of this font alone.
_SYMBOLIC = 4
_MOST_ENTRIES = 100
_TO_UNICODE = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{entries}
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


class Objects(Protocol):
    """A file that takes objects; both return a reference such as ``12 0 R``."""

    def add(self, body: str) -> str: ...

    def add_stream(self, entries: str, data: bytes) -> str: ...


def width_of(font: Font, glyph: int) -> float:
    """What is written as the width of a shape, in thousandths of an em."""
    return round(font.width(glyph) * GLYPH_UNITS, 3)


def embed(font: Font, glyphs: Mapping[int, str], objects: Objects) -> str:
    """Writes ``font`` with those of its shapes that ``glyphs`` leads to characters from (none: unknown)."""
    program = font.subset(glyphs)
    name = f"{_prefix(program)}+{font.postscript_name}"
    file = objects.add_stream(f"/Length1 {len(program)}", program)
    descriptor = objects.add(_descriptor(font, name, file))
    shapes = objects.add(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/FontDescriptor {descriptor} /CIDToGIDMap /Identity /W [{' '.join(_widths(font, glyphs))}] >>"
    )
    characters = objects.add_stream("", _to_unicode(_characters(font, glyphs)))
    return objects.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
        f"/DescendantFonts [{shapes}] /ToUnicode {characters} >>"
    )


def utf16(text: str) -> str:
    """``text`` as hexadecimal digits of UTF-16, the high byte first."""
    return text.encode("utf-16-be").hex()


def _prefix(program: bytes) -> str:
    """Six capitals that tell this subset from others of the same font."""
    return "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(program).digest()[:6])


def _descriptor(font: Font, name: str, file: str) -> str:
    head, rules = font.table("head"), font.table("OS/2")
    box = [_signed(head, place) * font.em for place in (36, 38, 40, 42)]
    slope = int.from_bytes(font.table("post")[4:8], "big", signed=True) / 65536
    capitals = _signed(rules, 88) * font.em if _signed(rules, 0) >= 2 else 0
    # No font says how thick its stems are; its weight (400 regular, 700 bold) tells about.
    stem = 50 + (_signed(rules, 4) / 65) ** 2
    return (
        f"<< /Type /FontDescriptor /FontName /{name} /Flags {_SYMBOLIC} /FontBBox [{_units(*box)}] "
        f"/ItalicAngle {number(slope)} /Ascent {_units(font.ascent)} /Descent {_units(-font.descent)} "
        f"/CapHeight {_units(capitals or font.ascent)} /StemV {stem:.0f} /FontFile2 {file} >>"
    )


def _signed(table: bytes, place: int) -> int:
    return int.from_bytes(table[place : place + 2], "big", signed=True)


def _units(*ems: float) -> str:
    return numbers(*(round(em * GLYPH_UNITS) for em in ems))


def _widths(font: Font, glyphs: Iterable[int]) -> Iterator[str]:
    """Stretches of neighbours: the first, then the width of each."""
    stretch: list[int] = []
    for glyph in sorted(glyphs):
        if stretch and glyph != stretch[-1] + 1:
            yield _stretch(font, stretch)
            stretch = []
        stretch.append(glyph)
    yield _stretch(font, stretch)


def _stretch(font: Font, stretch: list[int]) -> str:
    return f"{stretch[0]} [{numbers(*(width_of(font, glyph) for glyph in stretch))}]"


def _characters(font: Font, glyphs: Mapping[int, str]) -> dict[int, str]:
    """What each shape stands for, as the text says or else as the font itself does."""
    known = {glyph: text for glyph, text in glyphs.items() if text}
    if len(known) < len(glyphs):
        for character in font.characters():
            glyph = font.nominal(character)
            if glyph in glyphs:
                known.setdefault(glyph, character)
    return known


def _to_unicode(characters: Mapping[int, str]) -> bytes:
    entries = iter(f"<{glyph:04X}> <{utf16(text).upper()}>" for glyph, text in sorted(characters.items()))
    blocks: list[str] = []
    while block := list(islice(entries, _MOST_ENTRIES)):
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return _TO_UNICODE.format(entries="\n".join(blocks)).encode("ascii")
