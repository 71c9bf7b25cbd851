"""Says what happened to a code, a page or everything: the numbers of a period, its history, facts and sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from scanly.accounts.policy import permitted
from scanly.analytics.counting.packed import LINK_OF_GROUP, MOMENT_OF_WEEK
from scanly.analytics.reports.breakdowns import BUILT_IN, Facts
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.query import Reading, links_of
from scanly.analytics.reports.question import Question, address_of
from scanly.analytics.words.facts import Explanation
from scanly.analytics.words.noticing import HISTORY_DAYS, HOURS_DAYS, Code, Numbers, notice
from scanly.analytics.words.saying import sentences
from scanly.core import clock
from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.engine import Connection, Database
from scanly.links.model import Link
from scanly.scans.model import Kind
from scanly.work.call import Call

_DAY_HOURS = 24
_ROBOTS = (Kind.BOT, Kind.PREVIEW, Kind.PREFETCH)


@permitted("stats.show")
async def explain(call: Call, workspace_id: WorkspaceId, question: Question, events: Database) -> Explanation:
    """What stands out in the question's period, said in its language. Raises Invalid."""
    async with call.db.read() as connection:
        links = await links_of(connection, workspace_id, question)
    async with events.read() as connection:
        numbers = await _read(connection, workspace_id, question, links, call.now_ms)
    found = await asyncio.to_thread(notice, numbers)
    pages = question.subject.site is not None
    return Explanation(
        subject=question.subject.words,
        since=question.period.since.isoformat(),
        until=question.period.until.isoformat(),
        time_zone=question.workspace.time_zone,
        language=question.language,
        facts=found,
        sentences=sentences(found, question.language, pages=pages),
    )


async def _read(
    connection: Connection, workspace_id: WorkspaceId, question: Question, links: Sequence[Link], now_ms: int
) -> Numbers:
    """The days of the period and before, their hours, and the total of the time before."""

    async def read(period: Period, *by: str) -> Facts:
        reading = Reading(question, [BUILT_IN[name] for name in by], links)
        return await reading.facts(connection, workspace_id, period)

    now = clock.at(now_ms, question.workspace.zone)
    period, today = question.period, now.date()
    several = question.subject.link is None and question.subject.site is None
    history = Period(period.since - timedelta(days=HISTORY_DAYS), period.until)
    lately = Period(min(period.since, today - timedelta(days=HOURS_DAYS)), max(period.until, today))
    course = await read(history, "day", *(("code",) if several else ()))
    before = await read(question.before or period.before(), "month")
    return replace(
        _numbers(course, period, clock.day_number(today)),
        hours_passed=now.hour + now.minute / 60,
        before=before.scans,
        hours=_hours(await read(lately, "day", "heatmap")),
        codes=_codes(course) if several else (),
    )


def _numbers(course: Facts, period: Period, today: int) -> Numbers:
    first, last = course.period.numbers
    scans, robots = [0] * (last - first + 1), [0] * (last - first + 1)
    for each in course.slices:
        scans[each.first - first] += each.scans
        robots[each.first - first] += sum(each.kinds[kind] for kind in _ROBOTS)
    since, until = period.numbers
    return Numbers(first, since, until, today, scans, robots)


def _hours(moments: Facts) -> dict[int, list[int]]:
    """Scans by hour of each day."""
    found: dict[int, list[int]] = {}
    for each in moments.slices:
        by_hour = found.setdefault(each.first, [0] * _DAY_HOURS)
        for moment, count in each.counts.get(MOMENT_OF_WEEK, {}).items():
            by_hour[moment % _DAY_HOURS] += count
    return found


def _codes(course: Facts) -> Sequence[Code]:
    first, last = course.period.numbers
    by_link: dict[LinkId, list[int]] = {}
    for each in course.slices:
        if each.scope.kind == "link":
            counted = {LinkId(int(each.scope.key)): each.scans}
        else:
            by_number = each.counts.get(LINK_OF_GROUP, {})
            counted = {
                course.numbers[number]: count
                for number, count in by_number.items()
                if number in course.numbers
            }
        for link_id, count in counted.items():
            by_link.setdefault(link_id, [0] * (last - first + 1))[each.first - first] += count
    known = ((course.links[link_id], scans) for link_id, scans in by_link.items() if link_id in course.links)
    return [Code(address_of(link), link.title, scans) for link, scans in known]
