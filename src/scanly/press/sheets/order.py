"""What a job of labels is asked for, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scanly.codes.order import Order
from scanly.press.imposition import Adjustment, Imposition
from scanly.press.labels.model import Label
from scanly.press.pdf.document import Finish
from scanly.press.reading import Outcome
from scanly.press.sheets.layers import Layers

AS_IT_IS = Adjustment()
NO_LAYERS = Layers()


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """Labels from ``rows`` into the PDF ``out``.

    Every row gives ``copies`` labels, times its own ``copies``. ``serial_from`` numbers the labels. ``back`` is
    printed behind each. ``bar_reduction`` takes that share of a module (0 to 0.15) off each side of dark modules, for
    inks that spread. Without ``converts``, coloured RGB pictures are refused in a file for the press.
    """

    rows: Order
    out: Path
    imposition: Imposition
    label: Label
    finish: Finish
    adjustment: Adjustment = AS_IT_IS
    copies: int = 1
    serial_from: str = ""
    back: Label | None = None
    layers: Layers = NO_LAYERS
    bar_reduction: float = 0.0
    converts: bool = True


@dataclass(frozen=True, slots=True)
class SheetSummary:
    """Rows by what became of them, and what was printed.

    ``problems`` are those of the first rows that failed, ``cautions`` what makes codes harder to read. ``gaps`` are
    serials that no label bears, ``repeated`` those on several. ``proof`` says what was read back.
    """

    total: int
    ok: int
    failed: int
    skipped: int
    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    labels: int = 0
    sheets: int = 0
    pages: int = 0
    results: str = ""
    gaps: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    proof: Outcome | None = None
