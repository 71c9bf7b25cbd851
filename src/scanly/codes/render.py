"""One row's files: encoded, drawn, read back, then put in place. Runs in a process of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from scanly.codes.manifest import Made
from scanly.core.errors import ScanlyError
from scanly.core.files import write_whole
from scanly.qr.drawing import draw, make_symbol
from scanly.qr.payloads import Demands
from scanly.qr.proof import confirm
from scanly.qr.style import Style


class Drawing(msgspec.Struct, frozen=True):
    """What to draw, and where: ``folder / name.format`` for each format."""

    content: str
    style: Style
    demands: Demands
    formats: tuple[str, ...]
    folder: Path
    name: str
    verify: bool


class Drawn(msgspec.Struct, frozen=True):
    """The files that were written, relative to their folder, and their symbol, or why there are none."""

    files: tuple[Made, ...] = ()
    symbol: str = ""
    version: int = 0
    level: str = ""
    mask: int = 0
    encoder: str = ""
    problem: str = ""


def render(drawing: Drawing) -> Drawn:
    """Writes every format or none; no file is put in place before all were read back."""
    try:
        symbol = make_symbol(drawing.content, drawing.style, drawing.demands)
        finished: dict[str, bytes] = {}
        for form in drawing.formats:
            data = draw(symbol, drawing.style, form, demands=drawing.demands)
            if drawing.verify:
                confirm(data, form, drawing.content)
            finished[form] = data
        made = tuple(_put(drawing, form, data) for form, data in finished.items())
    except ScanlyError as error:
        return Drawn(problem=str(error))
    return Drawn(made, symbol.name, symbol.version, symbol.level, symbol.mask, symbol.encoder)


def render_all(drawings: list[Drawing]) -> list[Drawn]:
    """Many at once, so that handing them to another process pays."""
    return [render(drawing) for drawing in drawings]


def _put(drawing: Drawing, form: str, data: bytes) -> Made:
    name = f"{drawing.name}.{form}"
    write_whole(drawing.folder / name, data, durable=False)
    return Made(name, form, hashlib.sha256(data).hexdigest(), len(data))
