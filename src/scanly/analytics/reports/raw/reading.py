"""Raw scans as slices of rollups, narrowed down: what is counted of them is then counted as ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scanly.analytics.counting.packed import LINK_OF_GROUP, MOMENT_OF_WEEK, REPEATS, Counts
from scanly.analytics.reports.narrowing import wanted
from scanly.analytics.reports.raw.store import Found, Sought, count_people, field_texts
from scanly.analytics.reports.slices import EVERYTHING, Slice
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Connection
from scanly.scans.model import NO_HOUR

if TYPE_CHECKING:
    from scanly.analytics.dimensions import Dimension
    from scanly.analytics.reports.period import Period
    from scanly.analytics.reports.query import Reading

_MONDAY = 3  # 1970-01-01 was a Thursday


class People(NamedTuple):
    """``texts`` are the values in the slices, by numbers that only these know."""

    slices: Sequence[Slice]
    texts: Mapping[int, str]


async def read_people(
    connection: Connection, workspace_id: WorkspaceId, reading: Reading, period: Period
) -> People:
    """A slice a day, of those people only whom the question wants."""
    from scanly.analytics.dimensions import DIMENSIONS

    counted = {way.counted for way in reading.ways}
    shown = [each for each in DIMENSIONS.values() if each.NUMBER in counted]
    chosen = wanted(reading.question)
    fields = sorted({each.FIELD for each in (*shown, *(one.dimension for one in chosen))})
    sought = _sought(reading, period, fields)
    rows = await count_people(connection, workspace_id, sought)
    texts = {
        field: await field_texts(connection, workspace_id, field, {row.values[place] for row in rows})
        for place, field in enumerate(fields)
    }
    values = _Values(fields, texts)
    kept = {
        each.name: {number for number, text in values.of(each.dimension).items() if each.has(text)}
        for each in chosen
    }
    places = [(fields.index(each.dimension.FIELD), kept[each.name]) for each in chosen]
    some = [row for row in rows if all(row.values[place] in allowed for place, allowed in places)]
    return _folded(some, values, shown, fields)


def _sought(reading: Reading, period: Period, fields: Sequence[str]) -> Sought:
    counted = {way.counted for way in reading.ways}
    site = reading.question.subject.site
    scopes = reading.scopes
    alone = scopes[0] if len(scopes) == 1 else None
    group = (alone.kind, str(alone.key)) if alone and alone.kind in ("host", "campaign") else None
    everything = alone is not None and alone.kind == "workspace"
    return Sought(
        period.numbers,
        fields,
        None if group or everything else [int(scope.key) for scope in scopes],
        group,
        views=site is not None,
        hours=any(way.parts == ("time",) for way in reading.ways),
        links=LINK_OF_GROUP in counted,
    )


class _Values:
    """What the numbers of the fields are counted as, by dimension; numbered anew, as rollups do."""

    def __init__(self, fields: Sequence[str], texts: Mapping[str, Mapping[int, object]]) -> None:
        self._found = {field: {0: ""} | dict(texts[field]) for field in fields}
        self._numbers: dict[str, int] = {}

    def of(self, dimension: Dimension) -> dict[int, str]:
        found = self._found[dimension.FIELD]
        return {number: dimension.value(text) if text else "" for number, text in found.items()}

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers) + 1)

    @property
    def texts(self) -> dict[int, str]:
        return {number: text for text, number in self._numbers.items()}


def _folded(
    rows: Sequence[Found], values: _Values, shown: Sequence[Dimension], fields: Sequence[str]
) -> People:
    numbered = [
        (
            each.NUMBER,
            fields.index(each.FIELD),
            {n: values.number(text) for n, text in values.of(each).items() if text},
        )
        for each in shown
    ]
    days: dict[int, Slice] = {}
    for row in rows:
        day = days.get(row.day) or Slice(EVERYTHING, row.day, row.day, 0, 0, (0, 0, 0, 0, 0), {})
        scans, visitors = day.scans + row.scans, day.visitors + row.visitors
        days[row.day] = day._replace(scans=scans, visitors=visitors, kinds=(scans, 0, 0, 0, 0))
        if row.hour != NO_HOUR:
            moment = (row.day + _MONDAY) % 7 * 24 + row.hour
            _add(day.counts, MOMENT_OF_WEEK, moment, row.scans, row.visitors)
        if row.link_id:
            _add(day.counts, LINK_OF_GROUP, row.link_id, row.scans, row.visitors_of_one)
        for dimension, place, numbers in numbered:
            number = numbers.get(row.values[place])
            if number is not None:
                _add(day.counts, dimension, number, row.scans, row.visitors)
    return People(list(days.values()), values.texts)


def _add(counts: Counts, dimension: int, value: int, scans: int, visitors: int) -> None:
    for number, count in ((dimension, scans), (REPEATS + dimension, scans - visitors)):
        into = counts.setdefault(number, {})
        into[value] = into.get(value, 0) + count
