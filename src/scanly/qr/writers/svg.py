"""A symbol as SVG: exact millimetres outside, whole modules inside, one path for all that is dark.

Source: SVG 1.1 (second edition), 8.3 (path data) and 7.7 (viewBox).
"""

from __future__ import annotations

from html import escape

from scanly.qr.style import Style
from scanly.qr.symbol import Symbol


def draw(symbol: Symbol, style: Style, *, title: str = "") -> bytes:
    """The file; ``title`` is for screen readers and tooltips. Raises Invalid when modules get too small."""
    outer = style.outer_modules(symbol)
    edge = style.quiet_zone_modules
    side = f"{style.size_mm:.10g}mm"
    bars = [f"h{width}v1h-{width}z" for width in range(symbol.modules + 1)]
    runs = "".join([f"M{x + edge} {y + edge}{bars[width]}" for x, y, width in symbol.runs()])
    ground = "" if style.light == "none" else f'<path fill="{style.light}" d="M0 0h{outer}v{outer}H0z"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" '
        f'viewBox="0 0 {outer} {outer}" shape-rendering="crispEdges">'
        f'{_title(title)}{ground}<path fill="{style.dark}" d="{runs}"/></svg>\n'
    ).encode()


def _title(title: str) -> str:
    """Without the characters that XML forbids; joiners stay, Indic scripts need them."""
    seen = "".join(char for char in title if char.isprintable() or char in "\u200c\u200d")
    return f"<title>{escape(seen, quote=False)}</title>" if seen else ""
