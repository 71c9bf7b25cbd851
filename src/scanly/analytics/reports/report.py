"""What ``scanly stats`` says, as one value for every output: totals, then rows by one dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from scanly.accounts.policy import permitted
from scanly.analytics import store
from scanly.analytics.counting.packed import KINDS
from scanly.analytics.reports import notes
from scanly.analytics.reports.answer import Report, Row, Totals
from scanly.analytics.reports.breakdowns import OTHER, UNKNOWN, Breakdown, Facts, breakdowns, visited
from scanly.analytics.reports.narrowing import kept_since
from scanly.analytics.reports.query import Reading, links_of, scope_of
from scanly.analytics.reports.question import Question, Subject
from scanly.core import clock
from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId
from scanly.core.text import nearest
from scanly.db.engine import Connection, Database
from scanly.work.call import Call


def words(subject: Subject) -> dict[str, Breakdown]:
    """By what can be reported about links, or about a site."""
    not_of = "links" if subject.site else "sites"
    return {name: way for name, way in breakdowns().items() if way.of != not_of}


def way_of(question: Question) -> Breakdown:
    """The breakdown that is asked for. Raises Invalid that names the nearest."""
    known = words(question.subject)
    if question.by not in known:
        what = "a site" if question.subject.site else "links"
        hint = nearest(question.by, known) or f"Use one of {', '.join(known)}."
        raise Invalid.field("by", f'Scans of {what} are not counted by "{question.by}".', hint=hint)
    return known[question.by]


@permitted("stats.show")
async def report(call: Call, workspace_id: WorkspaceId, question: Question, events: Database) -> Report:
    """The answer. Visitors of several days are the sum of each day's. Raises Invalid."""
    way = way_of(question)
    async with call.db.read() as connection:
        # A link's own numbers need no look at the others.
        known = await links_of(connection, workspace_id, question) if _names(question, [way]) else []
    async with events.read() as connection:
        return (await read(connection, workspace_id, Reading(question, [way], known)))[0]


async def read(connection: Connection, workspace_id: WorkspaceId, reading: Reading) -> list[Report]:
    """A report for each of the breakdowns that are read, in their order."""
    facts = await reading.facts(connection, workspace_id, reading.question.period)
    return await reports_of(connection, workspace_id, reading, facts)


async def reports_of(
    connection: Connection, workspace_id: WorkspaceId, reading: Reading, facts: Facts
) -> list[Report]:
    """The same, of facts that hold all that its breakdowns need."""
    question, state = reading.question, await _state(connection, workspace_id, reading)
    before = await reading.facts(connection, workspace_id, question.before) if question.before else None
    said = notes.of_reading(reading, facts, state)
    return [_tabulated(question, way, facts, before, said) for way in reading.ways]


async def _state(connection: Connection, workspace_id: WorkspaceId, reading: Reading) -> notes.State:
    question, standing = reading.question, await store.read_standing(connection, workspace_id)
    early = kept_since(standing.raw_since, question.period) if reading.from_raw() else ""
    changed_ms = standing.rules_changed_ms
    changed = clock.at(changed_ms, question.workspace.zone).date() if changed_ms else question.period.since
    return notes.State(
        kept_since=early,
        rules_changed=changed.isoformat() if changed > question.period.since else "",
        recounting=standing.recounting,
    )


def _names(question: Question, ways: Sequence[Breakdown]) -> bool:
    """Whether the links must be known: because rows are named by them, or because they are merged."""
    return scope_of(question) is None or any(way.named for way in ways)


def _tabulated(
    question: Question, way: Breakdown, facts: Facts, before: Facts | None, said: Sequence[str]
) -> Report:
    rows = way.rows(facts)
    if before:
        rows = _compared(way, rows, way.rows(before))
    several = question.subject.link is None and question.subject.site is None
    counted = several and way.of == "links"
    return Report(
        code=question.subject.link.code if question.subject.link else "",
        subject=question.subject.words,
        since=facts.period.since.isoformat(),
        until=facts.period.until.isoformat(),
        time_zone=question.workspace.time_zone,
        recorded=sum(facts.kinds),
        scans=facts.scans,
        visitors=facts.visitors,
        by_kind=_by_kind(facts),
        by=way.name,
        rows=rows if way.ordered else _limited(rows, question.limit),
        links=len(facts.links) if counted else 0,
        silent=len(facts.links.keys() - visited(facts)) if counted else 0,
        before=_totals(before) if before else None,
        notes=said,
        measure="views" if facts.pages else "scans",
    )


def _by_kind(facts: Facts) -> Mapping[str, int]:
    return dict(zip(KINDS, facts.kinds, strict=True))


def _totals(facts: Facts) -> Totals:
    return Totals(
        since=facts.period.since.isoformat(),
        until=facts.period.until.isoformat(),
        recorded=sum(facts.kinds),
        scans=facts.scans,
        visitors=facts.visitors,
        by_kind=_by_kind(facts),
    )


def _compared(way: Breakdown, rows: Sequence[Row], before: Sequence[Row]) -> list[Row]:
    """Rows with the scans of the same value before; in a series, of the value at the same place."""
    if way.dated:
        earlier = [row.scans for row in before]
        return [
            msgspec.structs.replace(row, before=earlier[place] if place < len(earlier) else None)
            for place, row in enumerate(rows)
        ]
    scans = {row.key: row.scans for row in before}
    now = [msgspec.structs.replace(row, before=scans.pop(row.key, 0)) for row in rows]
    gone = [
        msgspec.structs.replace(row, scans=0, visitors=row.visitors and 0, recorded=None, before=row.scans)
        for row in before
        if scans.get(row.key)
    ]
    return sorted([*now, *gone], key=lambda row: row.key == UNKNOWN)


def _limited(rows: Sequence[Row], limit: int | None) -> list[Row]:
    """The first rows, the rest as one; what is not known stays apart."""
    known = [row for row in rows if row.key != UNKNOWN]
    if limit is None or len(known) <= limit:
        return list(rows)
    rest = known[limit:]
    other = Row(
        OTHER,
        sum(row.scans for row in rest),
        _sum([row.visitors for row in rest]),
        _sum([row.recorded for row in rest]),
        before=_sum([row.before for row in rest]),
    )
    return [*known[:limit], other, *(row for row in rows if row.key == UNKNOWN)]


def _sum(numbers: Sequence[int | None]) -> int | None:
    """None when one is not known."""
    return None if None in numbers else sum(number or 0 for number in numbers)
