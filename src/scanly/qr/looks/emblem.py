"""The Swiss cross that every QR-bill carries in the middle of its symbol.

Source: SIX, Swiss Implementation Guidelines QR-bill 2.3, 6.4.2 (a cross of 7 by 7 mm) and its published artwork.
"""

from __future__ import annotations

from scanly.qr.artwork import Fill
from scanly.qr.ink import BLACK, WHITE
from scanly.qr.outline import box

SIDE_MM = 7.0
# As shares of the side: white border, and length and thickness of the cross's arms.
_BORDER, _LENGTH, _THICKNESS = 0.0354, 0.5556, 0.1667


def swiss_cross(middle: float, module_mm: float) -> tuple[Fill, ...]:
    """The cross round (``middle``, ``middle``), in modules."""
    side = SIDE_MM / module_mm

    def centred(width: float, height: float) -> tuple[float, float, float, float]:
        return middle - width * side / 2, middle - height * side / 2, width * side, height * side

    black = 1 - 2 * _BORDER
    return (
        Fill(box(*centred(1, 1)), WHITE),
        Fill(box(*centred(black, black)), BLACK),
        Fill(box(*centred(_LENGTH, _THICKNESS)), WHITE),
        Fill(box(*centred(_THICKNESS, _LENGTH)), WHITE),
    )
