"""The finished symbol: a square of dark and light modules, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Literal

Level = Literal["L", "M", "Q", "H"]
LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One QR code or Micro QR code without its quiet zone.

    ``rows`` are bytes of 0 (light) and 1 (dark), top row first. With ``encoder``, version, level and mask
    the identical symbol can be made again years later.
    """

    rows: tuple[bytes, ...]
    version: int
    level: Level
    mask: int
    encoder: str
    micro: bool = False

    @property
    def modules(self) -> int:
        """Side length in modules, without the quiet zone."""
        return len(self.rows)

    @property
    def name(self) -> str:
        """Version and level as printers write them: ``QR 3-M``, ``Micro QR M3-L``; M1 has no level."""
        if self.micro:
            return f"Micro QR M{self.version}" + (f"-{self.level}" if self.version > 1 else "")
        return f"QR {self.version}-{self.level}"

    @property
    def least_quiet_zone_modules(self) -> int:
        """The light border that readers need on every side (ISO/IEC 18004:2015, 6.3.8)."""
        return 2 if self.micro else 4

    def runs(self) -> list[tuple[int, int, int]]:
        """Every horizontal run of dark modules as (column, row, length), from the top left corner."""
        # A light module after each row ends its last run, and stands before the next row.
        cells = b"\0".join(self.rows) + b"\0"
        whole = int.from_bytes(cells, "big")
        changed = (whole ^ whole >> 8).to_bytes(len(cells), "big")
        columns, rows = _places(self.modules)
        xs, ys = compress(columns, changed), compress(rows, changed)
        return [(x, y, end - x) for x, y, end, _ in zip(xs, ys, xs, ys, strict=True)]


@cache
def _places(modules: int) -> tuple[bytes, bytes]:
    """Column and row of each module and of the light one after each row; a symbol has fewer than 256 of them."""
    return bytes(range(modules + 1)) * modules, b"".join(
        bytes([row]) * (modules + 1) for row in range(modules)
    )
