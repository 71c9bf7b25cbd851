"""Queries of sites: what there is, every release, what became live when, what is planned, who is invited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Row, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import WorkspaceId
from scanly.sites.model import Guest, Known, Plan, Publication, Release, Site
from scanly.sites.tables import invitations, plans, publications, releases, sites


def _known(row: Row[Any]) -> Known:
    return Known(
        id=row.id,
        host=row.host,
        slug=row.slug,
        front=row.front,
        release_id=row.release_id,
        state=row.state,
        has_password=row.password is not None,
        created_ms=row.created_ms,
        changed_ms=row.changed_ms,
    )


async def find_site(
    connection: AsyncConnection, workspace_id: WorkspaceId, host: str, slug: str
) -> Known | None:
    mine = (sites.c.workspace_id == workspace_id, sites.c.host == host, sites.c.slug == slug)
    row = (await connection.execute(select(sites).where(*mine))).first()
    return None if row is None else _known(row)


async def list_sites(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Known]:
    """Every site of a workspace, in the order of their making."""
    query = select(sites).where(sites.c.workspace_id == workspace_id).order_by(sites.c.id)
    return [_known(row) for row in await connection.execute(query)]


async def is_taken_anywhere(connection: AsyncConnection, host: str, slug: str) -> bool:
    """Whether anybody has a site at this address."""
    query = select(sites.c.id).where(sites.c.host == host, sites.c.slug == slug)
    return (await connection.execute(query)).first() is not None


async def fronts_anywhere(connection: AsyncConnection, host: str) -> list[tuple[WorkspaceId, int]]:
    """Workspace and id of the site that is the front of a host, if there is one."""
    query = select(sites.c.workspace_id, sites.c.id).where(sites.c.host == host, sites.c.front == 1)
    return [(WorkspaceId(row.workspace_id), row.id) for row in await connection.execute(query)]


async def add_site(connection: AsyncConnection, workspace_id: WorkspaceId, site: Known) -> None:
    columns = ("id", "host", "slug", "front", "release_id", "state", "created_ms", "changed_ms")
    row = {name: getattr(site, name) for name in columns} | {"workspace_id": workspace_id}
    await connection.execute(insert(sites).values(row))


async def edit_site(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, changes: Mapping[str, Any]
) -> None:
    """Sets columns, and lets pages in memory know that they are old."""
    mine = (sites.c.workspace_id == workspace_id, sites.c.id == site_id)
    await connection.execute(update(sites).where(*mine).values(**changes, state=sites.c.state + 1))


async def touch_site(connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int) -> None:
    """Lets pages in memory know that something else than the release has changed them."""
    await edit_site(connection, workspace_id, site_id, {})


async def keep_release(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, release: Release
) -> int:
    """The id of this release: of the one that is there already, if it is the same."""
    mine = (releases.c.workspace_id == workspace_id, releases.c.site_id == site_id)
    there = await connection.execute(select(releases.c.id).where(*mine, releases.c.hash == release.hash))
    if (found := there.scalar()) is not None:
        return int(found)
    await connection.execute(
        insert(releases).values(
            id=release.id,
            workspace_id=workspace_id,
            site_id=site_id,
            hash=release.hash,
            source=release.source,
            content=msgspec.to_builtins(release.site),
            pictures=msgspec.to_builtins(release.pictures),
            created_ms=release.created_ms,
        )
    )
    return release.id


async def get_release(
    connection: AsyncConnection, workspace_id: WorkspaceId, release_id: int
) -> Release | None:
    mine = (releases.c.workspace_id == workspace_id, releases.c.id == release_id)
    row = (await connection.execute(select(releases).where(*mine))).first()
    return None if row is None else _release(row)


async def find_releases(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, prefix: str
) -> list[Release]:
    """The releases of a site whose hash begins so."""
    mine = (releases.c.workspace_id == workspace_id, releases.c.site_id == site_id)
    query = select(releases).where(*mine, releases.c.hash.startswith(prefix, autoescape=True))
    return [_release(row) for row in await connection.execute(query.limit(10))]


def _release(row: Row[Any]) -> Release:
    return Release(
        row.id, row.hash, row.source, msgspec.convert(row.content, Site), row.pictures, row.created_ms
    )


async def note_publication(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, published: Publication
) -> None:
    await connection.execute(
        insert(publications).values(
            id=published.id,
            workspace_id=workspace_id,
            site_id=site_id,
            release_id=published.release_id,
            at_ms=published.at_ms,
            who=published.who,
            what=published.what,
        )
    )


async def list_publications(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int
) -> list[Publication]:
    """What became live, the latest first."""
    mine = (publications.c.workspace_id == workspace_id, publications.c.site_id == site_id)
    query = (
        select(publications, releases.c.hash)
        .outerjoin(releases, releases.c.id == publications.c.release_id)
        .where(*mine)
        .order_by(publications.c.at_ms.desc(), publications.c.id.desc())
    )
    return [
        Publication(row.id, row.release_id, row.at_ms, row.who, row.what, row.hash or "")
        for row in await connection.execute(query)
    ]


async def add_plan(connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, plan: Plan) -> None:
    await connection.execute(
        insert(plans).values(
            id=plan.id,
            workspace_id=workspace_id,
            site_id=site_id,
            release_id=plan.release_id,
            at_ms=plan.at_ms,
            who=plan.who,
        )
    )


async def list_plans(connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int) -> list[Plan]:
    """What is planned, the next first."""
    mine = (plans.c.workspace_id == workspace_id, plans.c.site_id == site_id)
    query = (
        select(plans, releases.c.hash)
        .outerjoin(releases, releases.c.id == plans.c.release_id)
        .where(*mine)
        .order_by(plans.c.at_ms, plans.c.id)
    )
    return [
        Plan(row.id, row.release_id, row.at_ms, row.who, row.hash or "")
        for row in await connection.execute(query)
    ]


async def drop_plans(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, plan_ids: Sequence[int]
) -> None:
    mine = (plans.c.workspace_id == workspace_id, plans.c.site_id == site_id)
    await connection.execute(delete(plans).where(*mine, plans.c.id.in_(plan_ids)))


async def invite(
    connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, guest: Guest, token: str
) -> None:
    """Keeps an invitation; ``token`` is the hash of what stands in its address."""
    await connection.execute(
        insert(invitations).values(
            id=guest.id,
            workspace_id=workspace_id,
            site_id=site_id,
            name=guest.name,
            token=token,
            expires_ms=guest.expires_ms,
            created_ms=guest.created_ms,
        )
    )


async def list_guests(connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int) -> list[Guest]:
    mine = (invitations.c.workspace_id == workspace_id, invitations.c.site_id == site_id)
    query = select(invitations).where(*mine).order_by(invitations.c.id)
    return [
        Guest(row.id, row.name, row.expires_ms, row.created_ms) for row in await connection.execute(query)
    ]


async def drop_guest(connection: AsyncConnection, workspace_id: WorkspaceId, site_id: int, name: str) -> int:
    """How many invitations of that name were taken back."""
    mine = (invitations.c.workspace_id == workspace_id, invitations.c.site_id == site_id)
    done = await connection.execute(delete(invitations).where(*mine, invitations.c.name == name))
    return done.rowcount


async def pictures_in_use(
    connection: AsyncConnection, workspace_id: WorkspaceId, names: Sequence[str]
) -> dict[str, str]:
    """Of these pictures, which a live or planned release shows, with the slug of its site."""
    live = or_(
        releases.c.id == sites.c.release_id,
        releases.c.id.in_(select(plans.c.release_id).where(plans.c.site_id == sites.c.id)),
    )
    query = select(sites.c.slug, releases.c.pictures).where(
        and_(sites.c.workspace_id == workspace_id, releases.c.site_id == sites.c.id, live)
    )
    return {
        name: row.slug for row in await connection.execute(query) for name in row.pictures if name in names
    }
