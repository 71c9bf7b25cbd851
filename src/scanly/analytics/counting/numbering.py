"""What has no number yet in the database of events, and how it gets one.

What anybody can make up (referrers, campaign words, agents) is limited by workspace and day: what is beyond the limit
is stored as one text, `OTHER`, in the raw scan already, so that rollups and a recount of the raw scans agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scanly.analytics.dimensions import OTHER

# New texts of one kind that a workspace may bring in on one day.
FRESH_TEXTS = 2_000

Table = Literal["subjects", "groups", "agents", "words", "profiles"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Keys of one table that need a number: the columns that follow the key, and their values by key.

    ``known`` is told the numbers; ``within`` are columns that narrow the table down. Of ``owners`` (by key) new
    ones may be turned away by ``quota``.
    """

    table: Table
    key: str
    columns: tuple[str, ...]
    rest: Mapping[Any, tuple[int | str | bytes, ...]]
    known: dict[Any, int]
    within: Mapping[str, int | str] = field(default_factory=dict[str, int | str])
    owners: Mapping[str, int] = field(default_factory=dict[str, int])
    quota: Quota | None = None

    def missing(self, stored: Mapping[Any, int]) -> list[Any]:
        """Takes the stored numbers; returns the keys that are to be added."""
        self.known.update(stored)
        new = [key for key in self.rest if key not in stored]
        return self.quota.admitted(self, new) if self.quota else new

    def take(self, given: Mapping[Any, int]) -> None:
        """Takes the numbers of what was added."""
        self.known.update(given)
        if self.quota:
            self.quota.turn_away(self)

    def values(self, key: Any) -> tuple[Any, ...]:
        """What is to be stored of a key, in the order of `columns_of_values`."""
        return (key, *self.within.values(), *self.rest[key])

    @property
    def columns_of_values(self) -> tuple[str, ...]:
        return (self.key, *self.within, *self.columns)


class Quota:
    """How many new texts each workspace has brought in, by kind, on the day that is counted."""

    def __init__(self) -> None:
        self._day = 0
        self._used = Counter[tuple[int, str]]()
        self._away: list[tuple[dict[Any, int], str]] = []

    def begin(self, day: int) -> None:
        if day > self._day:
            self._day = day
            self._used.clear()

    def admitted(self, unknown: Unknown, new: Sequence[str]) -> list[str]:
        kind = str(unknown.within.get("kind", unknown.table))
        found: list[str] = []
        for text in new:
            owner = unknown.owners.get(text)
            if owner is not None:
                self._used[owner, kind] += 1
            if owner is None or self._used[owner, kind] <= FRESH_TEXTS:
                found.append(text)
        return found

    def turn_away(self, unknown: Unknown) -> None:
        for text in unknown.rest:
            if text not in unknown.known:
                unknown.known[text] = unknown.known[OTHER]
                self._away.append((unknown.known, text))

    def forget(self) -> None:
        """After the batch: somebody else may bring the same text in."""
        for known, text in self._away:
            known.pop(text, None)
        self._away.clear()
