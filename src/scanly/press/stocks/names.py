"""How people write stocks, papers and sizes: "Avery L7160", "avery-l7160", "4 x 6 in"."""

from __future__ import annotations

import re
import unicodedata

MM_PER_INCH = 25.4
_MM = {"": 1.0, "mm": 1.0, "cm": 10.0, "in": MM_PER_INCH, '"': MM_PER_INCH}
_SIZE = re.compile(r"(\d+(?:\.\d+)?|\.\d+)x(\d+(?:\.\d+)?|\.\d+)(mm|cm|in|\"|)")


def plain(name: str) -> str:
    """What of a name counts when names are compared: letters and digits, without case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).replace("×", "x").casefold())


def read_size_mm(text: str) -> tuple[float, float] | None:
    """Width and height as in ``101.6x50.8``, ``4x2in`` or ``4 × 2 in``; None for anything else."""
    said = _SIZE.fullmatch(re.sub(r"\s+", "", text.replace("×", "x")).casefold())
    if said is None:
        return None
    unit = _MM[said[3]]
    return round(float(said[1]) * unit, 4), round(float(said[2]) * unit, 4)


def mm(length_mm: float) -> str:
    """A length as people read it: ``63.5``, ``38.1``, ``210``."""
    return f"{length_mm:.2f}".rstrip("0").rstrip(".")
