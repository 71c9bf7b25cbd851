"""Pictures that pages show: what is kept of one, how large it may be, and which address shows which content."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import has_control

Kind = Literal["avif", "webp", "jpg", "png", "svg"]

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_FRAMES = 200
_LONGEST_NAME = 200
CONTENT_TYPES: dict[str, str] = {
    "avif": "image/avif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "png": "image/png",
    "svg": "image/svg+xml",
}
# The name of a file: the first half of its content's SHA-256, so that an address never changes its picture.
FILE_NAME = re.compile(r"[0-9a-f]{32}\.(avif|webp|jpg|png|svg)")


class Variant(msgspec.Struct, frozen=True):
    """One file of a picture, as large as it says; its address is ``/media/`` and ``file``."""

    width: int
    height: int
    file: str
    bytes: int
    kind: Kind


class Picture(msgspec.Struct, frozen=True):
    """A picture by the name its owner knows.

    ``hash`` is that of the file that was given, which is not kept; ``width`` and ``height`` are what it had when
    upright, in pixels. The last variant is the one that every browser shows.
    """

    name: str
    hash: str
    width: int
    height: int
    variants: tuple[Variant, ...]

    @property
    def fallback(self) -> Variant:
        """What every browser shows: a JPEG, a PNG where there is transparency, or the drawing itself."""
        return self.variants[-1]

    @property
    def modern(self) -> tuple[Variant, ...]:
        """AVIF and WebP, the smaller one for each width, narrow first; none for a drawing.

        All fit into one ``<source>`` of the type that `modern_type` names: whoever reads AVIF reads WebP, too.
        """
        return tuple(each for each in self.variants if each.kind in ("avif", "webp"))

    @property
    def modern_type(self) -> str:
        return CONTENT_TYPES["avif" if any(each.kind == "avif" for each in self.modern) else "webp"]

    @property
    def bytes(self) -> int:
        """What all its files take."""
        return sum(each.bytes for each in self.variants)


def check_name(name: str) -> None:
    """Raises Invalid for what is not a relative path in its plainest spelling, such as photos/front.jpg."""
    if not name or len(name) > _LONGEST_NAME or has_control(name):
        message = f"is not a name of 1 to {_LONGEST_NAME} visible characters."
        raise Invalid.field(name[:_LONGEST_NAME] or "picture", message, hint="Rename the file.")
    if "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
        message = "is not the name of a file in this folder."
        raise Invalid.field(name, message, hint="Write it like photo.jpg or photos/front.jpg.")
