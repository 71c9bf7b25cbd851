"""Files to pixels, as a printer or a screen would show them: SVG, PDF, PNG and JPEG on white paper."""

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


def pictures(data: bytes, format: str, side_px: int) -> Iterator[Picture]:  # noqa: A002 - the word users know
    """Every page of the file, vector pages about ``side_px`` wide, pixel pictures as they are.

    Raises Invalid when the format is not known or the file is damaged.
    """
    rasterise = _RASTERISERS.get(format)
    if rasterise is None:
        raise Invalid.field("format", f'"{format}" cannot be read back.', hint=f"Use {', '.join(FORMATS)}.")
    try:
        yield from rasterise(data, side_px)
    except _DAMAGED as error:
        raise Invalid(f"The {format.upper()} file is damaged.", hint="Make it again.") from error


def recognise(data: bytes) -> str | None:
    """The format by the first bytes of a file: svg, png, jpeg or pdf, or None."""
    for magic, name in ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"%PDF-", "pdf")):
        if data.startswith(magic):
            return name
    return "svg" if re.search(rb"<(?:\w+:)?svg[\s>]", data[:4096]) else None


def _from_png(data: bytes, side_px: int) -> Iterator[Picture]:  # noqa: ARG001 - pixels stay as they are
    from PIL.PngImagePlugin import PngImageFile

    yield _from_pixels(PngImageFile(io.BytesIO(data)))


def _from_jpeg(data: bytes, side_px: int) -> Iterator[Picture]:  # noqa: ARG001 - pixels stay as they are
    from PIL.JpegImagePlugin import JpegImageFile

    yield _from_pixels(JpegImageFile(io.BytesIO(data)))


def _from_pixels(source: Image) -> Picture:
    """The picture whose header was read; its pixels are unpacked only when there are not too many."""
    if source.width * source.height > MAX_PIXELS:
        hint = f"Scale it to {MAX_PIXELS // 1_000_000} megapixels or less."
        raise Invalid(f"The picture has {source.width:,} by {source.height:,} pixels.", hint=hint)
    dpi = cast(tuple[float, float] | None, source.info.get("dpi"))
    px_per_mm = dpi[0] / 25.4 if dpi and dpi[0] > 1 else None
    return Picture(1, _on_white(source), px_per_mm)


def _from_svg(data: bytes, side_px: int) -> Iterator[Picture]:
    import resvg_py
    from PIL import Image

    tag = re.search(r"<(?:\w+:)?svg\b[^>]*>", data[:65536].decode("utf-8", "replace"))
    png = resvg_py.svg_to_bytes(
        svg_string=data.decode("utf-8"), background="white", skip_system_fonts=True, width=side_px, dpi=96
    )
    image = Image.open(io.BytesIO(png), formats=("PNG",)).convert("RGB")
    width_mm = _length_mm(tag[0]) if tag else None
    yield Picture(1, image, image.width / width_mm if width_mm else None)


def _length_mm(tag: str) -> float | None:
    """The physical width in an <svg> tag."""
    width = re.search(r"""\swidth\s*=\s*["']\s*([0-9.]+)\s*(mm|cm|in|pt|pc|px|)\s*["']""", tag)
    return float(width[1]) * _UNIT_MM[width[2]] if width else None


def _from_pdf(data: bytes, side_px: int) -> Iterator[Picture]:
    import pypdfium2

    # The library says nothing about its types.
    library = cast(Any, pypdfium2)
    with _pdfium:
        document = library.PdfDocument(data)
        count: int = len(document)
    try:
        for number in range(count):
            with _pdfium:
                page = document[number]
                scale = min(side_px / min(page.get_size()), MAX_SIDE_PX / max(page.get_size()))
                bitmap = page.render(scale=scale, rev_byteorder=True)
                image = cast("Image", bitmap.to_pil()).convert("RGB")
                bitmap.close()
                page.close()
            yield Picture(number + 1, image, scale * PT_PER_MM)
    finally:
        with _pdfium:
            document.close()


def _on_white(source: Image) -> Image:
    """The picture in RGB, transparent parts as white paper."""
    from PIL import Image

    if not source.has_transparency_data:
        return source.convert("RGB")
    layer = source.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


_RASTERISERS: Mapping[str, Callable[[bytes, int], Iterator[Picture]]] = {
    "svg": _from_svg,
    "png": _from_png,
    "jpeg": _from_jpeg,
    "pdf": _from_pdf,
}
FORMATS = tuple(_RASTERISERS)
