"""What people can do with links; each is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scanly.accounts.policy import permitted
from scanly.core.errors import Conflict, Invalid, Problem, ScanlyError
from scanly.core.events import Event, LinkAdded
from scanly.core.ids import LinkId, WorkspaceId, show
from scanly.db.engine import Connection
from scanly.links import codes, hosts, store
from scanly.links.address import Address, find_link
from scanly.links.loops import own_hosts, refuse_own
from scanly.links.model import Link, LinkDraft, check_draft
from scanly.work import store as outbox
from scanly.work.call import Call


@permitted("link.add")
async def add_link(call: Call, workspace_id: WorkspaceId, draft: LinkDraft, *, printed_host: str) -> Link:
    """A new link. ``printed_host`` is the base URL's host. Raises Invalid, or Conflict for a taken code."""
    (made,) = await add_links(call, workspace_id, [draft], printed_host=printed_host)
    if isinstance(made, Link):
        return made
    raise made


@permitted("link.add")
async def add_links(
    call: Call, workspace_id: WorkspaceId, drafts: Sequence[LinkDraft], *, printed_host: str
) -> list[Link | ScanlyError]:
    """Makes links in one transaction; what is wrong with one draft stands in its place and stops no other.

    A draft whose origin has its link already gets that one, and so does one that reuses a link.
    """
    async with call.db.read() as connection:
        ours = await own_hosts(connection, printed_host)
    checked = [_checked(draft, ours) for draft in drafts]
    good = [draft for draft in checked if isinstance(draft, LinkDraft)]
    async with call.db.write() as connection:
        await store.lock_changes_anywhere(connection)
        there = await store.by_origin(
            connection, workspace_id, [draft.origin for draft in good if draft.origin]
        )
        taken = await store.taken_anywhere(
            connection, [(draft.host, draft.code) for draft in good if draft.code]
        )
        named = [(draft.host, draft.code) for draft in good if draft.reuses and draft.code]
        mine = await store.get_links(connection, workspace_id, named)
        free = await _draw_codes(connection, [draft for draft in good if not draft.code])
        outcomes: list[Link | ScanlyError] = []
        new: list[tuple[Link, str | None]] = []
        for draft in checked:
            if isinstance(draft, ScanlyError):
                outcomes.append(draft)
            elif draft.origin and draft.origin in there:
                outcomes.append(there[draft.origin])
            elif draft.code and (draft.host, draft.code) in taken:
                there_already = mine.get((draft.host, draft.code)) if draft.reuses else None
                outcomes.append(_reused(there_already, draft) if there_already else _taken(draft.code))
            else:
                code = draft.code or free[draft.host, draft.compact].pop()
                taken.add((draft.host, code))
                link = _link(call, workspace_id, draft, code)
                mine[draft.host, code] = link
                new.append((link, draft.origin))
                outcomes.append(link)
        await _keep(connection, call, workspace_id, new, printed_host)
    return outcomes


def _checked(draft: LinkDraft, ours: frozenset[str]) -> LinkDraft | ScanlyError:
    try:
        checked = check_draft(draft)
        refuse_own(checked.target, checked.terms, ours | {checked.host})
    except Invalid as error:
        return error
    return checked


def _taken(code: str) -> Conflict:
    problem = Problem(
        "code", f'"{code}" is taken.', "Choose another one, or leave it empty to have one drawn."
    )
    return Conflict(str(problem))


def _reused(link: Link, draft: LinkDraft) -> Link | ScanlyError:
    """The link that is there, unless it was removed or leads elsewhere."""
    if link.removed_ms is not None:
        problem = Problem(
            "code", f'"{link.code}" was removed.', f"Restore it with: scanly link restore {link.code}"
        )
        return Conflict(str(problem))
    if link.target != draft.target:
        message = f'"{link.code}" is there and leads to {link.target}.'
        hint = f"Write that as its target, or change it with: scanly link edit {link.code} --target …"
        return Conflict(str(Problem("code", message, hint)))
    return link


async def _draw_codes(
    connection: Connection, drafts: Sequence[LinkDraft]
) -> dict[tuple[str, bool], list[str]]:
    """As many unused codes, by host and whether they are compact, as there are such drafts."""
    wanted = Counter((draft.host, draft.compact) for draft in drafts)
    drawn: dict[tuple[str, bool], list[str]] = {}
    for (host, compact), number in wanted.items():
        free: set[str] = set()
        while missing := number - len(free):
            free |= {codes.draw(compact=compact) for _ in range(missing)}
            taken = await store.taken_anywhere(connection, [(host, code) for code in free])
            free -= {code for _, code in taken}
        drawn[host, compact] = list(free)
    return drawn


def _link(call: Call, workspace_id: WorkspaceId, draft: LinkDraft, code: str) -> Link:
    return Link(
        id=LinkId(call.make_id()),
        workspace_id=workspace_id,
        host=draft.host,
        code=code,
        target=draft.target,
        title=draft.title,
        tags=draft.tags,
        campaign=draft.campaign,
        placement=draft.placement,
        created_ms=call.now_ms,
        changed_ms=call.now_ms,
        removed_ms=None,
        terms=draft.terms,
    )


async def _keep(
    connection: Connection,
    call: Call,
    workspace_id: WorkspaceId,
    new: Sequence[tuple[Link, str | None]],
    printed_host: str,
) -> None:
    await store.add_links(connection, workspace_id, new)
    if any(link.host == hosts.DEFAULT for link, _ in new):
        await store.keep_default_host_anywhere(connection, printed_host, call.now_ms)
    facts: dict[str, Event] = {
        show(link.id): LinkAdded(link.id, link.host, link.code, link.target) for link, _ in new
    }
    await outbox.put(connection, workspace_id, facts, call.now_ms)


@permitted("link.show")
async def show_link(call: Call, workspace_id: WorkspaceId, address: Address) -> Link:
    """Also a removed one. Raises NotFound that names the nearest code."""
    async with call.db.read() as connection:
        return await find_link(connection, workspace_id, address)


@permitted("link.list")
async def list_links(call: Call, workspace_id: WorkspaceId, wanted: store.Filter) -> list[Link]:
    async with call.db.read() as connection:
        return await store.list_links(connection, workspace_id, wanted)


@permitted("link.list")
async def count_links(call: Call, workspace_id: WorkspaceId, wanted: store.Filter) -> int:
    """How many links the filter finds, whatever its limit."""
    async with call.db.read() as connection:
        return await store.count_links(connection, workspace_id, wanted)
