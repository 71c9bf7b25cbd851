"""From data codewords to modules: error correction, interleaving and placement in one step.

Every module is an exclusive or of data bits, so the symbol of a message is the exclusive or of what its hexadecimal
digits do alone. Small versions keep that in tables; in larger ones, whose tables would fill the memory, the bits are
taken one by one in the order of the modules.

Source: ISO/IEC 18004:2015, 7.5 (error correction), 7.6 (interleaving), 7.7.3 (placement).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from operator import getitem, itemgetter

from scanly.qr.encoding import lines, penalty
from scanly.qr.encoding.correction import remainder
from scanly.qr.encoding.patterns import MASKS, function_rows, mask_rows
from scanly.qr.encoding.placement import blocks, data_positions, interleaving, modules
from scanly.qr.symbol import Level

# All tables together take 15 MB, once every version up to this one was used at every level.
_LAST_WITH_TABLES = 6
_HEXADECIMAL = "0123456789abcdef"
_TO_MODULES = bytes.maketrans(b"01", b"\0\1")

Placing = Callable[[str], int]
# What each value of a hexadecimal digit does to the modules.
Effects = dict[str, int]


@dataclass(frozen=True, slots=True)
class Composer:
    """All that is known of a symbol before its message: version, level, function patterns and masks."""

    place: Placing  # from data codewords in hexadecimal to the modules of codewords, as in `lines`
    maskings: tuple[penalty.Masking, ...]
    frame: penalty.Frame
    cut: Callable[[bytes], tuple[bytes, ...]]

    def compose(self, data_codewords: str, mask: int | None) -> tuple[int, tuple[bytes, ...]]:
        """The mask, the best one if none is given, and the rows of modules: 1 is dark."""
        codewords = self.place(data_codewords)
        if mask is None:
            mask, symbol = penalty.best_masked(codewords, self.maskings, self.frame)
        else:
            symbol = codewords ^ self.maskings[mask].pattern
        rows = f"{symbol >> self.frame.half:b}"  # of full length, because the first module is dark
        return mask, self.cut(rows.encode().translate(_TO_MODULES))


def composer(version: int, level: Level) -> Composer:
    """Takes up to 30 ms when it is not remembered; all that is remembered stays below 32 MB."""
    return (_small if version <= _LAST_WITH_TABLES else _large)(version, level)


@cache
def _small(version: int, level: Level) -> Composer:
    return _made(version, level, _by_tables(version, level))


@lru_cache(6)
def _large(version: int, level: Level) -> Composer:
    return _made(version, level, _by_order(version, level))


def _made(version: int, level: Level, place: Placing) -> Composer:
    frame = penalty.frame(version)
    turned = [lines.joined(rows) for rows in mask_rows(version)]
    maskings = tuple(
        penalty.masking(mask, turned[mask] ^ lines.joined(function_rows(version, level, mask)), frame)
        for mask in MASKS
    )
    starts = [row * frame.stride for row in range(frame.side)]
    return Composer(place, maskings, frame, itemgetter(*[slice(at, at + frame.side) for at in starts]))


def _by_tables(version: int, level: Level) -> Placing:
    placed = _placed_bits(version, level)
    sizes = blocks(version, level)
    data_codewords, correction = sum(data for data, _ in sizes), sizes[0][1]
    effects: list[Effects] = []
    for block, (data, _) in enumerate(sizes):
        first = data_codewords + block * correction
        corrections = [one for bits in placed[first : first + correction] for one in _both_digits(bits)]
        own = placed[len(effects) // 2 : len(effects) // 2 + data]
        for bits, remainders in zip(own, reversed(_remainders(data, correction)), strict=True):
            # Besides its own modules, a bit turns over those of the correction codewords that it changes.
            digits = [f"{one:0{2 * correction}x}" for one in remainders]
            spread = [reduce(int.__xor__, map(getitem, corrections, one)) for one in digits]
            effects += _both_digits([bit ^ more for bit, more in zip(bits, spread, strict=True)])
    return lambda digits: reduce(int.__xor__, map(getitem, effects, digits))


def _placed_bits(version: int, level: Level) -> list[list[int]]:
    """For each codeword in the order of computation, the modules of its eight bits, the highest bit first."""
    positions, side = data_positions(version), modules(version)
    bits: dict[int, list[int]] = {}
    for at, codeword in enumerate(interleaving(version, level)):
        bits[codeword] = [lines.module_bit(module, side) for module in positions[8 * at : 8 * at + 8]]
    return [bits[codeword] for codeword in range(len(bits))]


def _remainders(data: int, correction: int) -> list[list[int]]:
    """What each bit of a codeword, the highest first, leaves as correction; the last codeword of a block first."""
    of_bits = [remainder(bytes([1 << bit]), correction) for bit in range(7, -1, -1)]
    found = [of_bits]
    for _ in range(data - 1):
        of_bits = [remainder(b"\0", correction, start) for start in of_bits]
        found.append(of_bits)
    return found


def _both_digits(bits: Sequence[int]) -> tuple[Effects, Effects]:
    """The effects of the two hexadecimal digits of a codeword, from those of its bits."""
    return _digit(bits[:4]), _digit(bits[4:])


def _digit(bits: Sequence[int]) -> Effects:
    effects = [0]
    for bit in reversed(bits):
        effects += [effect ^ bit for effect in effects]
    return dict(zip(_HEXADECIMAL, effects, strict=True))


def _by_order(version: int, level: Level) -> Placing:
    sizes, side = blocks(version, level), modules(version)
    bits = 8 * sum(data + correction for data, correction in sizes)
    take = itemgetter(*_bit_of_each_module(version, level, bits))

    def place(digits: str) -> int:
        codewords = bytes.fromhex(digits)
        start, corrected = 0, [codewords]
        for data, correction in sizes:
            block = codewords[start : start + data]
            corrected.append(remainder(block, correction).to_bytes(correction, "big"))
            start += data
        message = f"{int.from_bytes(b''.join(corrected), 'big'):0{bits}b}0"
        return lines.both_ways("".join(take(message)), side)

    return place


def _bit_of_each_module(version: int, level: Level, light: int) -> Iterable[int]:
    """For each module in its row, with the four after it, the bit that it shows; ``light`` where it shows none."""
    side = modules(version)
    stride = lines.stride(side)
    order, positions = [light] * lines.half(side), data_positions(version)
    for at, codeword in enumerate(interleaving(version, level)):
        for bit, module in enumerate(positions[8 * at : 8 * at + 8], start=8 * codeword):
            row, column = divmod(module, side)
            order[row * stride + column] = bit
    return order
