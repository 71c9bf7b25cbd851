"""References that tell a payee which invoice was paid.

Source: ISO 11649:2009 (creditor reference, check digits by ISO/IEC 7064 MOD 97-10); SIX, Swiss
Implementation Guidelines QR-bill 2.3 (QR reference, modulo 10 recursive).
"""

from __future__ import annotations

import re

from scanly.qr.grammar.iban import remainder_97
from scanly.qr.grammar.rules import shown, unspaced, wrong

_NEXT_CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def creditor_reference(text: str) -> str:
    """``RF18 5390 0754 7034`` without spaces. Raises Invalid for a wrong form or check digit."""
    reference = unspaced(text)
    if not re.fullmatch(r"[Rr][Ff][0-9]{2}[A-Za-z0-9]{1,21}", reference):
        hint = "It begins with RF and two digits, like RF18 5390 0754 7034. Anything else belongs into text."
        raise wrong(f"{shown(text)} is not a creditor reference.", hint)
    reference = reference.upper()
    if remainder_97(reference) != 1:
        raise wrong(f"{shown(text)} has wrong check digits.", "Compare it with the invoice.")
    return reference


def qr_reference(text: str) -> str:
    """27 digits without spaces. Raises Invalid for another length or a wrong check digit."""
    reference = unspaced(text)
    if not re.fullmatch(r"[0-9]{27}", reference):
        raise wrong(
            f"{shown(text)} is not a QR reference.", "It has 27 digits; the last one checks the others."
        )
    right = _check_digit(reference[:-1])
    if reference[-1] != right:
        hint = f"After these 26 digits comes {right}. Compare it with the invoice."
        raise wrong(f"{shown(text)} has a wrong check digit.", hint)
    return reference


def _check_digit(digits: str) -> str:
    carry = 0
    for digit in digits:
        carry = _NEXT_CARRY[(carry + int(digit)) % 10]
    return str((10 - carry) % 10)
