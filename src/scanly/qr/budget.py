"""What a symbol can lose to a logo: the share of each block's error correction that covered modules use up.

A block of Reed-Solomon code mends half as many codewords as it has for correction; a codeword is lost when any of
its modules is covered. What a logo leaves is for dirt, scratches and spreading ink.

Source: ISO/IEC 18004:2015, 7.5 with table 9 (capacity, and its note on misdecode protection); the limits as
measured with zxing-cpp and zbar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from functools import lru_cache

from scanly.qr.encoding.placement import blocks, codeword_owner, data_positions, function_modules
from scanly.qr.symbol import Level, Symbol

# Shares of a block's capacity: up to ALLOWED nothing is said, up to REFUSED a warning, above it no.
ALLOWED = 0.50
REFUSED = 0.75

# Readers do without the alignment patterns under a logo in the middle: both decoders read versions 7 to 40 under
# every strain as well as without it, up to the shares below.
_TOLERABLE = frozenset({"alignment"})
# Correction codewords that a small symbol keeps to notice a wrong reading.
_MISDECODE_PROTECTION = {(1, "L"): 3, (1, "M"): 2, (1, "Q"): 1, (1, "H"): 1, (2, "L"): 2, (3, "L"): 1}


@dataclass(frozen=True, slots=True)
class Budget:
    """``shares`` are what each block has lost of what it can mend (above 1: it cannot), ``patterns`` the names of
    the function patterns that are touched; ``bearable`` when readers can do without those."""

    shares: tuple[float, ...]
    patterns: tuple[str, ...]
    bearable: bool

    @property
    def worst_share(self) -> float:
        return max(self.shares)


def budget(symbol: Symbol, covered: Iterable[int | tuple[int, int]]) -> Budget:
    """What covering these modules, as row-major indexes or (x, y), costs.

    A Micro QR code bears nothing: it has no correction to give away.
    """
    side = symbol.modules
    hidden = {each if isinstance(each, int) else each[1] * side + each[0] for each in covered}
    if symbol.micro:
        return Budget((float(bool(hidden)),), (), bearable=not hidden)
    codewords = _codewords(symbol.version, symbol.level)
    lost = Counter(block for _, block in {codewords[module] for module in hidden & codewords.keys()})
    able = mendable(symbol.version, symbol.level)
    shares = tuple(lost[block] / able for block in range(len(blocks(symbol.version, symbol.level))))
    patterns = _touched(symbol.version, hidden)
    return Budget(shares, patterns, bearable=_TOLERABLE.issuperset(patterns))


def mendable(version: int, level: Level) -> int:
    """How many wrong codewords each block of that symbol can mend."""
    _, correction = blocks(version, level)[0]
    return (correction - _MISDECODE_PROTECTION.get((version, level), 0)) // 2


@lru_cache(maxsize=16)
def _codewords(version: int, level: Level) -> dict[int, tuple[int, int]]:
    """For each module that carries data: its codeword, in the order of placement, and the block of that."""
    owners = codeword_owner(version, level)
    bits = data_positions(version)[: 8 * len(owners)]
    return {module: (bit // 8, owners[bit // 8]) for bit, module in enumerate(bits)}


def _touched(version: int, hidden: AbstractSet[int]) -> tuple[str, ...]:
    patterns = function_modules(version)
    return tuple(
        each.name for each in fields(patterns) if not hidden.isdisjoint(getattr(patterns, each.name))
    )
