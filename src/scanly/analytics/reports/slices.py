"""What is read of the rollups: a scope, and what it had in a stretch of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from scanly.analytics.counting.packed import BUILT_IN, PROFILE, REPEATS, Counts, ScopeKind


class Scope(NamedTuple):
    """Something that is counted by itself; ``key`` is the id of a link or site, or the name of a host or campaign.

    That of a workspace is empty.
    """

    kind: ScopeKind
    key: int | str = ""


EVERYTHING = Scope("workspace")


Profiles = Mapping[int, Mapping[int, int]]


class Unfolded(dict[int, dict[int, int]]):
    """Counts in which the dimensions that are made of agents are there when they are asked for.

    ``profiles`` says what each profile counts for.
    """

    def __init__(self, counts: Counts, profiles: Profiles) -> None:
        super().__init__(counts)
        self.profiles = profiles

    def get(self, key: int, default: Any = None, /) -> Any:
        found = super().get(key)
        if found is not None:
            return found
        folded = super().get(_profile_of(key))
        if not folded or key in BUILT_IN:
            return default
        return _unfolded(folded, self.profiles, key) or default


class Slice(NamedTuple):
    """What a scope had from its first to its last local day (day numbers): one day, or a whole month.

    ``kinds`` are visits by `Kind`; ``counts`` is ``{dimension: {value: n}}`` as in `scanly.analytics.counting.packed`.
    Ask it with ``get``: dimensions of agents are kept as profiles until then.
    """

    scope: Scope
    first: int
    last: int
    scans: int
    visitors: int
    kinds: tuple[int, ...]
    counts: Counts


class Sums:
    """The counts of slices together: each dimension is added up once, when it is asked for."""

    def __init__(self, slices: Sequence[Slice]) -> None:
        self.slices = slices
        folded = (each.counts for each in slices)
        self._profiles = next((each.profiles for each in folded if isinstance(each, Unfolded)), None)
        self._found: Counts = {}

    def of(self, dimension: int) -> Mapping[int, int]:
        found = self._found.get(dimension)
        if found is None:
            found = self._found[dimension] = self._added(dimension)
        return found

    def values(self, dimensions: Collection[int]) -> set[int]:
        """Every value that was counted for one of the dimensions."""
        return {value for each in dimensions for value in self.of(each)}

    def _added(self, dimension: int) -> dict[int, int]:
        added: defaultdict[int, int] = defaultdict(int)
        for each in self.slices:
            if dimension in each.counts:  # profiles stay folded here, they are the same in every slice
                for value, number in each.counts[dimension].items():
                    added[value] += number
        if self._profiles is None or dimension % REPEATS in BUILT_IN:
            return added
        for value, number in _unfolded(self.of(_profile_of(dimension)), self._profiles, dimension).items():
            added[value] += number
        return added


_NOTHING: Mapping[int, int] = {}


def _profile_of(dimension: int) -> int:
    return PROFILE + REPEATS if dimension > REPEATS else PROFILE


def _unfolded(folded: Mapping[int, int], profiles: Profiles, dimension: int) -> dict[int, int]:
    counted: dict[int, int] = {}
    for profile, number in folded.items():
        value = profiles.get(profile, _NOTHING).get(dimension % REPEATS)
        if value is not None:
            counted[value] = counted.get(value, 0) + number
    return counted
