"""The picture that chats and networks show beside a page's address: 1200 by 630 pixels, in the page's own colours.

Source: The Open Graph protocol (og:image).
"""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanly.qr.artwork import Path
from scanly.qr.outline import box, tile
from scanly.qr.picture import picture
from scanly.qr.writers.svg import absolute
from scanly.sites.beside.lettering import Words, fitted, initial, shortened
from scanly.sites.look.palette import Palette

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH_PX = 1200
HEIGHT_PX = 630
MOST_BYTES = 60_000

# The panel on the side where lines begin, and the modules into which its edge dissolves.
_PANEL_PX = 330
_MODULE_PX = 30
_ROWS = HEIGHT_PX // _MODULE_PX
_DENSITIES = (0.74, 0.5, 0.3, 0.14)
_MARK_PX = 236
_MARK_X_PX = 184
_TEXT_X_PX = 500
_TEXT_WIDTH_PX = 630
# Ways to set a text, the best one first: lines, largest and smallest size in pixels.
_TITLE_SIZES = ((1, 108, 92), (2, 98, 68), (3, 72, 52))
_LINE_SIZES = ((1, 42, 36), (2, 40, 32))
_ADDRESS_SIZES = ((1, 30, 22),)
_MARGIN_PX = 68
_GAP_PX = 40
_ROUNDEST = 24
# How many colours a file may have, tried in turn; with the fewest, even noise is small enough.
_COLOURS = (128, 64, 32, 16)


@dataclass(frozen=True, slots=True)
class Card:
    """What the picture shows; ``corners`` go from 0 (square) to 24 (round).

    ``slug`` stands in, in Latin letters, for a title in a script that we have no font for. ``photo`` is the file of
    a logo or photo, as PNG, JPEG, WebP or AVIF, to be shown in place of the first letter.
    """

    title: str
    line: str
    address: str
    slug: str
    palette: Palette
    corners: int = 12
    rtl: bool = False
    photo: bytes | None = None


def draw_card(card: Card) -> bytes:
    """A PNG file of at most 60,000 bytes, always the same for the same card."""
    return _packed(picture(drawing(card), WIDTH_PX, HEIGHT_PX))


def drawing(card: Card) -> str:
    """The card as SVG, of which only our own words and numbers and the letters' outlines become a part."""
    body = (_fill(box(0, 0, WIDTH_PX, HEIGHT_PX), card.palette.bg), _panel(card), _mark(card), *_texts(card))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{WIDTH_PX}" height="{HEIGHT_PX}" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}">'
        f"{''.join(body)}</svg>"
    )


def _fill(path: Path, colour: str) -> str:
    return f'<path fill="{colour}" d="{absolute(path)}"/>'


def _across(card: Card, x_px: float, width_px: float = 0) -> float:
    """The left edge of what is ``x_px`` from the side where lines begin."""
    return WIDTH_PX - x_px - width_px if card.rtl else x_px


def _panel(card: Card) -> str:
    """A field of the accent colour whose edge dissolves into modules, in a pattern that only this page has."""
    radius = _MODULE_PX / 2 * card.corners / _ROUNDEST
    path = box(_across(card, 0, _PANEL_PX), 0, _PANEL_PX, HEIGHT_PX)
    dice = hashlib.shake_256(card.slug.encode()).digest(_ROWS * len(_DENSITIES))
    for place, die in enumerate(dice):
        column, row = divmod(place, _ROWS)
        if die < _DENSITIES[column] * 256:
            x = _across(card, _PANEL_PX + column * _MODULE_PX, _MODULE_PX)
            path += tile(x, row * _MODULE_PX, _MODULE_PX, radius)
    return _fill(path, card.palette.accent)


def _mark(card: Card) -> str:
    """The photo, or the first letter, on a tile in the middle of the panel."""
    x, y = _across(card, _MARK_X_PX - _MARK_PX / 2, _MARK_PX), (HEIGHT_PX - _MARK_PX) / 2
    radius = _MARK_PX / 2 * card.corners / _ROUNDEST
    ground = tile(x, y, _MARK_PX, radius)
    shown = _photo(card, ground, x, y) if card.photo else ""
    return shown or _fill(ground, card.palette.bg) + _letter(card, x + _MARK_PX / 2, HEIGHT_PX / 2)


def _letter(card: Card, x: float, y: float) -> str:
    letter = initial(card.title) or initial(card.slug)
    words = fitted(letter, _MARK_PX * 0.6, largest_px=150, smallest_px=60, lines=1)
    if words is None:
        return ""
    baseline = y - (words.top_px + words.bottom_px) / 2
    return f'<path fill="{card.palette.accent}" d="{words.outlines(x, baseline, "middle")}"/>'


def _photo(card: Card, ground: Path, x: float, y: float) -> str:
    """The middle of the photo on the tile; nothing when it cannot be opened."""
    square = _square(card.photo or b"", card.palette.bg)
    if not square:
        return ""
    place = f'x="{x:g}" y="{y:g}" width="{_MARK_PX}" height="{_MARK_PX}"'
    data = f"data:image/png;base64,{b64encode(square).decode()}"
    return (
        f'<clipPath id="tile"><path d="{absolute(ground)}"/></clipPath>'
        f'<image {place} clip-path="url(#tile)" xlink:href="{data}"/>'
    )


def _square(photo: bytes, ground: str) -> bytes:
    """The photo as a PNG of the tile's size: cut to its middle, or whole on ``ground`` where it is transparent."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(photo), formats=("PNG", "JPEG", "WEBP", "AVIF")) as opened:
            opened.draft("RGB", (2 * _MARK_PX, 2 * _MARK_PX))
            source = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""
    side = (_MARK_PX, _MARK_PX)
    opaque = source.getchannel("A").getextrema()[0] == 255
    shown = ImageOps.fit(source, side) if opaque else ImageOps.pad(source, side)
    layer = Image.alpha_composite(Image.new("RGBA", side, ground), shown)
    return _png(layer.convert("RGB"))


def _texts(card: Card) -> Iterator[str]:
    """Title, line and address; the first two stand in the middle of the height together."""
    anchor, edge = ("right", WIDTH_PX - _TEXT_X_PX) if card.rtl else ("left", _TEXT_X_PX)
    title = _sized(card.title, _TITLE_SIZES) or _sized(card.slug.replace("-", " ").title(), _TITLE_SIZES)
    line = _sized(card.line, _LINE_SIZES)
    address = _sized(card.address, _ADDRESS_SIZES)
    top = (HEIGHT_PX - _MARGIN_PX * 0.6 - sum(map(_height, (title, line))) - (_GAP_PX if line else 0)) / 2
    for words, colour in ((title, card.palette.text), (line, card.palette.muted)):
        if words:
            outlines = words.outlines(edge, top - words.top_px, anchor)
            yield f'<path fill="{colour}" d="{outlines}"/>'
            top += _height(words) + _GAP_PX
    if address:
        outlines = address.outlines(edge, HEIGHT_PX - _MARGIN_PX, anchor)
        yield f'<path fill="{card.palette.accent}" d="{outlines}"/>'


def _sized(text: str, ways: Sequence[tuple[int, int, int]]) -> Words | None:
    """The text in the first way in which all of it fits, else shortened in the last one."""
    for lines, largest_px, smallest_px in ways:
        words = fitted(text, _TEXT_WIDTH_PX, largest_px=largest_px, smallest_px=smallest_px, lines=lines)
        if words:
            return words
    lines, _, smallest_px = ways[-1]
    return shortened(text, _TEXT_WIDTH_PX, size_px=smallest_px, lines=lines)


def _height(words: Words | None) -> float:
    return words.bottom_px - words.top_px if words else 0


def _packed(png: bytes) -> bytes:
    """The same picture in as many colours as its size allows."""
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=("PNG",)) as opened:
        whole = opened.convert("RGB")
    packed = b""
    for colours in _COLOURS:
        packed = _png(whole.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))
        if len(packed) <= MOST_BYTES:
            break
    return packed


def _png(image: Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
