"""Follows the scans of a workspace, or of one of its links or sites, as they are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanly.accounts.model import Workspace
from scanly.accounts.policy import permitted
from scanly.analytics.dimensions import DIMENSIONS
from scanly.analytics.live import store
from scanly.analytics.live.model import Lately, Named, Seen
from scanly.analytics.reports.slices import EVERYTHING, Scope
from scanly.analytics.store import read_slices
from scanly.core.clock import iso, local_day
from scanly.core.ids import LinkId, WorkspaceId, show, time_of
from scanly.db.engine import Database
from scanly.scans.model import LANDED, Kind, Outcome
from scanly.work.call import Call

_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS


class Watched(NamedTuple):
    """What is watched: everything in a workspace, or one link or site of it (``scope``)."""

    workspace: Workspace
    link_id: LinkId | None = None
    scope: Scope = EVERYTHING


@permitted("stats.watch")
async def start(
    call: Call,
    workspace_id: WorkspaceId,
    what: Watched,
    events: Database,
    most: int,
    *,
    everybody: bool = False,
) -> tuple[Watch, list[Seen]]:
    """A watch of what is counted from now on, and the last scans of the day before now, oldest first.

    These are people's, unless ``everybody``'s are asked for.
    """
    async with events.read() as connection:
        since_ms = call.now_ms - _DAY_MS
        seq, found = await store.newest(
            connection, workspace_id, what.link_id, since_ms, most, everybody=everybody
        )
    watch = Watch(what, events, seq)
    return watch, await watch.named(call, found)


@dataclass(slots=True)
class Watch:
    """Up to where the feed was followed, and what links and sites are called."""

    what: Watched
    events: Database
    seq: int
    _names: dict[LinkId, Named] = field(default_factory=dict[LinkId, Named])

    async def look(self, call: Call, most: int) -> list[Seen]:
        """The last ``most`` of what was counted since the last look, in that order."""
        workspace_id, link_id = self.what.workspace.id, self.what.link_id
        async with self.events.read() as connection:
            self.seq, found = await store.counted_after(connection, workspace_id, self.seq, link_id, most)
        return await self.named(call, found)

    async def named(self, call: Call, found: Sequence[store.Raw]) -> list[Seen]:
        """With what their links and sites are called."""
        new = {LinkId(row.link_id) for row, _ in found} - self._names.keys()
        if new:
            async with call.db.read() as connection:
                self._names |= await store.names_of(connection, self.what.workspace.id, new)
        return [_seen(raw, self._names.get(LinkId(raw[0].link_id), Named())) for raw in found]


def _seen(raw: store.Raw, named: Named) -> Seen:
    row, said = raw
    return Seen(
        id=show(row.id),
        at=iso(time_of(row.id)),
        at_ms=time_of(row.id),
        link_id=LinkId(row.link_id),
        code=named.code,
        site=named.site,
        placement=named.placement,
        kind=Kind(row.kind).word,
        outcome=Outcome(row.outcome).word,
        device=row.device or "",
        model=row.model or "",
        system=row.system or "",
        browser=row.browser or "",
        country=said["country"],
        city=said["city"],
        language=said["language"],
        referrer=DIMENSIONS["referrer"].value(said["referrer"]),
        rule=said["rule"],
        part=said["part"],
    )


async def lately(call: Call, what: Watched, events: Database) -> Lately:
    """People in the last minutes, and today's numbers in the workspace's zone: of links, or of the site watched."""
    workspace, link_id = what.workspace, what.link_id
    outcomes = {Outcome.VIEW} if what.scope.kind == "site" else LANDED
    today = local_day(call.now_ms, workspace.zone)
    async with events.read() as connection:
        moments_ms = [call.now_ms - minutes * _MINUTE_MS for minutes in (5, 30)]
        last_5, last_30 = await store.people_since(connection, workspace.id, link_id, outcomes, moments_ms)
        slices = await read_slices(connection, workspace.id, [what.scope], (today, today))
    scans, visitors = sum(each.scans for each in slices), sum(each.visitors for each in slices)
    return Lately(last_5, last_30, scans, visitors)
