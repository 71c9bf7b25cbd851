"""Which visit it is: the first of somebody, the hundredth of all, or one drawn by lot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from scanly.links.conditions import Setting
from scanly.links.values import Path, Wrong, known, mapping, whole
from scanly.links.visitor import Visitor

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)\s*%?")
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class First:
    """The first visit of somebody, or a later one."""

    first: bool
    name: str = "visit"

    def holds(self, visitor: Visitor) -> bool:
        return visitor.seen_before != self.first

    def fact(self, visitor: Visitor) -> str:
        return "the visitor was here before" if visitor.seen_before else "it is the visitor's first visit"


@dataclass(frozen=True, slots=True)
class Nth:
    """Among all people who were led on: these numbers, or every so many."""

    first: int
    last: int
    every: int
    name: str = "nth"

    def holds(self, visitor: Visitor) -> bool:
        nth = visitor.nth
        return nth > 0 and self.first <= nth <= self.last and nth % self.every == 0

    def fact(self, visitor: Visitor) -> str:
        return f"it would be scan number {visitor.nth:,}" if visitor.nth else "it is not counted"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the visitors who come to this rule; the same ones each time."""

    ratio: float
    key: int
    name: str = "share"

    def holds(self, visitor: Visitor) -> bool:
        return visitor.lot(self.key) < self.ratio

    def fact(self, visitor: Visitor) -> str:
        return f"the visitor drew {visitor.lot(self.key):.0%} by lot"


def _visit(value: Any, path: Path, _: Setting) -> First:
    wanted = known(value, path, ("first", "repeat"), "first")
    if len(wanted) != 1:
        raise Wrong(path, "is either first or repeat.", "Leave it out for both.")
    return First("first" in wanted)


def _nth(value: Any, path: Path, _: Setting) -> Nth:
    if isinstance(value, int):
        wanted = whole(value, path, 1, _MOST)
        return Nth(wanted, wanted, 1)
    found = mapping(value, path, ("every", "from", "to"), "100, {every: 10} or {from: 1, to: 50}")
    every, first, last = (
        whole(found.get(name, usual), (*path, name), 1, _MOST)
        for name, usual in (("every", 1), ("from", 1), ("to", _MOST))
    )
    if first > last:
        raise Wrong(path, "ends before it begins.", "Swap from and to.")
    return Nth(first, last, every)


def _share(value: Any, path: Path, setting: Setting) -> Share:
    found = _PERCENT.fullmatch(str(value).strip())
    percent = float(found[1]) if found and not isinstance(value, bool) else 0.0
    if not 0 < percent <= 100:
        raise Wrong(path, "must be a percentage above 0.", "Such as 25%.")
    return Share(percent / 100, setting.key)


CONDITIONS = {"visit": _visit, "nth": _nth, "share": _share}
EXAMPLES = {"visit": "first", "nth": {"every": 10}, "share": "25%"}
