"""The 13 digits that tills read almost everywhere; with a + also the 2 or 5 digits of magazines and books.

Source: ISO/IEC 15420:2009, 4 (EAN-13); GS1 General Specifications, 5.2.1.2 (encodation), 5.2.6.6 (add-ons).
"""

from __future__ import annotations

from scanly.press.barcodes.pattern.bars import Bars, Caption
from scanly.press.barcodes.pattern.ean import DIGIT_HEIGHT, FOOT, NOMINAL, beside, symbol, with_addon

TITLE = "EAN-13"
ABOUT = "Articles in shops: 13 digits, or 12 without the check digit; books and magazines add +12345 or +12."
SIZE = NOMINAL
EXAMPLES = (
    ("4006381333931", "4006381333931"),
    ("400638133393", "4006381333931"),
    ("978-3-16-148410-0 + 51299", "9783161484100+51299"),
    ("977 0264 325 97 3+05", "9770264325973+05"),
)

# 7 to 12 modules are allowed before an add-on.
_GAP = 9
# Which of the six left digits are of set B says the first digit, which has no bars.
_LEFT_SETS = (
    *("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB"),
    *("ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA"),
)


def check(text: str) -> str:
    """Raises Invalid."""
    return with_addon(text, 13)


def modules(text: str) -> Bars:
    """``text`` as `check` gives it."""
    digits, _, addon = text.partition("+")
    captions = (
        Caption(digits[0], -11, 7, DIGIT_HEIGHT),
        Caption(digits[1:7], 4, 40, DIGIT_HEIGHT),
        Caption(digits[7:], 51, 40, DIGIT_HEIGHT),
    )
    bars = symbol(digits[1:], _LEFT_SETS[int(digits[0])])
    return beside(Bars("ean13", digits, bars, 95, (11, 7), captions, FOOT), addon, gap=_GAP)
