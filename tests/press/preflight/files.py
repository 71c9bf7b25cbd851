"""PDF files for the preflight: one page of plain operators, with whatever resources and entries a case needs."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pikepdf

from scanly.press.preflight import Expectation, PreflightReport, check_pdf
from scanly.qr.drawing import make_symbol
from scanly.qr.style import Style

MM = 72 / 25.4
# 100 by 60 mm after cutting, with 3 mm of bleed and 7 mm for marks around it.
MEDIA = (0.0, 0.0, 120 * MM, 80 * MM)
BLEED = (7 * MM, 7 * MM, 113 * MM, 73 * MM)
TRIM = (10 * MM, 10 * MM, 110 * MM, 70 * MM)
BOXES = {"MediaBox": MEDIA, "BleedBox": BLEED, "TrimBox": TRIM}
# A ground that bleeds on all sides.
GROUND = "0.1 0 0 0 k 19 19 303 189 re f\n"
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
SPOT = "[/Separation /%s /DeviceCMYK << /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0 0] /C1 [%s] >>]"


def page_of(
    content: str | bytes = GROUND,
    resources: str = "<< >>",
    *,
    boxes: Mapping[str, Sequence[float]] = BOXES,
    entries: str = "<< >>",
    streams: Sequence[tuple[str, bytes]] = (),
) -> pikepdf.Pdf:
    """A file of one page. ``%0``, ``%1`` … in resources and entries stand for ``streams``, each of a dictionary and
    its bytes."""
    pdf = pikepdf.new()
    made = []
    for given, data in streams:
        stream = pikepdf.Stream(pdf, data)
        for key, value in filled(given, made).items():
            stream[key] = value
        made.append(pdf.make_indirect(stream))
    page = pikepdf.Dictionary(Type=pikepdf.Name.Page)
    for key, box in boxes.items():
        page[f"/{key}"] = pikepdf.Array([round(side, 4) for side in box])
    data = content if isinstance(content, bytes) else content.encode("latin-1")
    page["/Contents"] = pikepdf.Stream(pdf, data)
    page["/Resources"] = filled(resources, made)
    for key, value in filled(entries, made).items():
        page[key] = value
    pdf.pages.append(pikepdf.Page(page))
    return pdf


def filled(text: str, made: Sequence[pikepdf.Object]) -> pikepdf.Object:
    """The dictionary, in which placeholders are the streams themselves."""
    for index in range(len(made)):
        text = text.replace(f"%{index}", f"/The-stream-{index:02d}")
    return swapped(pikepdf.Object.parse(text.encode()), made)


def swapped(value: pikepdf.Object, made: Sequence[pikepdf.Object]) -> pikepdf.Object:
    if isinstance(value, pikepdf.Dictionary):
        for key in list(value.keys()):
            value[key] = swapped(value[key], made)
    elif isinstance(value, pikepdf.Array):
        return pikepdf.Array([swapped(each, made) for each in value])
    elif isinstance(value, pikepdf.Name) and str(value).startswith("/The-stream-"):
        return made[int(str(value)[-2:])]
    return value


def report_of(
    pdf: pikepdf.Pdf, folder: Path, *, expect: Expectation | None = None, **saved: object
) -> PreflightReport:
    """What the preflight says of the file; without codes and coverage unless ``expect`` asks."""
    path = folder / "file.pdf"
    pdf.save(
        path, **{"object_stream_mode": pikepdf.ObjectStreamMode.disable, "force_version": "1.4", **saved}
    )
    return check_pdf(path, expect=expect or Expectation(codes=False, coverage_pages=0))


def codes_of(report: PreflightReport) -> set[str]:
    return {finding.code for finding in report.findings}


def qr(content: str, x_mm: float, y_mm: float, module_mm: float, colour: str = "0 0 0 1 k") -> str:
    """A code at that place from the lower left corner of the media box, as one path."""
    rows = make_symbol(content, Style()).rows
    runs = [
        f"{column} {len(rows) - 1 - row} 1 1 re"
        for row, modules in enumerate(rows)
        for column, is_dark in enumerate(modules)
        if is_dark
    ]
    scale = module_mm * MM
    return f"q {scale} 0 0 {scale} {x_mm * MM} {y_mm * MM} cm {colour}\n" + "\n".join(runs) + "\nf Q\n"


def joined(*pdfs: pikepdf.Pdf) -> pikepdf.Pdf:
    """All pages in one file."""
    whole = pikepdf.new()
    for pdf in pdfs:
        whole.pages.extend(pdf.pages)
    return whole


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
