"""A symbol as PDF for the press: one page of exactly its size, vector, pure black ink, nothing else.

Black is `0 0 0 1 k`, so it lands on one plate. Other colours become CMYK by the plain formula (K is what all
three lack, C, M, Y the rest), without a profile. There is no date in it: the same code gives the same bytes.

Source: ISO 32000-1 (PDF 1.7, written as 1.4), 7.5 (file), 8.5 (paths), 8.6.4.4 (DeviceCMYK), 14.11.2 (boxes).
"""

from __future__ import annotations

import hashlib
import zlib

from scanly.core.colour import rgb
from scanly.qr.style import Style
from scanly.qr.symbol import Symbol

PT_PER_MM = 72 / 25.4


def draw(symbol: Symbol, style: Style, *, title: str = "") -> bytes:
    """The file; ``title`` defaults to the symbol's name. Raises Invalid when modules get too small."""
    side_pt = style.size_mm * PT_PER_MM
    content = zlib.compress(_content(symbol, style, side_pt).encode())
    box = f"[0 0 {side_pt:.4f} {side_pt:.4f}]"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /BleedBox {box} /TrimBox {box} "
            f"/Resources << >> /Contents 4 0 R >>".encode(),
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
            f"<< /Title {_text(title or symbol.name)} /Producer (Scanly) >>".encode(),
        ]
    )


def _content(symbol: Symbol, style: Style, side_pt: float) -> str:
    """Page operators: the ground as one fill, the dark runs as one fill, on a grid of one unit a module."""
    outer = style.outer_modules(symbol)
    edge = style.quiet_zone_modules
    top = outer - edge - 1
    ground = "" if style.light == "none" else f"{cmyk(style.light)} k\n0 0 {outer} {outer} re f\n"
    runs = "".join([f"{x + edge} {top - y} {width} 1 re\n" for x, y, width in symbol.runs()])
    scale = f"{side_pt / outer:.8f}"
    return f"q\n{scale} 0 0 {scale} 0 0 cm\n{ground}{cmyk(style.dark)} k\n{runs}f\nQ\n"


def cmyk(colour: str) -> str:
    """The four inks of ``#rrggbb`` as PDF operands, 0 to 1; greys use black ink alone."""
    channels = rgb(colour)
    brightest = max(channels)
    inks = [(brightest - channel) / brightest if brightest else 0.0 for channel in channels]
    return " ".join(f"{ink:.4g}" for ink in (*inks, 1 - brightest / 255))


def _text(text: str) -> str:
    """A PDF text string in UTF-16, as hexadecimal digits."""
    digits = f"\ufeff{text}".encode("utf-16-be", "replace").hex()
    return f"<{digits}>"


def _file(objects: list[bytes]) -> bytes:
    """Objects 1 to n (1 the catalog, n the Info) with header, cross-reference table and trailer."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    identity = hashlib.sha256(out).hexdigest()[:32]
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    out += (
        f"xref\n0 {size}\n0000000000 65535 f \n{entries}"
        f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R /ID [<{identity}> <{identity}>] >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(out)
