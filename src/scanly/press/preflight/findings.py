"""What a preflight hands over: findings to act on, and the facts of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from scanly.press.page import Box

Severity = Literal["error", "warning", "note"]
Standard = Literal["PDF/X-1a", "PDF/X-3", "PDF/X-4"]
STANDARDS: tuple[Standard, ...] = ("PDF/X-1a", "PDF/X-3", "PDF/X-4")

# The sum of all inks in one place: sheet-fed offset on coated paper.
INK_LIMIT_PERCENT = 300.0


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What the file is for. ``standard`` makes what forbids calling it so an error.

    ``bleed_mm`` of 0 asks for none; ``rgb`` takes colours of the screen, as office printers do; ``codes`` looks for
    symbols, which needs each page drawn; ``coverage`` asks Ghostscript, where it is installed, for the ink of each
    page, up to that many pages.
    """

    standard: Standard | Literal[""] = ""
    ink_limit_percent: float = INK_LIMIT_PERCENT
    bleed_mm: float = 3.0
    safe_mm: float = 3.0
    rgb: bool = False
    codes: bool = True
    coverage_pages: int = 20


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to know. ``page`` is the first of ``pages`` (from 1; 0 and none for the file as a whole), ``place``
    the first place, in millimetres from the top left corner of the trimmed page as it is seen. ``times`` it was met;
    ``barred``: the standards that forbid it, ``clause``: where it is laid down."""

    severity: Severity
    code: str
    what: str
    remedy: str
    page: int = 0
    pages: tuple[int, ...] = ()
    place: Box | None = None
    times: int = 1
    barred: tuple[Standard, ...] = ()
    clause: str = ""


class PageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in millimetres as the page is seen; boxes from the top left corner of the media box.

    ``coverage_percent`` of each process ink over the media box, where Ghostscript was asked.
    """

    number: int
    width_mm: float
    height_mm: float
    media: Box
    crop: Box
    bleed: Box
    trim: Box
    art: Box | None = None
    rotated: int = 0
    inks: tuple[str, ...] = ()
    coverage_percent: Mapping[str, float] | None = None


class FontFacts(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    embedded: bool
    subset: bool
    unicode: bool
    page: int


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as it is placed; ``ppi`` are its pixels an inch where they are fewest."""

    page: int
    place: Box
    width_px: int
    height_px: int
    ppi: float
    bits: int
    colours: str
    compression: tuple[str, ...]


class CodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol that was found; ``content`` is empty and ``grade`` F when it cannot be read.

    Only QR codes are graded. ``inks`` are those it is drawn with; ``image_ppi`` is there when it is a picture.
    """

    page: int
    place: Box
    content: str
    symbol: str
    module_mm: float | None
    quiet_zone_modules: float
    contrast: float = 0.0
    grade: str = ""
    problems: tuple[str, ...] = ()
    inks: tuple[str, ...] = ()
    image_ppi: float | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """``standards``: what the file calls itself. ``barriers``: for each standard, what forbids calling it so."""

    version: str = ""
    title: str = ""
    producer: str = ""
    creator: str = ""
    pages: tuple[PageFacts, ...] = ()
    inks: tuple[str, ...] = ()
    fonts: tuple[FontFacts, ...] = ()
    images: tuple[ImageFacts, ...] = ()
    codes: tuple[CodeFacts, ...] = ()
    layers: tuple[str, ...] = ()
    output_intent: str = ""
    standards: tuple[str, ...] = ()
    barriers: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict[str, tuple[str, ...]])


class PreflightReport(msgspec.Struct, frozen=True, kw_only=True):
    """Findings with the worst first."""

    file: str
    findings: tuple[Finding, ...]
    facts: Facts

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return self.count("error") == 0

    def count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """For a table: severity, pages, place, what is wrong, what to do."""
        return [
            (
                finding.severity,
                pages_in_words(finding.pages),
                place_in_words(finding.place),
                finding.what + (f" ({finding.times:,} times)" if finding.times > 1 else ""),
                finding.remedy,
            )
            for finding in self.findings
        ]


def pages_in_words(pages: tuple[int, ...]) -> str:
    """``1–3, 7``, or an empty string for the file as a whole."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][-1] + 1:
            runs[-1][1:] = [page]
        else:
            runs.append([page])
    shown = ["–".join(map(str, run)) for run in runs]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:7], "…"])


def place_in_words(place: Box | None) -> str:
    """Left, top and size in millimetres: ``20, 35 (24 × 24 mm)``."""
    if place is None:
        return ""
    return f"{place.x:.0f}, {place.y:.0f} ({place.width:.0f} × {place.height:.0f} mm)"
