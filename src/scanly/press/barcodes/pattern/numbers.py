"""Numbers of articles as people type them: grouped, with or without their check digit.

Source: GS1 General Specifications, 2.1 and 3.3.2 (GTIN-8, -12, -13, -14), 7.9.1 (check digit).
"""

from __future__ import annotations

import re

from scanly.core.errors import Invalid
from scanly.core.text import count
from scanly.qr.grammar.gtin import check_digit
from scanly.qr.grammar.rules import shown

FIELD = "barcode"


def refused(message: str, hint: str) -> Invalid:
    """What every check raises."""
    return Invalid.field(FIELD, message, hint=hint)


def digits_of(text: str) -> str:
    """The digits alone: spaces and hyphens do not count. Raises Invalid that says where something else stands."""
    digits = re.sub(r"[\s-]", "", text)
    strange = re.search(r"[^0-9\s-]", text)
    if strange:
        message = f"{shown(text)} has {shown(strange[0])} at place {strange.start() + 1}."
        raise refused(message, "It is made of digits; spaces and hyphens may stand between them.")
    if not digits:
        raise refused("It is empty.", "Give the number of the article.")
    return digits


def article_number(text: str, length: int) -> str:
    """``length`` digits, the last of which is added where it is missing; zeros in front of a shorter kind of number
    are left out.

    Raises Invalid for letters, another length, a wrong check digit, and for a number one digit short that is whole
    as a number of a shorter kind, which might be meant.
    """
    given = digits_of(text)
    digits = given.removeprefix("0" * max(0, len(given) - length))
    if len(digits) not in (length - 1, length):
        message = f"{shown(text)} has {count(len(given), 'digit')}."
        raise refused(message, f"Give {length}, or {length - 1} without the check digit.")
    right = check_digit(digits[: length - 1])
    if len(digits) < length:
        if length - 1 in (12, 13) and check_digit(digits[:-1]) == digits[-1]:
            message = f"{shown(text)} is a whole number of {length - 1} digits already."
            hint = f"Write 0{digits} for that article, or {digits}{right} if its check digit was left out."
            raise refused(message, hint)
        return digits + right
    if digits[-1] != right:
        message = f"{shown(text)} has a wrong check digit."
        raise refused(message, f"After {digits[:-1]} comes {right}. Compare it with the article.")
    return digits
