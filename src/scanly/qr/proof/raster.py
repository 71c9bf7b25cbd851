"""Files to pixels, as a printer or a screen would show them: SVG, PDF, EPS, PNG and JPEG on white paper."""

from __future__ import annotations

import io
import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from scanly.core.errors import Invalid
from scanly.qr.proof.ghostscript import eps_to_pdf
from scanly.qr.writers import eps, pdf

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 100_000_000
MAX_SIDE_PX = 10_000
PT_PER_MM = 72 / 25.4
# CSS units in millimetres; a bare number is a CSS pixel.
_UNIT_MM = {
    "mm": 1.0,
    "cm": 10.0,
    "in": 25.4,
    "pt": 25.4 / 72,
    "pc": 25.4 / 6,
    "px": 25.4 / 96,
    "": 25.4 / 96,
}
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"%PDF-", "pdf"),
    (b"%!PS-Adobe", "eps"),
    (b"\xc5\xd0\xd3\xc6", "eps"),
)

# What the libraries raise for files they cannot read.
_DAMAGED = (ValueError, RuntimeError, OSError, EOFError, SyntaxError, struct.error, zlib.error)

# PDFium is one engine for the whole process and may be entered by one thread at a time.
_pdfium = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """One page, in RGB; ``px_per_mm`` is None when the file does not tell its size."""

    page: int
    image: Image
    px_per_mm: float | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a file that is open; ``render`` takes a width in pixels, which pixel pictures ignore."""

    number: int
    render: Callable[[int], Picture]


def pages(data: bytes, format: str) -> Iterator[Page]:  # noqa: A002 - the word users know
    """Every page of the file, to be rendered while it is the current one.

    Raises Invalid when the format is not known or the file is damaged.
    """
    opened = _OPENERS.get(format)
    if opened is None:
        raise Invalid.field("format", f'"{format}" cannot be read back.', hint=f"Use {', '.join(FORMATS)}.")
    damaged = Invalid(f"The {format.upper()} file is damaged.", hint="Make it again.")

    def translated(page: Page) -> Page:
        def render(width_px: int) -> Picture:
            try:
                return page.render(width_px)
            except _DAMAGED as error:
                raise damaged from error

        return Page(page.number, render)

    try:
        for page in opened(data):
            yield translated(page)
    except _DAMAGED as error:
        raise damaged from error


def pictures(data: bytes, format: str, width_px: int) -> Iterator[Picture]:  # noqa: A002 - the word users know
    """Every page of the file, vector pages ``width_px`` wide, pixel pictures as they are. Raises Invalid."""
    for page in pages(data, format):
        yield page.render(width_px)


def recognise(data: bytes) -> str | None:
    """The format by the first bytes of a file: svg, png, jpeg, pdf or eps, or None."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    return "svg" if re.search(rb"<(?:\w+:)?svg[\s>]", data[:4096]) else None


def _open_png(data: bytes) -> Iterator[Page]:
    from PIL.PngImagePlugin import PngImageFile

    yield Page(1, lambda _: _from_pixels(PngImageFile(io.BytesIO(data))))


def _open_jpeg(data: bytes) -> Iterator[Page]:
    from PIL.JpegImagePlugin import JpegImageFile

    yield Page(1, lambda _: _from_pixels(JpegImageFile(io.BytesIO(data))))


def _from_pixels(source: Image) -> Picture:
    """The picture whose header was read; its pixels are unpacked only when there are not too many."""
    if source.width * source.height > MAX_PIXELS:
        hint = f"Scale it to {MAX_PIXELS // 1_000_000} megapixels or less."
        raise Invalid(f"The picture has {source.width:,} by {source.height:,} pixels.", hint=hint)
    dpi = cast(tuple[float, float] | None, source.info.get("dpi"))
    px_per_mm = dpi[0] / 25.4 if dpi and dpi[0] > 1 else None
    return Picture(1, _on_white(source), px_per_mm)


def _open_svg(data: bytes) -> Iterator[Page]:
    tag = re.search(r"<(?:\w+:)?svg\b[^>]*>", data[:65536].decode("utf-8", "replace"))
    width_mm = _length_mm(tag[0]) if tag else None
    text = data.decode("utf-8")

    def render(width_px: int) -> Picture:
        import resvg_py
        from PIL import Image

        # resvg rounds a drawing to whole pixels of its own size before it scales it, which moves the modules of a
        # small one: so the resolution is the one that gives the width. The height is a limit, too: over a picture
        # that is too tall, resvg would end the whole process.
        width_px = min(width_px, MAX_SIDE_PX)
        png = resvg_py.svg_to_bytes(
            svg_string=text,
            background="white",
            skip_system_fonts=True,
            width=width_px,
            height=MAX_SIDE_PX,
            dpi=width_px / width_mm * 25.4 if width_mm else 96,
        )
        image = Image.open(io.BytesIO(png), formats=("PNG",)).convert("RGB")
        return Picture(1, image, image.width / width_mm if width_mm else None)

    yield Page(1, render)


def _length_mm(tag: str) -> float | None:
    """The physical width in an <svg> tag."""
    width = re.search(r"""\swidth\s*=\s*["']\s*([0-9.]+)\s*(mm|cm|in|pt|pc|px|)\s*["']""", tag)
    return float(width[1]) * _UNIT_MM[width[2]] if width else None


def _open_pdf(data: bytes) -> Iterator[Page]:
    import pypdfium2

    # The library says nothing about its types.
    library = cast(Any, pypdfium2)
    with _pdfium:
        document = library.PdfDocument(data)
        count: int = len(document)
    try:
        for number in range(1, count + 1):
            yield from _pdf_page(document, number)
    finally:
        with _pdfium:
            document.close()


def _pdf_page(document: Any, number: int) -> Iterator[Page]:
    with _pdfium:
        page = document[number - 1]
    try:
        yield Page(number, lambda width_px: _from_pdf(page, number, width_px))
    finally:
        with _pdfium:
            page.close()


def _from_pdf(page: Any, number: int, width_px: int) -> Picture:
    with _pdfium:
        width_pt, height_pt = cast(tuple[float, float], page.get_size())
        scale = min(width_px / width_pt, MAX_SIDE_PX / max(width_pt, height_pt))
        bitmap = page.render(scale=scale, rev_byteorder=True)
        image = cast("Image", bitmap.to_pil()).convert("RGB")
        bitmap.close()
    return Picture(number, image, scale * PT_PER_MM)


def _open_eps(data: bytes) -> Iterator[Page]:
    """Our own files are taken apart and drawn here; those of others need Ghostscript."""
    painting = eps.painting_of(data)
    yield from _open_pdf(pdf.document(painting) if painting else eps_to_pdf(data))


def _on_white(source: Image) -> Image:
    """The picture in RGB, transparent parts as white paper."""
    from PIL import Image

    if not source.has_transparency_data:
        return source.convert("RGB")
    layer = source.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


_OPENERS: Mapping[str, Callable[[bytes], Iterator[Page]]] = {
    "svg": _open_svg,
    "png": _open_png,
    "jpeg": _open_jpeg,
    "pdf": _open_pdf,
    "eps": _open_eps,
}
FORMATS = tuple(_OPENERS)
