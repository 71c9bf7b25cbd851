"""Barcodes as pixels and as zint makes them: who judges ours."""

from __future__ import annotations

import io
from itertools import groupby

from tests.conftest import imported

from scanly.press.barcodes.pattern.bars import Bars
from scanly.press.page import MM_PER_PT, Barcode, Words
from scanly.qr.artwork import Path
from scanly.qr.picture import picture

GREY = "L"


def rendered(items: tuple[Barcode | Words, ...], width_mm: float, height_mm: float, dpi: float):
    """The items on white paper, through an SVG renderer."""
    from PIL import Image

    paths = []
    for item in items:
        if isinstance(item, Barcode):
            paths.append(f'<path d="{_data(item.bars)}"/>')
        else:
            em = item.size_pt * MM_PER_PT
            place = f"translate({item.x} {item.y}) scale({em})"
            paths.append(f'<path transform="{place}" d="{_data(item.line.path)}"/>')
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width_mm} {height_mm}">'
        f'<rect width="{width_mm}" height="{height_mm}" fill="#fff"/>{"".join(paths)}</svg>'
    )
    png = picture(svg, *(round(mm / 25.4 * dpi) for mm in (width_mm, height_mm)))
    return Image.open(io.BytesIO(png)).convert(GREY)


def _data(path: Path) -> str:
    return " ".join(f"{letter}{' '.join(map(str, places))}" for letter, *places in path.segments)


def elements(bars: Bars) -> list[float]:
    """Widths of bars and gaps in turn, as a scanner meets them."""
    found: list[float] = []
    end = 0.0
    for bar in bars.bars:
        found += [bar.x - end, bar.width] if found else [bar.width]
        end = bar.x + bar.width
    return found


def by_zint(symbology: str, text: str, **options: int) -> list[int]:
    """The same of zint."""
    zint = imported("zint")
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    for name, value in options.items():
        setattr(symbol, name, value)
    symbol.encode(text)
    row = memoryview(symbol.encoded_data).tolist()[0]
    bits = (row[place // 8] >> place % 8 & 1 for place in range(symbol.width))
    return [len(list(same)) for _, same in groupby(bits)]


def by_zxing(image, *, addon: bool = False) -> list[bytes]:
    zxing = imported("zxingcpp")
    way = zxing.EanAddOnSymbol.Require if addon else zxing.EanAddOnSymbol.Ignore
    return [code.bytes for code in zxing.read_barcodes(image, ean_add_on_symbol=way)]


def by_zbar(image) -> list[bytes]:
    return [code.data for code in imported("pyzbar.pyzbar").decode(image)]
