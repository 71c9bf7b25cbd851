"""One row's files: encoded, drawn, read back, then put in place. Runs in a process of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from scanly.codes.manifest import Made
from scanly.core.errors import Invalid, ScanlyError
from scanly.core.files import write_whole
from scanly.qr.drawing import artwork_of, make_symbol, write
from scanly.qr.payloads import Demands
from scanly.qr.proof import confirm, verify
from scanly.qr.style import Style

# The looks that this process has graded: what their codes hold makes no difference to a camera.
_graded: set[tuple[str, Style, tuple[int, str, float]]] = set()
_MOST_LOOKS = 10_000


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
        artwork = artwork_of(symbol, drawing.style, demands=drawing.demands)
        finished: dict[str, bytes] = {}
        for form in drawing.formats:
            data = write(artwork, form)
            if drawing.verify:
                _prove(data, form, drawing, (symbol.version, symbol.level, artwork.width))
            finished[form] = data
        made = tuple(_put(drawing, form, data) for form, data in finished.items())
    except ScanlyError as error:
        return Drawn(problem=str(error))
    return Drawn(made, symbol.name, symbol.version, symbol.level, symbol.mask, symbol.encoder)


def render_all(drawings: list[Drawing]) -> list[Drawn]:
    """Many at once, so that handing them to another process pays."""
    return [render(drawing) for drawing in drawings]


def _prove(data: bytes, form: str, drawing: Drawing, drawn: tuple[int, str, float]) -> None:
    """Reads the file back, and under every strain when it is the first of its look. Raises Invalid."""
    look = (form, msgspec.structs.replace(drawing.style, caption=""), drawn)
    if look in _graded:
        confirm(data, form, drawing.content)
        return
    proof = verify(data, form, drawing.content, width_modules=drawn[-1])
    if not proof.ok and not drawing.style.forced:
        reasons = " ".join(proof.reasons)
        raise Invalid(f"The finished {form.upper()} was refused with grade {proof.grade}. {reasons}")
    if len(_graded) < _MOST_LOOKS:
        _graded.add(look)


def _put(drawing: Drawing, form: str, data: bytes) -> Made:
    name = f"{drawing.name}.{form}"
    write_whole(drawing.folder / name, data, durable=False)
    return Made(name, form, hashlib.sha256(data).hexdigest(), len(data))
