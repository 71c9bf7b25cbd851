"""International bank account numbers, so that a mistyped one is told before it is printed.

Source: ISO 13616-1:2020; ISO/IEC 7064 (MOD 97-10); SWIFT IBAN Registry, release 101 (lengths); SIX,
Swiss Implementation Guidelines QR-bill 2.3 (QR-IBAN).
"""

from __future__ import annotations

import re

from scanly.core.text import count
from scanly.qr.grammar.rules import shown, unspaced, wrong

_COUNTRIES_BY_LENGTH = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
LENGTHS = {country: length for length, line in _COUNTRIES_BY_LENGTH.items() for country in line.split()}


def iban(text: str) -> str:
    """The number in capitals without spaces. Raises Invalid for a wrong form, country, length or check digit."""
    number = unspaced(text)
    if not re.fullmatch(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9]+", number):
        raise wrong(f"{shown(text)} is not an IBAN.", "Write it like DE89 3704 0044 0532 0130 00.")
    number = number.upper()
    length = LENGTHS.get(number[:2])
    if length is None:
        hint = "It begins with the two letters of the bank's country, like DE."
        raise wrong(f'{shown(text)} is not an IBAN: "{number[:2]}" has none.', hint)
    if len(number) != length:
        message = f"{shown(text)} has {count(len(number), 'character')} without spaces."
        raise wrong(message, f"An IBAN that begins with {number[:2]} has {length}.")
    if remainder_97(number) != 1:
        raise wrong(f"{shown(text)} has wrong check digits.", "Compare it with the bank's own papers.")
    return number


def is_qr_iban(number: str) -> bool:
    """Whether a Swiss or Liechtenstein IBAN is one for QR references, by its institution."""
    return number[:2] in ("CH", "LI") and "30000" <= number[4:9] <= "31999"


def remainder_97(number: str) -> int:
    """1 for a sound number: the first four characters moved to the end, letters counted from A = 10."""
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97
