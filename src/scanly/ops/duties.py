"""What an installation does by itself, and when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing

from scanly.accounts.store import list_workspaces_anywhere
from scanly.analytics.alerts.round import judge_everywhere
from scanly.analytics.alerts.store import forget_alerts_anywhere
from scanly.analytics.counted import counted_until
from scanly.core.clock import Clock, day_number
from scanly.core.clock import at as moment
from scanly.core.ids import WorkspaceId
from scanly.core.log import Log
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.db.engine import Database
from scanly.links.changes import make_due_changes
from scanly.links.watching.actions import Chosen, choose_broken_links, choose_links
from scanly.links.watching.judge import Verdict
from scanly.links.watching.round import look
from scanly.ops import backup
from scanly.scans.visitor import Salts
from scanly.sites.answers.store import remove_old_anywhere
from scanly.work.call import Call
from scanly.work.model import Job
from scanly.work.schedule import Duty

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
# The last place on earth leaves a date 12 hours after UTC does.
_LAST_ZONE_MS = 12 * HOUR_MS
# Duties wait for each other. Who has more links has the rest looked at on the next day.
_LONGEST_LOOK_MS = HOUR_MS

# A year and a bit, so that the same weeks of last year are still there.
ALERTS_KEPT_DAYS = 400

_log = Log("scanly.work")


def duties(
    folder: DataFolder, settings: Settings, clock: Clock, call: Callable[[], Call], events: Database
) -> tuple[Duty, ...]:
    """What these settings ask for; ``call`` makes a call of the folder's owner.

    Every minute planned changes of links, every hour the end of salts whose days are over everywhere, at 02:00 UTC
    a backup, at 03:00 UTC a look at where links lead, and every quarter of an hour one at those that were broken;
    at 04:00 UTC the end of what visitors sent so many days ago. Every five minutes rules of alerts are judged, and at
    05:00 UTC old alerts end.
    """

    async def back_up(_: Job) -> None:
        await backup.create(folder, settings, clock(), reason="nightly")
        backup.prune(folder, settings.backup_keep)

    async def destroy_salts(_: Job) -> None:
        Salts(folder.salts).destroy_before(oldest_living_day(clock()))

    async def change_links(_: Job) -> None:
        await make_due_changes(call())

    async def look_at_targets(_: Job) -> None:
        await _look_everywhere(settings, clock, call(), choose_links)

    async def look_at_broken(_: Job) -> None:
        await _look_everywhere(settings, clock, call(), choose_broken_links)

    async def forget_answers(_: Job) -> None:
        async with call().db.write() as connection:
            await remove_old_anywhere(connection, clock() - settings.leads_keep_days * DAY_MS)

    found = [
        Duty("salts.destroy", HOUR_MS, 0, destroy_salts),
        Duty("links.plans", MINUTE_MS, 0, change_links),
        *_duties_of_alerts(folder, clock, call, events),
    ]
    if settings.backup_keep:
        found.append(Duty("backup.nightly", DAY_MS, 2 * HOUR_MS, back_up))
    if settings.watch_targets == "daily":
        found.append(Duty("links.check", DAY_MS, 3 * HOUR_MS, look_at_targets))
        found.append(Duty("links.recheck", 15 * MINUTE_MS, 0, look_at_broken))
    if settings.leads_keep_days:
        found.append(Duty("leads.forget", DAY_MS, 4 * HOUR_MS, forget_answers))
    return tuple(found)


def _duties_of_alerts(
    folder: DataFolder, clock: Clock, call: Callable[[], Call], events: Database
) -> tuple[Duty, ...]:
    async def judge_alerts(_: Job) -> None:
        counted_ms = await counted_until(folder.journal, events, clock)
        if counted_ms is not None:
            await judge_everywhere(call(), events, counted_ms)

    async def forget_alerts(_: Job) -> None:
        async with call().db.write() as connection:
            await forget_alerts_anywhere(connection, clock() - ALERTS_KEPT_DAYS * DAY_MS)

    return (
        Duty("alerts.judge", 5 * MINUTE_MS, 0, judge_alerts),
        Duty("alerts.forget", DAY_MS, 5 * HOUR_MS, forget_alerts),
    )


async def _look_everywhere(
    settings: Settings,
    clock: Clock,
    call: Call,
    choose: Callable[[Call, WorkspaceId], Awaitable[Chosen]],
) -> None:
    """Looks at links of every workspace; each has its share of what is left of the time."""
    async with call.db.read() as connection:
        workspaces = await list_workspaces_anywhere(connection)
    end_ms = clock() + _LONGEST_LOOK_MS
    for number, workspace in enumerate(workspaces):
        now_ms = clock()
        until_ms = now_ms + (end_ms - now_ms) // (len(workspaces) - number)
        chosen = await choose(call, workspace.id)
        if not chosen.ids:
            continue
        round_ = look(
            call,
            workspace.id,
            chosen,
            settings.outbound_networks,
            in_time=lambda until_ms=until_ms: clock() < until_ms,
        )
        links, broken = set[int](), 0
        async with aclosing(round_) as kept:
            async for looked in kept:
                links |= {each.link.id for each in looked}
                broken += sum(each.finding.verdict is Verdict.BROKEN for each in looked)
        left = len(chosen.ids) - len(links)
        _log.info(
            "Looked where links lead.", workspace=workspace.id, links=len(links), broken=broken, left=left
        )


def oldest_living_day(now_ms: int) -> int:
    """The earliest date that it still is somewhere on earth, as a day number."""
    return day_number(moment(now_ms - _LAST_ZONE_MS).date())
