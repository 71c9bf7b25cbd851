"""Which data mask is the best: the one of least penalty by the standard's four rules.

The whole symbol is looked at, with its format information, and without its quiet zone. Where the standard leaves room:
rule 3 counts each 1:1:3:1:1 pattern once, at a width of one module, and the light area beside it may lie in the
quiet zone; rule 4 counts whole steps of 5 %. A tie goes to the mask of the lower number.

Source: ISO/IEC 18004:2015, 7.8.3 with table 11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from scanly.qr.encoding import lines
from scanly.qr.encoding.placement import modules


class Masking(NamedTuple):
    """A mask with the function patterns in it: what a symbol's codewords are combined with by exclusive or.

    ``changes`` are the modules of ``pattern`` that differ from their predecessor in the line; ``steps`` those that
    differ from the module above, and all modules where no 2 x 2 block can end.
    """

    mask: int
    pattern: int
    changes: int
    steps: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rules need to know of a version: bits that are the same for all of its symbols."""

    side: int
    stride: int
    half: int
    no_run: int  # where no five modules of one line end
    block: int  # among the rows: where a 2 x 2 block ends


@lru_cache(8)
def frame(version: int) -> Frame:
    side = modules(version)
    runs = "0000" + "1" * (side - 4) + "0000"
    blocks = "0" * lines.stride(side) + ("0" + "1" * (side - 1) + "0000") * (side - 1)
    every = (1 << 2 * lines.half(side)) - 1
    return Frame(side, lines.stride(side), lines.half(side), every ^ int(runs * 2 * side, 2), int(blocks, 2))


def masking(mask: int, pattern: int, frame: Frame) -> Masking:
    rows, no_block = pattern >> frame.half, (1 << frame.half) - 1 ^ frame.block
    steps = (rows ^ rows >> frame.stride) & frame.block | no_block
    return Masking(mask, pattern, pattern ^ pattern >> 1, steps)


def best_masked(codewords: int, maskings: Sequence[Masking], frame: Frame) -> tuple[int, int]:
    """The mask of least penalty, and the symbol in it; ``codewords`` is the symbol before masking."""
    stride, half, no_run = frame.stride, frame.half, frame.no_run
    modules = frame.side * frame.side
    rows = codewords >> half
    own_changes = codewords ^ codewords >> 1
    own_steps = (rows ^ rows >> stride) & frame.block
    least, best, found = 1 << 60, 0, 0
    for mask, pattern, changes, steps in maskings:
        # A bit of no_five is clear where the fifth of five equal modules is: a run of n has n - 4 of them.
        change = own_changes ^ changes
        change_before = change >> 1
        either = change | change_before
        no_five = either | either >> 2 | no_run
        penalty = 2 * half - 3 * no_five.bit_count() + 2 * (no_five | no_five >> 1).bit_count()
        row_change = change >> half
        penalty += 3 * (half - (row_change | row_change >> stride | own_steps ^ steps).bit_count())
        if penalty >= least:
            continue
        symbol = codewords ^ pattern
        penalty += abs(10 * symbol.bit_count() - 10 * modules) // modules * 10
        if penalty >= least:
            continue
        dark_light_dark = change & change_before & symbol
        finder = dark_light_dark & dark_light_dark >> 4 & symbol >> 3
        dark_in_four = symbol | symbol >> 1
        dark_in_four |= dark_in_four >> 2
        penalty += 40 * (finder & ~(dark_in_four << 4 & dark_in_four >> 7)).bit_count()
        if penalty < least:
            least, best, found = penalty, mask, symbol
    return best, found
