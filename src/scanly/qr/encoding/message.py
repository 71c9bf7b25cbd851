"""What is written into a symbol before error correction: modes, lengths, content, and padding to the last codeword.

Source: ISO/IEC 18004:2015, 7.4 with table 3 (lengths) and 7.4.10 (terminator and padding).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

from scanly.qr.encoding.placement import MAX_VERSION, blocks
from scanly.qr.symbol import LEVELS, Level

Mode = Literal["numeric", "alphanumeric", "byte"]
UNITS: Mapping[Mode, str] = {"numeric": "digit", "alphanumeric": "character", "byte": "byte"}
_INDICATORS: Mapping[Mode, int] = {"numeric": 0b0001, "alphanumeric": 0b0010, "byte": 0b0100}
_INDICATOR_BITS, _TERMINATOR_BITS = 4, 4
# The last versions of the three ranges that share the bits in which a length is written.
_LAST_VERSIONS = (9, 26, MAX_VERSION)
# Mode indicator and length before each segment, in each of these ranges.
HEADER_BITS: Mapping[Mode, tuple[int, int, int]] = {
    "numeric": (4 + 10, 4 + 12, 4 + 14),
    "alphanumeric": (4 + 9, 4 + 11, 4 + 13),
    "byte": (4 + 8, 4 + 16, 4 + 16),
}
_CHARACTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = bytes.maketrans(_CHARACTERS, bytes(range(len(_CHARACTERS))))
_PADDING = "ec11"

Segment = tuple[Mode, bytes]  # a part of the content, written in one mode
Segments = tuple[Segment, ...]
# How to write a content in the first, second or third range of versions (0, 1, 2).
Ways = Callable[[int], Segments]


def densest_mode(data: bytes) -> Mode:
    """The one mode that takes the fewest bits for all of ``data``."""
    if data.isdigit():
        return "numeric"
    return "byte" if data.translate(None, _CHARACTERS) else "alphanumeric"


def content_bits(mode: Mode, length: int) -> int:
    """Bits of so many digits, characters or bytes."""
    if mode == "byte":
        return 8 * length
    if mode == "alphanumeric":
        return 11 * (length // 2) + 6 * (length % 2)
    return 10 * (length // 3) + (0, 4, 7)[length % 3]


def message_bits(segments: Segments, versions: int) -> int:
    """Bits of all segments, without a terminator, in a range of versions."""
    bits = 0
    for mode, data in segments:
        bits += HEADER_BITS[mode][versions] + content_bits(mode, len(data))
    return bits


def capacity(mode: Mode, level: Level, version: int = MAX_VERSION) -> int:
    """How many digits, characters or bytes a symbol of that version and level holds when all are in one mode."""
    return held(mode, room_bits(version, level) - HEADER_BITS[mode][range_of(version)])


def held(mode: Mode, bits: int) -> int:
    """How many digits, characters or bytes so many bits hold."""
    if mode == "byte":
        return bits // 8
    if mode == "alphanumeric":
        pairs, rest = divmod(bits, 11)
        return 2 * pairs + (rest >= 6)
    triples, rest = divmod(bits, 10)
    return 3 * triples + (rest >= 4) + (rest >= 7)


def smallest_version(ways: Ways, level: Level) -> int | None:
    """The smallest version that holds the content; None when it is too long."""
    room = data_codewords(level)
    for versions, last in enumerate(_LAST_VERSIONS):
        codewords = -(-message_bits(ways(versions), versions) // 8)
        if codewords <= room[last - 1]:
            return bisect_left(room, codewords) + 1
    return None


def highest_level(ways: Ways, version: int, level: Level) -> Level:
    """``level``, or the highest above it at which ``version`` holds the content, too."""
    bits = message_bits(ways(range_of(version)), range_of(version))
    for higher in reversed(LEVELS[LEVELS.index(level) + 1 :]):
        if bits <= room_bits(version, higher):
            return higher
    return level


def fits(segments: Segments, version: int, level: Level) -> bool:
    return message_bits(segments, range_of(version)) <= room_bits(version, level)


def range_of(version: int) -> int:
    """Which range of versions it belongs to: 0, 1 or 2."""
    return (version > 9) + (version > 26)


def room_bits(version: int, level: Level) -> int:
    """Data bits of a symbol."""
    return 8 * data_codewords(level)[version - 1]


@cache
def data_codewords(level: Level) -> tuple[int, ...]:
    """How many data codewords the versions 1 to 40 hold."""
    return tuple(sum(data for data, _ in blocks(version, level)) for version in range(1, MAX_VERSION + 1))


def written(segments: Segments, version: int, level: Level) -> str:
    """All data codewords in hexadecimal. ``segments`` must fit."""
    message = used = 0
    for mode, data in segments:
        header_bits, bits = HEADER_BITS[mode][range_of(version)], content_bits(mode, len(data))
        header = _INDICATORS[mode] << header_bits - _INDICATOR_BITS | len(data)
        message = (message << header_bits | header) << bits | _content(data, mode)
        used += header_bits + bits
    room = data_codewords(level)[version - 1]
    codewords = min(-(-(used + _TERMINATOR_BITS) // 8), room)
    # Where the terminator leaves the last of its zero bits, there are zero bits up to the codeword's end, too.
    message <<= 8 * codewords - used
    return f"{message:x}" + (_PADDING * (room - codewords))[: 2 * (room - codewords)]


def _content(data: bytes, mode: Mode) -> int:
    if mode == "byte":
        return int.from_bytes(data, "big")
    if mode == "alphanumeric":
        values = data.translate(_VALUES)
        pairs = [
            f"{45 * first + second:011b}" for first, second in zip(values[::2], values[1::2], strict=False)
        ]
        pairs += [f"{values[-1]:06b}"] * (len(values) % 2)
        return int("".join(pairs), 2)
    triples = [f"{int(data[at : at + 3]):010b}" for at in range(0, len(data) - 2, 3)]
    rest = data[len(data) - len(data) % 3 :]
    triples += [f"{int(rest):0{(0, 4, 7)[len(rest)]}b}"] if rest else []
    return int("".join(triples), 2)
