"""The conditions that a printed code meets, played through on its picture: blur, noise, a slanted view, bad light.

Everything is computed, nothing is drawn by chance: the same picture is strained alike on every machine. How hard
each condition is was chosen so that plain codes of versions 1 to 10 are read in all of them by two decoders, and
looks that fail in practice fail here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

from scanly.qr.proof.sampling import Point, averaged, mapped, projection, shrunk

if TYPE_CHECKING:
    from PIL.Image import Image

CONDITIONS = ("clean", "blur", "noise", "perspective", "low light", "low resolution")

CLOSE_PX = 4.0
FAR_PX = 2.5
BLUR_MODULES = 0.4
# A slanted view is never quite sharp.
SLANT_BLUR_MODULES = 0.3
SLANT = 0.12
NOISE_SIGMA = 25.0
# In low light: how bright white paper is on the near and on the far side, how bright black ink, and the noise.
NEAR_LIGHT, FAR_LIGHT, BLACK_LIGHT = 0.8, 0.25, 40
LOW_LIGHT_SIGMA = 8.0


def strained(code: Image, module_px: float, rounds: int = 1) -> Iterator[tuple[str, Image]]:
    """The grey picture of one code under each condition, several times over with ``rounds`` above 1.

    From round to round the pixels lie elsewhere, the noise is another, and slant and light come from other sides.
    """
    for turn in range(rounds):
        close = _seen_at(code, module_px, CLOSE_PX, turn)
        px = min(module_px, CLOSE_PX)
        yield "clean", close
        yield "blur", _blurred(close, BLUR_MODULES * px)
        yield "noise", _noisy(close, NOISE_SIGMA, turn)
        yield "perspective", _slanted(_blurred(close, SLANT_BLUR_MODULES * px), turn)
        yield "low light", _noisy(_dimmed(close, turn), LOW_LIGHT_SIGMA, turn)
        yield "low resolution", _seen_at(code, module_px, FAR_PX, turn)


def _seen_at(code: Image, module_px: float, wanted_px: float, turn: int) -> Image:
    """The picture at fewer pixels a module, never at more; they lie elsewhere at every turn."""
    if module_px <= wanted_px:
        return code
    shrink = module_px / wanted_px
    offset = shrink * turn / 4
    size = (round((code.width - offset) / shrink), round((code.height - offset) / shrink))
    return shrunk(code, size, (offset, offset, code.width, code.height))


def _blurred(close: Image, sigma_px: float) -> Image:
    from PIL import ImageFilter

    return close.filter(ImageFilter.GaussianBlur(sigma_px))


def _noisy(close: Image, sigma: float, turn: int) -> Image:
    """Gaussian noise of that deviation (of 255), from a hash, so that it is the same everywhere."""
    from PIL import Image, ImageChops

    chances = hashlib.shake_128(b"noise %d" % turn).digest(close.width * close.height)
    noise = Image.frombytes("L", close.size, chances.translate(_bell(sigma)))
    return ImageChops.add(close, noise, 1, -128)


@cache
def _bell(sigma: float) -> bytes:
    """Equally likely bytes to bytes distributed normally about 128."""
    normal = NormalDist(128, sigma)
    return bytes(min(max(round(normal.inv_cdf((byte + 0.5) / 256)), 0), 255) for byte in range(256))


def _slanted(close: Image, turn: int) -> Image:
    """Seen from one side: the far edge is shorter, and black is around it."""
    from PIL import Image

    width, height = close.size
    # How much more than the picture the far edge shows, at each of its ends.
    beyond_x, beyond_y = (side * SLANT / 2 / (1 - SLANT) for side in close.size)
    corners: list[Point] = [(0, 0), (width, 0), (width, height), (0, height)]
    outwards = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    for corner in (turn % 4, (turn + 1) % 4):
        (x, y), (away_x, away_y) = corners[corner], outwards[corner]
        corners[corner] = (x, y + away_y * beyond_y) if turn % 2 else (x + away_x * beyond_x, y)
    top_left, top_right, bottom_right, bottom_left = corners
    view = projection(width, height, (top_left, top_right, bottom_right, bottom_left))
    return close.transform(close.size, Image.Transform.PERSPECTIVE, view, Image.Resampling.BILINEAR)


def _dimmed(close: Image, turn: int) -> Image:
    """Lit from one side, with grey shadows."""
    from PIL import Image, ImageChops

    across = turn % 2 == 1
    length = close.width if across else close.height
    drop = (NEAR_LIGHT - FAR_LIGHT) / length
    light = bytes(round(255 * (NEAR_LIGHT - drop * (step + 0.5))) for step in range(length))
    line = Image.frombytes(
        "L", (length, 1) if across else (1, length), light[::-1] if turn % 4 > 1 else light
    )
    return ImageChops.multiply(mapped(close, _shadows()), averaged(line, close.size))


@cache
def _shadows() -> bytes:
    """Black as it looks in poor light, and white as it is."""
    return bytes(round(BLACK_LIGHT + value * (255 - BLACK_LIGHT) / 255) for value in range(256))
