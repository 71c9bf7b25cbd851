"""One look at all rules: what is counted is read, judged, and what came true is kept and told, once.

The rule as judged, what it fired and the fact in the outbox are written in one transaction, and only if the rule is
still as it was read: of two processes one writes, and one that is killed has written all or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from scanly.accounts.model import Workspace
from scanly.accounts.policy import permit_folder
from scanly.accounts.store import list_workspaces_anywhere
from scanly.analytics import store as scans
from scanly.analytics.about import About, name_about
from scanly.analytics.alerts import store
from scanly.analytics.alerts.judge import Facts, Firing, judge
from scanly.analytics.alerts.model import Alert, Every, Rule, Told
from scanly.analytics.alerts.periods import days_of, number_at, number_of, takes_place, title_of
from scanly.analytics.counting.packed import MOMENT_OF_WEEK, Part
from scanly.analytics.explain import explain
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.question import Question
from scanly.analytics.reports.slices import EVERYTHING, Scope
from scanly.core.clock import day_of
from scanly.core.events import AlertFired, DigestMade, Event
from scanly.core.ids import LinkId, WorkspaceId, show
from scanly.core.log import Log
from scanly.db.engine import Connection, Database
from scanly.links import store as links
from scanly.links.watching.store import living_links
from scanly.sites import store as sites
from scanly.work import store as outbox
from scanly.work.call import Call

# By how much a period's end must have passed: clocks of several machines differ a little.
GRACE_MS = 60_000
# How many periods are judged after nobody was running for long.
_CATCH_UP: dict[Every, int] = {"hour": 7 * 24, "day": 62, "week": 9}

_log = Log("scanly.alerts")


async def judge_everywhere(call: Call, events: Database, counted_ms: int) -> int:
    """Judges the rules of all workspaces by what was counted until a moment; how many alerts that made."""
    permit_folder(call.who)
    async with call.db.read() as connection:
        workspaces = await list_workspaces_anywhere(connection)
    fired = 0
    for workspace in workspaces:
        async with call.db.read() as connection:
            rules = await store.list_rules(connection, workspace.id)
        async with events.read() as connection:
            if not rules or await scans.is_recounting(connection, workspace.id):
                continue
        for rule in rules:
            try:
                fired += await judge_rule(call, events, workspace, rule, counted_ms)
            except Exception as error:  # one rule that cannot be judged must not end the look at all others
                _log.error("A rule could not be judged.", cause=error, workspace=workspace.id, rule=rule.id)
    return fired


async def judge_rule(call: Call, events: Database, workspace: Workspace, rule: Rule, counted_ms: int) -> int:
    """Judges one rule; how many alerts that made."""
    periods = _periods(workspace, rule, counted_ms)
    if not periods.over and rule.kind != "more":
        return 0
    async with call.db.read() as connection:
        subject = await _subject(connection, workspace.id, rule.about)
    async with events.read() as connection:
        counted = await _scans(connection, workspace.id, rule, subject, periods)
    born = None if subject.born_ms is None else number_at(rule.every, subject.born_ms, workspace.zone)
    after, fired = judge(rule, Facts(counted, periods.over, periods.running, born))
    if after == rule:
        return 0
    told = [(firing, await _told(call, events, workspace, rule, subject, firing)) for firing in fired]
    return await _keep(call, workspace.id, (rule, after), told)


class _Periods(NamedTuple):
    over: Sequence[int]
    running: int


class _Subject(NamedTuple):
    """What is judged: its name, where it is counted, and when it was made."""

    title: str
    scopes: Sequence[Scope]
    born_ms: int | None


def _periods(workspace: Workspace, rule: Rule, counted_ms: int) -> _Periods:
    zone = workspace.zone
    running = number_at(rule.every, counted_ms - GRACE_MS, zone)
    first = max(rule.judged + 1, running - _CATCH_UP[rule.every])
    over = [period for period in range(first, running) if takes_place(rule.every, period, zone)]
    return _Periods(over, running)


async def _subject(connection: Connection, workspace_id: WorkspaceId, about: About) -> _Subject:
    title = await name_about(connection, workspace_id, about)
    match about.kind:
        case "code":
            found = await living_links(connection, workspace_id, [LinkId(about.id)])
            scopes = [Scope("link", about.id)]
        case "site":
            found = [each for each in await sites.list_sites(connection, workspace_id) if each.id == about.id]
            scopes = [Scope("site", about.id)]
        case "tag":
            found = await links.list_links(connection, workspace_id, links.Filter(tag=about.text))
            scopes = [Scope("link", each.id) for each in found]
        case "campaign":
            wanted = links.Filter(campaign=about.text, limit=1)
            found = await links.list_links(connection, workspace_id, wanted)
            scopes = [Scope("campaign", about.text)]
        case "everything":
            found = await links.list_links(connection, workspace_id, links.Filter(limit=1))
            scopes = [EVERYTHING]
    return _Subject(title, scopes, min((each.created_ms for each in found), default=None))


async def _scans(
    connection: Connection, workspace_id: WorkspaceId, rule: Rule, subject: _Subject, periods: _Periods
) -> Counter[int]:
    """Scans by people, by period."""
    first = days_of(rule.every, min([*periods.over, periods.running])).first
    if rule.kind == "silent":
        first -= rule.number - 1
    days = (first, days_of(rule.every, periods.running).last)
    parts: tuple[Part, ...] = ("time",) if rule.every == "hour" else ()
    counted = Counter[int]()
    for each in await scans.read_slices(connection, workspace_id, subject.scopes, days, parts):
        if rule.every == "hour":
            for moment, number in each.counts.get(MOMENT_OF_WEEK, {}).items():
                counted[number_of(rule.every, each.first, moment % 24)] += number
        else:
            counted[number_of(rule.every, each.first)] += each.scans
    return counted


async def _told(
    call: Call, events: Database, workspace: Workspace, rule: Rule, subject: _Subject, firing: Firing
) -> Told:
    days = days_of(rule.every, firing.period)
    if rule.kind == "silent":
        days = days._replace(first=days.last - rule.number + 1)
    told = Told(
        rule=rule.name,
        kind=rule.kind,
        number=rule.number,
        every=rule.every,
        subject=subject.title,
        period=title_of(days),
        since=day_of(days.first).isoformat(),
        until=day_of(days.last).isoformat(),
        hour=days.hour,
        scans=firing.scans,
    )
    if rule.kind != "digest":
        return told
    return await _digest(call, events, workspace, told, Period(day_of(days.first), day_of(days.last)))


async def _digest(call: Call, events: Database, workspace: Workspace, told: Told, period: Period) -> Told:
    """The same with the numbers of the whole workspace, and what they say."""
    question = Question(workspace, period, language=workspace.language)
    said = await explain(call, workspace.id, question, events)
    async with events.read() as connection:
        whole = [EVERYTHING]
        now = await scans.read_slices(connection, workspace.id, whole, period.numbers)
        before = await scans.read_slices(connection, workspace.id, whole, period.before().numbers)
    return msgspec.structs.replace(
        told,
        visitors=sum(each.visitors for each in now),
        before=sum(each.scans for each in before),
        sentences=said.sentences,
    )


async def _keep(
    call: Call, workspace_id: WorkspaceId, rules: tuple[Rule, Rule], told: Sequence[tuple[Firing, Told]]
) -> int:
    """Writes the rule as judged with all that it fired, or nothing when it is no longer as it was read."""
    before, after = rules
    facts: dict[str, Event] = {}
    async with call.db.write() as connection:
        if not await store.keep_judgement(connection, workspace_id, before, after):
            return 0
        for firing, each in told:
            alert = Alert(call.now_ms, each)
            if await store.add_alert(connection, workspace_id, after, firing.period, alert):
                facts[f"{show(after.id)}-{after.every}-{firing.period}"] = _event(each)
        await outbox.put(connection, workspace_id, facts, call.now_ms)
    return len(facts)


def _event(told: Told) -> Event:
    kind = DigestMade if told.kind == "digest" else AlertFired
    return msgspec.convert(msgspec.to_builtins(told), kind)
