"""Queries of the newest scans. All of them read a short range of a primary key, however many scans there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    distinct,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.analytics.agents import Agent
from scanly.analytics.live.model import Named
from scanly.analytics.store import texts
from scanly.analytics.tables import agents, feed, scans, subjects
from scanly.core.ids import LinkId, WorkspaceId, first_of
from scanly.links.tables import links
from scanly.scans.model import NOBODY, Kind, Outcome
from scanly.sites.tables import sites

_AT_ONCE = 500
_WORDS = ("country", "city", "language", "referrer", "rule", "part")
_unpack = msgspec.msgpack.Decoder(list[int]).decode

# A scan's row, and the texts of its words by column.
Raw = tuple[Row[Any], Mapping[str, str]]


async def counted_after(
    connection: AsyncConnection, workspace_id: WorkspaceId, seq: int, link_id: LinkId | None, most: int
) -> tuple[int, list[Raw]]:
    """The workspace's scans behind a place in the feed, the last ``most`` of them, and the place behind them."""
    batches = (await connection.execute(select(feed).where(feed.c.seq > seq).order_by(feed.c.seq))).all()
    ids = [scan_id for batch in batches for scan_id in _unpack(batch.ids)]
    rows: dict[int, Row[Any]] = {}
    for start in reversed(range(0, len(ids), _AT_ONCE)):
        some = scans.c.id.in_(ids[start : start + _AT_ONCE])
        query = _scans(workspace_id, link_id).where(some)
        rows |= {row.id: row for row in await connection.execute(query)}
        if len(rows) >= most:
            break
    ordered = [rows[scan_id] for scan_id in ids if scan_id in rows][-most:]
    return (batches[-1].seq if batches else seq), await _with_texts(connection, workspace_id, ordered)


async def newest(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    link_id: LinkId | None,
    since_ms: int,
    most: int,
    *,
    everybody: bool,
) -> tuple[int, list[Raw]]:
    """Up to where the feed goes now, and the last scans since a moment, oldest first: people's, or ``everybody``'s."""
    seq = select(func.coalesce(func.max(feed.c.seq), 0))
    query = _scans(workspace_id, link_id).add_columns(seq.scalar_subquery().label("seq"))
    recent = query.where(scans.c.id >= first_of(since_ms)).order_by(scans.c.id.desc()).limit(most)
    if not everybody:
        recent = recent.where(scans.c.kind == Kind.PERSON)
    found = (await connection.execute(recent)).all()
    newest_seq = found[0].seq if found else (await connection.execute(seq)).scalar_one()
    return newest_seq, await _with_texts(connection, workspace_id, found[::-1])


async def people_since(
    connection: AsyncConnection,
    workspace_id: WorkspaceId,
    link_id: LinkId | None,
    outcomes: Collection[Outcome],
    moments_ms: Sequence[int],
) -> list[int]:
    """Different people who got one of the outcomes since each moment; who is not told apart counts each time."""
    firsts = [first_of(moment) for moment in moments_ms]
    counted: list[ColumnElement[Any]] = [_people(scans.c.id >= first) for first in firsts]
    recent = _of(workspace_id, link_id, select(*counted)).where(scans.c.id >= min(firsts))
    people = recent.where(scans.c.kind == Kind.PERSON, scans.c.outcome.in_([int(each) for each in outcomes]))
    return list((await connection.execute(people)).one())


def _people(some: ColumnElement[bool]) -> ColumnElement[int]:
    known = distinct(case((and_(some, scans.c.visitor != NOBODY), scans.c.visitor)))
    return func.count(known) + func.count(case((and_(some, scans.c.visitor == NOBODY), 1)))


async def names_of(
    connection: AsyncConnection, workspace_id: WorkspaceId, ids: Collection[LinkId]
) -> dict[LinkId, Named]:
    """What links and sites are called, from the database of what people made; removed links, too."""
    found: dict[LinkId, Named] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        codes = select(links.c.id, links.c.host, links.c.code, literal(""), links.c.placement)
        slugs = select(sites.c.id, sites.c.host, literal(""), sites.c.slug, literal(""))
        mine = codes.where(links.c.workspace_id == workspace_id, links.c.id.in_(some))
        pages = slugs.where(sites.c.workspace_id == workspace_id, sites.c.id.in_(some))
        for link_id, host, code, slug, placement in await connection.execute(union_all(mine, pages)):
            found[LinkId(link_id)] = Named(_address(host, code), _address(host, slug), placement)
    return found


def _address(host: str, name: str) -> str:
    return f"{host}/{name}" if host and name else name


def _scans(workspace_id: WorkspaceId, link_id: LinkId | None) -> Select[Any]:
    columns = [scans.c[name] for name in ("id", "kind", "outcome", *_WORDS)]
    device = [agents.c[name] for name in Agent._fields]
    query = _of(workspace_id, link_id, select(*columns, *device, subjects.c.link_id))
    return query.outerjoin(agents, agents.c.number == scans.c.agent)


def _of(workspace_id: WorkspaceId, link_id: LinkId | None, query: Select[Any]) -> Select[Any]:
    """Of one link by its index; else no index but that of the ids may be used, or every link is looked for."""
    joined: ColumnElement[bool] = scans.c.subject == subjects.c.number
    if link_id is None:
        joined = scans.c.subject + 0 == subjects.c.number
    mine = query.join_from(scans, subjects, joined).where(subjects.c.workspace_id == workspace_id)
    return mine if link_id is None else mine.where(subjects.c.link_id == link_id)


async def _with_texts(
    connection: AsyncConnection, workspace_id: WorkspaceId, rows: Sequence[Row[Any]]
) -> list[Raw]:
    numbers = {getattr(row, name) for row in rows for name in _WORDS}
    known = await texts(connection, workspace_id, numbers)
    return [(row, {name: known.get(getattr(row, name), "") for name in _WORDS}) for row in rows]
