"""A camera that is computed: what it sees of a drawing on a grey table, in conditions from fair to hopeless.

The conditions are those of `scanly.qr.proof.strain`, played through by other means and harder, so that a look that
passes the proof can still be told from a better one. All chance comes from the dice that are handed in.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from PIL import Image, ImageChops, ImageFilter

from scanly.qr.proof.sampling import averaged, mapped, projection, shrunk

# What drawings are rendered with, before the camera looks at them, and how close it comes.
DRAWN_PX, CLOSE_PX = 12, 4.0
TABLE_GREY, TABLE_MODULES = 150, 3
# Black ink and white paper in an exposed picture.
BLACK_SEEN, WHITE_SEEN = 50, 205
# A slanted view is never quite sharp, and a dark one never quite calm.
SLANT_BLUR_MODULES, LOW_LIGHT_SIGMA = 0.3, 6.0
NEAR_LIGHT = 0.8

Grey = Image.Image


@dataclass(frozen=True)
class Condition:
    """``see`` makes the picture of a table at one of the ``strengths``, mildest first; ``told`` says what they are."""

    told: str
    strengths: Sequence[float]
    see: Callable[[Grey, float, random.Random], Grey]


def views(drawing: Grey, dice: random.Random) -> Iterator[tuple[str, Grey]]:
    """The drawing, at ``DRAWN_PX`` a module, under each condition at each of its strengths."""
    edge = TABLE_MODULES * DRAWN_PX
    table = Image.new("L", (drawing.width + 2 * edge, drawing.height + 2 * edge), TABLE_GREY)
    table.paste(drawing, (edge, edge))
    for name, condition in CONDITIONS.items():
        for strength in condition.strengths:
            yield name, condition.see(table, strength, dice)


def _exposed(picture: Grey) -> Grey:
    """With black and white where a camera puts them, so that noise has room on both sides."""
    contrast = (WHITE_SEEN - BLACK_SEEN) / 255
    return mapped(picture, bytes(round(BLACK_SEEN + value * contrast) for value in range(256)))


def _seen(table: Grey, module_px: float, dice: random.Random) -> Grey:
    """The picture at that many pixels a module, which begin anywhere."""
    shrink = DRAWN_PX / module_px
    x, y = dice.random() * shrink, dice.random() * shrink
    size = (int((table.width - x) / shrink), int((table.height - y) / shrink))
    return shrunk(table, size, (x, y, x + size[0] * shrink, y + size[1] * shrink))


def _turned(table: Grey, degrees: float, dice: random.Random) -> Grey:
    way = dice.choice((-1, 1))
    turned = table.rotate(way * degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE_GREY)
    return _seen(turned, CLOSE_PX, dice)


def _blurred(table: Grey, modules: float, dice: random.Random) -> Grey:
    return _seen(table, CLOSE_PX, dice).filter(ImageFilter.GaussianBlur(modules * CLOSE_PX))


def _noisy(table: Grey, sigma: float, dice: random.Random) -> Grey:
    return _speckled(_seen(table, CLOSE_PX, dice), sigma, dice)


def _speckled(picture: Grey, sigma: float, dice: random.Random) -> Grey:
    """With Gaussian noise of that deviation, of 255."""
    normal = NormalDist(128, sigma)
    bell = bytes(min(max(round(normal.inv_cdf((byte + 0.5) / 256)), 0), 255) for byte in range(256))
    picture = _exposed(picture)
    chances = Image.frombytes("L", picture.size, dice.randbytes(picture.width * picture.height))
    return ImageChops.add(picture, mapped(chances, bell), 1, -128)


def _slanted(table: Grey, share: float, dice: random.Random) -> Grey:
    """Seen from one of four sides: the far edge is shorter by that share."""
    close = _blurred(table, SLANT_BLUR_MODULES, dice).rotate(90 * dice.randrange(4), expand=True)
    width, height = close.size
    # How much more than the picture the far edge shows, at each of its ends.
    beyond = width * share / 2 / (1 - share)
    view = projection(width, height, ((-beyond, 0), (width + beyond, 0), (width, height), (0, height)))
    return close.transform(
        close.size, Image.Transform.PERSPECTIVE, view, Image.Resampling.BILINEAR, fillcolor=TABLE_GREY
    )


def _dimmed(table: Grey, far_light: float, dice: random.Random) -> Grey:
    """Lit from one of four sides; ``far_light`` is what is left of white on the other side."""
    close = _seen(table, CLOSE_PX, dice)
    steps = [round(255 * (far_light + (NEAR_LIGHT - far_light) * step / 255)) for step in range(256)]
    line = Image.frombytes("L", (256, 1), bytes(steps)).rotate(90 * dice.randrange(4), expand=True)
    return _speckled(ImageChops.multiply(close, averaged(line, close.size)), LOW_LIGHT_SIGMA, dice)


CONDITIONS: Mapping[str, Condition] = {
    "clean": Condition("turned by {} degrees", (0, 15, 30, 45), _turned),
    "blur": Condition("of {} modules", (0.36, 0.4, 0.44, 0.48), _blurred),
    "noise": Condition("of {} of 255", (10, 14, 18, 22), _noisy),
    "perspective": Condition("far edge shorter by {}", (0.12, 0.3, 0.4, 0.47), _slanted),
    "low light": Condition("{} of the light on the far side", (0.4, 0.3, 0.2, 0.1), _dimmed),
    "low resolution": Condition("{} pixels a module", (2.5, 2.2, 1.9, 1.6), _seen),
}
