"""A square of modules as one integer, so that one step looks at every row and every column.

All rows, one after the other, then all columns; each line is followed by four light modules, as if the quiet zone
stood there. The first module is the highest bit; a shift to the right by one brings each module's predecessor in its
line to its place, and by `stride` in the half of the rows, the module above it.
"""

from __future__ import annotations

from collections.abc import Sequence

_END = "0000"


def stride(side: int) -> int:
    """Bits of one line."""
    return side + len(_END)


def half(side: int) -> int:
    """Bits of all rows, or of all columns."""
    return side * stride(side)


def joined(rows: Sequence[str]) -> int:
    """``rows`` are of 0 and 1, without the four modules after them."""
    return both_ways(_END.join(rows) + _END, len(rows))


def both_ways(rows: str, side: int) -> int:
    """``rows`` are of 0 and 1, each followed by its four light modules."""
    columns = [rows[column :: stride(side)] for column in range(side)]
    return int(rows + _END.join(columns) + _END, 2)


def module_bit(module: int, side: int) -> int:
    """The two bits, among the rows and among the columns, of the module at a row-major index."""
    row, column = divmod(module, side)
    last = 2 * half(side) - 1
    return 1 << last - row * stride(side) - column | 1 << last - half(side) - column * stride(side) - row
