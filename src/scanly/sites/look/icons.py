"""Small drawings beside words, from ``templates/sites/icons.toml``; they say nothing that the words do not."""

from __future__ import annotations

import tomllib
from functools import cache

from scanly.core.paths import asset


@cache
def drawn(name: str) -> str:
    """An icon as inline SVG in the colour of the words around it, hidden from those who listen."""
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{icons()[name]}"/></svg>'


@cache
def icons() -> dict[str, str]:
    """The path of each icon, on a square of 24 units."""
    return tomllib.loads(asset("sites", "icons.toml").read_text("utf-8"))
