"""Serial numbers as people print them: ``A-00001`` and those that follow, and what is missing from a list of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from scanly.core.errors import Invalid

MOST_DIGITS = 18
# The last number counts; what stands around it does not change.
_PARTS = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Serial:
    """A number with what stands before and after it. ``digits`` is its fixed width, 0 where it may grow."""

    before: str
    number: int
    digits: int = 0
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.number:0{self.digits}d}{self.after}"

    @property
    def last(self) -> int:
        """The largest number of this width."""
        return 10 ** (self.digits or MOST_DIGITS) - 1

    def following(self, steps: int = 1) -> Serial:
        """The serial ``steps`` later. Raises Invalid beyond the last of its width."""
        number = self.number + steps
        if number > self.last:
            last = replace(self, number=self.last)
            message = f"After {last} there are no more numbers of {len(str(self.last))} digits."
            wider = replace(self, digits=len(str(number)))
            raise Invalid.field("serial", message, hint=f"Begin with {wider}, or make fewer.")
        return replace(self, number=number)


def parse_serial(text: str) -> Serial:
    """The last number in ``text``; a zero before other digits fixes its width. Raises Invalid without one."""
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise Invalid.field("serial", f'"{text[:80]}" has no number in it.', hint="Write it like A-00001.")
    before, digits, after = parts.groups()
    if len(digits) > MOST_DIGITS:
        raise Invalid.field(
            "serial", f"{len(digits)} digits are too many.", hint=f"Use {MOST_DIGITS} at most."
        )
    padded = len(digits) > 1 and digits[0] == "0"
    return Serial(before, int(digits), len(digits) if padded else 0, after)


def serials(first: str, count: int) -> Iterator[str]:
    """``count`` serials from ``first`` on. Raises Invalid at once when the numbers do not suffice."""
    begin = parse_serial(first)
    begin.following(max(count - 1, 0))
    return (str(begin.following(step)) for step in range(count))


@dataclass(frozen=True, slots=True)
class Gap:
    """Serials that are missing, from ``first`` to ``last``."""

    first: Serial
    last: Serial

    @property
    def count(self) -> int:
        return self.last.number - self.first.number + 1

    def __str__(self) -> str:
        return str(self.first) if self.count == 1 else f"{self.first} to {self.last}"


def gaps(texts: Iterable[str]) -> tuple[Gap, ...]:
    """What is missing between the first and the last of each series; texts without a number are left out."""
    found: list[Gap] = []
    for (before, after), members in sorted(_series(texts).items()):
        digits = max(member.digits for member in members)
        numbers = sorted({member.number for member in members})
        for lower, upper in pairwise(numbers):
            if upper - lower > 1:
                ends = (Serial(before, number, digits, after) for number in (lower + 1, upper - 1))
                found.append(Gap(*ends))
    return tuple(found)


def repeated(texts: Iterable[str]) -> tuple[str, ...]:
    """What is there more than once, in the order in which it comes first."""
    return tuple(text for text, times in Counter(texts).items() if times > 1)


def _series(texts: Iterable[str]) -> dict[tuple[str, str], list[Serial]]:
    series: dict[tuple[str, str], list[Serial]] = {}
    for text in texts:
        try:
            serial = parse_serial(text)
        except Invalid:
            continue
        series.setdefault((serial.before, serial.after), []).append(serial)
    return series
