"""The boxes of a page, and where things on it are as one sees it: turned, in millimetres.

Source: ISO 32000-1, 7.7.3.3 and 7.7.3.4 (page objects, what they inherit), 14.11.2 (page boundaries).
"""

from __future__ import annotations

from dataclasses import dataclass

from scanly.press.page import MM_PER_PT, Box
from scanly.press.preflight.content.objects import Bounds, bounds, common, item, number

# Deeper page trees are made to break readers.
_MOST_PARENTS = 60
_A4: Bounds = (0.0, 0.0, 595.276, 841.89)


@dataclass(frozen=True, slots=True)
class Frame:
    """Boxes in points; those that the file does not name are as a reader takes them. ``unit`` is UserUnit."""

    media: Bounds
    crop: Bounds
    bleed: Bounds
    trim: Bounds
    art: Bounds | None
    named: frozenset[str]
    rotated: int
    unit: float

    @property
    def mm(self) -> float:
        """Millimetres in one unit of the page."""
        return MM_PER_PT * self.unit

    def place(self, what: Bounds) -> Box:
        """From the top left corner of the trimmed page as it is seen."""
        return self._seen(what, self.trim)

    def on_media(self, what: Bounds) -> Box:
        """From the top left corner of the media box as it is seen."""
        return self._seen(what, self.media)

    def _seen(self, what: Bounds, whole: Bounds) -> Box:
        left, bottom, right, top = what
        x0, y0, x1, y1 = whole
        match self.rotated:
            case 90:
                x, y, width, height = bottom - y0, left - x0, top - bottom, right - left
            case 180:
                x, y, width, height = x1 - right, bottom - y0, right - left, top - bottom
            case 270:
                x, y, width, height = y1 - top, x1 - right, top - bottom, right - left
            case _:
                x, y, width, height = left - x0, y1 - top, right - left, top - bottom
        return Box(*(round(side * self.mm, 3) for side in (x, y, width, height)))

    def shown(self, x_ratio: float, y_ratio: float) -> tuple[float, float]:
        """The point of the page that a reader shows at these shares of what it draws, which is the crop box."""
        left, bottom, right, top = common(self.crop, self.media) or self.media
        width, height = right - left, top - bottom
        match self.rotated:
            case 90:
                return left + y_ratio * width, bottom + x_ratio * height
            case 180:
                return right - x_ratio * width, bottom + y_ratio * height
            case 270:
                return right - y_ratio * width, top - x_ratio * height
            case _:
                return left + x_ratio * width, top - y_ratio * height

    @property
    def seen_mm(self) -> tuple[float, float]:
        """Width and height of what a reader draws."""
        seen = self._seen(common(self.crop, self.media) or self.media, self.media)
        return seen.width, seen.height

    def inset(self, box: Bounds, mm: float) -> Bounds:
        """A box smaller by ``mm`` on each side."""
        by = mm / self.mm
        return box[0] + by, box[1] + by, box[2] - by, box[3] - by


def read_frame(page: object) -> Frame:
    """The frame of a page object; A4 where it has no media box that can be used."""
    named = {key: found for key in _KEYS if (found := _area(_inherited(page, key))) is not None}
    media = named.get("/MediaBox", _A4)
    crop = named.get("/CropBox", media)
    trim = named.get("/TrimBox", named.get("/ArtBox", crop))
    turned = int(number(_inherited(page, "/Rotate"))) % 360
    unit = number(item(page, "/UserUnit"), 1.0)
    return Frame(
        media=media,
        crop=crop,
        bleed=named.get("/BleedBox", crop),
        trim=trim,
        art=named.get("/ArtBox"),
        named=frozenset(key.removeprefix("/") for key in named),
        rotated=turned if turned in (90, 180, 270) else 0,
        unit=unit if 0 < unit < 1e4 else 1.0,
    )


_KEYS = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")


def _area(value: object) -> Bounds | None:
    found = bounds(value)
    return found if found and found[0] < found[2] and found[1] < found[3] else None


def _inherited(page: object, key: str) -> object:
    """Media box, crop box and rotation may stand in a parent."""
    holder, steps = page, 0
    found = item(holder, key)
    while found is None and key in ("/MediaBox", "/CropBox", "/Rotate") and steps < _MOST_PARENTS:
        holder, steps = item(holder, "/Parent"), steps + 1
        if holder is None:
            break
        found = item(holder, key)
    return found
