"""Amounts of money: whole minor units of one currency, so that sums are exact, read as people write them.

Source: ISO 4217, list one (how many digits a currency has behind the point).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from scanly.core.errors import Invalid
from scanly.core.text import printable

MOST_MINOR = 10**15
# Currencies with another number of digits behind the point than two.
_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
# Signs, and the currencies that people write with them.
_SIGNS = {
    "₹": "INR",
    "rs": "INR PKR LKR NPR MUR SCR",
    "€": "EUR",
    "£": "GBP EGP LBP SYP FKP GIP SHP",
    "$": "USD AUD CAD NZD SGD HKD MXN ARS CLP COP BRL TWD JMD BSD BBD BZD FJD NAD XCD",
    "us$": "USD",
    "r$": "BRL",
    "¥": "JPY CNY",
    "kr": "SEK NOK DKK ISK",
    "zł": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "fr": "CHF",
    "₺": "TRY",
    "₩": "KRW",
    "₫": "VND",
    "฿": "THB",
    "₱": "PHP",
    "₪": "ILS",
    "₦": "NGN",
    "৳": "BDT",
    "rp": "IDR",
    "rm": "MYR",
    "r": "ZAR",
    "ksh": "KES",
}
_AMOUNT = re.compile(r"(?P<before>\D*?)\s*(?P<figure>\d(?:[\d.,' ]*\d)?)\s*(?P<after>\D*)")
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[.,' ])\d{2,3}(?:(?P=mark)\d{2,3})*)?")
_SHOWN_CHARS = 40


@dataclass(frozen=True, slots=True)
class Money:
    """``minor`` are the smallest units of ``currency`` (ISO 4217): paise, cents, whole yen."""

    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        """In whole units, with all the digits that the currency has: 120.50."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def digits_of(currency: str) -> int:
    """How many digits stand behind the point; two for a currency that nobody knows."""
    return next((digits for digits, names in _DIGITS.items() if currency in names.split()), 2)


def read_money(text: str, currency: str, *, field: str) -> Money:
    """An amount of ``currency`` such as ``120``, ``1,20``, ``₹1,20,000``, ``EUR 49.50`` or ``1.200,50 €``.

    A point or comma before as many digits as the currency has at most is the decimal one, any other groups
    thousands. Raises Invalid for what is no amount, for one of another currency, and for more than 10^15 units.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split()).removesuffix("/-")
    found = _AMOUNT.fullmatch(plain)
    shown = printable(text.strip()[:_SHOWN_CHARS])
    example = "1200" if digits_of(currency) == 0 else "1200.50"
    if found is None:
        raise Invalid.field(
            field, f'"{shown}" is not an amount of money.', hint=f"Write it like {example}, in {currency}."
        )
    sign = f"{found['before']} {found['after']}".strip(" .").casefold()
    if sign and sign != currency.casefold() and currency not in _SIGNS.get(sign, "").split():
        raise Invalid.field(
            field,
            f'"{shown}" is not an amount in {currency}.',
            hint=f"Write it like {example}, without a sign.",
        )
    minor = _minor(found["figure"], digits_of(currency))
    if minor is None:
        raise Invalid.field(
            field, f'"{shown}" can be read in two ways, or in none.', hint=f"Write it like {example}."
        )
    if minor > MOST_MINOR:
        raise Invalid.field(
            field, f'"{shown}" is more than anything costs.', hint="Check the number of zeros."
        )
    return Money(minor, currency)


def _minor(figure: str, digits: int) -> int | None:
    """The figure in minor units; None when its marks contradict each other."""
    marks = [char for char in figure if not char.isdigit()]
    whole, fraction = figure, ""
    if marks and marks[-1] in ".," and marks.count(marks[-1]) == 1:
        head, _, tail = figure.rpartition(marks[-1])
        if len(marks) == 1 and len(tail) == digits == 3:  # 1.200 dinars, or 1,200
            return None
        if len(tail) <= digits:
            whole, fraction = head, tail
    grouped = _GROUPED.fullmatch(whole)
    if not whole.isdigit() and (grouped is None or len(whole.rpartition(grouped["mark"])[2]) != 3):
        return None
    plain = "".join(char for char in whole if char.isdigit())
    return int(plain + fraction.ljust(digits, "0"))
