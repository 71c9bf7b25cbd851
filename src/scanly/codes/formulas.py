"""Cells that a spreadsheet would run as a formula are written with an apostrophe in front (numbers are not).

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
import unicodedata

from scanly.core.text import has_control

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")


def defused(cell: str) -> str:
    """``cell`` with an apostrophe in front when a spreadsheet might run it as a formula.

    Spaces, quotes and invisible characters before the sign are looked through, full-width signs count too.
    """
    if cell[:1].isalnum() or _NUMBER.fullmatch(cell):
        return cell
    if cell[:1] in ("\t", "\r", "\n"):
        return f"'{cell}"
    seen = next((char for char in cell if not (char.isspace() or char == '"' or has_control(char))), "")
    return f"'{cell}" if unicodedata.normalize("NFKC", seen) in ("=", "+", "-", "@") else cell


def as_was(cell: str) -> str:
    """The cell that `defused` made harmless; only for one with an apostrophe of its own it may be another."""
    bare = cell.removeprefix("'")
    return bare if defused(bare) == cell else cell
