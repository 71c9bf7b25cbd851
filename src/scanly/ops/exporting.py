"""Writes links as files for other servers, whole or not at all, and again after every change where that is wanted."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from scanly.accounts.store import list_workspaces_anywhere
from scanly.core.clock import Clock
from scanly.core.errors import Invalid, ScanlyError, Unavailable
from scanly.core.ids import LinkId, WorkspaceId
from scanly.core.log import Log
from scanly.db.engine import Connection, Database
from scanly.links import hosts, store
from scanly.links.exports import SAME, Format, Reason, StaticLink, format_named, names_of, pages, static
from scanly.links.exports import Plan as ExportPlan
from scanly.links.exports import store as exports
from scanly.links.exports.store import Standing
from scanly.links.model import Link, Plan, with_changes
from scanly.ops.export_folder import Staging, claim, marker_of
from scanly.work.model import LEASE_MS
from scanly.work.store import hold_lease_anywhere

log = Log("scanly.exports")
_LEASE = "exports"
_RENEW_S = LEASE_MS / 3000
_AGAIN_MS = 15_000
_LONG_S = 2.0
_NEVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Order:
    """What to export, and where to; ``workspace_id`` is None for all of them."""

    folder: Path
    format: str
    workspace_id: WorkspaceId | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """A link whose copy can do less than the link; ``answer`` is what the copy says instead."""

    host: str
    code: str
    reason: Reason
    answer: str


@dataclass(frozen=True, slots=True)
class HostCount:
    """What an export says under one host name; ``less`` is how many of its codes can do less than their links."""

    host: str
    codes: int
    lead_on: int
    closed: int
    less: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an export came to. ``turns_ms`` is when it would differ though nobody changed anything, if ever."""

    folder: Path
    hosts: tuple[HostCount, ...]
    left_out: tuple[Loss, ...]
    notes: tuple[str, ...]
    turns_ms: int | None


@dataclass(slots=True)
class _Tally:
    """Counts by site while links go by, what was left out of them, and when the export is out of date."""

    codes: Counter[int] = field(default_factory=Counter[int])
    lead_on: Counter[int] = field(default_factory=Counter[int])
    less: Counter[int] = field(default_factory=Counter[int])
    left_out: list[Loss] = field(default_factory=list[Loss])
    turns_ms: int = _NEVER_MS


@dataclass(frozen=True, slots=True)
class _Reading:
    """What decides about every link of one export."""

    plan: ExportPlan
    chosen: Format
    own_hosts: frozenset[str]
    languages: Mapping[WorkspaceId, str]
    planned: Mapping[LinkId, list[Plan]]
    now_ms: int
    tally: _Tally = field(default_factory=_Tally)

    def told(self, links: Iterator[Link]) -> Iterator[StaticLink]:
        """What may be told of each link, counted on the way."""
        for link in links:
            if link.host in self.own_hosts:
                self.tally.left_out.append(Loss(link.host, link.code, Reason.SHADOWED, "nothing"))
                continue
            now = self._by_now(link)
            opens_ms = now.terms.opens_ms
            if opens_ms is not None and opens_ms > self.now_ms:
                self.tally.turns_ms = min(self.tally.turns_ms, opens_ms)
            names = names_of(now, self.plan.default_hosts)
            told = static(now, names, self.now_ms, self.languages[now.workspace_id])
            self._count(now, told)
            yield told

    def _by_now(self, link: Link) -> Link:
        """The link with what was planned up to now, as visitors have it already."""
        for plan in self.planned.get(link.id, ()):
            if plan.at_ms > self.now_ms:
                self.tally.turns_ms = min(self.tally.turns_ms, plan.at_ms)
                break
            with suppress(Invalid):  # whoever serves the link passes over it, too
                link = with_changes(link, plan.changes)
        return link

    def _count(self, link: Link, told: StaticLink) -> None:
        site = self.plan.site(told)
        self.tally.codes[site] += 1
        self.tally.lead_on[site] += bool(told.target)
        reason = told.reason
        if reason is Reason.NONE and told.pass_query and not self.chosen.PASSES_QUERY:
            reason = Reason.QUERY
        if reason not in SAME:
            self.tally.less[site] += 1
            to_fallback = bool(link.terms.fallback) and reason is not Reason.QUERY
            answer = "closed page" if not told.target else "fallback" if to_fallback else "target"
            self.tally.left_out.append(Loss(link.host, link.code, reason, answer))

    def outcome(self, notes: list[str]) -> Outcome:
        tally = self.tally
        counts = tuple(
            HostCount(
                host,
                codes=tally.codes[site],
                lead_on=tally.lead_on[site],
                closed=tally.codes[site] - tally.lead_on[site],
                less=tally.less[site],
            )
            for site, names in enumerate(self.plan.sites)
            for host in names
        )
        turns_ms = None if tally.turns_ms == _NEVER_MS else tally.turns_ms
        return Outcome(Path(self.plan.place), counts, tuple(tally.left_out), tuple(notes), turns_ms)


async def export_links(main: Database, order: Order, now_ms: int) -> Outcome:
    """Writes an export; the one that was there answers until the new one is complete.

    Raises NotFound (format), Conflict (the folder holds other files), Invalid (its path), Unavailable (disk).
    """
    chosen = format_named(order.format)
    folder = await asyncio.to_thread(claim, order.folder)
    async with main.read() as connection:
        change = await store.last_change_anywhere(connection)
        reading = await _reading(connection, order, chosen, folder, now_ms)
        source = exports.links_in_order_anywhere(connection, order.workspace_id)
        async with aclosing(source) as batches:
            return await _beside(batches, reading, order, change)


async def _reading(
    connection: Connection, order: Order, chosen: Format, folder: Path, now_ms: int
) -> _Reading:
    default_hosts = await store.default_hosts_anywhere(connection) or {"localhost"}
    used = await exports.hosts_in_use_anywhere(connection, order.workspace_id)
    workspaces = await list_workspaces_anywhere(connection)
    languages = {each.id: pages.known(each.language) for each in workspaces}
    spoken = (
        sorted(set(languages.values())) if order.workspace_id is None else [languages[order.workspace_id]]
    )
    planned: dict[LinkId, list[Plan]] = {}
    for plan in await store.all_plans_anywhere(connection):
        planned.setdefault(plan.link_id, []).append(plan)
    plan = ExportPlan(
        place=str(folder),
        default_hosts=tuple(sorted(default_hosts, key=_public_first))
        if hosts.DEFAULT in used or not used
        else (),
        bound_hosts=tuple(sorted(used - default_hosts - {hosts.DEFAULT})),
        closed={language: pages.closed(language) for language in spoken},
        missing=pages.missing(spoken),
    )
    return _Reading(plan, chosen, frozenset(default_hosts), languages, planned, now_ms)


def _public_first(host: str) -> tuple[bool, str]:
    """Folders are named after a site's first host: rather a name than a number or ``localhost``."""
    numeric = ":" in host or host.replace(".", "").isdigit()
    return numeric or "." not in host, host


async def _beside(
    batches: AsyncIterator[list[Link]], reading: _Reading, order: Order, change: int
) -> Outcome:
    """Writes in a thread, which asks this event loop for links. Who is cancelled waits until it has let go."""
    loop, stop = asyncio.get_running_loop(), threading.Event()

    def links() -> Iterator[Link]:
        while not stop.is_set():
            batch = asyncio.run_coroutine_threadsafe(_next(batches), loop).result()
            if batch is None:
                return
            yield from batch
        raise Unavailable("The export was stopped.")

    writing = asyncio.ensure_future(asyncio.to_thread(_write, links(), reading, order, change))
    try:
        return await asyncio.shield(writing)
    except asyncio.CancelledError:
        stop.set()
        with suppress(ScanlyError):
            await writing
        raise


async def _next(batches: AsyncIterator[list[Link]]) -> list[Link] | None:
    return await anext(batches, None)


def _write(links: Iterator[Link], reading: _Reading, order: Order, change: int) -> Outcome:
    plan, chosen = reading.plan, reading.chosen
    with Staging(Path(plan.place)) as staging:
        pieces = chosen.files(plan, reading.told(links))
        while True:
            try:
                path, data = next(pieces)
            except StopIteration as over:
                notes: list[str] = over.value
                break
            staging.add(path, data)
        outcome = reading.outcome(notes)
        staging.add("README.txt", _readme(chosen, plan).encode())
        marker = {
            "format": order.format,
            "workspace": order.workspace_id,
            "change": change,
            "turns_ms": outcome.turns_ms,
        }
        staging.put_in_place(marker)
    return outcome


def _readme(chosen: Format, plan: ExportPlan) -> str:
    return f"""\
The short links of a Scanly installation as files. {chosen.SUMMARY[0].upper()}{chosen.SUMMARY[1:]}.
They answer without Scanly, for these hosts: {", ".join(plan.hosts) or "none"}.

{chosen.usage(plan)}
What is different without Scanly: nothing is counted; a link with a password, a limit, an end or a later opening leads
to its fallback or says that it is closed; rules are not asked; a visitor's query, where it is passed on, is added as
it is, also where the address has a parameter of that name.

Keep other files out of this folder: it is replaced as a whole whenever it is written again.
"""


async def begin_standing(main: Database, order: Order, now_ms: int) -> Outcome:
    """Exports, and has the server do it again after every change. Raises what `export_links` raises."""
    outcome = await export_links(main, order, now_ms)
    standing = Standing(str(outcome.folder), order.format, order.workspace_id, now_ms, now_ms)
    async with main.write() as connection:
        await exports.keep_standing_anywhere(connection, standing)
    return outcome


async def end_standing(main: Database, folder: Path) -> bool:
    """Has a folder stay as it is from now on; whether it followed changes."""
    place = await asyncio.to_thread(lambda: folder.expanduser().resolve())
    async with main.write() as connection:
        return await exports.drop_standing_anywhere(connection, str(place))


@dataclass(slots=True)
class Follower:
    """Keeps standing exports up to date. Of all processes, the one that holds the lease writes."""

    main: Database
    clock: Clock
    holder: str
    _again_ms: dict[str, int] = field(default_factory=dict[str, int])

    async def turn(self) -> int:
        """Writes what is behind; how many folders that were. Cheap when nothing has changed."""
        async with self.main.read() as connection:
            standing = await exports.standing_anywhere(connection)
            change = await store.last_change_anywhere(connection) if standing else 0
        due = [each for each in standing if await asyncio.to_thread(self._is_behind, each, change)]
        if not due or not await self._hold():
            return 0
        began_ms, written = self.clock(), 0
        holding = asyncio.create_task(self._keep_holding())
        try:
            for each in due:
                if await asyncio.to_thread(
                    self._is_behind, each, change
                ):  # who held the lease before may have
                    await self._write(each)
                    written += 1
        finally:
            holding.cancel()
            await asyncio.gather(holding, return_exceptions=True)
            await self._hold(lasting_ms=0)
        # A large installation where somebody is always editing shall not do nothing but export.
        took_s = (self.clock() - began_ms) / 1000
        if took_s > _LONG_S:
            await asyncio.sleep(took_s)
        return written

    def _is_behind(self, standing: Standing, change: int) -> bool:
        now_ms = self.clock()
        if now_ms < self._again_ms.get(standing.folder, 0):
            return False
        marker = marker_of(Path(standing.folder))
        if marker is None or marker.change != change:
            return True
        wanted = (standing.format, standing.workspace_id)
        turned = marker.turns_ms is not None and now_ms >= marker.turns_ms
        return turned or (marker.format, marker.workspace) != wanted or not marker.is_of_this_version

    async def _write(self, standing: Standing) -> None:
        order = Order(Path(standing.folder), standing.format, standing.workspace_id)
        now_ms = self.clock()
        written_ms, problem = None, ""
        try:
            await export_links(self.main, order, now_ms)
            written_ms = now_ms
            self._again_ms.pop(standing.folder, None)
        except ScanlyError as error:
            problem = str(error)
            self._again_ms[standing.folder] = now_ms + _AGAIN_MS
            if problem != standing.problem:
                log.error("a standing export could not be written", folder=standing.folder, reason=problem)
        async with self.main.write() as connection:
            await exports.note_standing_anywhere(connection, standing.folder, written_ms, problem)

    async def _hold(self, lasting_ms: int = LEASE_MS) -> bool:
        async with self.main.write() as connection:
            return await hold_lease_anywhere(connection, _LEASE, self.holder, self.clock(), lasting_ms)

    async def _keep_holding(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            with suppress(Unavailable):  # a lease that runs out early costs a second export, and no harm
                await self._hold()
