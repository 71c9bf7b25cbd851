"""A stock to look at: the sheet in real size with its labels and their positions, as SVG."""

from __future__ import annotations

from html import escape

from scanly.press.page import Box
from scanly.press.stocks.model import Stock
from scanly.press.stocks.names import mm


def svg_of(stock: Stock) -> str:
    """The sheet's edge, the labels with their positions, and dashed within each what is safe for text."""
    width, height = mm(stock.page_width_mm), mm(stock.page_height_mm)
    labels = "\n".join(_outline(stock, box) for box in stock.slots)
    safe = "\n".join(_rectangle(box.inset(stock.safe_inset_mm)) for box in stock.slots)
    numbers = "\n".join(_number(position, box) for position, box in enumerate(stock.slots, 1))
    return f"""<svg xmlns="http://www.w3.org/2000/svg"
    width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">
<title>{escape(f"{stock.name}: {stock.summary}")}</title>
<rect width="{width}" height="{height}" fill="#fff" stroke="#777" stroke-width=".4"/>
<g id="labels" fill="#f4f1ea" stroke="#333" stroke-width=".2">
{labels}
</g>
<g id="safe" fill="none" stroke="#999" stroke-width=".15" stroke-dasharray="1">
{safe}
</g>
<g id="positions" fill="#333" font-family="sans-serif" text-anchor="middle" dominant-baseline="central">
{numbers}
</g>
</svg>
"""


def _outline(stock: Stock, box: Box) -> str:
    if stock.shape == "rect":
        return _rectangle(box, stock.radius_mm or 0)
    x, y = box.middle
    return f'<ellipse cx="{mm(x)}" cy="{mm(y)}" rx="{mm(box.width / 2)}" ry="{mm(box.height / 2)}"/>'


def _rectangle(box: Box, radius_mm: float = 0) -> str:
    corners = f' rx="{mm(radius_mm)}"' if radius_mm else ""
    return (
        f'<rect x="{mm(box.x)}" y="{mm(box.y)}" width="{mm(box.width)}" height="{mm(box.height)}"{corners}/>'
    )


def _number(position: int, box: Box) -> str:
    x, y = box.middle
    size = min(box.height / 2, box.width * 0.3, 8)
    return f'<text x="{mm(x)}" y="{mm(y)}" font-size="{mm(size)}">{position}</text>'
