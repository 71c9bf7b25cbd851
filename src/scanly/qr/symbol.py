"""The finished symbol: a square of dark and light modules, and how it came about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["L", "M", "Q", "H"]
LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")

_DARK_RUN = re.compile(b"\x01+")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One QR code without its quiet zone.

    ``rows`` are bytes of 0 (light) and 1 (dark), top row first. With ``encoder``, version, level and mask
    the identical symbol can be made again years later.
    """

    rows: tuple[bytes, ...]
    version: int
    level: Level
    mask: int
    encoder: str

    @property
    def modules(self) -> int:
        """Side length in modules, without the quiet zone."""
        return len(self.rows)

    @property
    def name(self) -> str:
        """Version and level as printers write them: ``QR 3-M``."""
        return f"QR {self.version}-{self.level}"

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Every horizontal run of dark modules as (column, row, length), from the top left corner."""
        for y, row in enumerate(self.rows):
            for run in _DARK_RUN.finditer(row):
                x, end = run.span()
                yield x, y, end - x
