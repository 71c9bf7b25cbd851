"""Numbers of trade items (GTIN), so that a mistyped one is told before it is printed.

Source: GS1 General Specifications, 3.3.2 (AI 01, 14 digits), 7.9.1 (check digit).
"""

from __future__ import annotations

import re

from scanly.qr.grammar.rules import shown, wrong


def gtin(text: str) -> str:
    """14 digits: GTIN-8, -12 and -13 get zeros in front; spaces and hyphens do not count.

    Raises Invalid for another length or a wrong check digit.
    """
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits):
        raise wrong(f"{shown(text)} is not a GTIN.", "It has 8, 12, 13 or 14 digits.")
    right = check_digit(digits[:-1])
    if digits[-1] != right:
        hint = f"After {digits[:-1]} comes {right}. Compare it with the product."
        raise wrong(f"{shown(text)} has a wrong check digit.", hint)
    return digits.zfill(14)


def check_digit(digits: str) -> str:
    """The digit that follows ``digits``: weights 3, 1, 3 … from the right."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)
