"""Sheets that are folded to stand: two panels back to back, or three round a triangle, with marks where to fold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scanly.press.designs.layout import Layout
from scanly.press.designs.piece import BLEED_MM, Format, Piece
from scanly.press.designs.subject import Subject
from scanly.press.designs.words import call_of
from scanly.press.page import Box, Group, Item, Page


@dataclass(frozen=True, slots=True)
class Folded(Format):
    """A flat sheet. Two ``panels`` lie one above the other and the upper one is upside down, so that both read when
    it stands; three lie side by side, and a flap of ``flap_mm`` on the right glues them to a triangle."""

    panels: int = 2
    flap_mm: float = 0.0

    @property
    def panel_width_mm(self) -> float:
        return self.width_mm if self.panels == 2 else (self.width_mm - self.flap_mm) / self.panels

    @property
    def panel_height_mm(self) -> float:
        return self.height_mm / 2 if self.panels == 2 else self.height_mm


def folded(
    subject: Subject,
    form: Folded,
    panel: Callable[[Layout], tuple[Item, ...]],
    *,
    back_line: str = "",
    back_call: str = "",
) -> Piece:
    """The flat sheet of equal panels, but for what the back says instead; of a triangle, the third is as the first.
    Bleed ends at the folds."""
    other = replace(
        subject, line=back_line or subject.line, call=call_of(subject.language, back_call or subject.call)
    )
    front = panel(Layout(subject, form.panel_width_mm, form.panel_height_mm))
    back = front if other == subject else panel(Layout(other, form.panel_width_mm, form.panel_height_mm))
    return _triangle(form, (front, back, front)) if form.panels == 3 else _tent(form, front, back)


def _tent(form: Folded, front: tuple[Item, ...], back: tuple[Item, ...]) -> Piece:
    width, height = form.panel_width_mm, form.panel_height_mm
    seen = Box(-BLEED_MM, 0, width + 2 * BLEED_MM, height + BLEED_MM)
    upper = Group(back, (-1, 0, 0, -1, width, height), clip=seen)
    lower = Group(front, (1, 0, 0, 1, 0, height), clip=seen)
    fold = (0.0, height, width, height)
    return Piece((Page(form.width_mm, form.height_mm, (upper, lower), folds=(fold,)),))


def _triangle(form: Folded, sides: tuple[tuple[Item, ...], ...]) -> Piece:
    width, height = form.panel_width_mm, form.panel_height_mm
    groups: list[Item] = []
    for number, items in enumerate(sides):
        # The last panel runs onto the flap, so that no white edge shows where it is folded a little off.
        left = BLEED_MM if number == 0 else 0.0
        right = BLEED_MM if number == len(sides) - 1 else 0.0
        seen = Box(-left, -BLEED_MM, left + width + right, height + 2 * BLEED_MM)
        groups.append(Group(items, (1, 0, 0, 1, number * width, 0), clip=seen))
    folds = tuple((number * width, 0.0, number * width, height) for number in range(1, len(sides) + 1))
    return Piece((Page(form.width_mm, form.height_mm, tuple(groups), folds=folds),))
