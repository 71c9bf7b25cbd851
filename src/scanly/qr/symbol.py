"""The finished symbol: a square of dark and light modules, and how it came about."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["L", "M", "Q", "H"]
LEVELS: tuple[Level, ...] = ("L", "M", "Q", "H")


class Symbol(msgspec.Struct, frozen=True):
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
