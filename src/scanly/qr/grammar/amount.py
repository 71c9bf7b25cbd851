"""Amounts of money, read strictly: a mark that could mean thousands or decimals is never guessed.

Source: EMVCo Merchant-Presented Mode 1.1, transaction amount (``98.73`` or ``98``, never ``98,73`` or ``3,705``);
EPC069-12 v3.0, UPI Linking Specification 1.6 and QR-bill 2.3 write the same mark.
"""

from __future__ import annotations

import re
from decimal import Decimal

from scanly.qr.grammar.rules import Rule, shown, wrong


def decimal(*, places: int, most: str) -> Rule:
    """A rule for a number above 0 and up to ``most`` with at most ``places`` decimal places, kept as typed."""
    limit = Decimal(most)

    def rule(text: str) -> str:
        typed = text.strip(" ")
        if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", typed):
            raise wrong(f"{shown(text)} is not an amount.", _nearest(typed, places))
        whole, dot, decimals = typed.partition(".")
        if len(decimals) > places:
            hint = f"There are at most {places}, and no mark between thousands."
            raise wrong(f"{shown(text)} has {len(decimals)} decimal places.", hint)
        number = f"{whole.lstrip('0') or '0'}{dot}{decimals}"
        if not 0 < Decimal(number) <= limit:
            raise wrong(f"{shown(text)} is out of range.", f"It must be more than 0, and at most {limit:f}.")
        return number

    return rule


_cents = decimal(places=2, most="999999999.99")
_emv_amount = decimal(places=2, most="9999999999.99")


def money(text: str) -> str:
    """An amount with two decimal places."""
    return f"{Decimal(_cents(text)):.2f}"


def emv_money(text: str) -> str:
    """An amount with two decimal places, or none if it was typed with none; up to 13 characters."""
    number = _emv_amount(text)
    return f"{Decimal(number):.2f}" if "." in number else number


def _nearest(typed: str, places: int) -> str:
    """What was probably meant, if only one thing can have been."""
    comma = re.fullmatch(r"([0-9]{1,3}(?:[. '’]?[0-9]{3})*),([0-9]{1,2})", typed)
    if comma and places >= 2:
        return f"Write {re.sub('[^0-9]', '', comma[1])}.{comma[2]}, with a dot."
    return "Write digits alone, with a dot before the decimals, like 1250 or 12.50."
