"""Rows as labels take them, for the tests of labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from scanly.press.labels.model import Merge, cells_of
from scanly.press.page import Box
from scanly.press.pictures.picture import Picture
from scanly.qr.artwork import Artwork
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.style import Style

ADDRESS = "https://go.example.com/k7Xm2Qa"


@lru_cache(maxsize=1024)
def artwork(content: str, width_mm: float) -> Artwork:
    style = Style(size_mm=width_mm)
    return artwork_of(make_symbol(content, style), style)


def row(
    content: str = ADDRESS, picture: Callable[[str, Box], Picture] | None = None, /, **cells: str
) -> Merge:
    """A row whose code says ``content``."""
    built_in = {"code": "k7Xm2Qa", "short_url": ADDRESS, "line": "2"}
    merge = Merge(cells_of(cells, **built_in), content.encode(), partial(artwork, content))
    return merge if picture is None else Merge(merge.cells, merge.content, merge.artwork, picture)
