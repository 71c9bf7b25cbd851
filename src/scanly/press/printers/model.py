"""A printer that was measured, and what moves a page so that it comes out of it where it should."""

from __future__ import annotations

from dataclasses import dataclass

from scanly.core.errors import Invalid
from scanly.core.text import has_control

MAX_NAME = 80
# What is refused: no printer that works is off by more, so something else went wrong.
MOST_NUDGE_MM = 5.0
MOST_STRETCH = 0.02
# What is kept: hundredths of a millimetre, and hundredths of a millimetre in ten centimetres.
NUDGE_DIGITS = 2
SCALE_DIGITS = 4
UM, PPM = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Correction:
    """What the page is moved and stretched by, across and down; stretched about its middle."""

    nudge_mm: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def of_whole(cls, nudge_um: tuple[int, int], scale_ppm: tuple[int, int]) -> Correction:
        """From whole micrometres, and millionths above or below 1."""
        (x, y), (across, down) = nudge_um, scale_ppm
        return cls((x / UM, y / UM), ((PPM + across) / PPM, (PPM + down) / PPM))

    @property
    def options(self) -> str:
        """As it is typed on a command line."""
        nudge = ",".join(f"{mm:.{NUDGE_DIGITS}f}" for mm in self.nudge_mm)
        scale = ",".join(f"{times:.{SCALE_DIGITS}f}" for times in self.scale)
        return f"--nudge {nudge} --scale {scale}"


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer of a workspace, and its correction as measured on a ``paper``."""

    name: str
    paper: str
    correction: Correction
    measured_ms: int


def check_name(name: str) -> str:
    """The name without blanks around it. Raises Invalid."""
    plain = name.strip()
    if not plain or len(plain) > MAX_NAME or has_control(plain):
        raise Invalid.field("printer", f"A name has 1 to {MAX_NAME} plain characters.", hint="Shorten it.")
    return plain


def check_correction(correction: Correction) -> Correction:
    """The correction itself. Raises Invalid for one that no printer needs."""
    if any(abs(mm) > MOST_NUDGE_MM for mm in correction.nudge_mm):
        raise Invalid.field("nudge", f"A printer is off by at most {MOST_NUDGE_MM:g} mm.")
    if any(abs(scale - 1) > MOST_STRETCH for scale in correction.scale):
        least, most = 1 - MOST_STRETCH, 1 + MOST_STRETCH
        raise Invalid.field("scale", f"A printer stretches by {least:g} to {most:g}.")
    return correction
