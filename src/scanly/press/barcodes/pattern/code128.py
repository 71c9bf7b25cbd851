"""The shortest way to write a text in the three character sets of Code 128, and its bars.

Source: ISO/IEC 15417:2007, 4.3 (characters, code sets, shift, function characters), 4.4 (dimensions), Annex E
(shortest symbols).
"""

from __future__ import annotations

from scanly.press.barcodes.pattern.bars import Bars, Caption, bars_of

Values = tuple[int, ...]
# By code set.
Shortest = dict[str, Values]

# What stands for the function character 1 in a text.
FNC1 = "\u00f1"

_START = {"A": 103, "B": 104, "C": 105}
_LATCH = {"A": 101, "B": 100, "C": 99}
_SHIFT = 98
_FNC1_VALUE = 102
_STOP = 106
_OTHER = {"A": "B", "B": "A"}
_QUIET = 10
_TEXT_HEIGHT = 7.0
_TEXT_GAP = 1.5
# With room for what hangs below the line.
_FOOT = _TEXT_GAP + _TEXT_HEIGHT + 2.0

# The widths of bars and gaps of every value, in order.
_TABLE = """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122
    321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311
    211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113
    213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422
    121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111
    241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121
    412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412
    211214 211232 2331112
"""
_ELEMENTS = _TABLE.split()


def bars(text: str, content: str, caption: str) -> Bars:
    """``text`` of ASCII and `FNC1`; scanners read it as ``content``, people as ``caption``."""
    values = shortest(text)
    checked = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    elements = [int(width) for value in (*values, checked, _STOP) for width in _ELEMENTS[value]]
    width = sum(elements)
    captions = (Caption(caption, 0, width, _TEXT_HEIGHT, _TEXT_GAP),) if caption.strip() else ()
    return Bars("code128", content, bars_of(elements), width, (_QUIET, _QUIET), captions, _FOOT)


def shortest(text: str) -> Values:
    """The values of the symbol characters from the start character on, without check and stop: as few as can be."""
    # What is the shortest from each place on, by the set that is in force there; filled from the end.
    rest: list[Shortest] = [{"A": (), "B": (), "C": ()} for _ in range(len(text) + 1)]
    for place in reversed(range(len(text))):
        inside = {one: best for one in "ABC" if (best := _inside(text, place, one, rest)) is not None}
        rest[place] = {
            one: min(
                (best if one == other else (_LATCH[other], *best) for other, best in inside.items()), key=len
            )
            for one in "ABC"
        }
    return min(((_START[one], *best) for one, best in rest[0].items()), key=len)


def _inside(text: str, place: int, one: str, rest: list[Shortest]) -> Values | None:
    """The shortest that begins with a character of set ``one``, or of its sister by a shift; None without such."""
    character = text[place]
    if character == FNC1:
        return (_FNC1_VALUE, *rest[place + 1][one])
    if one == "C":
        pair = text[place : place + 2]
        return (int(pair), *rest[place + 2]["C"]) if len(pair) == 2 and pair.isdecimal() else None
    value = _value(character, one)
    if value is not None:
        return (value, *rest[place + 1][one])
    shifted = _value(character, _OTHER[one])
    return None if shifted is None else (_SHIFT, shifted, *rest[place + 1][one])


def _value(character: str, one: str) -> int | None:
    """The value of an ASCII character in set A or B."""
    code = ord(character)
    if one == "A":
        return (code - 32) % 96 if code < 96 else None
    return code - 32 if code >= 32 else None
