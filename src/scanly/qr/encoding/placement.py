"""Where everything in a QR code stands: function patterns, codewords, blocks; for the encoder and for damage budgets.

A module is named by its row-major index, row * side + column, from the top left corner and without the quiet zone.

Source: ISO/IEC 18004:2015, 6.3 (function patterns), 7.5 with table 9 (blocks), 7.6 (interleaving), 7.7.3
(placement), 7.9 and 7.10 (format and version information), annex E (alignment patterns).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate, chain, product

from scanly.qr.symbol import Level

MAX_VERSION = 40
FINDER_MODULES, TIMING = 7, 6  # side of a finder pattern; row and column of the timing patterns

# Table 9: correction codewords of each block, and the number of blocks, for versions 1 to 40.
_CORRECTION: dict[Level, str] = {
    "L": "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 "
    "28 28 30 30 26 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
    "M": "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 "
    "26 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28 28",
    "Q": "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 "
    "28 30 30 30 30 28 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
    "H": "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 "
    "30 24 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30 30",
}
_BLOCKS: dict[Level, str] = {
    "L": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "M": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 "
    "17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "Q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 "
    "23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "H": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 "
    "25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
}


@dataclass(frozen=True, slots=True)
class FunctionModules:
    """The modules that carry no codewords. ``timing`` and ``alignment`` share modules where the patterns cross;
    ``format`` includes the one module that is always dark.
    """

    finder: frozenset[int]
    separator: frozenset[int]
    timing: frozenset[int]
    alignment: frozenset[int]
    format: frozenset[int]
    version: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.finder | self.separator | self.timing | self.alignment | self.format | self.version


def modules(version: int) -> int:
    """Modules along one side."""
    return 17 + 4 * version


@cache
def alignment_centres(version: int) -> tuple[tuple[int, int], ...]:
    """(row, column) of the middle of each alignment pattern, which is 5 modules wide; none in version 1."""
    if version == 1:
        return ()
    last = modules(version) - 7
    gaps = version // 7 + 1
    # Equal even gaps, but the first, which takes the rest; in version 32 the table of annex E rounds otherwise.
    gap = 26 if version == 32 else -(-(last - TIMING) // (2 * gaps)) * 2
    line = (TIMING, *range(last - gap * (gaps - 1), last + 1, gap))
    finders = {(TIMING, TIMING), (TIMING, last), (last, TIMING)}
    return tuple(centre for centre in product(line, line) if centre not in finders)


@lru_cache(8)
def function_modules(version: int) -> FunctionModules:
    side = modules(version)

    def at(rows: Iterable[int], columns: Iterable[int]) -> frozenset[int]:
        return frozenset(row * side + column for row, column in product(rows, columns))

    def widened(span: range) -> range:
        return range(max(span.start - 1, 0), min(span.stop + 1, side))

    near, far = range(FINDER_MODULES), range(side - FINDER_MODULES, side)
    corners = ((near, near), (near, far), (far, near))
    finder = frozenset(chain.from_iterable(at(rows, columns) for rows, columns in corners))
    surrounded = chain.from_iterable(at(widened(rows), widened(columns)) for rows, columns in corners)
    between = range(FINDER_MODULES + 1, side - FINDER_MODULES - 1)
    squares = (at(range(y - 2, y + 3), range(x - 2, x + 3)) for y, x in alignment_centres(version))
    corner, beside = (*range(TIMING), *range(TIMING + 1, 9)), widened(far)
    six, three = range(6), range(side - 11, side - 8)
    return FunctionModules(
        finder=finder,
        separator=frozenset(surrounded) - finder,
        timing=at([TIMING], between) | at(between, [TIMING]),
        alignment=frozenset(chain.from_iterable(squares)),
        format=at([8], corner) | at(corner, [8]) | at([8], beside) | at(beside, [8]),
        version=at(six, three) | at(three, six) if version >= 7 else frozenset(),
    )


@lru_cache(4)
def data_positions(version: int) -> tuple[int, ...]:
    """The module of each codeword bit in the order of placement; 0 to 7 remainder bits stand at the end."""
    side = modules(version)
    taken = function_modules(version).all
    rights = [*range(side - 1, TIMING, -2), *range(TIMING - 1, 0, -2)]  # the timing column is stepped over
    order: list[int] = []
    for turn, right in enumerate(rights):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        order.extend(row * side + column for row in rows for column in (right, right - 1))
    return tuple(module for module in order if module not in taken)


@cache
def blocks(version: int, level: Level) -> tuple[tuple[int, int], ...]:
    """(data codewords, correction codewords) of each block, the shorter blocks first."""
    number = int(_BLOCKS[level].split()[version - 1])
    correction = int(_CORRECTION[level].split()[version - 1])
    codewords, longer = divmod(_codewords(version), number)
    data = codewords - correction
    return ((data, correction),) * (number - longer) + ((data + 1, correction),) * longer


def _codewords(version: int) -> int:
    """As many as fit into the modules that are left, counted without looking at each of them."""
    side, between = modules(version), version // 7  # alignment patterns on one of the timing patterns
    patterns = 3 * (FINDER_MODULES + 1) ** 2 + 2 * (side - 16) + 31  # finders with separators, timing, format
    if version >= 2:
        patterns += 25 * ((between + 2) ** 2 - 3) - 2 * 5 * between
    if version >= 7:
        patterns += 2 * 18
    return (side**2 - patterns) // 8


@lru_cache(8)
def codeword_owner(version: int, level: Level) -> tuple[int, ...]:
    """The block that each codeword belongs to, in the order of placement."""
    sizes = blocks(version, level)
    longest = max(data for data, _ in sizes)
    data = [block for k in range(longest) for block, (size, _) in enumerate(sizes) if k < size]
    return (*data, *list(range(len(sizes))) * sizes[0][1])


@lru_cache(8)
def interleaving(version: int, level: Level) -> tuple[int, ...]:
    """For each codeword in the order of placement, its number in the order of computation.

    Computation goes through the data codewords of all blocks, then through their correction codewords, block by block.
    """
    sizes = blocks(version, level)
    starts = list(accumulate((data for data, _ in sizes), initial=0))
    data_codewords, (longest, correction) = starts.pop(), sizes[-1]
    corrected = range(data_codewords, data_codewords + len(sizes) * correction)
    data = [
        start + k for k in range(longest) for start, (size, _) in zip(starts, sizes, strict=True) if k < size
    ]
    return (*data, *chain.from_iterable(corrected[k::correction] for k in range(correction)))
