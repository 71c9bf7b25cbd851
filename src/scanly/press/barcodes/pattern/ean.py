"""The bars of EAN and UPC: guards, digits in three sets, and the small add-on symbols of books and magazines.

Source: ISO/IEC 15420:2009, 4 (number sets, add-ons), 4.3.3 (heights of bars); GS1 General Specifications, 5.2.1.2
(encodation), 5.2.6.6 (add-ons, 21.9 mm high; their digits as high as those of the main symbol).
"""

from __future__ import annotations

from dataclasses import replace

from scanly.press.barcodes.pattern.bars import Bar, Bars, Caption, Size, bars_of
from scanly.press.barcodes.pattern.numbers import article_number, digits_of, refused
from scanly.qr.grammar.rules import shown

NOMINAL = Size(module_mm=0.33, least_mm=0.264, most_mm=0.66, height_mm=22.85)
# Guards reach 5 modules further down than other bars, between the digits: 1.65 mm at 100 %.
_GUARD_FOOT = 5.0
# Digits are 2.75 mm high at 100 %, and symbols 25.93 mm with half a module of air above and below digits.
DIGIT_HEIGHT = 2.75 / 0.33
FOOT = (25.93 - 22.85) / 0.33
_GUARD = (1, 1, 1)
_MIDDLE = (1, 1, 1, 1, 1)
_ADDON_GUARD = (1, 1, 2)
_ADDON_SEPARATOR = (1, 1)
_ADDON_QUIET = 5.0
# Add-ons are 21.90 mm high beside guards of 24.50 mm, and end where these end. Their digits stand above them, no
# higher than the tops of the other bars, and all digits are of one height.
_ADDON_TOP = (24.50 - 21.90) / 0.33
_ADDON_DIGIT_HEIGHT = _ADDON_TOP - 0.5

# Widths of the four elements of a digit in sets A and C; set B has them in the opposite order.
_ELEMENTS = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
_ADDON_OF_TWO = ("AA", "AB", "BA", "BB")
_ADDON_OF_FIVE = (
    *("BBAAA", "BABAA", "BAABA", "BAAAB", "ABBAA"),
    *("AABBA", "AAABB", "ABABA", "ABAAB", "AABAB"),
)


def with_addon(text: str, length: int) -> str:
    """The article number and, after ``+``, the 2 or 5 digits beside it. Raises Invalid."""
    main, plus, extra = text.partition("+")
    number = article_number(main, length)
    if not plus:
        return number
    addon = digits_of(extra)
    if len(addon) not in (2, 5):
        message = f"{shown(extra)} after the + has {len(addon)} digits."
        raise refused(message, "Add 2 digits for the issue of a magazine, 5 for the price of a book.")
    return f"{number}+{addon}"


def symbol(digits: str, left_sets: str, long_digits: int = 0) -> tuple[Bar, ...]:
    """Guards and digits, the right half in set C. ``long_digits`` at either end are as long as the guards."""
    half = len(left_sets)
    left, right = _widths(digits[:half], left_sets), _widths(digits[half:], "C" * half)
    edge, end = 3 + 7 * long_digits, 11 + 14 * half - 7 * long_digits - 3
    middle = range(3 + 7 * half, 8 + 7 * half)
    return tuple(
        replace(bar, foot=_GUARD_FOOT) if bar.x < edge or bar.x >= end or bar.x in middle else bar
        for bar in bars_of([*_GUARD, *left, *_MIDDLE, *right, *_GUARD])
    )


def beside(bars: Bars, addon: str, gap: float) -> Bars:
    """A symbol with its add-on, if there is one, to the right of it after ``gap`` modules."""
    if not addon:
        return bars
    start = bars.width + gap
    sets = _ADDON_OF_TWO[int(addon) % 4] if len(addon) == 2 else _ADDON_OF_FIVE[_sum_of_five(addon)]
    elements = list(_ADDON_GUARD)
    for place, (digit, number_set) in enumerate(zip(addon, sets, strict=True)):
        elements += [*(_ADDON_SEPARATOR if place else ()), *_widths(digit, number_set)]
    width = sum(elements)
    return replace(
        bars,
        bars=(*bars.bars, *bars_of(elements, start, top=_ADDON_TOP, foot=_GUARD_FOOT)),
        width=start + width,
        quiet=(bars.quiet[0], _ADDON_QUIET),
        captions=(
            *(_lowered(caption) for caption in bars.captions),
            Caption(addon, start, width, _ADDON_DIGIT_HEIGHT, above=_ADDON_TOP),
        ),
    )


def _lowered(caption: Caption) -> Caption:
    """As high as the digits of an add-on, on the same line as before."""
    less = max(0.0, caption.height - _ADDON_DIGIT_HEIGHT)
    return replace(caption, height=caption.height - less, gap=caption.gap + less)


def _sum_of_five(addon: str) -> int:
    """What the sets of five digits tell, so that they need no check digit."""
    return (3 * sum(map(int, addon[::2])) + 9 * sum(map(int, addon[1::2]))) % 10


def _widths(digits: str, sets: str) -> list[int]:
    found: list[int] = []
    for digit, number_set in zip(digits, sets, strict=True):
        elements = [int(width) for width in _ELEMENTS[int(digit)]]
        found += reversed(elements) if number_set == "B" else elements
    return found
