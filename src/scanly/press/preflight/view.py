"""One page as the rules see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scanly.press.page import Box
from scanly.press.preflight.content.marks import Content, Mark
from scanly.press.preflight.content.objects import Bounds
from scanly.press.preflight.findings import Expectation, Standard
from scanly.press.preflight.frame import Frame
from scanly.press.preflight.ledger import Ledger
from scanly.press.preflight.plates import Plates


@dataclass(frozen=True, slots=True)
class View:
    """Page ``number`` (from 1): its object, its boxes, and what it paints."""

    number: int
    page: object
    frame: Frame
    content: Content
    expect: Expectation
    ledger: Ledger
    plates: Plates

    def meet(
        self,
        code: str,
        what: str,
        where: Bounds | None = None,
        *,
        barred: tuple[Standard, ...] | None = None,
    ) -> None:
        """Writes down that a rule is met on this page."""
        self.ledger.meet(code, what, page=self.number, place=self.place(where), barred=barred)

    def place(self, where: Bounds | None) -> Box | None:
        return self.frame.place(where) if where else None

    def seen(self) -> Iterator[Mark]:
        """What is printed: no masks, no text that is only there to be found."""
        return (mark for mark in self.content.marks if not mark.masking and not mark.unseen)
