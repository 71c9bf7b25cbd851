"""Codes in the looks that people ask for, good and bad, drawn here by nothing of the engine's own."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image

from scanly.qr.encoding.placement import data_positions
from scanly.qr.symbol import Symbol


@dataclass(frozen=True)
class Look:
    """``dot`` is the diameter of round modules, ``square`` the side of those that do not touch; ``logo`` the share of
    the symbol's width that is hidden; ``pupil``, ``ring`` and ``eye_radius`` are measures of an eye in modules;
    ``around`` the colour of a frame right behind the quiet zone."""

    dot: float | None = None
    square: float = 1.0
    diamond: float | None = None
    logo: float = 0.0
    pupil: float = 3.0
    ring: float = 1.0
    eye_radius: float = 0.0
    dark: str = "#000000"
    light: str = "#ffffff"
    around: str = ""
    quiet: float = 4.0

    @property
    def border(self) -> float:
        return self.quiet + (4 if self.around else 0)


def as_svg(symbol: Symbol, look: Look | None = None, *, side_mm: float = 60.0) -> bytes:
    """The file of the symbol in that look."""
    look = look or Look()
    size, far = symbol.modules, symbol.modules - 7
    eyes = ((0, 0),) if symbol.micro else ((0, 0), (far, 0), (0, far))
    modules = "".join(
        _module(look, x, y)
        for y, row in enumerate(symbol.rows)
        for x, dark in enumerate(row)
        if dark and not any(left <= x < left + 7 and top <= y < top + 7 for left, top in eyes)
    )
    edge, hidden = size / 2 * (1 - look.logo), size * look.logo
    outer, frame = size + 2 * look.border, look.border - look.quiet
    ground = outer - 2 * frame
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side_mm}mm" height="{side_mm}mm" '
        f'viewBox="0 0 {outer} {outer}"><path fill="{look.around or look.light}" d="M0 0h{outer}v{outer}H0z"/>'
        f'<rect x="{frame}" y="{frame}" width="{ground}" height="{ground}" fill="{look.light}"/>'
        f'<g transform="translate({look.border} {look.border})" fill="{look.dark}"><path d="{modules}"/>'
        f"{''.join(_eye(look, x, y) for x, y in eyes)}"
        f'<rect x="{edge}" y="{edge}" width="{hidden}" height="{hidden}" fill="{look.light}"/></g></svg>'
    ).encode()


def as_picture(rows: Collection[bytes], px: int = 4, quiet: int = 4) -> Image.Image:
    """Plain black modules on white, grey, ``px`` pixels each."""
    side = len(rows)
    bare = Image.frombytes("L", (side, side), b"".join(rows).translate(b"\xff\x00" + bytes(254)))
    picture = Image.new("L", (side + 2 * quiet, side + 2 * quiet), 255)
    picture.paste(bare, (quiet, quiet))
    return picture.resize((picture.width * px, picture.height * px), Image.Resampling.NEAREST)


def as_png(picture: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "png", **options)
    return out.getvalue()


def damaged(symbol: Symbol, words: Collection[int]) -> tuple[bytes, ...]:
    """The rows with every module of those codewords, counted in the order of placement, turned round."""
    side, positions = symbol.modules, data_positions(symbol.version)
    modules = bytearray(b"".join(symbol.rows))
    for word in words:
        for module in positions[8 * word : 8 * word + 8]:
            modules[module] ^= 1
    return tuple(bytes(modules[start : start + side]) for start in range(0, side * side, side))


def _module(look: Look, x: int, y: int) -> str:
    if look.diamond is not None:
        half = look.diamond / 2
        return f"M{x + 0.5} {y + 0.5 - half}l{half} {half}l{-half} {half}l{-half} {-half}z"
    if look.dot is not None:
        radius = look.dot / 2
        turn = f"a{radius} {radius} 0 1 0"
        return f"M{x + 0.5 - radius} {y + 0.5}{turn} {2 * radius} 0{turn} {-2 * radius} 0z"
    edge = (1 - look.square) / 2
    return f"M{x + edge} {y + edge}h{look.square}v{look.square}h{-look.square}z"


def _eye(look: Look, x: int, y: int) -> str:
    middle, ring = 3.5 - look.pupil / 2, 7 - look.ring
    return (
        f'<rect x="{x + look.ring / 2}" y="{y + look.ring / 2}" width="{ring}" height="{ring}" fill="none" '
        f'rx="{max(look.eye_radius - look.ring / 2, 0)}" stroke="{look.dark}" stroke-width="{look.ring}"/>'
        f'<rect x="{x + middle}" y="{y + middle}" width="{look.pupil}" height="{look.pupil}" '
        f'rx="{max(look.eye_radius - 1, 0)}"/>'
    )
