"""Fonts as sources of outlines, through HarfBuzz: those in ``templates/fonts``, or a file that somebody gives.

Source: OpenType 1.9 (OS/2: fsType; name).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path as File
from typing import Any, Literal, NamedTuple

import msgspec

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.qr.artwork import Path, Segment
from scanly.qr.extent import Box, extent

Weight = Literal["regular", "bold"]
_KINDS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
_WEB_KINDS = (b"wOFF", b"wOF2")
_OUTLINES = ("glyf", "CFF ", "CFF2")
# The tables that a TrueType font in a PDF is drawn from, and those that HarfBuzz reads before it cuts.
_DRAWN_FROM = frozenset(
    {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "fvar", "gvar", "avar", "HVAR", "MVAR"}
)
# Bits of fsType: how the font may be used, of which the mildest counts.
_LICENCE_USES, _RESTRICTED, _NO_SUBSET, _BITMAPS_ONLY = 0x000E, 0x0002, 0x0100, 0x0200
# What asks for a shape and has none itself: joiners and selectors of variants.
_SHAPELESS = frozenset({0x34F, 0x200C, 0x200D, *range(0xFE00, 0xFE10)})


class SetGlyph(msgspec.Struct, frozen=True):
    """One shape of a line: its origin is at (x, y), in ems from where the line starts, y downwards.

    ``text`` is what it stands for; of several shapes for the same characters, the first has them all. ``leftwards``
    says in which direction it is read.
    """

    font: Font
    number: int
    x: float
    y: float
    text: str
    leftwards: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """One font, measured in ems with y downwards. ``ascent`` and ``descent`` are distances from the baseline."""

    name: str
    shaper: Any
    ascent: float
    descent: float
    _outlines: dict[int, Path] = field(default_factory=dict[int, Path])
    _boxes: dict[int, Box | None] = field(default_factory=dict[int, "Box | None"])
    _known: dict[str, bool] = field(default_factory=dict[str, bool])

    @property
    def em(self) -> float:
        """One unit of the font's own grid, in ems."""
        return 1 / self.shaper.face.upem

    def has_table(self, name: str) -> bool:
        return len(self.shaper.face.reference_table(name)) > 0

    def table(self, name: str) -> bytes:
        return bytes(self.shaper.face.reference_table(name).data)

    @property
    def postscript_name(self) -> str:
        """What the font calls itself, in letters and digits; its file's name where it says nothing."""
        said = self.shaper.face.get_name(_harfbuzz().OTNameIdPredefined.POSTSCRIPT_NAME, "en") or ""
        return (
            re.sub("[^A-Za-z0-9-]", "", said) or re.sub("[^A-Za-z0-9-]", "", File(self.name).stem) or "Font"
        )

    def width(self, glyph: int) -> float:
        """How far the pen moves after this shape, in ems, before any kerning."""
        return self.shaper.get_glyph_h_advance(glyph) * self.em

    @property
    def embeddable(self) -> bool:
        """Whether a document may hold shapes of this font: as TrueType, which its maker's licence bits allow."""
        if not self.has_table("glyf"):
            return False
        licence = int.from_bytes(self.table("OS/2")[8:10], "big")
        restricted = licence & _LICENCE_USES == _RESTRICTED or licence & (_NO_SUBSET | _BITMAPS_ONLY)
        return not restricted and bool(self.subset([]))

    def subset(self, glyphs: Iterable[int]) -> bytes:
        """The font with only these shapes, which keep their numbers; nothing when it is damaged."""
        harfbuzz = _harfbuzz()
        wanted = harfbuzz.SubsetInput()
        wanted.flags = harfbuzz.SubsetFlags.RETAIN_GIDS | harfbuzz.SubsetFlags.NO_HINTING
        wanted.glyph_set.update(glyphs)
        dropped = set(self.shaper.face.table_tags) - _DRAWN_FROM
        wanted.drop_table_tag_set.update(int.from_bytes(name.encode(), "big") for name in dropped)
        if self.shaper.face.has_var_data:
            wanted.pin_all_axes_to_default(self.shaper.face)
        try:
            return bytes(harfbuzz.subset(self.shaper.face, wanted).blob.data)
        except harfbuzz.HarfBuzzError:
            return b""

    def covers(self, text: str) -> bool:
        """Whether there is a glyph for every character, if need be put together from its parts."""
        known = self._known
        for character in text:
            if character not in known:
                known[character] = self._has(character)
            if not known[character]:
                return False
        return True

    def _has(self, character: str) -> bool:
        if ord(character) in _SHAPELESS or self.shaper.get_nominal_glyph(ord(character)):
            return True
        parts = unicodedata.normalize("NFD", character)
        return parts != character and all(self.shaper.get_nominal_glyph(ord(part)) for part in parts)

    def characters(self) -> Iterator[str]:
        """All that have a shape of their own."""
        return map(chr, sorted(self.shaper.face.unicodes))

    def nominal(self, character: str) -> int:
        """The shape of a character that stands alone; 0 if there is none."""
        return self.shaper.get_nominal_glyph(ord(character)) or 0

    def outline(self, glyph: int) -> Path:
        """The glyph's outline with its origin at (0, 0), in ems."""
        if glyph not in self._outlines:
            self._outlines[glyph] = _drawn(self.shaper, glyph).transformed((self.em, 0, 0, -self.em, 0, 0))
        return self._outlines[glyph]

    def box(self, glyph: int) -> Box | None:
        """Where the glyph's ink is, in ems from its origin; None for one that is empty."""
        if glyph not in self._boxes:
            # Not from `outline`, which would keep it: whoever embeds the font needs boxes only.
            found = extent(_drawn(self.shaper, glyph).transformed((self.em, 0, 0, -self.em, 0, 0)))
            self._boxes[glyph] = found
        return self._boxes[glyph]

    def shaped(self, part: Part, x: float = 0.0) -> tuple[list[SetGlyph], float]:
        """The glyphs of a part of a line from left to right, the first at ``x``, and where the next one stands."""
        harfbuzz = _harfbuzz()
        buffer = harfbuzz.Buffer()
        buffer.add_str(part.line, part.start, part.end - part.start)
        buffer.direction, buffer.script, buffer.language = ("ltr", "rtl")[part.leftwards], part.script, "und"
        if part.leftwards:
            # Marks of Arabic and Hebrew stay apart from their letters, so that both are told in the order of reading.
            buffer.cluster_level = harfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        harfbuzz.shape(self.shaper, buffer)
        em, infos = self.em, buffer.glyph_infos
        texts = part.texts([info.cluster for info in infos])
        found: list[SetGlyph] = []
        for info, place, text in zip(infos, buffer.glyph_positions, texts, strict=True):
            dx, dy, advance, _ = place.position
            found.append(SetGlyph(self, info.codepoint, x + em * dx, -em * dy, text, part.leftwards))
            x += em * advance
        return found, x


class Part(NamedTuple):
    """The characters ``start`` to ``end`` of a line in one script (ISO 15924), read in one direction."""

    line: str
    start: int
    end: int
    script: str
    leftwards: bool = False

    def texts(self, clusters: list[int]) -> Sequence[str]:
        """The characters of each shape, whose cluster begins there; nothing if another shape had them before."""
        if clusters == list(range(self.start, self.end)):
            return self.line[self.start : self.end]
        starts = sorted({self.start, *clusters})
        parts = {start: self.line[start:end] for start, end in pairwise([*starts, self.end])}
        return [parts.pop(cluster, "") for cluster in clusters]


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """Four letters (ISO 15924), or nothing for what all scripts share."""
    buffer = _harfbuzz().Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    return buffer.script or ""


def fonts(given: str | File = "", *, weight: Weight = "bold", field: str = "font") -> tuple[Font, ...]:
    """The font file that is given, then those that Scanly has; bold ones are there for scripts that have no other.

    Raises Invalid for ``field``.
    """
    own = _own_fonts(weight)
    return (given_font(File(given), field=field), *own) if given else own


@cache
def _own_fonts(weight: Weight) -> tuple[Font, ...]:
    """In the order of their names, so that Noto Sans with Latin, Greek and Cyrillic comes first."""
    folders = [asset("fonts", "regular"), asset("fonts")] if weight == "regular" else [asset("fonts")]
    return tuple(_own(path) for folder in folders for path in sorted(folder.glob("*.[ot]tf")))


@cache
def _own(path: File) -> Font:
    # Mapped, so that of millions of bytes only those are read that a text needs.
    return _loaded(path.name, _harfbuzz().Blob.from_file_path(str(path)))


def given_font(path: File, *, field: str = "font") -> Font:
    """The font in a TTF or OTF file, of a collection (TTC) the first. Raises Invalid for ``field``."""
    try:
        changed = path.stat() if path.is_file() else None
        if not changed:
            raise Invalid.field(field, f'There is no font file "{path}".', hint="Give a TTF or OTF file.")
        return _given(path, field, changed.st_mtime_ns, changed.st_size)
    except OSError as error:
        message = f'"{path.name}" cannot be read: {error.strerror}.'
        raise Invalid.field(field, message, hint="Give a TTF or OTF file.") from error


@lru_cache(maxsize=16)
def _given(path: File, field: str, _changed_ns: int, _size_bytes: int) -> Font:
    content = path.read_bytes()
    if content[:4] in _WEB_KINDS:
        message = f'"{path.name}" is a web font (WOFF), packed for browsers.'
        raise Invalid.field(field, message, hint="Give the same font as a TTF or OTF file.")
    if content[:4] not in _KINDS:
        raise Invalid.field(field, f'"{path.name}" is not a font.', hint="Give a TTF or OTF file.")
    font = _loaded(path.name, _harfbuzz().Blob(content))
    if not font.shaper.face.glyph_count or not font.has_table("cmap"):
        message = f'"{path.name}" is damaged: it has no characters.'
        raise Invalid.field(field, message, hint="Fetch the file again, or give another one.")
    if not any(font.has_table(name) for name in _OUTLINES):
        message = f'"{path.name}" has pictures instead of outlines.'
        raise Invalid.field(field, message, hint="Give a font with outlines; emoji in one colour have them.")
    return font


def _loaded(name: str, content: Any) -> Font:
    harfbuzz = _harfbuzz()
    shaper = harfbuzz.Font(harfbuzz.Face(content))
    height = shaper.get_font_extents("ltr")
    em = 1 / (shaper.face.upem or 1)
    return Font(name, shaper, height.ascender * em, -height.descender * em)


def _drawn(shaper: Any, glyph: int) -> Path:
    """The outline on the font's own grid, y upwards; quadratic curves come as cubic ones."""
    segments: list[Segment] = []
    shaper.draw_glyph(glyph, _pen(), segments)
    return Path(tuple(segments))


@cache
def _pen() -> Any:
    """What HarfBuzz draws with; the list that it draws to is handed along."""

    def writes(letter: str) -> Callable[..., None]:
        def write(*given: Any) -> None:
            *places, segments = given
            segments.append((letter, *places))

        return write

    pen = _harfbuzz().DrawFuncs()
    pen.set_move_to_func(writes("M"))
    pen.set_line_to_func(writes("L"))
    pen.set_cubic_to_func(writes("C"))
    pen.set_close_path_func(writes("Z"))
    return pen


def _harfbuzz() -> Any:
    """The library, which brings no types."""
    import uharfbuzz

    return uharfbuzz
