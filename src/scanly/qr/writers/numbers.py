"""Numbers as SVG, PDF and PostScript all read them: plain decimals, no exponent, no needless digit."""

from __future__ import annotations

from functools import lru_cache


# Sheets of codes have the same few sizes and places again and again.
@lru_cache(maxsize=4096)
def number(value: float, digits: int = 3) -> str:
    """``value`` with at most ``digits`` after the point; a module's thousandth is finer than any printer."""
    if value == int(value):
        return str(int(value))
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def numbers(*values: float, digits: int = 3) -> str:
    """The numbers with a space between each."""
    return " ".join([number(value, digits) for value in values])


class Told(dict[int, str]):
    """Whole numbers in their words, each made once: a drawing has thousands of places and few numbers."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __missing__(self, number: int) -> str:
        told = self[number] = self._words.format(number)
        return told
