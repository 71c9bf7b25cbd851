"""What a template looks like: its example as a PNG, drawn as the press would, with the edge where it is cut."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from scanly.press.labels.model import Merge, cells_of
from scanly.press.labels.placing import Pictures
from scanly.press.labels.template import Template
from scanly.press.page import Page, Shape, Stroke
from scanly.press.pdf.document import Document, Finish
from scanly.press.pdf.standard import Metadata
from scanly.press.pictures.picture import Picture
from scanly.press.pictures.reading import read_picture
from scanly.press.render import page_image
from scanly.qr import artwork
from scanly.qr.artwork import Artwork
from scanly.qr.drawing import artwork_of, make_symbol
from scanly.qr.ink import Ink
from scanly.qr.outline import box
from scanly.qr.style import Style
from scanly.qr.symbol import Symbol

_ADDRESS = "https://go.example.com/k7m2q"
_BUILT_IN = {"code": "k7m2q", "short_url": _ADDRESS, "line": "1", "serial": "A-00001"}
_AROUND = Ink.of_rgb((226, 226, 226))
_EDGE = Stroke(Ink.of_rgb((170, 170, 170)), 0.15)


def preview_png(template: Template, cells: Mapping[str, str], dpi: float = 200) -> bytes:
    """One label with these cells, such as those of its example. Raises Invalid for cells that do not fit."""
    items = (*template.draw(sample(cells, template.file.parent)), *_edge(template))
    file = io.BytesIO()
    document = Document(file, Finish(Metadata(template.title, made_ms=0), inks="rgb"))
    document.add(Page(template.width_mm, template.height_mm, items))
    document.finish()
    out = io.BytesIO()
    page_image(file.getvalue(), 1, dpi).save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


def sample(cells: Mapping[str, str], folder: Path) -> Merge:
    """A row with these cells and, where they do not say otherwise, made-up ones for what is built in.

    Pictures that they name are looked for in ``folder``.
    """
    return Merge(
        cells=cells_of(_BUILT_IN) | cells_of(cells),
        content=_ADDRESS.encode(),
        artwork=partial(_artwork, make_symbol(_ADDRESS, Style())),
        picture=Pictures(folder, _picture).read,
    )


def _picture(path: Path, room_mm: tuple[float, float]) -> Picture:
    return read_picture(path, inks="rgb", room_mm=room_mm)


def _artwork(symbol: Symbol, width_mm: float) -> Artwork:
    return artwork_of(symbol, Style(size_mm=width_mm))


def _edge(template: Template) -> tuple[Shape, ...]:
    """What is cut off in grey, and the edge."""
    width, height = template.width_mm, template.height_mm
    radius = min(width, height) / 2 if template.shape == "round" else template.radius_mm
    edge = box(0, 0, width, height, (radius, radius, radius, radius))
    around = artwork.Path(box(0, 0, width, height).segments + edge.segments)
    return Shape(around, fill=_AROUND, even_odd=True), Shape(edge, stroke=_EDGE)
