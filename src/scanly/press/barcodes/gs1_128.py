"""What a case or pallet is, piece by piece: (01) article, (10) batch, (17) use by, (00) its own number.

Source: GS1 General Specifications, 5.4.4.3 (48 characters), 7.8.5 (predefined lengths), 7.9.1 (check digits), 7.11
(character set 82); ISO/IEC 15417:2007, Annex B.1 (FNC1 first).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanly.press.barcodes.pattern.bars import Bars, Size
from scanly.press.barcodes.pattern.code128 import FNC1, bars
from scanly.press.barcodes.pattern.numbers import article_number, refused
from scanly.qr.grammar.rules import shown

TITLE = "GS1-128"
ABOUT = "Cases and pallets: (01)04006381333931(10)ABC, each part behind its identifier in brackets."
EXAMPLES = (
    ("(01)0950110153000(10)ABC-12", "(01)09501101530003(10)ABC-12"),
    ("(00)095011010209171199", "(00)095011010209171199"),
    ("(01)09501101530003(17)270115(10)ABC(21)7", "(01)09501101530003(17)270115(10)ABC(21)7"),
)
SIZE = Size(module_mm=0.495, least_mm=0.25, most_mm=1.016, height_mm=31.75)

# Digits of identifier and value together, by the first two: those need no separator after them.
_PREDEFINED = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8,
    "17": 8, "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip
# Those whose last digit is a check digit, with all digits of their value.
_CHECKED = {"00": 18, "01": 14, "02": 14}
_PART = re.compile(r"\(([0-9]{2,4})\)([^()]*)")
_SET_82 = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*""")
_MOST_CHARACTERS = 48
_HOW = "Write each part behind its identifier, such as (01)04006381333931(10)ABC."


def check(text: str) -> str:
    """With brackets, without spaces, check digits added. Raises Invalid."""
    text = "".join(text.split())
    found = list(_PART.finditer(text))
    if not found or "".join(part[0] for part in found) != text:
        raise refused(f"{shown(text)} is not made of identifiers in brackets and values.", _HOW)
    parts = [(part[1], _value(part[1], part[2])) for part in found]
    characters = len(_element_string(parts, "|"))
    if characters > _MOST_CHARACTERS:
        raise refused(
            f"It has {characters} characters.", f"{_MOST_CHARACTERS} are the limit; make two barcodes."
        )
    return "".join(f"({identifier}){value}" for identifier, value in parts)


def modules(text: str) -> Bars:
    """``text`` as `check` gives it."""
    parts = [(part[1], part[2]) for part in _PART.finditer(text)]
    return bars(FNC1 + _element_string(parts, FNC1), _element_string(parts, "\x1d"), text)


def _value(identifier: str, value: str) -> str:
    if not value or not _SET_82.fullmatch(value):
        message = f"{shown(value)} cannot stand behind ({identifier})."
        raise refused(message, "Letters without accents, digits and most signs are allowed.")
    if identifier in _CHECKED:
        return article_number(value, _CHECKED[identifier])
    length = _PREDEFINED.get(identifier[:2])
    if length and not re.fullmatch(rf"[0-9]{{{length - len(identifier)}}}", value):
        message = f"{shown(value)} cannot stand behind ({identifier})."
        raise refused(message, f"There are {length - len(identifier)} digits.")
    return value


def _element_string(parts: list[tuple[str, str]], separator: str) -> str:
    """The parts in a row, separated after values that may have several lengths."""
    return "".join(_separated(parts, separator))


def _separated(parts: list[tuple[str, str]], separator: str) -> Iterator[str]:
    for number, (identifier, value) in enumerate(parts, 1):
        yield identifier + value
        if number < len(parts) and identifier[:2] not in _PREDEFINED:
            yield separator
