"""Queries of links."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.sequence import in_commit_order
from scanly.db.upsert import insert_new
from scanly.links.model import Link
from scanly.links.tables import default_hosts, link_changes, links

# Both engines take thousands of parameters; this keeps statements small.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which links to list; case does not count in ``search`` and ``tag``. ``after`` is the last id before."""

    search: str = ""
    tag: str = ""
    campaign: str = ""
    host: str | None = None
    removed: bool = False
    after: int = 0
    limit: int | None = None


def _link(row: Row[Any]) -> Link:
    values = dict(row._mapping)  # pyright: ignore[reportPrivateUsage] - public in spite of its name
    del values["origin"]
    return Link(**values)


async def add_links(
    connection: AsyncConnection, workspace_id: WorkspaceId, new: Sequence[tuple[Link, str | None]]
) -> None:
    """Writes links, each with its origin. Codes and origins were found free in this transaction."""
    columns = [name for name in Link.__dataclass_fields__ if name != "workspace_id"]
    rows = [
        {name: getattr(link, name) for name in columns} | {"workspace_id": workspace_id, "origin": origin}
        for link, origin in new
    ]
    if rows:
        await connection.execute(insert(links), rows)
        await note_changes(connection, workspace_id, [link.id for link, _ in new], new[0][0].changed_ms)


async def note_changes(
    connection: AsyncConnection, workspace_id: WorkspaceId, link_ids: Iterable[LinkId], at_ms: int
) -> None:
    """Tells every follower that these links are to be read again."""
    await lock_changes_anywhere(connection)
    rows = [{"workspace_id": workspace_id, "link_id": link_id, "at_ms": at_ms} for link_id in link_ids]
    await connection.execute(insert(link_changes), rows)


async def lock_changes_anywhere(connection: AsyncConnection) -> None:
    """One transaction at a time changes links, so that what was found free stays free."""
    await in_commit_order(connection, link_changes.name)


async def taken_anywhere(
    connection: AsyncConnection, wanted: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Those of the ``(host, code)`` pairs that exist, whosever they are."""
    taken: set[tuple[str, str]] = set()
    by_host: dict[str, list[str]] = {}
    for host, code in wanted:
        by_host.setdefault(host, []).append(code)
    for host, codes in by_host.items():
        for start in range(0, len(codes), _AT_ONCE):
            some = codes[start : start + _AT_ONCE]
            query = select(links.c.code).where(links.c.host == host, links.c.code.in_(some))
            taken |= {(host, row.code) for row in await connection.execute(query)}
    return taken


async def by_origin(
    connection: AsyncConnection, workspace_id: WorkspaceId, origins: Sequence[str]
) -> dict[str, Link]:
    """The links that were made for these origins."""
    found: dict[str, Link] = {}
    for start in range(0, len(origins), _AT_ONCE):
        some = origins[start : start + _AT_ONCE]
        query = select(links).where(links.c.workspace_id == workspace_id, links.c.origin.in_(some))
        found |= {row.origin: _link(row) for row in await connection.execute(query)}
    return found


async def get_link(
    connection: AsyncConnection, workspace_id: WorkspaceId, host: str, code: str
) -> Link | None:
    """Also a removed one."""
    mine = and_(links.c.workspace_id == workspace_id, links.c.host == host, links.c.code == code)
    row = (await connection.execute(select(links).where(mine))).first()
    return _link(row) if row else None


async def codes_like(connection: AsyncConnection, workspace_id: WorkspaceId, host: str) -> list[str]:
    """Codes of a workspace, for a hint at the nearest one."""
    mine = and_(links.c.workspace_id == workspace_id, links.c.host == host)
    return [row.code for row in await connection.execute(select(links.c.code).where(mine).limit(5000))]


async def list_links(connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Filter) -> list[Link]:
    """In order of creation."""
    query = _filtered(select(links), workspace_id, wanted).order_by(links.c.id).limit(wanted.limit)
    return [_link(row) for row in await connection.execute(query)]


async def count_links(connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Filter) -> int:
    query = _filtered(select(func.count()).select_from(links), workspace_id, wanted)
    return (await connection.execute(query)).scalar_one()


def _filtered(query: Select[Any], workspace_id: WorkspaceId, wanted: Filter) -> Select[Any]:
    query = query.where(links.c.workspace_id == workspace_id, links.c.id > wanted.after)
    query = query.where(links.c.removed_ms.is_not(None) if wanted.removed else links.c.removed_ms.is_(None))
    if wanted.tag:
        query = query.where(links.c.tags.icontains(f"|{wanted.tag}|", autoescape=True))
    if wanted.campaign:
        query = query.where(links.c.campaign == wanted.campaign)
    if wanted.host is not None:
        query = query.where(links.c.host == wanted.host)
    if wanted.search:
        columns = (links.c.code, links.c.title, links.c.target, links.c.placement)
        query = query.where(or_(*(column.icontains(wanted.search, autoescape=True) for column in columns)))
    return query


async def edit_link(
    connection: AsyncConnection, workspace_id: WorkspaceId, link_id: LinkId, changes: Mapping[str, object]
) -> None:
    """Changes columns and tells the followers; ``changes`` holds ``changed_ms``."""
    mine = and_(links.c.workspace_id == workspace_id, links.c.id == link_id)
    await connection.execute(update(links).where(mine).values(dict(changes)))
    await note_changes(connection, workspace_id, [link_id], int(str(changes["changed_ms"])))


async def all_links_anywhere(connection: AsyncConnection) -> AsyncIterator[Link]:
    """Every link of every workspace, for the table in memory; streamed."""
    async for row in await connection.stream(select(links)):
        yield _link(row)


async def last_change_anywhere(connection: AsyncConnection) -> int:
    return (await connection.execute(select(func.coalesce(func.max(link_changes.c.seq), 0)))).scalar_one()


async def changed_since_anywhere(connection: AsyncConnection, seq: int) -> tuple[int, list[Link]]:
    """The newest change, and every link that changed after ``seq``."""
    rows = (await connection.execute(select(link_changes).where(link_changes.c.seq > seq))).all()
    changed: list[Link] = []
    ids = list({row.link_id for row in rows})
    for start in range(0, len(ids), _AT_ONCE):
        query = select(links).where(links.c.id.in_(ids[start : start + _AT_ONCE]))
        changed += [_link(row) for row in await connection.execute(query)]
    return max((row.seq for row in rows), default=seq), changed


async def default_hosts_anywhere(connection: AsyncConnection) -> set[str]:
    """Every host under which codes of the default host were ever made."""
    return {row.host for row in await connection.execute(select(default_hosts.c.host))}


async def keep_default_host_anywhere(connection: AsyncConnection, host: str, since_ms: int) -> bool:
    """Remembers a host for ever, so that what was printed with it goes on working; whether it was new."""
    return await insert_new(connection, default_hosts, {"host": host, "since_ms": since_ms}, keys=["host"])


async def bound_hosts_anywhere(connection: AsyncConnection) -> set[str]:
    """Hosts that links are bound to."""
    return {row.host for row in await connection.execute(select(links.c.host).distinct()) if row.host}
