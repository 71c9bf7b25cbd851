"""The 12 digits that tills in North America read; they are an EAN-13 with a zero in front, drawn differently.

Source: ISO/IEC 15420:2009, 4 (UPC-A); GS1 General Specifications, 5.2.1.2 (encodation), 5.2.6.6 (add-ons).
"""

from __future__ import annotations

from scanly.press.barcodes.pattern.bars import Bars, Caption
from scanly.press.barcodes.pattern.ean import DIGIT_HEIGHT, FOOT, NOMINAL, beside, symbol, with_addon

TITLE = "UPC-A"
ABOUT = (
    "Articles in shops of North America: 12 digits, or 11 without the check digit; +12 or +12345 is added."
)
SIZE = NOMINAL
EXAMPLES = (
    ("036000291452", "036000291452"),
    ("0-12345-67890", "012345678905"),
    ("03600029145+24", "036000291452+24"),
)

# 9 to 12 modules are allowed before an add-on; the last digit stands there.
_GAP = 10
# The first and last digit are at most 4 modules wide, and their feet stand on one line with the others.
_SMALL = 5.0
_LOWER = 0.5 + DIGIT_HEIGHT - _SMALL


def check(text: str) -> str:
    """Raises Invalid."""
    return with_addon(text, 12)


def modules(text: str) -> Bars:
    """``text`` as `check` gives it; scanners read an EAN-13 with a zero in front."""
    digits, _, addon = text.partition("+")
    captions = (
        Caption(digits[0], -9, 4, _SMALL, _LOWER),
        Caption(digits[1:6], 11, 33, DIGIT_HEIGHT),
        Caption(digits[6:11], 51, 33, DIGIT_HEIGHT),
        Caption(digits[11], 100, 4, _SMALL, _LOWER),
    )
    bars = symbol(digits, "AAAAAA", long_digits=1)
    return beside(Bars("upca", f"0{digits}", bars, 95, (9, 9), captions, FOOT), addon, gap=_GAP)
