"""Words in a PDF: plain text in embedded fonts where these have the letters, else shaped outlines that can still be
searched and read aloud.

Source: ISO 32000-1, 9.6 (fonts), 14.9.4 (replacement text).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from scanly.core.paths import asset
from scanly.qr.lettering import MAX_CHARACTERS, Line, set_line

Anchor = Literal["start", "middle", "end"]
PLAIN, BOLD = "ScanlyPlain", "ScanlyBold"
_FILES = {PLAIN: ("reports", "NotoSans-Regular.ttf"), BOLD: ("fonts", "NotoSans-Bold.ttf")}
# Instead of characters that no font here has.
_NOT_THERE = "□"
# Scripts whose letters stand one after the other, so that no shaping is needed: Latin, Greek, Cyrillic.
_UNSHAPED = 0x0590


@dataclass(frozen=True, slots=True)
class Style:
    """``ink`` is ``#rrggbb``."""

    size_pt: float
    ink: str
    bold: bool = False

    @property
    def font(self) -> str:
        return BOLD if self.bold else PLAIN


@cache
def _widths(font: str) -> Any:
    """The embedded font, as reportlab knows it."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    made = TTFont(font, str(asset(*_FILES[font])), shapable=False)
    pdfmetrics.registerFont(made)  # pyright: ignore[reportUnknownMemberType] - the library brings no types
    return made


def width(words: str, style: Style) -> float:
    """How wide the words are, in points."""
    words = _shown(words)
    if _is_plain(words, style.font):
        return float(_widths(style.font).stringWidth(words, style.size_pt))
    return _line(words, style.font).advance * style.size_pt


def clipped(words: str, style: Style, room_pt: float) -> str:
    """The words, or as many of their characters as there is room for, with an ellipsis."""
    if width(words, style) <= room_pt:
        return words
    least, most = 0, len(words)
    while most - least > 1:
        middle = (least + most) // 2
        fits = width(f"{words[:middle].rstrip()}…", style) <= room_pt
        least, most = (middle, most) if fits else (least, middle)
    return f"{words[:least].rstrip()}…"


def wrapped(words: str, style: Style, room_pt: float, most_lines: int) -> list[str]:
    """The words in lines that have room; what is left over after the last is cut off with an ellipsis."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < most_lines - 1:
        taken = 1
        while taken < len(rest) and width(" ".join(rest[: taken + 1]), style) <= room_pt:
            taken += 1
        lines.append(clipped(" ".join(rest[:taken]), style, room_pt))
        rest = rest[taken:]
    return [*lines, clipped(" ".join(rest), style, room_pt)] if rest else lines


def write(canvas: Any, words: str, at: tuple[float, float], style: Style, anchor: Anchor = "start") -> None:
    """Writes with the baseline at ``at``, in points from the lower left corner of the page."""
    words = _shown(words)
    if not words.strip():
        return
    shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    x, y = at[0] - shift * width(words, style), at[1]
    canvas.setFillColor(style.ink)
    if _is_plain(words, style.font):
        canvas.setFont(style.font, style.size_pt)
        canvas.drawString(x, y, words)
    else:
        _write_outlines(canvas, words, (x, y), style)


def _write_outlines(canvas: Any, words: str, at: tuple[float, float], style: Style) -> None:
    """Outlines, and an unseen full stop over the same stretch whose replacement text they are."""
    line = _line(words, style.font)
    size = style.size_pt
    path = canvas.beginPath()
    for letter, *places in line.path.transformed((size, 0, 0, -size, *at)).segments:
        draw = {"M": path.moveTo, "L": path.lineTo, "C": path.curveTo, "Z": path.close}[letter]
        draw(*(round(place, 2) for place in places))
    text = f"\ufeff{words}".encode("utf-16-be").hex()
    canvas.addLiteral(f"/Span <</ActualText <{text}>>> BDC")
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)
    unseen = canvas.beginText(*at)
    _widths(PLAIN)
    unseen.setFont(PLAIN, size)
    unseen.setTextRenderMode(3)
    unseen.setHorizScale(100 * line.advance * size / float(_widths(PLAIN).stringWidth(".", size)))
    unseen.textOut(".")
    unseen.setHorizScale(100)
    unseen.setTextRenderMode(0)
    canvas.drawText(unseen)
    canvas.addLiteral("EMC")


@lru_cache(maxsize=1024)
def _shown(words: str) -> str:
    """Without what cannot be written: marks of direction and control, and characters that no font has."""
    kept = "".join(
        one
        for one in unicodedata.normalize("NFC", words)
        if unicodedata.category(one)[0] != "C" or one in "\u200c\u200d"
    )
    kept = " ".join(kept.split())[:MAX_CHARACTERS]
    if _is_plain(kept, PLAIN):
        return kept
    return "".join(one if one == " " or _has(one) else _NOT_THERE for one in kept)


@lru_cache(maxsize=4096)
def _has(character: str) -> bool:
    from scanly.qr.lettering.fonts import fonts

    return any(font.covers(character) for font in fonts())


@lru_cache(maxsize=1024)
def _is_plain(words: str, font: str) -> bool:
    known = _widths(font).face.charWidths
    return all(ord(one) in known and (ord(one) < _UNSHAPED or 0x2000 <= ord(one) < 0x2200) for one in words)


@lru_cache(maxsize=1024)
def _line(words: str, font: str) -> Line:
    return set_line(words, font=asset(*_FILES[PLAIN]) if font == PLAIN else "")
