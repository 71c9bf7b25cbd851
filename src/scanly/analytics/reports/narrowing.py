"""Narrows what is counted down to people with certain values, such as those who came with a phone from India."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanly.analytics.counting.packed import REPEATS
from scanly.analytics.reports.breakdowns import UNKNOWN
from scanly.analytics.reports.question import Question
from scanly.core.clock import day_of
from scanly.core.errors import Invalid
from scanly.core.text import nearest

if TYPE_CHECKING:
    from scanly.analytics.dimensions import Dimension
    from scanly.analytics.reports.period import Period
    from scanly.analytics.reports.slices import Slice


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people are narrowed down to: of one dimension, those with one of the values (in small letters)."""

    name: str
    dimension: Dimension
    values: frozenset[str]

    def has(self, text: str) -> bool:
        """Whether a value, or what it is called, is among those that are wanted."""
        if not text:
            return UNKNOWN in self.values
        return text.casefold() in self.values or self.dimension.label(text, "en").casefold() in self.values


def wanted(question: Question) -> list[Wanted]:
    """What ``where`` says, values of the same dimension together. Raises Invalid for no such dimension."""
    from scanly.analytics.dimensions import DIMENSIONS

    values: dict[str, set[str]] = {}
    for name, value in question.where:
        if name not in DIMENSIONS:
            hint = nearest(name, DIMENSIONS) or f"Use one of {', '.join(DIMENSIONS)}."
            raise Invalid.field("where", f'There is no dimension "{name}".', hint=hint)
        values.setdefault(name, set()).add(value.strip().casefold())
    return [Wanted(name, DIMENSIONS[name], frozenset(some)) for name, some in values.items()]


def narrowed(slices: Iterable[Slice], wanted: Wanted, texts: Mapping[int, str]) -> list[Slice]:
    """The same, of those people only who have one of the values."""
    dimension = wanted.dimension.NUMBER
    chosen = {value for value, text in texts.items() if wanted.has(text)}
    found: list[Slice] = []
    for each in slices:
        people, again = each.counts.get(dimension, {}), each.counts.get(REPEATS + dimension, {})
        some = {value: count for value, count in people.items() if value in chosen}
        met = {value: count for value, count in again.items() if value in chosen}
        scans, visitors = sum(some.values()), sum(some.values()) - sum(met.values())
        if wanted.has(""):
            scans += each.scans - sum(people.values())
            visitors += each.visitors - sum(people.values()) + sum(again.values())
        kinds = (scans, 0, 0, 0, 0)
        counts = {dimension: some, REPEATS + dimension: met}
        found.append(each._replace(scans=scans, visitors=visitors, kinds=kinds, counts=counts))
    return found


def kept_since(first: int, period: Period) -> str:
    """The day ``first``, from which on raw scans are kept, when the period begins earlier; else nothing.

    Raises Invalid when none of the period's are kept.
    """
    kept = day_of(first) if first > 0 else period.since
    if period.until < kept:
        raise Invalid.field(
            "where",
            f"two dimensions at once need raw scans, and those before {kept} are no longer kept.",
            hint="Ask for later days, or for one dimension.",
        )
    return kept.isoformat() if period.since < kept else ""
