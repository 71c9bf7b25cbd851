"""Fonts as sources of outlines, through HarfBuzz: those in ``templates/fonts``, or a file that somebody gives.

Source: OpenType 1.9.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path as File
from typing import Any

from scanly.core.errors import Invalid
from scanly.core.paths import asset
from scanly.qr.artwork import Path, Segment

_KINDS = (b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf")
_WEB_KINDS = (b"wOFF", b"wOF2")
_OUTLINES = ("glyf", "CFF ", "CFF2")
# What asks for a shape and has none itself: joiners and selectors of variants.
_SHAPELESS = frozenset({0x34F, 0x200C, 0x200D, *range(0xFE00, 0xFE10)})


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shape of a run in ems: it is put at (x, y) beside the pen, which then moves on by ``advance``."""

    outline: Path
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """One font, measured in ems with y downwards. ``ascent`` and ``descent`` are distances from the baseline."""

    name: str
    shaper: Any
    ascent: float
    descent: float
    _outlines: dict[int, Path] = field(default_factory=dict[int, Path])

    @property
    def em(self) -> float:
        """One unit of the font's own grid, in ems."""
        return 1 / self.shaper.face.upem

    def has_table(self, name: str) -> bool:
        return len(self.shaper.face.reference_table(name)) > 0

    def covers(self, text: str) -> bool:
        """Whether there is a glyph for every character, if need be put together from its parts."""
        return all(self._has(character) for character in text)

    def _has(self, character: str) -> bool:
        if ord(character) in _SHAPELESS or self.shaper.get_nominal_glyph(ord(character)):
            return True
        parts = unicodedata.normalize("NFD", character)
        return parts != character and all(self.shaper.get_nominal_glyph(ord(part)) for part in parts)

    def outline(self, glyph: int) -> Path:
        """The glyph's outline with its origin at (0, 0), in ems."""
        if glyph not in self._outlines:
            self._outlines[glyph] = _drawn(self.shaper, glyph).transformed((self.em, 0, 0, -self.em, 0, 0))
        return self._outlines[glyph]

    def shaped(self, text: str, start: int, end: int, script: str, level: int) -> Iterator[Glyph]:
        """The glyphs of ``text[start:end]`` from left to right; an odd ``level`` runs leftwards."""
        harfbuzz = _harfbuzz()
        buffer = harfbuzz.Buffer()
        buffer.add_str(text, start, end - start)
        buffer.direction, buffer.script, buffer.language = ("ltr", "rtl")[level % 2], script, "und"
        harfbuzz.shape(self.shaper, buffer)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            x, y, advance = (self.em * part for part in (place.x_offset, -place.y_offset, place.x_advance))
            yield Glyph(self.outline(info.codepoint), x, y, advance)


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """Four letters (ISO 15924), or nothing for what all scripts share."""
    buffer = _harfbuzz().Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    return buffer.script or ""


def fonts(given: str | File = "", *, field: str = "font") -> Iterator[Font]:
    """The font file that is given, then those that Scanly has. Raises Invalid for ``field``."""
    if given:
        yield given_font(File(given), field=field)
    yield from _own_fonts()


@cache
def _own_fonts() -> tuple[Font, ...]:
    """In the order of their names, so that Noto Sans with Latin, Greek and Cyrillic comes first."""
    return tuple(_load(path) for path in sorted(asset("fonts").glob("*.[ot]tf")))


def given_font(path: File, *, field: str = "font") -> Font:
    """The font in a TTF or OTF file, of a collection (TTC) the first. Raises Invalid for ``field``."""
    try:
        if not path.is_file():
            raise Invalid.field(field, f'There is no font file "{path}".', hint="Give a TTF or OTF file.")
        with path.open("rb") as file:
            kind = file.read(4)
        changed = path.stat()
    except OSError as error:
        message = f'"{path.name}" cannot be read: {error.strerror}.'
        raise Invalid.field(field, message, hint="Give a TTF or OTF file.") from error
    if kind in _WEB_KINDS:
        message = f'"{path.name}" is a web font (WOFF), packed for browsers.'
        raise Invalid.field(field, message, hint="Give the same font as a TTF or OTF file.")
    if kind not in _KINDS:
        raise Invalid.field(field, f'"{path.name}" is not a font.', hint="Give a TTF or OTF file.")
    font = _given(path, changed.st_mtime_ns, changed.st_size)
    if not font.shaper.face.glyph_count or not font.has_table("cmap"):
        message = f'"{path.name}" is damaged: it has no characters.'
        raise Invalid.field(field, message, hint="Fetch the file again, or give another one.")
    if not any(font.has_table(name) for name in _OUTLINES):
        message = f'"{path.name}" has pictures instead of outlines.'
        raise Invalid.field(field, message, hint="Give a font with outlines; emoji in one colour have them.")
    return font


@lru_cache(maxsize=16)
def _given(path: File, _changed_ns: int, _size_bytes: int) -> Font:
    return _load(path)


def _load(path: File) -> Font:
    harfbuzz = _harfbuzz()
    shaper = harfbuzz.Font(harfbuzz.Face(harfbuzz.Blob(path.read_bytes())))
    height = shaper.get_font_extents("ltr")
    em = 1 / (shaper.face.upem or 1)
    return Font(path.name, shaper, height.ascender * em, -height.descender * em)


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
