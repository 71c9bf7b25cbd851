"""Sizes of paper by name, upright, and whatever else is given as width by height.

Source: ISO 216:2007 (A series), ISO 217:2013 (SRA); ANSI/ASME Y14.1 (letter, tabloid). DL is the third of A4 that
flyers are, not the envelope.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from scanly.core.errors import Invalid, NotFound
from scanly.core.text import nearest
from scanly.press.stocks.names import MM_PER_INCH, mm, plain, read_size_mm

MIN_SIDE_MM, MAX_SIDE_MM = 5.0, 3000.0
_TURNED = "landscape"


@dataclass(frozen=True, slots=True)
class Paper:
    name: str
    width_mm: float
    height_mm: float

    @property
    def turned(self) -> Paper:
        """The same sheet on its side."""
        return Paper(f"{self.name} {_TURNED}", self.height_mm, self.width_mm)


def _papers() -> Mapping[str, Paper]:
    in_mm = {
        "A0": (841, 1189),
        "A1": (594, 841),
        "A2": (420, 594),
        "A3": (297, 420),
        "A4": (210, 297),
        "A5": (148, 210),
        "A6": (105, 148),
        "A7": (74, 105),
        "A8": (52, 74),
        "SRA3": (320, 450),
        "SRA4": (225, 320),
        "DL": (99, 210),
    }
    in_inches = {
        "letter": (8.5, 11),
        "half-letter": (5.5, 8.5),
        "legal": (8.5, 14),
        "tabloid": (11, 17),
        "4x6in": (4, 6),
        "5x7in": (5, 7),
        "12x18in": (12, 18),
        "13x19in": (13, 19),
        "18x24in": (18, 24),
        "24x36in": (24, 36),
    }
    papers = [Paper(name, *size) for name, size in in_mm.items()]
    papers += [
        Paper(name, round(width * MM_PER_INCH, 4), round(height * MM_PER_INCH, 4))
        for name, (width, height) in in_inches.items()
    ]
    return MappingProxyType({paper.name: paper for paper in papers})


PAPERS = _papers()
_OTHER_NAMES = {
    "usletter": "letter",
    "uslegal": "legal",
    "statement": "half-letter",
    "ledger": "tabloid",
    "ansia": "letter",
    "ansib": "tabloid",
}
_KNOWN = {plain(name): paper for name, paper in PAPERS.items()} | {
    other: PAPERS[name] for other, name in _OTHER_NAMES.items()
}


def find_paper(name: str, *, field: str = "paper") -> Paper:
    """A paper by its name (``A4``, ``US Letter``, ``A4 landscape``), or a size (``100x150mm``, ``4x6in``).

    Raises NotFound with the nearest name, or Invalid for a size that no sheet has.
    """
    wanted = plain(name)
    known = _KNOWN.get(wanted) or _KNOWN.get(wanted + "in")
    if known:
        return known
    upright = _KNOWN.get(wanted.removesuffix(_TURNED))
    if upright:
        return upright.turned
    size = read_size_mm(name)
    if size is None:
        hint = (
            nearest(wanted, _KNOWN) or f"There are {', '.join(PAPERS)}; or a size such as 100x150mm or 4x6in."
        )
        raise NotFound(f'There is no {field} "{name[:80]}".', hint=hint)
    return sized(*size, field=field)


def sized(width_mm: float, height_mm: float, *, field: str = "paper") -> Paper:
    """A paper of that size. Raises Invalid when no sheet or label is so small or large."""
    if not all(MIN_SIDE_MM <= side <= MAX_SIDE_MM for side in (width_mm, height_mm)):
        hint = f"Give {mm(MIN_SIDE_MM)} to {mm(MAX_SIDE_MM)} mm for width and height."
        raise Invalid.field(field, f"{mm(width_mm)} × {mm(height_mm)} mm is no size of a page.", hint=hint)
    return Paper(f"{mm(width_mm)}x{mm(height_mm)}mm", width_mm, height_mm)
