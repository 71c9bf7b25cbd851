"""Pictures on the page: pixels an inch at the size they stand there, colours, packing, and the ink they need.

Source: ISO 32000-1, 8.9.5 (image dictionaries); 300 ppi at a screen of 150 lines an inch, and half of it at least.
"""

from __future__ import annotations

from scanly.press.pictures.resolution import GOOD_PPI, LEAST_PPI
from scanly.press.preflight.content.marks import Mark, PlacedImage
from scanly.press.preflight.findings import ImageFacts
from scanly.press.preflight.frame import Frame
from scanly.press.preflight.plates import Inked
from scanly.press.preflight.view import View

LINE_ART_PPI = 600.0
# Pictures of fewer pixels are ornaments and colour fields, stretched on purpose.
_LEAST_SIDE_PX = 4
MOST_IMAGES = 2000


def look_at_pictures(view: View, facts: list[ImageFacts]) -> None:
    """Every placed picture of the page."""
    for mark in view.seen():
        image = mark.image
        if image is None:
            continue
        if "JPXDecode" in image.compression:
            view.meet("jpeg2000", "A picture is compressed with JPEG 2000.", mark.bounds)
        if "LZWDecode" in image.compression:
            view.meet("lzw", "A picture is compressed with LZW.", mark.bounds)
        if image.width_px <= 0 or image.height_px <= 0:
            view.meet("image-damaged", "A picture has no size.", mark.bounds)
            continue
        ppi = ppi_of(image, view.frame)
        _resolution(view, mark, image, ppi)
        _ink(view, mark, view.plates.inked(image))
        if len(facts) < MOST_IMAGES:
            facts.append(_facts(view, mark, image, ppi))


def ppi_of(image: PlacedImage, frame: Frame) -> float:
    """Pixels an inch where they are fewest."""
    sides = ((image.width_px, image.across_pt), (image.height_px, image.down_pt))
    return min((pixels * 72 / (side * frame.unit) for pixels, side in sides if side > 0), default=0.0)


def _resolution(view: View, mark: Mark, image: PlacedImage, ppi: float) -> None:
    if min(image.width_px, image.height_px) < _LEAST_SIDE_PX:
        return
    shown = f"{image.width_px} × {image.height_px} pixels"
    if image.bits == 1:
        if ppi < LINE_ART_PPI - 0.5:
            view.meet("line-art-rough", f"Line art of {shown} has {ppi:.0f} ppi.", mark.bounds)
    elif ppi < LEAST_PPI - 0.5:
        view.meet("image-rough", f"A picture of {shown} has only {ppi:.0f} ppi.", mark.bounds)
    elif ppi < GOOD_PPI - 0.5:
        view.meet("image-soft", f"A picture of {shown} has {ppi:.0f} ppi.", mark.bounds)


def _ink(view: View, mark: Mark, inked: Inked | None) -> None:
    limit = view.expect.ink_limit_percent
    # The sum is known to about two per cent.
    if inked and inked.total_percent > limit + 2:
        view.meet(
            "ink-limit",
            f"A picture takes up to {inked.total_percent:.0f} % of ink; {limit:g} % dry.",
            mark.bounds,
        )


def _facts(view: View, mark: Mark, image: PlacedImage, ppi: float) -> ImageFacts:
    space = image.space
    return ImageFacts(
        page=view.number,
        place=view.frame.place(mark.bounds),
        width_px=image.width_px,
        height_px=image.height_px,
        ppi=round(ppi, 1),
        bits=image.bits,
        colours="stencil" if image.is_stencil else space.real.kind if space else "unknown",
        compression=image.compression,
    )
