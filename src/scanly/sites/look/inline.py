"""A QR code as part of a page: one small inline drawing, black on white whatever the theme."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from scanly.qr.encoding import encode
from scanly.qr.symbol import Symbol

# Source: ISO/IEC 18004:2024, 6.3.8 (quiet zone).
_QUIET_MODULES = 4


@lru_cache(maxsize=512)
def code(text: str, name: str) -> str:
    """An ``svg`` element with ``name`` for its title. Raises Invalid when the text does not fit into a symbol."""
    symbol = encode(text)
    side = symbol.modules + 2 * _QUIET_MODULES
    return (
        f'<svg role="img" aria-label="{escape(name)}" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{_dark(symbol)}"/></svg>'
    )


def _dark(symbol: Symbol) -> str:
    """The dark modules as runs of each row."""
    parts: list[str] = []
    for y, row in enumerate(symbol.rows, _QUIET_MODULES):
        x = 0
        for run in row.replace(b"\0", b" ").split(b" "):
            if run:
                parts.append(f"M{x + _QUIET_MODULES} {y}h{len(run)}v1h-{len(run)}z")
            x += len(run) + 1
    return "".join(parts)
