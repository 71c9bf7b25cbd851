"""What ``scanly stats`` says of a site: views, visitors, what was clicked, and who came by invitation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from scanly.accounts.model import Workspace
from scanly.accounts.policy import permitted
from scanly.analytics import store
from scanly.analytics.period import Period
from scanly.analytics.store import SiteTotal
from scanly.core.clock import day_number
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Database
from scanly.scans.model import Kind, Outcome
from scanly.work.call import Call


class Day(msgspec.Struct, frozen=True):
    """A local day of a site."""

    key: str
    views: int
    visitors: int
    clicks: int


class Part(msgspec.Struct, frozen=True):
    """How often people clicked one thing, by block and key of its link, or came by one invitation.

    ``title`` says where the link leads, or who was invited, as far as that is still known.
    """

    key: str
    number: int
    title: str = ""


class SiteReport(msgspec.Struct, frozen=True):
    """``recorded`` counts views and clicks of every kind; the others count people."""

    since: str
    until: str
    time_zone: str
    recorded: int
    views: int
    visitors: int
    clicks: int
    by_kind: Mapping[str, int]
    parts: Sequence[Part]
    invited: Sequence[Part]
    rows: Sequence[Day]


@permitted("stats.show")
async def site_report(
    call: Call,  # noqa: ARG001 - who asks is all that the rule above needs
    workspace_id: WorkspaceId,
    site_id: int,
    workspace: Workspace,
    period: Period,
    events: Database,
) -> SiteReport:
    """The report. Visitors of several days are the sum of each day's: nobody is followed across days."""
    async with events.read() as connection:
        totals = await store.list_site_totals(connection, workspace_id, site_id, period.numbers)
        visitors = await store.list_site_visitors(connection, workspace_id, site_id, period.numbers)
    whole = [total for total in totals if (total.outcome is Outcome.CLICK) == bool(total.part)]
    people = [total for total in whole if total.kind is Kind.PERSON]
    views = [total for total in people if total.outcome is Outcome.VIEW]
    clicks = [total for total in people if total.outcome is Outcome.CLICK]
    invited = [
        total
        for total in totals
        if total.kind is Kind.PERSON and total.part and total.outcome is Outcome.VIEW
    ]
    kinds = Counter[Kind]()
    for total in whole:
        kinds[total.kind] += total.number
    return SiteReport(
        since=period.since.isoformat(),
        until=period.until.isoformat(),
        time_zone=workspace.time_zone,
        recorded=sum(total.number for total in whole),
        views=sum(total.number for total in views),
        visitors=sum(visitors.values()),
        clicks=sum(total.number for total in clicks),
        by_kind={kind.word: kinds[kind] for kind in Kind},
        parts=_by_part(clicks),
        invited=_by_part(invited),
        rows=_by_day(period, views, clicks, visitors),
    )


def _by_part(totals: Iterable[SiteTotal]) -> list[Part]:
    """The most first."""
    sums = Counter[str]()
    for total in totals:
        sums[total.part] += total.number
    return [Part(part, number) for part, number in sorted(sums.items(), key=lambda each: (-each[1], each[0]))]


def _by_day(
    period: Period, views: Iterable[SiteTotal], clicks: Iterable[SiteTotal], visitors: Mapping[int, int]
) -> list[Day]:
    viewed, clicked = (_sums(totals) for totals in (views, clicks))
    return [
        Day(day.isoformat(), viewed[number], visitors.get(number, 0), clicked[number])
        for day in period.days()
        for number in (day_number(day),)
    ]


def _sums(totals: Iterable[SiteTotal]) -> Counter[int]:
    sums = Counter[int]()
    for total in totals:
        sums[total.day] += total.number
    return sums
