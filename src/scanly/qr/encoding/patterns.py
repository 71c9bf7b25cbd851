"""The look of all modules that carry no codewords, and the eight data masks.

Source: ISO/IEC 18004:2015, 6.3 (function patterns), 7.8.2 with table 10 (masks), 7.9 and annex C (format information),
7.10 and annex D (version information).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from scanly.qr.encoding.placement import FINDER_MODULES, TIMING, alignment_centres, data_positions, modules
from scanly.qr.symbol import Level

MASKS = range(8)
_LEVEL_BITS: dict[Level, int] = {"L": 0b01, "M": 0b00, "Q": 0b11, "H": 0b10}
_DARK, _LIGHT = ord("1"), ord("0")


def function_rows(version: int, level: Level, mask: int) -> list[str]:
    """The symbol without its codewords: rows of 1 for dark and 0 for light modules."""
    side = modules(version)
    cells = bytearray(_fixed(version))
    for dark, (first, second) in zip(_format_bits(level, mask), _format_places(side), strict=True):
        cells[first] = cells[second] = dark
    return _rows(cells, side)


@lru_cache(2)
def mask_rows(version: int) -> tuple[list[str], ...]:
    """For each mask, the modules that it turns over."""
    side = modules(version)
    everywhere = bytearray(b"0" * side * side)
    for module in data_positions(version):
        everywhere[module] = _DARK
    region = [int(row, 2) for row in _rows(everywhere, side)]
    tiles = [[int((row * side)[:side], 2) for row in tile] for tile in _tiles()]
    return tuple([f"{region[y] & tile[y % 12]:0{side}b}" for y in range(side)] for tile in tiles)


def _tiles() -> Iterator[list[str]]:
    """The masks repeat after 12 rows and 6 columns."""
    for mask in MASKS:
        yield ["".join(str(int(_turned_over(mask, row, column))) for column in range(6)) for row in range(12)]


def _turned_over(mask: int, row: int, column: int) -> bool:
    """Table 10."""
    product = row * column
    return (
        (row + column) % 2,
        row % 2,
        column % 3,
        (row + column) % 3,
        (row // 2 + column // 3) % 2,
        product % 2 + product % 3,
        (product % 2 + product % 3) % 2,
        ((row + column) % 2 + product % 3) % 2,
    )[mask] == 0


def _rows(cells: bytearray, side: int) -> list[str]:
    text = cells.decode("ascii")
    return [text[start : start + side] for start in range(0, side * side, side)]


@lru_cache(2)
def _fixed(version: int) -> bytes:
    """What does not depend on level and mask, from the first module to the last."""
    side = modules(version)
    cells = bytearray(b"0" * side * side)
    for at in range(FINDER_MODULES + 1, side - FINDER_MODULES - 1):
        cells[TIMING * side + at] = cells[at * side + TIMING] = _LIGHT if at % 2 else _DARK
    far, middle = side - 1 - FINDER_MODULES // 2, FINDER_MODULES // 2
    for centre in ((middle, middle), (middle, far), (far, middle)):
        _square(cells, side, centre, (3, 1, 0))
    for centre in alignment_centres(version):
        _square(cells, side, centre, (2, 0))
    cells[(side - 8) * side + 8] = _DARK
    if version >= 7:
        code = version << 12 | _check_bits(version, 12, 0b1111100100101)
        for bit in range(18):
            row, column = bit // 3, side - 11 + bit % 3
            cells[row * side + column] = cells[column * side + row] = _LIGHT + (code >> bit & 1)
    return bytes(cells)


def _square(cells: bytearray, side: int, centre: tuple[int, int], dark_rings: tuple[int, ...]) -> None:
    """Rings round a centre, numbered by their distance from it; the outermost is the first of the dark ones."""
    reach = range(-dark_rings[0], dark_rings[0] + 1)
    for down in reach:
        for right in reach:
            dark = max(abs(down), abs(right)) in dark_rings
            cells[(centre[0] + down) * side + centre[1] + right] = _DARK if dark else _LIGHT


def _format_bits(level: Level, mask: int) -> bytes:
    """The 15 bits of the format information, the highest first."""
    data = _LEVEL_BITS[level] << 3 | mask
    code = (data << 10 | _check_bits(data, 10, 0b10100110111)) ^ 0b101010000010010
    return f"{code:015b}".encode()


def _format_places(side: int) -> Iterator[tuple[int, int]]:
    """The two modules of each bit of the format information, the highest bit first (figure 25)."""
    round_corner = [(8, column) for column in (0, 1, 2, 3, 4, 5, 7, 8)]
    round_corner += [(row, 8) for row in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(side - 1 - bit, 8) for bit in range(7)] + [(8, side - 8 + bit) for bit in range(8)]
    for (row, column), (other_row, other_column) in zip(round_corner, apart, strict=True):
        yield row * side + column, other_row * side + other_column


def _check_bits(data: int, bits: int, generator: int) -> int:
    """The remainder of a BCH code."""
    rest = data << bits
    while rest.bit_length() > bits:
        rest ^= generator << rest.bit_length() - generator.bit_length()
    return rest
