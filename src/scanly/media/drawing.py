"""An SVG file made harmless: taken apart into plain fills and written anew, so that nothing of it is passed on.

Source: SVG 1.1 (second edition); CSS Values and Units 3, 6.2 (pixels).
"""

from __future__ import annotations

import re

# A page gives a drawing its size; this one is as wide as the widest picture.
_LONGEST_PX = 960
_MM_PER_PX = 25.4 / 96
# What `clean` writes, and nothing else.
_CLEAN = re.compile(
    rb'<svg xmlns="http://www\.w3\.org/2000/svg"( (width|height|viewBox)="[\w. -]+")+>'
    rb'(<defs>(<(linear|radial)Gradient( [\w]+="[\w.-]*")+>(<stop( [\w-]+="[\w.#-]*")+/>)*</\w+>)*</defs>)?'
    rb'(<path( (fill|fill-rule|d)="[\w.#() -]*")+/>)*</svg>\n'
)


def clean(data: bytes, field: str) -> tuple[bytes, int, int]:
    """A drawing that shows the same, and its width and height in pixels. Raises Invalid for ``field``."""
    from scanly.qr.artwork import Artwork
    from scanly.qr.vector import read_svg
    from scanly.qr.writers.svg import write

    vector = read_svg(data, field=field)
    scale = _LONGEST_PX / max(vector.width, vector.height)
    artwork = Artwork(vector.width, vector.height, _MM_PER_PX * scale, None, vector.fills)
    return write(artwork), max(1, round(vector.width * scale)), max(1, round(vector.height * scale))


def is_clean(data: bytes) -> bool:
    """Whether it is no more than `clean` would write, wherever it comes from."""
    return _CLEAN.fullmatch(data) is not None
