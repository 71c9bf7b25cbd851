"""The least that can be written for the same sheets of labels: what `labels.py` is measured against.

    python handwritten.py ROWS.csv FONT.ttf OUT.pdf

Takes the columns ``target`` and ``name``, and does nothing else that a product must: no choice of stock or look, no
shaping, no standard, no results, and nothing is checked. One A4 page has 24 codes, each a path of rectangles with its
name below in a subset font, as pure black. Prints seconds of CPU.
"""

from __future__ import annotations

import csv
import re
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import uharfbuzz

from scanly.qr import encode

PT_PER_MM = 72 / 25.4
COLUMNS, ROWS = 3, 8
WIDTH_MM, HEIGHT_MM = 210, 297
LABEL_WIDTH_MM, LABEL_HEIGHT_MM, CODE_MM = 70.0, 37.125, 28.0
SIZE_PT = 6
_RUN = re.compile(b"\1+")


class Writer:
    """Objects of a PDF, one after another."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._at, self._offsets = file, 0, list[int]()
        self._write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def number(self) -> int:
        self._offsets.append(0)
        return len(self._offsets)

    def add(self, body: bytes, number: int = 0) -> int:
        number = number or self.number()
        self._offsets[number - 1] = self._at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return number

    def stream(self, data: bytes, entries: bytes = b"") -> int:
        packed = zlib.compress(data)
        head = b"<< %s /Filter /FlateDecode /Length %d >>" % (entries, len(packed))
        return self.add(b"%s\nstream\n%s\nendstream" % (head, packed))

    def finish(self, catalog: int) -> None:
        start, size = self._at, len(self._offsets) + 1
        table = b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets)
        self._write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table))
        self._write(b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, catalog, start))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)


class Letters:
    """One font without shaping: a glyph for each character."""

    def __init__(self, file: Path) -> None:
        self._face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file)))
        self._font = uharfbuzz.Font(self._face)
        self._glyphs: dict[str, tuple[str, float]] = {}
        self._used: dict[int, str] = {}

    def shown(self, text: str) -> tuple[str, float]:
        """Codes as hexadecimal digits, and the width in ems."""
        glyphs = [self._glyphs.get(each) or self._glyph(each) for each in text]
        return "".join([code for code, _ in glyphs]), sum([width for _, width in glyphs])

    def _glyph(self, character: str) -> tuple[str, float]:
        number = self._font.get_nominal_glyph(ord(character)) or 0
        self._used[number] = character
        glyph = f"{number:04X}", self._em(number)
        self._glyphs[character] = glyph
        return glyph

    def _em(self, number: int) -> float:
        return self._font.get_glyph_h_advance(number) / self._face.upem

    def embed(self, writer: Writer, number: int) -> None:
        """Writes the font with the glyphs that were shown."""
        wanted = uharfbuzz.SubsetInput()
        wanted.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS | uharfbuzz.SubsetFlags.NO_HINTING
        wanted.glyph_set.update(self._used)
        program = bytes(uharfbuzz.subset(self._face, wanted).blob.data)
        file = writer.stream(program, b"/Length1 %d" % len(program))
        descriptor = writer.add(
            b"<< /Type /FontDescriptor /FontName /AAAAAA+Label /Flags 4 /FontBBox [-100 -300 1000 1100] "
            b"/ItalicAngle 0 /Ascent 1000 /Descent -290 /CapHeight 714 /StemV 80 /FontFile2 %d 0 R >>" % file
        )
        widths = " ".join(f"{each} [{self._em(each) * 1000:.0f}]" for each in sorted(self._used))
        shapes = writer.add(
            b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+Label /CIDToGIDMap /Identity "
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            b"/FontDescriptor %d 0 R /W [%s] >>" % (descriptor, widths.encode())
        )
        writer.add(
            b"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+Label /Encoding /Identity-H "
            b"/DescendantFonts [%d 0 R] >>" % shapes,
            number,
        )


def main() -> None:
    source, font, out = map(Path, sys.argv[1:])
    before = time.process_time()
    with source.open(newline="", encoding="utf-8") as rows, out.open("wb") as file:
        write(Writer(file), Letters(font), csv.DictReader(rows))
    sys.stdout.write(f"{time.process_time() - before:.3f}\n")


def write(writer: Writer, letters: Letters, rows: Iterator[dict[str, str]]) -> None:
    catalog, tree, font = writer.number(), writer.number(), writer.number()
    size = f"{WIDTH_MM * PT_PER_MM:.3f} {HEIGHT_MM * PT_PER_MM:.3f}"
    pages: list[int] = []
    while sheet := list(islice(rows, COLUMNS * ROWS)):
        content = writer.stream("\n".join(_labels(sheet, letters)).encode())
        page = (
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {size}] /TrimBox [0 0 {size}] "
            f"/Resources << /Font << /F {font} 0 R >> >> /Contents {content} 0 R >>"
        )
        pages.append(writer.add(page.encode()))
    letters.embed(writer, font)
    kids = " ".join(f"{page} 0 R" for page in pages)
    writer.add(f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(), tree)
    writer.add(f"<< /Type /Catalog /Pages {tree} 0 R >>".encode(), catalog)
    writer.finish(catalog)


def _labels(sheet: Sequence[dict[str, str]], letters: Letters) -> Iterator[str]:
    yield "0 0 0 1 k"
    for place, row in enumerate(sheet):
        x_mm = place % COLUMNS * LABEL_WIDTH_MM
        top_mm = HEIGHT_MM - place // COLUMNS * LABEL_HEIGHT_MM
        rows = encode(row["target"], level="M").rows
        module_pt = CODE_MM / (len(rows) + 8) * PT_PER_MM
        left_pt = (x_mm + (LABEL_WIDTH_MM - CODE_MM) / 2) * PT_PER_MM + 4 * module_pt
        foot_pt = (top_mm - 1 - CODE_MM) * PT_PER_MM + 4 * module_pt
        yield f"q {module_pt:.5f} 0 0 {module_pt:.5f} {left_pt:.4f} {foot_pt:.4f} cm"
        yield "\n".join(_rectangles(rows))
        yield "f Q"
        shown, ems = letters.shown(row["name"])
        left_pt = (x_mm + LABEL_WIDTH_MM / 2) * PT_PER_MM - ems * SIZE_PT / 2
        foot_pt = (top_mm - LABEL_HEIGHT_MM + 3) * PT_PER_MM
        yield f"BT /F {SIZE_PT} Tf {left_pt:.3f} {foot_pt:.3f} Td <{shown}> Tj ET"


def _rectangles(rows: Sequence[bytes]) -> list[str]:
    found: list[str] = []
    for y, row in enumerate(reversed(rows)):
        for run in _RUN.finditer(row):
            start, end = run.span()
            found.append(f"{start} {y} {end - start} 1 re")
    return found


if __name__ == "__main__":
    main()
