"""A symbol as text for a terminal: half-block characters, two rows of modules a line."""

from __future__ import annotations

from itertools import zip_longest

from scanly.qr.symbol import Symbol

QUIET_ZONE_MODULES = 2
# Black on white by number of the 256-colour cube, which themes leave alone (30 and 47 they do not).
_BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
_RESET = "\x1b[0m"
# By (upper module dark, lower module dark).
_INK = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_LIGHT = {(0, 0): "█", (1, 0): "▄", (0, 1): "▀", (1, 1): " "}


def draw(symbol: Symbol, *, colour: bool = False) -> str:
    """Lines without a final newline.

    With ``colour``, dark blocks on a ground set to white by ANSI codes: right on every terminal. Without, the
    light modules are the blocks: right on dark terminals, and inverted (most phones read it) on light ones.
    """
    edge = QUIET_ZONE_MODULES
    blank = bytes(symbol.modules + 2 * edge)
    side = bytes(edge)
    rows = [blank] * edge + [side + row + side for row in symbol.rows] + [blank] * edge
    blocks = _INK if colour else _LIGHT
    lines = [
        "".join([blocks[pair] for pair in zip(upper, lower, strict=True)])
        for upper, lower in zip_longest(rows[::2], rows[1::2], fillvalue=blank)
    ]
    return "\n".join(f"{_BLACK_ON_WHITE}{line}{_RESET}" if colour else line for line in lines)
