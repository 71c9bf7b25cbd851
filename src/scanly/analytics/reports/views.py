"""What ``scanly stats`` says of a site: views and visitors, what was clicked and sent, and who came by invitation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from scanly.accounts.policy import permitted
from scanly.analytics.counting.packed import OUTCOME_OF_KIND, OUTCOMES
from scanly.analytics.reports.answer import Report, Row, Totals
from scanly.analytics.reports.breakdowns import BUILT_IN, Breakdown, Facts
from scanly.analytics.reports.query import Reading
from scanly.analytics.reports.question import Question
from scanly.analytics.reports.report import reports_of, way_of
from scanly.analytics.reports.slices import Sums
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Database
from scanly.scans.model import Kind, Outcome
from scanly.work.call import Call

_DONE = ("clicked", "invited", "sent", "outcome")


class ViewRow(msgspec.Struct, frozen=True):
    """One value of the dimension. ``clicks`` is None where they are not told apart by it."""

    key: str
    views: int
    visitors: int | None = None
    clicks: int | None = None
    title: str = ""
    before: int | None = None


class Part(msgspec.Struct, frozen=True):
    """How often people clicked one thing, by block and key of its link, came by one invitation, or sent one form.

    ``title`` says where the link leads, or who was invited, as far as that is still known.
    """

    key: str
    number: int
    title: str = ""


class SiteReport(msgspec.Struct, frozen=True):
    """``recorded`` counts views, clicks and forms of every kind; the others count people.

    ``clicks`` and ``leads`` are None where only people with certain values are counted.
    """

    since: str
    until: str
    time_zone: str
    recorded: int
    views: int
    visitors: int
    clicks: int | None
    leads: int | None
    by_kind: Mapping[str, int]
    by: str
    rows: Sequence[ViewRow]
    parts: Sequence[Part] = ()
    invited: Sequence[Part] = ()
    sent: Sequence[Part] = ()
    before: Totals | None = None
    notes: Sequence[str] = ()


@permitted("stats.show")
async def site_report(
    call: Call,  # noqa: ARG001 - who asks is all that the rule above needs
    workspace_id: WorkspaceId,
    question: Question,
    events: Database,
) -> SiteReport:
    """The report. Visitors of several days are the sum of each day's. Raises Invalid.

    Of people with certain values only views are counted: a click does not know all that its view knew.
    """
    way = way_of(question)
    # What people did is counted for all of them only.
    done = [] if question.where else [BUILT_IN[name] for name in _DONE]
    reading = Reading(question, [way, *done], [])
    async with events.read() as connection:
        facts = await reading.facts(connection, workspace_id, question.period)
        shown = (await reports_of(connection, workspace_id, replace(reading, ways=[way]), facts))[0]
    return _made(shown, way, facts, {each.name: each.rows(facts) for each in done})


def _made(shown: Report, way: Breakdown, facts: Facts, done: Mapping[str, Sequence[Row]]) -> SiteReport:
    return SiteReport(
        since=shown.since,
        until=shown.until,
        time_zone=shown.time_zone,
        recorded=shown.recorded,
        views=shown.scans,
        visitors=shown.visitors,
        clicks=_total(facts, Outcome.CLICK) if done else None,
        leads=_total(facts, Outcome.LEAD) if done else None,
        by_kind=shown.by_kind,
        by=shown.by,
        rows=_rows(shown, way, facts) if done else _views(shown.rows),
        parts=_parts(done.get("clicked", ())),
        invited=_parts(done.get("invited", ())),
        sent=_parts(done.get("sent", ())),
        before=shown.before,
        notes=shown.notes,
    )


def _total(facts: Facts, outcome: Outcome) -> int:
    return sum(_people(each.counts, outcome) for each in facts.slices)


def _people(counts: Mapping[int, Mapping[int, int]], outcome: Outcome) -> int:
    return counts.get(OUTCOME_OF_KIND, {}).get(Kind.PERSON * OUTCOMES + outcome, 0)


def _views(rows: Sequence[Row], clicks: Mapping[str, int] | None = None) -> list[ViewRow]:
    return [
        ViewRow(
            row.key,
            row.scans,
            row.visitors,
            None if clicks is None else clicks[row.key],
            row.title,
            row.before,
        )
        for row in rows
    ]


def _rows(shown: Report, way: Breakdown, facts: Facts) -> list[ViewRow]:
    """With clicks where rows are days, weeks, months or days of the week."""
    if not way.narrows:
        return _views(shown.rows)
    clicked = [each._replace(scans=_people(each.counts, Outcome.CLICK)) for each in facts.slices]
    return _views(shown.rows, {row.key: row.scans for row in way.rows(replace(facts, sums=Sums(clicked)))})


def _parts(rows: Sequence[Row]) -> list[Part]:
    return [Part(row.key, row.scans) for row in rows]
