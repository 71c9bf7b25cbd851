"""Letters, digits and signs in a row: parts, parcels, tickets, serial numbers.

Source: ISO/IEC 15417:2007, 4.3 (ASCII characters), 4.4.2 (quiet zones of 10X).
"""

from __future__ import annotations

import re

from scanly.press.barcodes.pattern.bars import Bars, Size
from scanly.press.barcodes.pattern.code128 import bars
from scanly.press.barcodes.pattern.numbers import refused
from scanly.qr.grammar.rules import shown

TITLE = "Code 128"
ABOUT = "Letters without accents, digits and signs, up to 80: parts, parcels, serial numbers."
EXAMPLES = (("SN-00042/26", "SN-00042/26"), ("0123456789", "0123456789"), ("Tisch 12a", "Tisch 12a"))
SIZE = Size(module_mm=0.33, least_mm=0.25, most_mm=1.016, height_mm=15.0)

_MOST_CHARACTERS = 80


def check(text: str) -> str:
    """As it is, without spaces around it. Raises Invalid."""
    text = text.strip(" ")
    if not text:
        raise refused("It is empty.", "Give what scanners shall read.")
    strange = re.search(r"[^\x00-\x7f]", text)
    if strange:
        message = f"{shown(text)} has {shown(strange[0])} at place {strange.start() + 1}."
        raise refused(message, "Code 128 has letters from A to Z without accents, digits and signs.")
    if len(text) > _MOST_CHARACTERS:
        raise refused(
            f"It has {len(text)} characters.", f"{_MOST_CHARACTERS} are the limit; scanners lose longer ones."
        )
    return text


def modules(text: str) -> Bars:
    """``text`` as `check` gives it."""
    return bars(text, text, re.sub(r"[\x00-\x1f\x7f]", " ", text))
