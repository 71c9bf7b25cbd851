"""Counts raw scans into rollups: a pure function of rows, and of who among their visitors was new that day.

Most of it runs inside `collections.Counter`: a number per scope and value, counted at the speed of C.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from operator import add, itemgetter
from typing import NamedTuple

from scanly.analytics.counting.packed import (
    BUILT_IN,
    CAMPAIGN,
    CLICKED,
    HOST,
    INVITED,
    KINDS,
    LINK,
    LINK_OF_GROUP,
    MOMENT_OF_WEEK,
    OUTCOME_OF_KIND,
    OUTCOMES,
    PARTS,
    REPEATS,
    SENT,
    SITE,
    WORKSPACE,
    Counts,
    Where,
)
from scanly.analytics.counting.rows import (
    COLUMN,
    DAY,
    FIELDS,
    HOUR,
    KIND,
    OUTCOME,
    SUBJECT,
    VISITOR,
    Row,
)
from scanly.scans.model import LANDED, NO_HOUR, NOBODY, OF_SITES, Kind, Outcome

# Part (its place in `PARTS`), dimension and value for which a field counts.
Meaning = tuple[tuple[int, int, int], ...]
Meanings = Mapping[str, Mapping[int, Meaning]]

_PLACE = {dimension: PARTS.index(part) for dimension, part in BUILT_IN.items()}
_PART_WORD, _DRIVE, _PERIOD = COLUMN["part"], COLUMN["drive"], COLUMN["period"]
_TOLD = itemgetter(SUBJECT, DAY, KIND, OUTCOME, _DRIVE)
_OF_PART = {Outcome.CLICK: CLICKED, Outcome.VIEW: INVITED, Outcome.LEAD: SENT}
# A number of people: the place of their tally in a list, whether it had met them, and a value that they have.
_VALUE_BITS = 40
_VALUE, _AGAIN = (1 << _VALUE_BITS) - 1, 1 << _VALUE_BITS
_PLACE_SHIFT = _VALUE_BITS + 1
_MONDAY = 3  # 1970-01-01 was a Thursday

Columns = Sequence[Sequence[int]]


class Owner(NamedTuple):
    """The numbers of the groups that a link or site belongs to; ``host`` is 0 for one that is bound to none."""

    workspace: int
    host: int


class Tally:
    """What is to be added to one rollup: the counters ``scans`` and ``visitors``, visits by kind, counts by part."""

    __slots__ = ("counts", "kinds", "scans", "visitors")

    def __init__(self) -> None:
        self.scans = self.visitors = 0
        self.kinds = [0] * len(KINDS)
        self.counts: list[Counts] = [{}, {}, {}, {}, {}]

    def add(self, place: int, dimension: int, value: int, number: int) -> None:
        values = self.counts[place].setdefault(dimension, {})
        values[value] = values.get(value, 0) + number


Tallies = dict[Where, Tally]


@dataclass(frozen=True, slots=True)
class Meeting:
    """People that one scope met: the columns of their rows, of what number, and by which keys they are known again.

    A key is None for somebody who is not told apart.
    """

    scope: int
    columns: Columns
    numbers: Sequence[int]
    keys: Sequence[int | None]

    def repeated(self, fresh: set[int]) -> list[bool]:
        """Whether each was met before; the first with a fresh key uses it up."""
        found: list[bool] = []
        for key in self.keys:
            if key in fresh:
                fresh.discard(key)
                found.append(False)
            else:
                found.append(True)
        return found


def meetings(rows: Sequence[Row], owners: Mapping[int, Owner]) -> list[Meeting]:
    """The people among the rows who landed or viewed, by scope; that of links comes first."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return []
    told = list(zip(columns[KIND], columns[OUTCOME], strict=True))
    landed = _only(columns, [kind == Kind.PERSON and outcome in LANDED for kind, outcome in told])
    viewed = _only(columns, [kind == Kind.PERSON and outcome == Outcome.VIEW for kind, outcome in told])
    owned = [owners[subject] for subject in landed[SUBJECT]]
    hosts = [owner.host for owner in owned]
    driven, bound = _only(landed, landed[_DRIVE]), _only(landed, hosts)
    return [
        _meeting(LINK, landed, landed[SUBJECT]),
        _meeting(WORKSPACE, landed, [owner.workspace for owner in owned]),
        _meeting(HOST, bound, [host for host in hosts if host]),
        _meeting(CAMPAIGN, driven, driven[_DRIVE]),
        _meeting(SITE, viewed, viewed[SUBJECT]),
    ]


def keys_by_day(met: Iterable[Meeting], known: set[int]) -> dict[int, set[int]]:
    """What says that a visitor was counted: signed, 64 bits; by day, without those that are known."""
    found: dict[int, set[int]] = {}
    for meeting in met:
        for day in set(meeting.columns[DAY]):
            mine = [each == day for each in meeting.columns[DAY]]
            keys = set(compress(meeting.keys, mine)) - known
            keys.discard(None)
            found.setdefault(day, set()).update(key for key in keys if key is not None)
    return {day: keys for day, keys in found.items() if keys}


def tally(
    tallies: Tallies,
    rows: Sequence[Row],
    owners: Mapping[int, Owner],
    met: Sequence[Meeting],
    fresh: set[int],
    meanings: Meanings,
) -> None:
    """Adds the rows to their tallies. ``fresh`` are the keys that nobody had before; it is used up."""
    _count_outcomes(tallies, rows, owners)
    _count_parts(tallies, rows)
    of_links: list[bool] = []
    for meeting in met:
        repeated = meeting.repeated(fresh)
        if meeting.scope == LINK:
            of_links = repeated
        _count_people(tallies, meeting, repeated, meanings)
        if meeting.scope == WORKSPACE:
            _count_links(tallies, meeting, of_links)
        elif meeting.scope == HOST:
            _count_links(tallies, meeting, list(compress(of_links, _bound(met[0], owners))))
        elif meeting.scope == CAMPAIGN:
            _count_links(tallies, meeting, list(compress(of_links, met[0].columns[_DRIVE])))


def _only(columns: Columns, chosen: Sequence[object]) -> Columns:
    return [list(compress(column, chosen)) for column in columns]


def _bound(of_links: Meeting, owners: Mapping[int, Owner]) -> list[int]:
    return [owners[subject].host for subject in of_links.numbers]


def _meeting(scope: int, columns: Columns, numbers: Sequence[int]) -> Meeting:
    keys = [
        None if visitor == NOBODY else visitor ^ _mask(scope, number, day if period else 0)
        for visitor, number, day, period in zip(
            columns[VISITOR], numbers, columns[DAY], columns[_PERIOD], strict=True
        )
    ]
    return Meeting(scope, columns, numbers, keys)


@lru_cache(maxsize=65_536)
def _mask(scope: int, number: int, day: int) -> int:
    """The day counts where a visitor is the same number on several days."""
    digest = hashlib.blake2b(f"{scope} {number} {day}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _count_outcomes(tallies: Tallies, rows: Sequence[Row], owners: Mapping[int, Owner]) -> None:
    """Visits of every kind and outcome, in all of their scopes."""
    place = _PLACE[OUTCOME_OF_KIND]
    for (subject, day, kind, outcome, drive), number in Counter(map(_TOLD, rows)).items():
        owner, of_site = owners[subject], outcome in OF_SITES
        wheres = [Where(SITE if of_site else LINK, subject, day), Where(WORKSPACE, owner.workspace, day)]
        if not of_site and owner.host:
            wheres.append(Where(HOST, owner.host, day))
        if not of_site and drive:
            wheres.append(Where(CAMPAIGN, drive, day))
        for where in wheres:
            found = _of(tallies, where)
            found.add(place, OUTCOME_OF_KIND, kind * OUTCOMES + outcome, number)
            if where.scope != WORKSPACE or not of_site:
                found.kinds[kind] += number


def _count_parts(tallies: Tallies, rows: Sequence[Row]) -> None:
    for row in rows:
        if row[_PART_WORD] and row[KIND] == Kind.PERSON and row[OUTCOME] in OF_SITES:
            dimension = _OF_PART[Outcome(row[OUTCOME])]
            found = _of(tallies, Where(SITE, row[SUBJECT], row[DAY]))
            found.add(_PLACE[dimension], dimension, row[_PART_WORD], 1)


def _count_people(tallies: Tallies, meeting: Meeting, repeated: list[bool], meanings: Meanings) -> None:
    people, places = _people(tallies, meeting, repeated)
    for key, number in Counter(people).items():
        found = places[key >> _PLACE_SHIFT]
        found.scans += number
        if not key & _AGAIN:
            found.visitors += number
    # 1 and up: 0 stands for what is not known, as in every field.
    moments = [
        (day + _MONDAY) % 7 * 24 + hour + 1 if hour != NO_HOUR else 0
        for day, hour in zip(meeting.columns[DAY], meeting.columns[HOUR], strict=True)
    ]
    part = _PLACE[MOMENT_OF_WEEK]
    of_moments = {each: ((part, MOMENT_OF_WEEK, each - 1),) for each in set(moments)} | {0: ()}
    _count_field(places, people, moments, of_moments)
    for name in FIELDS:
        values = meeting.columns[COLUMN[name]]
        if any(values):
            _count_field(places, people, values, meanings[name])


def _count_links(tallies: Tallies, meeting: Meeting, repeated: list[bool]) -> None:
    """Which links of a group were scanned; somebody is a visitor of each of them."""
    people, places = _people(tallies, meeting, repeated)
    subjects = meeting.columns[SUBJECT]
    part = _PLACE[LINK_OF_GROUP]
    _count_field(places, people, subjects, {each: ((part, LINK_OF_GROUP, each),) for each in set(subjects)})


def _people(tallies: Tallies, meeting: Meeting, repeated: list[bool]) -> tuple[list[int], list[Tally]]:
    """A number for each, to which values are added by `_count_field`, and the tallies at their places."""
    order: dict[tuple[int, int], int] = {}
    people = [
        order.setdefault(where, len(order)) << _PLACE_SHIFT | (_AGAIN if again else 0)
        for where, again in zip(
            zip(meeting.numbers, meeting.columns[DAY], strict=True), repeated, strict=True
        )
    ]
    return people, [_of(tallies, Where(meeting.scope, *each)) for each in order]


def _count_field(
    places: list[Tally], people: list[int], values: Sequence[int], means: Mapping[int, Meaning]
) -> None:
    """Counts values of a field by place. The inner loop runs some 30 times a scan, so it calls nothing of ours."""
    for key, number in Counter[int](map(add, people, values)).items():
        for part, dimension, value in means[key & _VALUE]:
            counts = places[key >> _PLACE_SHIFT].counts[part]
            by_value = counts.get(dimension)
            if by_value is None:
                counts[dimension] = {value: number}
            else:
                by_value[value] = by_value.get(value, 0) + number
            if key & _AGAIN:
                by_value = counts.setdefault(REPEATS + dimension, {})
                by_value[value] = by_value.get(value, 0) + number


def _of(tallies: Tallies, where: Where) -> Tally:
    found = tallies.get(where)
    if found is None:
        found = tallies[where] = Tally()
    return found
