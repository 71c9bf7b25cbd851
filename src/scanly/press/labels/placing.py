"""Pictures on labels: found beside the spreadsheet, kept for the next labels, fitted into their boxes."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from scanly.core.errors import Invalid, NotFound
from scanly.core.text import nearest, printable
from scanly.press.page import Box, Placed
from scanly.press.pictures.picture import Picture, Pixels, Vectors
from scanly.qr.artwork import Fill
from scanly.qr.outline import box as outline
from scanly.qr.vector.skia import Area, Knife, TooComplex

# Width and height in millimetres.
Size = tuple[float, float]
Fit = Literal["contain", "cover"]
# A spreadsheet mostly names a few logos, or else each picture once.
_KEPT = 8
_PLATES = {"cmyk": 4, "rgb": 3, "grey": 1}


class Pictures:
    """Reads pictures that rows name, from ``folder`` where they are not named absolutely; the latest are kept."""

    def __init__(self, folder: Path, read: Callable[[Path, Size], Picture]) -> None:
        self._folder = folder
        self._read = read
        self._kept: OrderedDict[tuple[str, Size], Picture] = OrderedDict()

    def read(self, name: str, room: Box) -> Picture:
        """The picture, as fine as it needs to be to cover ``room``.

        Raises NotFound, naming the nearest file, and Invalid for a file that is no picture.
        """
        key = name, (room.width, room.height)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._read(self._file(name), key[1])
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found

    def _file(self, name: str) -> Path:
        file = self._folder / name
        if "\0" in name or not file.is_file():
            beside = (
                [each.name for each in file.parent.iterdir() if each.is_file()]
                if file.parent.is_dir()
                else []
            )
            hint = nearest(file.name, beside) or f"Pictures are looked for in {self._folder}."
            raise NotFound(f'There is no picture "{printable(name[:200])}".', hint=hint)
        return file


def picture_in(picture: Picture, box: Box, fit: Fit = "contain") -> Placed:
    """The picture with its proportions kept: all of it within ``box``, or with "cover" as much as fills it."""
    width, height = _size(picture)
    if fit == "cover":
        share = min(width / box.width, height / box.height)
        return Placed(_cropped(picture, box.width * share, box.height * share), box)
    scale = min(box.width / width, box.height / height)
    x, y = box.middle
    wide, tall = width * scale, height * scale
    return Placed(picture, Box(x - wide / 2, y - tall / 2, wide, tall))


def _size(picture: Picture) -> tuple[float, float]:
    if isinstance(picture, Pixels):
        return picture.width_px, picture.height_px
    return picture.width, picture.height


def _cropped(picture: Picture, width: float, height: float) -> Picture:
    """The middle of the picture, ``width`` by ``height`` of its own units."""
    if isinstance(picture, Vectors):
        return _cut(picture, width, height)
    wide, tall = max(round(width), 1), max(round(height), 1)
    if (wide, tall) == (picture.width_px, picture.height_px):
        return picture
    plates = _PLATES[picture.inks]
    left, top = (picture.width_px - wide) // 2, (picture.height_px - tall) // 2
    data = zlib.decompress(picture.data)
    stride = picture.width_px * plates
    rows = (data[(top + row) * stride + left * plates :][: wide * plates] for row in range(tall))
    return replace(picture, data=zlib.compress(b"".join(rows)), width_px=wide, height_px=tall)


def _cut(picture: Vectors, width: float, height: float) -> Vectors:
    """Raises Invalid for a drawing with too many outlines to be cut."""
    left, top = (picture.width - width) / 2, (picture.height - height) / 2
    knife, window = Knife(), Area(outline(left, top, width, height))
    fills: list[Fill] = []
    try:
        for fill in picture.fills:
            area = knife.shared(Area(fill.path, fill.even_odd), window)
            if area:
                cut = Fill(area.path, fill.paint, area.even_odd)
                fills.append(cut.transformed((1, 0, 0, 1, -left, -top)))
    except TooComplex as error:
        message = "The drawing has too many outlines to be cut to its box."
        raise Invalid.field("image", message, hint="Use fit: contain, or a PNG.") from error
    return Vectors(tuple(fills), width, height)
