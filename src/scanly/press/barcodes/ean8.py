"""The 8 digits of articles that are too small for 13.

Source: ISO/IEC 15420:2009, 4 (EAN-8); GS1 General Specifications, 5.2.1.2 (encodation).
"""

from __future__ import annotations

from dataclasses import replace

from scanly.press.barcodes.pattern.bars import Bars, Caption
from scanly.press.barcodes.pattern.ean import DIGIT_HEIGHT, FOOT, NOMINAL, symbol
from scanly.press.barcodes.pattern.numbers import article_number

TITLE = "EAN-8"
ABOUT = "Small articles: 8 digits, or 7 without the check digit."
EXAMPLES = (("96385074", "96385074"), ("7351 353", "73513537"))
SIZE = replace(NOMINAL, height_mm=18.23)


def check(text: str) -> str:
    """Raises Invalid."""
    return article_number(text, 8)


def modules(text: str) -> Bars:
    """``text`` as `check` gives it."""
    captions = (Caption(text[:4], 4, 26, DIGIT_HEIGHT), Caption(text[4:], 37, 26, DIGIT_HEIGHT))
    return Bars("ean8", text, symbol(text, "AAAA"), 67, (7, 7), captions, FOOT)
