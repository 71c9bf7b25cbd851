"""The smallest file that shows words: one page in millimetres with y downwards, its fonts embedded."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

from scanly.press.page import MM_PER_PT, Words
from scanly.press.pdf.fonts import FontBook
from scanly.qr.writers.operators import path


class Pieces:
    """Objects of a file under way, as the fonts are written into it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def add(self, body: str) -> str:
        self.bodies.append(body.encode("ascii"))
        return f"{len(self.bodies)} 0 R"

    def add_stream(self, entries: str, data: bytes) -> str:
        packed = zlib.compress(data)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>".encode("ascii")
        self.bodies.append(head + b"\nstream\n" + packed + b"\nendstream")
        return f"{len(self.bodies)} 0 R"


def words_pdf(file: Path, words: Iterable[Words], width_mm: float, height_mm: float) -> Path:
    """``words`` as text."""
    book = FontBook()
    return _written(file, [book.show(one) for one in words], book, (width_mm, height_mm))


def outlines_pdf(file: Path, words: Iterable[Words], width_mm: float, height_mm: float) -> Path:
    """``words`` as the outlines that text must look like."""
    shown: list[str] = []
    for one in words:
        em = one.size_pt * MM_PER_PT
        shown.append(f"{path(one.line.path.transformed((em, 0, 0, em, one.x, one.y)))} f")
    return _written(file, shown, FontBook(), (width_mm, height_mm))


def _written(file: Path, shown: list[str], book: FontBook, size_mm: tuple[float, float]) -> Path:
    pieces = Pieces()
    names = book.write(pieces)
    width_pt, height_pt = (mm / MM_PER_PT for mm in size_mm)
    scale = 1 / MM_PER_PT
    content = f"{scale} 0 0 {-scale} 0 {height_pt} cm\n" + "\n".join(shown)
    contents = pieces.add_stream("", content.encode("ascii"))
    fonts = " ".join(f"/{name} {reference}" for name, reference in names.items())
    page, pages = len(pieces.bodies) + 1, len(pieces.bodies) + 2
    pieces.add(
        f"<< /Type /Page /Parent {pages} 0 R /MediaBox [0 0 {width_pt} {height_pt}] /Contents {contents} "
        f"/Resources << /Font << {fonts} >> >> >>"
    )
    pieces.add(f"<< /Type /Pages /Count 1 /Kids [{page} 0 R] >>")
    root = pieces.add(f"<< /Type /Catalog /Pages {pages} 0 R >>")
    file.write_bytes(_file(pieces.bodies, root))
    return file


def _file(bodies: list[bytes], root: str) -> bytes:
    whole = b"%PDF-1.4\n"
    table = b"0000000000 65535 f \n"
    for number, body in enumerate(bodies, start=1):
        table += b"%010d 00000 n \n" % len(whole)
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    count = len(bodies) + 1
    trailer = f"trailer << /Size {count} /Root {root} >>\nstartxref\n{len(whole)}\n%%EOF\n".encode()
    return whole + b"xref\n0 %d\n%b%b" % (count, table, trailer)
