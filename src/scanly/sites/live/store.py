"""Queries of the server: what is live at an address. Addresses are unique over all workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import WorkspaceId
from scanly.db.quick import QuickReader
from scanly.sites.live.model import Invitation, Live, ends_ms
from scanly.sites.model import Published, Site
from scanly.sites.tables import invitations, plans, releases, sites


class Listing(msgspec.Struct, frozen=True):
    """A published site for a list of what a host has."""

    site: Live
    published_ms: int


async def find_live_anywhere(connection: AsyncConnection, host: str, slug: str, now_ms: int) -> Live | None:
    """The site at an address, with what was planned up to now."""
    query = select(sites).where(sites.c.host == host, sites.c.slug == slug)
    row = (await connection.execute(query)).first()
    return None if row is None else await _live(connection, row, now_ms)


async def find_front_anywhere(connection: AsyncConnection, host: str) -> str | None:
    """The slug of the site that is the front of a host."""
    query = select(sites.c.slug).where(sites.c.host == host, sites.c.front == 1).order_by(sites.c.id)
    return (await connection.execute(query.limit(1))).scalar()


async def bound_hosts_anywhere(connection: AsyncConnection) -> set[str]:
    """Hosts that sites are bound to."""
    query = select(sites.c.host).where(sites.c.host != "").distinct()
    return {row.host for row in await connection.execute(query)}


def look_at_bound_hosts_anywhere(reader: QuickReader) -> set[str]:
    """The same, on the event loop."""
    return {row[0] for row in reader.rows("SELECT DISTINCT host FROM sites WHERE host > ''")}


async def list_live_anywhere(connection: AsyncConnection, host: str, now_ms: int) -> list[Listing]:
    """Every site of a host that is published and that everybody may find."""
    query = select(sites).where(sites.c.host == host, sites.c.release_id.is_not(None)).order_by(sites.c.id)
    rows = (await connection.execute(query)).all()
    found = [(await _live(connection, row, now_ms), row.changed_ms) for row in rows]
    return [Listing(site, changed_ms) for site, changed_ms in found if site.listed(now_ms)]


async def get_published(
    connection: AsyncConnection, workspace_id: WorkspaceId, live: Live
) -> Published | None:
    """All of a live site's release."""
    mine = (releases.c.workspace_id == workspace_id, releases.c.id == live.release_id)
    row = (await connection.execute(select(releases).where(*mine))).first()
    if row is None:
        return None
    return Published(
        id=live.id,
        workspace_id=workspace_id,
        host=live.host,
        slug=live.slug,
        front=live.front,
        release_id=row.id,
        hash=row.hash,
        state=live.state,
        password=live.password,
        site=msgspec.convert(row.content, Site),
        pictures=row.pictures,
    )


async def _live(connection: AsyncConnection, row: Any, now_ms: int) -> Live:
    release_id, until_ms = await _planned(connection, row.id, row.release_id, now_ms)
    facts: Mapping[str, Any] = {}
    if release_id is not None:
        query = select(releases.c.hash, releases.c.content).where(releases.c.id == release_id)
        release = (await connection.execute(query)).one()
        facts = _facts(release.hash, msgspec.convert(release.content, Site))
    invited = select(invitations).where(invitations.c.site_id == row.id)
    return Live(
        id=row.id,
        workspace_id=WorkspaceId(row.workspace_id),
        host=row.host,
        slug=row.slug,
        front=row.front,
        release_id=release_id,
        state=row.state,
        password=row.password or "",
        invitations=tuple(
            Invitation(one.id, one.name, one.token, one.expires_ms)
            for one in await connection.execute(invited)
        ),
        until_ms=until_ms,
        **facts,
    )


def _facts(hash_: str, site: Site) -> dict[str, Any]:
    return {
        "hash": hash_,
        "languages": site.languages,
        "unlisted": site.unlisted,
        "guests_only": site.invited,
        "ends_ms": ends_ms(site.expires, site.time_zone),
    }


async def _planned(
    connection: AsyncConnection, site_id: int, release_id: int | None, now_ms: int
) -> tuple[int | None, int | None]:
    """The release that is live by now, and when the next plan changes that."""
    query = select(plans.c.at_ms, plans.c.release_id).where(plans.c.site_id == site_id)
    for at_ms, planned_id in await connection.execute(query.order_by(plans.c.at_ms, plans.c.id)):
        if at_ms > now_ms:
            return release_id, at_ms
        release_id = planned_id
    return release_id, None
