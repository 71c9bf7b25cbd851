"""The 14 digits on outer cases, in bars that even corrugated board holds, with a bearer bar all round.

Source: ISO/IEC 16390:2007 (encoding); GS1 General Specifications, 5.3.2 (X, wide to narrow 2.5, quiet zones of 10X,
the space above the digits), 5.3.2.4 (bearer bar), 5.12.3.2 (sizes).
"""

from __future__ import annotations

from scanly.press.barcodes.pattern.bars import Bars, Caption, Size, bars_of
from scanly.press.barcodes.pattern.numbers import article_number

TITLE = "ITF-14"
ABOUT = "Cases and cartons: 14 digits, or 13 without the check digit."
EXAMPLES = (("15400141288763", "15400141288763"), ("1 540014 128876", "15400141288763"))
SIZE = Size(module_mm=1.016, least_mm=0.495, most_mm=1.016, height_mm=31.75)

_WIDE = 2.5
# 4.83 mm at 100 %, as plates need it; without plates, two modules suffice.
_BEARER = 4.83 / 1.016
# More than 1.02 mm, even where modules are narrowest.
_DIGIT_GAP = 2.2
_DIGIT_HEIGHT = 5.0
# Which two of a digit's five elements are wide.
_WIDE_ELEMENTS = ("23", "04", "14", "01", "24", "02", "12", "34", "03", "13")
_START = (1.0, 1.0, 1.0, 1.0)
_STOP = (_WIDE, 1.0, 1.0)


def check(text: str) -> str:
    """Raises Invalid."""
    return article_number(text, 14)


def modules(text: str) -> Bars:
    """``text`` as `check` gives it: the first digit of a pair in the bars, the second in the gaps between them."""
    elements = list(_START)
    for bars, gaps in zip(text[::2], text[1::2], strict=True):
        for place in "01234":
            elements += [_WIDE if place in _WIDE_ELEMENTS[int(digit)] else 1.0 for digit in (bars, gaps)]
    elements += _STOP
    width = sum(elements)
    grouped = f"{text[0]} {text[1:3]} {text[3:8]} {text[8:13]} {text[13]}"
    caption = Caption(grouped, 0, width, _DIGIT_HEIGHT, gap=_BEARER + _DIGIT_GAP)
    foot = _DIGIT_GAP + _DIGIT_HEIGHT + 0.5
    return Bars("itf14", text, bars_of(elements), width, (10, 10), (caption,), foot, _BEARER)
