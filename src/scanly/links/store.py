"""Queries of links."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.quick import QuickReader
from scanly.db.sequence import in_commit_order
from scanly.db.upsert import insert_new
from scanly.links.model import DESCRIBED, Change, Link, Plan
from scanly.links.tables import default_hosts, link_changes, link_history, link_plans, links
from scanly.links.terms import PLAIN, decode_terms

# Both engines take thousands of parameters; this keeps statements small.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """Which links to list; case does not count in ``search`` and ``tag``. ``after`` is the last id before."""

    search: str = ""
    tag: str = ""
    campaign: str = ""
    placement: str = ""
    host: str | None = None
    removed: bool = False
    after: int = 0
    limit: int | None = None


# Where a row of the whole table has the fields of a link.
_FIELDS = itemgetter(*(links.c.keys().index(name) for name in Link.__dataclass_fields__))


def _link(row: Row[Any]) -> Link:
    return Link(*_FIELDS(row))


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


async def get_links(
    connection: AsyncConnection, workspace_id: WorkspaceId, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Link]:
    """Those of the ``(host, code)`` pairs that exist, also removed ones."""
    found: dict[tuple[str, str], Link] = {}
    by_host: dict[str, list[str]] = {}
    for host, code in wanted:
        by_host.setdefault(host, []).append(code)
    for host, codes in by_host.items():
        for start in range(0, len(codes), _AT_ONCE):
            mine = and_(links.c.workspace_id == workspace_id, links.c.host == host)
            query = select(links).where(mine, links.c.code.in_(codes[start : start + _AT_ONCE]))
            found |= {(host, row.code): _link(row) for row in await connection.execute(query)}
    return found


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
    if wanted.placement:
        query = query.where(links.c.placement == wanted.placement)
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


async def edit_links(connection: AsyncConnection, workspace_id: WorkspaceId, edited: Sequence[Link]) -> None:
    """Writes everything that can be changed of links, and tells the followers."""
    if not edited:
        return
    mine = and_(links.c.workspace_id == workspace_id, links.c.id == bindparam("its_id"))
    names = (*DESCRIBED, "terms", "broken_ms", "changed_ms")
    rows = [{name: getattr(link, name) for name in names} | {"its_id": link.id} for link in edited]
    await connection.execute(update(links).where(mine), rows)
    await note_changes(connection, workspace_id, [link.id for link in edited], edited[0].changed_ms)


async def add_history(
    connection: AsyncConnection, workspace_id: WorkspaceId, changes: Sequence[Change]
) -> None:
    rows = [
        {name: getattr(change, name) for name in Change.__dataclass_fields__} | {"workspace_id": workspace_id}
        for change in changes
    ]
    if rows:
        await connection.execute(insert(link_history), rows)


async def list_history(
    connection: AsyncConnection, workspace_id: WorkspaceId, link_id: LinkId
) -> list[Change]:
    """Everything that was changed of a link, newest first."""
    mine = and_(link_history.c.workspace_id == workspace_id, link_history.c.link_id == link_id)
    columns = [link_history.c[name] for name in Change.__dataclass_fields__]
    rows = await connection.execute(select(*columns).where(mine).order_by(link_history.c.id.desc()))
    return [Change(**row._mapping) for row in rows]  # pyright: ignore[reportPrivateUsage] - public in spite of its name


async def add_plan(connection: AsyncConnection, workspace_id: WorkspaceId, plan: Plan) -> None:
    """Plans a change and tells the followers, who make it in time by themselves."""
    row = {name: getattr(plan, name) for name in Plan.__dataclass_fields__}
    await connection.execute(insert(link_plans).values(row | {"workspace_id": workspace_id}))


async def list_plans(connection: AsyncConnection, workspace_id: WorkspaceId, link_id: LinkId) -> list[Plan]:
    """In order of time."""
    mine = and_(link_plans.c.workspace_id == workspace_id, link_plans.c.link_id == link_id)
    return await _plans(connection, select(link_plans).where(mine))


async def remove_plans(
    connection: AsyncConnection, workspace_id: WorkspaceId, plan_ids: Sequence[int]
) -> None:
    mine = and_(link_plans.c.workspace_id == workspace_id, link_plans.c.id.in_(plan_ids))
    await connection.execute(delete(link_plans).where(mine))


async def all_plans_anywhere(connection: AsyncConnection) -> list[Plan]:
    """Every plan of every link, in order of time."""
    return await _plans(connection, select(link_plans))


async def due_plans_anywhere(
    connection: AsyncConnection, now_ms: int
) -> list[tuple[WorkspaceId, str, str, Plan]]:
    """Plans whose moment has come, each with its workspace and its link's host and code; oldest first."""
    query = (
        select(link_plans, links.c.host, links.c.code)
        .join_from(link_plans, links, links.c.id == link_plans.c.link_id)
        .where(link_plans.c.at_ms <= now_ms)
        .order_by(link_plans.c.at_ms, link_plans.c.id)
    )
    rows = await connection.execute(query)
    return [(WorkspaceId(row.workspace_id), row.host, row.code, _plan(row)) for row in rows]


async def _plans(connection: AsyncConnection, query: Select[Any]) -> list[Plan]:
    ordered = query.order_by(link_plans.c.at_ms, link_plans.c.id)
    return [_plan(row) for row in await connection.execute(ordered)]


def _plan(row: Row[Any]) -> Plan:
    return Plan(row.id, row.link_id, row.at_ms, row.who, row.changes)


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


def look_up_link_anywhere(reader: QuickReader, host: str, code: str) -> Link | None:
    """A link by its address, on the event loop. About 10 µs."""
    row = reader.first(_LOOK_UP, (host, code))
    if row is None:
        return None
    link_id, workspace_id, host, code, target, title, tags, *others, terms, broken_ms = row
    words = tuple(tags.strip("|").split("|")) if tags else ()
    known = PLAIN if terms is None else decode_terms(terms)
    campaign, placement, created_ms, changed_ms, removed_ms = others
    described = (target, title, words, campaign, placement)
    return Link(
        link_id, workspace_id, host, code, *described, created_ms, changed_ms, removed_ms, known, broken_ms
    )


def look_up_plans_anywhere(reader: QuickReader, link_id: LinkId) -> list[Plan]:
    """The changes that are planned for a link, on the event loop."""
    rows = reader.rows(_LOOK_UP_PLANS, (link_id,))
    return [Plan(*plan, changes=msgspec.json.decode(changes)) for *plan, changes in rows]


def look_for_plans_anywhere(reader: QuickReader) -> bool:
    """Whether anything is planned for any link."""
    return reader.first("SELECT 1 FROM link_plans LIMIT 1") is not None


def look_at_changes_anywhere(reader: QuickReader, seq: int) -> tuple[int, list[tuple[str, str]]]:
    """The newest change, and host and code of every link that changed after ``seq``, on the event loop."""
    rows = reader.rows(_LOOK_AT_CHANGES, (seq,))
    return max((row[0] for row in rows), default=seq), [(host, code) for _, host, code in rows]


def look_at_last_change_anywhere(reader: QuickReader) -> int:
    row = reader.first("SELECT max(seq) FROM link_changes")
    return row[0] or 0 if row else 0


def look_at_hosts_anywhere(reader: QuickReader) -> tuple[set[str], set[str]]:
    """The hosts that stand for the default host, and those that links are bound to; on the event loop."""
    printed = {row[0] for row in reader.rows("SELECT host FROM default_hosts")}
    return printed, {row[0] for row in reader.rows(_BOUND_HOSTS)}


_LOOK_UP = (
    "SELECT id, workspace_id, host, code, target, title, tags, campaign, placement, created_ms, changed_ms,"
    " removed_ms, terms, broken_ms FROM links WHERE host = ? AND code = ?"
)
_LOOK_UP_PLANS = (
    "SELECT id, link_id, at_ms, who, changes FROM link_plans WHERE link_id = ? ORDER BY at_ms, id"
)
_LOOK_AT_CHANGES = (
    "SELECT seq, host, code FROM link_changes JOIN links ON links.id = link_id WHERE seq > ? ORDER BY seq"
)
# From one host to the next along the index: a million links of one host are one step.
_BOUND_HOSTS = (
    "WITH RECURSIVE each(host) AS (SELECT min(host) FROM links WHERE host > ''"
    " UNION ALL SELECT (SELECT min(host) FROM links WHERE host > each.host) FROM each WHERE host IS NOT NULL)"
    " SELECT host FROM each WHERE host IS NOT NULL"
)


async def default_hosts_anywhere(connection: AsyncConnection) -> set[str]:
    """Every host under which codes of the default host were ever made."""
    return {row.host for row in await connection.execute(select(default_hosts.c.host))}


async def keep_default_host_anywhere(connection: AsyncConnection, host: str, since_ms: int) -> bool:
    """Remembers a host for ever, so that what was printed with it goes on working; whether it was new."""
    return await insert_new(connection, default_hosts, {"host": host, "since_ms": since_ms}, keys=["host"])


async def bound_hosts_anywhere(connection: AsyncConnection) -> set[str]:
    """Hosts that links are bound to."""
    return {row.host for row in await connection.execute(text(_BOUND_HOSTS))}
