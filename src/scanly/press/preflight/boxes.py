"""Page boxes and bleed: what is cut where, and whether there is ink beyond the cut.

Source: ISO 32000-1, 14.11.2 (page boundaries); ISO 15930-7:2010, 6 (boxes of PDF/X).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from scanly.press.preflight.content.marks import Mark
from scanly.press.preflight.content.objects import Bounds, meets, within
from scanly.press.preflight.content.spaces import EVERY_PLATE
from scanly.press.preflight.findings import PageFacts
from scanly.press.preflight.frame import Frame
from scanly.press.preflight.ledger import Ledger
from scanly.press.preflight.view import View

# Boxes that differ by less are meant to be the same.
_SLACK_MM = 0.05
# What comes this near to the edge is meant to reach it.
_AT_EDGE_MM = 0.2
# Lines on all plates up to that width are marks.
_MARK_PT = 1.0
# Plates of lines for knives, which are not printed.
_GUIDES = re.compile(r"cut|crease|fold|perf|kiss|thru|contour|die", re.IGNORECASE)
_SIDES = ("left", "bottom", "right", "top")
# Sides as they are called after turning the page clockwise by so many quarters.
_TURNED = {0: _SIDES, 90: ("top", "left", "bottom", "right"), 180: ("right", "top", "left", "bottom")}
_TURNED[270] = ("bottom", "right", "top", "left")


def look_at_boxes(view: View) -> None:
    """Which boxes are there and how they lie in each other."""
    frame, named = view.frame, view.frame.named
    if "MediaBox" not in named:
        view.meet("box-missing", "There is no media box: nobody can tell how large the page is.")
    if not named & {"TrimBox", "ArtBox"}:
        view.meet("no-trim-box", "There is no trim box: the shop must guess where to cut.")
    if {"TrimBox", "ArtBox"} <= named:
        view.meet("art-and-trim", "There are a trim box and an art box.")
    pairs = (("media", frame.media, "bleed", frame.bleed), ("bleed", frame.bleed, "trim", frame.trim))
    for outer_name, outer, inner_name, inner in pairs:
        if not _holds(frame, outer, inner) and _is_named(named, outer_name) and _is_named(named, inner_name):
            view.meet("boxes-not-nested", f"The {inner_name} box is not within the {outer_name} box.", inner)
    if "CropBox" in named and not _holds(frame, frame.crop, frame.bleed):
        view.meet("crop-hides-bleed", "The crop box is smaller than the bleed box.", frame.crop)
    if frame.rotated:
        view.meet("rotated", f"The page is turned by {frame.rotated} degrees.")
    if frame.unit != 1:
        view.meet("user-unit", f"The page counts in units of {frame.unit:g} points.")


def look_at_bleed(view: View) -> None:
    """Whether what reaches the trim goes on beyond it, and marks keep away."""
    frame, wanted_mm = view.frame, view.expect.bleed_mm
    marks = [mark for mark in view.seen() if not mark.paint.is_white()]
    if not marks:
        view.meet("empty-page", "Nothing is printed on the page.")
    for mark in marks:
        if EVERY_PLATE in mark.paint.space.colorants:
            _registration(view, mark)
    if wanted_mm <= 0:
        return
    beyond = _beyond(frame, (part for mark in marks if _bleeds(mark) for part in mark.parts))
    for side, (reach_mm, part) in beyond.items():
        if reach_mm < wanted_mm - _SLACK_MM:
            called = _TURNED[frame.rotated][side]
            view.meet(
                "bleed-short",
                f"At the {called} edge the print ends {max(reach_mm, 0):.1f} mm beyond the cut, "
                f"not {wanted_mm:g} mm.",
                part,
            )


def look_at_margins(view: View) -> None:
    """Text that is nearer to the cut than cutting is exact."""
    frame = view.frame
    safe = frame.inset(frame.trim, view.expect.safe_mm)
    for mark in view.seen():
        if mark.kind == "text" and meets(mark.bounds, frame.trim) and not within(mark.bounds, safe, 0.01):
            view.meet("near-trim", f"Text is nearer than {view.expect.safe_mm:g} mm to the cut.", mark.bounds)


def look_at_sizes(pages: Iterable[PageFacts], ledger: Ledger) -> None:
    """Pages of other sizes than most."""
    sizes = {page.number: _size(page) for page in pages}
    if len(set(sizes.values())) < 2:
        return
    (usual, _), *_ = Counter(sizes.values()).most_common(1)
    for number, size in sizes.items():
        if size != usual:
            what = f"{size[0]} × {size[1]} mm after cutting, while most pages are {usual[0]} × {usual[1]} mm."
            ledger.meet("mixed-sizes", what, page=number)


def _size(page: PageFacts) -> tuple[int, int]:
    return round(page.trim.width), round(page.trim.height)


def _is_named(named: frozenset[str], box: str) -> bool:
    """Boxes that are not named are made from others, and right by that."""
    return f"{box.title()}Box" in named or (box == "trim" and "ArtBox" in named)


def _holds(frame: Frame, outer: Bounds, inner: Bounds) -> bool:
    return within(inner, outer, _SLACK_MM / frame.mm)


def _registration(view: View, mark: Mark) -> None:
    """Ink on every plate is for marks, and marks are cut away."""
    frame = view.frame
    trim, bleed = frame.inset(frame.trim, _SLACK_MM), frame.inset(frame.bleed, _SLACK_MM)
    is_line = mark.kind == "stroke" and mark.size_pt * frame.unit <= _MARK_PT
    for part in mark.parts:
        if meets(part, trim):
            code = "marks-inside" if is_line else "registration-inside"
            what = "Lines" if is_line else "More than lines"
            view.meet(code, f"{what} inside the page are on all plates.", part)
        elif meets(part, bleed):
            view.meet("marks-in-bleed", "A mark stands in the bleed.", part)


def _bleeds(mark: Mark) -> bool:
    """Whether it is a thing that must go on beyond the cut when it reaches it."""
    plates = mark.paint.space.colorants
    guides = mark.kind == "stroke" and any(_GUIDES.search(plate) for plate in plates)
    return mark.kind != "text" and EVERY_PLATE not in plates and not guides


def _beyond(frame: Frame, parts: Iterable[Bounds]) -> dict[int, tuple[float, Bounds]]:
    """For each side that something reaches from within, the least that any of it goes beyond, in millimetres."""
    trim, near = frame.trim, _AT_EDGE_MM / frame.mm
    inside = frame.inset(trim, 2 * _AT_EDGE_MM)
    least: dict[int, tuple[float, Bounds]] = {}
    for part in parts:
        if not meets(part, inside):
            continue
        for side in range(4):
            outwards = trim[side] - part[side] if side < 2 else part[side] - trim[side]
            if outwards >= -near:
                reach_mm = outwards * frame.mm
                if side not in least or reach_mm < least[side][0]:
                    least[side] = reach_mm, part
    return least
