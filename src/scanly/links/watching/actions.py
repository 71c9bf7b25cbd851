"""What people can do to watch where links lead: choose what to look at, and keep what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanly.accounts.policy import permitted
from scanly.core.errors import Conflict
from scanly.core.events import Event, LinkBroken, LinkMended
from scanly.core.ids import LinkId, WorkspaceId, show
from scanly.db.engine import Connection
from scanly.links.address import Address, find_link
from scanly.links.loops import own_hosts
from scanly.links.model import Link
from scanly.links.store import note_changes
from scanly.links.watching import store
from scanly.links.watching.judge import Finding, Kind, Looked, failing_since, leads_of
from scanly.links.watching.store import Check
from scanly.work import store as outbox
from scanly.work.call import Call


@dataclass(frozen=True, slots=True)
class Chosen:
    """The links to look at, in order, and the hosts at which links are answered: they are not asked."""

    ids: tuple[LinkId, ...]
    ours: frozenset[str]


@permitted("link.check")
async def choose_links(call: Call, workspace_id: WorkspaceId, addresses: Sequence[Address] = ()) -> Chosen:
    """These links; without any, all that are not removed, those first that were looked at longest ago.

    Raises NotFound, or Conflict for a removed link.
    """
    async with call.db.read() as connection:
        ours = await own_hosts(connection)
        if not addresses:
            return Chosen(tuple(await store.ids_by_last_check(connection, workspace_id)), ours)
        found = [await find_link(connection, workspace_id, address) for address in addresses]
    for address, link in zip(addresses, found, strict=True):
        if link.removed_ms is not None:
            raise Conflict(
                f"{address} is removed.", hint=f"Bring it back first: scanly link restore {address}."
            )
    return Chosen(tuple(dict.fromkeys(link.id for link in found)), ours)


@permitted("link.check")
async def choose_broken_links(call: Call, workspace_id: WorkspaceId) -> Chosen:
    """Those whose target was found broken: their visitors wait to be led there again."""
    async with call.db.read() as connection:
        ours = await own_hosts(connection)
        return Chosen(tuple(await store.broken_ids(connection, workspace_id)), ours)


@permitted("link.check")
async def read_links(call: Call, workspace_id: WorkspaceId, ids: Sequence[LinkId]) -> list[Link]:
    """Those of the links that are not removed."""
    async with call.db.read() as connection:
        return await store.living_links(connection, workspace_id, ids)


@permitted("link.check")
async def keep_findings(
    call: Call, workspace_id: WorkspaceId, ids: Sequence[LinkId], findings: Mapping[str, Finding]
) -> list[Looked]:
    """Keeps what was found of these links by address; from then on visitors of broken ones go to the fallback.

    The links are read again: one that was changed since it was looked at is judged by what it leads to now.
    """
    async with call.db.write() as connection:
        links = await store.living_links(connection, workspace_id, ids)
        before = {
            (each.link_id, each.target): each.failing_since_ms
            for each in await store.list_checks(connection, workspace_id, ids)
        }
        looked = list(_looked(links, findings, before, call.now_ms))
        leads = {(link.id, lead.url) for link in links for lead in leads_of(link)}
        await store.forget_checks(connection, workspace_id, [key for key in before if key not in leads])
        await store.keep_checks(connection, workspace_id, [_check(each, call.now_ms) for each in looked])
        facts: dict[LinkId, Event] = {}
        for each in looked:
            if each.kind is Kind.TARGET and (fact := await _mark(connection, call, each)):
                facts[each.link.id] = fact
        if facts:
            await note_changes(connection, workspace_id, list(facts), call.now_ms)
        told = {f"{show(link_id)}-{show(call.make_id())}": fact for link_id, fact in facts.items()}
        await outbox.put(connection, workspace_id, told, call.now_ms)
    return looked


def _looked(
    links: Sequence[Link],
    findings: Mapping[str, Finding],
    before: Mapping[tuple[LinkId, str], int | None],
    now_ms: int,
) -> Iterator[Looked]:
    for link in links:
        for kind, url in leads_of(link):
            if url in findings:
                since_ms = failing_since(findings[url], before.get((link.id, url)), now_ms)
                yield Looked(link, kind, findings[url], since_ms)


def _check(looked: Looked, now_ms: int) -> Check:
    found = looked.finding
    return Check(looked.link.id, found.url, now_ms, found.status, found.problem, looked.failing_since_ms)


async def _mark(connection: Connection, call: Call, looked: Looked) -> Event | None:
    """Notes that a link is broken, or no longer is; what is to be told of it when that is news."""
    link, found = looked.link, looked.finding
    broken_ms = failing_since(found, link.broken_ms, call.now_ms)
    if broken_ms == link.broken_ms:
        return None
    if not await store.set_broken(connection, link.workspace_id, link, broken_ms):
        return None
    if broken_ms is None:
        return LinkMended(link.id, link.host, link.code, link.target)
    return LinkBroken(link.id, link.host, link.code, link.target, found.problem)
