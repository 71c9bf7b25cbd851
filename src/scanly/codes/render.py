"""One row's files: encoded, drawn, read back, then put in place. Runs in a process of its own."""

from __future__ import annotations

from pathlib import Path

import msgspec

from scanly.core.errors import ScanlyError
from scanly.core.files import write_whole
from scanly.qr.drawing import draw
from scanly.qr.encoding import encode
from scanly.qr.proof import confirm
from scanly.qr.style import Style


class Drawing(msgspec.Struct, frozen=True):
    """What to draw, and where: ``folder / name.format`` for each format."""

    content: str
    style: Style
    formats: tuple[str, ...]
    folder: Path
    name: str
    verify: bool


class Drawn(msgspec.Struct, frozen=True):
    """The files that were written, relative to their folder, or why there are none."""

    files: tuple[str, ...] = ()
    encoder: str = ""
    problem: str = ""


def render(drawing: Drawing) -> Drawn:
    """Writes every format or none; no file is put in place before all were read back."""
    try:
        symbol = encode(drawing.content, level=drawing.style.level, boost=drawing.style.boost)
        finished: dict[str, bytes] = {}
        for form in drawing.formats:
            data = draw(symbol, drawing.style, form)
            if drawing.verify:
                confirm(data, form, drawing.content)
            finished[f"{drawing.name}.{form}"] = data
        for name, data in finished.items():
            write_whole(drawing.folder / name, data, durable=False)
    except ScanlyError as error:
        return Drawn(problem=str(error))
    return Drawn(tuple(finished), f"{symbol.encoder} mask {symbol.mask}")


def render_all(drawings: list[Drawing]) -> list[Drawn]:
    """Many at once, so that handing them to another process pays."""
    return [render(drawing) for drawing in drawings]
