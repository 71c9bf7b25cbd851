"""Which plates a mark is printed with, and how much of each: colours by their numbers, pictures by their pixels.

Source: ISO 32000-1, 8.9.5.2 (decode arrays), 7.4.8 (DCTDecode and Adobe's marker).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

import pikepdf

from scanly.press.preflight.content.marks import Mark, PlacedImage
from scanly.press.preflight.content.objects import DAMAGED, Identity, identity, item, numbers
from scanly.press.preflight.content.spaces import PROCESS_INKS

if TYPE_CHECKING:
    from PIL.Image import Image

# Pictures with more pixels are not opened to sum up their inks.
MOST_PIXELS = 60_000_000
# A side of the picture in which inks are summed up: spots smaller than a pixel of it do not count.
_SUMMED_PX = 600
# Of 255, what compression leaves of no ink at all.
_NOISE = 5


class Inked(NamedTuple):
    """The largest sum of inks of a picture in process inks, and the most of each plate (0 to 1)."""

    total_percent: float
    plates: Mapping[str, float]


@dataclass(slots=True)
class Plates:
    """For a whole file; each picture is opened once."""

    _inked: dict[Identity, Inked | None] = field(default_factory=dict[Identity, Inked | None])

    def inked(self, image: PlacedImage) -> Inked | None:
        """None for pictures that are not in process inks, stand in the content itself, or are too large."""
        if not isinstance(image.stream, pikepdf.Stream):
            return None
        where = identity(image.stream)
        if where not in self._inked:
            self._inked[where] = _summed(image, image.stream)
        return self._inked[where]

    def known(self, mark: Mark) -> Mapping[str, float] | None:
        """The most of each plate; None where it is not known or there are no inks."""
        if mark.image and not mark.image.is_stencil and (inked := self.inked(mark.image)):
            return inked.plates
        return mark.paint.inks()

    def of(self, mark: Mark) -> Mapping[str, float] | None:
        """The same, and all plates of the space where it is not known; None where there are no inks."""
        known = self.known(mark)
        if known is not None or mark.paint.tints is not None:
            return known
        space = mark.paint.space.real
        names = {"cmyk": PROCESS_INKS, "grey": ("Black",), "spot": space.colorants}.get(space.kind)
        return dict.fromkeys(names, 1.0) if names else None


def _summed(image: PlacedImage, stream: pikepdf.Stream) -> Inked | None:
    if image.space is None or image.space.real.kind != "cmyk" or image.bits != 8:
        return None
    if image.width_px * image.height_px > MOST_PIXELS:
        return None
    try:
        opened = pikepdf.PdfImage(stream).as_pil_image()
        return _sum_of(_as_inks(opened, image)) if opened.mode == "CMYK" else None
    except (*DAMAGED, pikepdf.DependencyError):
        return None


def _as_inks(opened: Image, image: PlacedImage) -> Image:
    """More is darker. pikepdf obeys /Decode but for JPEGs, which Pillow turns over, all of them."""
    from PIL import ImageChops

    decode = numbers(item(image.stream, "/Decode"))
    turned_back = bool(decode) and decode[0] > decode[1]
    return opened if turned_back or "DCTDecode" not in image.compression else ImageChops.invert(opened)


def _sum_of(picture: Image) -> Inked:
    from PIL import ImageChops

    factor = max(picture.width // _SUMMED_PX, picture.height // _SUMMED_PX, 1)
    plates = picture.reduce(factor).split()
    most_of = [cast(int, plate.getextrema()[1]) for plate in plates]
    halves = ImageChops.add(plates[0], plates[1], 2), ImageChops.add(plates[2], plates[3], 2)
    quarters = ImageChops.add(*halves, 2)
    most = cast(int, quarters.getextrema()[1])
    used = {ink: share / 255 for ink, share in zip(PROCESS_INKS, most_of, strict=True) if share > _NOISE}
    return Inked(round(most * 4 / 255 * 100, 1), used)
