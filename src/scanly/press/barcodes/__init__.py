"""Linear barcodes, one file a symbology, found by their folder: the number of an article, a part, a case.

``draw`` puts one into a room on the page as bars of exact widths; what does not fit is refused with the size that
would.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Protocol, cast

from scanly.core.errors import NotFound
from scanly.core.extend import discover
from scanly.core.text import fold, nearest
from scanly.press.barcodes.pattern.bars import Bars, Size
from scanly.press.barcodes.pattern.placing import BarStyle, placed
from scanly.press.page import Barcode, Box, Words
from scanly.press.type.setting import Face

PLAIN = BarStyle()
REGULAR = Face()


class Barcodes(Protocol):
    """One file. ``EXAMPLES`` are texts as people type them, and what `check` makes of them."""

    TITLE: str
    ABOUT: str
    SIZE: Size
    EXAMPLES: tuple[tuple[str, str], ...]

    @staticmethod
    def check(text: str, /) -> str:
        """The normal form, its check digit added or proved. Raises Invalid."""
        ...

    @staticmethod
    def modules(text: str, /) -> Bars:
        """The bars of a text in its normal form."""
        ...


BARCODES = cast(Mapping[str, Barcodes], discover(sys.modules[__name__]))


def find_barcode(name: str) -> Barcodes:
    """By name; case, spaces and hyphens do not count. Raises NotFound."""
    folded = {fold(known): known for known in BARCODES}
    known = folded.get(fold(name))
    if known is None:
        hint = nearest(name, BARCODES) or f"There are {', '.join(BARCODES)}."
        raise NotFound(f'There is no barcode "{name[:60]}".', hint=hint)
    return BARCODES[known]


def draw(
    name: str, text: str, room: Box, style: BarStyle = PLAIN, *, face: Face = REGULAR
) -> tuple[Barcode | Words, ...]:
    """The barcode of ``text`` in the middle of ``room``, quiet zones inside: as large as fits up to 100 %.

    Raises NotFound for the name; Invalid for the text, and for a room that is too small, with the size it needs.
    """
    kind = find_barcode(name)
    return placed(kind.modules(kind.check(text)), kind.SIZE, room, style, face)
