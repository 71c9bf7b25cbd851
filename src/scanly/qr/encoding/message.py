"""What is written into a symbol before error correction: mode, length, content, and padding to the last codeword.

Source: ISO/IEC 18004:2015, 7.4 with table 3 (lengths) and 7.4.10 (terminator and padding); 8.4 for the modes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from typing import Literal

from scanly.qr.encoding.placement import MAX_VERSION, blocks
from scanly.qr.symbol import Level

Mode = Literal["numeric", "alphanumeric", "byte"]
UNITS: Mapping[Mode, str] = {"numeric": "digit", "alphanumeric": "character", "byte": "byte"}
_INDICATORS: Mapping[Mode, int] = {"numeric": 0b0001, "alphanumeric": 0b0010, "byte": 0b0100}
_INDICATOR_BITS, _TERMINATOR_BITS = 4, 4
# Versions that share the number of bits in which the length is written.
_RANGES = (range(1, 10), range(10, 27), range(27, MAX_VERSION + 1))
_LENGTH_BITS: Mapping[Mode, tuple[int, int, int]] = {
    "numeric": (10, 12, 14),
    "alphanumeric": (9, 11, 13),
    "byte": (8, 16, 16),
}
_CHARACTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = bytes.maketrans(_CHARACTERS, bytes(range(len(_CHARACTERS))))
_PADDING = "ec11"


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


def capacity(mode: Mode, level: Level, version: int = MAX_VERSION) -> int:
    """How many digits, characters or bytes a symbol of that version and level holds."""
    return held(mode, 8 * data_codewords(level)[version - 1] - _INDICATOR_BITS - _length_bits(mode, version))


def held(mode: Mode, bits: int) -> int:
    """How many digits, characters or bytes so many bits hold."""
    if mode == "byte":
        return bits // 8
    if mode == "alphanumeric":
        pairs, rest = divmod(bits, 11)
        return 2 * pairs + (rest >= 6)
    triples, rest = divmod(bits, 10)
    return 3 * triples + (rest >= 4) + (rest >= 7)


def smallest_version(mode: Mode, length: int, level: Level) -> int | None:
    """The smallest version that holds so many digits, characters or bytes; None when they are too many."""
    room = data_codewords(level)
    bits = _INDICATOR_BITS + content_bits(mode, length)
    for versions, length_bits in zip(_RANGES, _LENGTH_BITS[mode], strict=True):
        codewords = -(-(bits + length_bits) // 8)
        if codewords <= room[versions[-1] - 1]:
            return bisect_left(room, codewords, versions[0] - 1) + 1
    return None


@cache
def data_codewords(level: Level) -> tuple[int, ...]:
    """How many data codewords the versions 1 to 40 hold."""
    return tuple(sum(data for data, _ in blocks(version, level)) for version in range(1, MAX_VERSION + 1))


def written(data: bytes, mode: Mode, version: int, level: Level) -> str:
    """All data codewords in hexadecimal. ``data`` must fit."""
    length_bits = _length_bits(mode, version)
    bits = content_bits(mode, len(data))
    message = (_INDICATORS[mode] << length_bits | len(data)) << bits | _content(data, mode)
    used = _INDICATOR_BITS + length_bits + bits
    room = data_codewords(level)[version - 1]
    codewords = min(-(-(used + _TERMINATOR_BITS) // 8), room)
    # Where the terminator leaves the last of its zero bits, there are zero bits up to the codeword's end, too.
    message <<= 8 * codewords - used
    return f"{message:x}" + (_PADDING * (room - codewords))[: 2 * (room - codewords)]


def _length_bits(mode: Mode, version: int) -> int:
    return _LENGTH_BITS[mode][(version > 9) + (version > 26)]


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
