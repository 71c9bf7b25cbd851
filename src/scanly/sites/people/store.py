"""Queries of what may hold something of a person, and its removal."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.ids import WorkspaceId
from scanly.core.secrets import kept
from scanly.sites.answers.tables import cards, coupons
from scanly.sites.model import Guest
from scanly.sites.people.model import Gift, Invited
from scanly.sites.store import touch_site
from scanly.sites.tables import invitations, sites


async def list_invited(connection: AsyncConnection, workspace_id: WorkspaceId) -> list[Invited]:
    """Everybody who is invited to any site of the workspace."""
    query = (
        select(invitations, sites.c.slug, sites.c.host)
        .join(sites, sites.c.id == invitations.c.site_id)
        .where(invitations.c.workspace_id == workspace_id)
        .order_by(invitations.c.id)
    )
    return [
        Invited(Guest(row.id, row.name, row.expires_ms, row.created_ms), row.site_id, row.slug, row.host)
        for row in await connection.execute(query)
    ]


async def drop_invited(
    connection: AsyncConnection, workspace_id: WorkspaceId, invited: Sequence[Invited]
) -> None:
    for each in invited:
        mine = and_(invitations.c.workspace_id == workspace_id, invitations.c.id == each.guest.id)
        await connection.execute(delete(invitations).where(mine))
    await _touch(connection, workspace_id, {each.site_id for each in invited})


async def list_gifts(connection: AsyncConnection, workspace_id: WorkspaceId, token: str) -> list[Gift]:
    """What was given for a token, as it stands in the address that a visitor has."""
    found: list[Gift] = []
    for kind, table, moment in (
        ("coupon", coupons, coupons.c.created_ms),
        ("card", cards, cards.c.stamped_ms),
    ):
        query = (
            select(table.c.site_id, table.c.block, sites.c.slug, sites.c.host, moment.label("at_ms"))
            .join(sites, sites.c.id == table.c.site_id)
            .where(table.c.workspace_id == workspace_id, table.c.token == kept(token))
        )
        found += [Gift(kind, *row) for row in await connection.execute(query)]
    return found


async def drop_gifts(connection: AsyncConnection, workspace_id: WorkspaceId, token: str) -> None:
    """Takes back what was given for a token; the numbers of others stay."""
    gifts = await list_gifts(connection, workspace_id, token)
    for table in (coupons, cards):
        mine = and_(table.c.workspace_id == workspace_id, table.c.token == kept(token))
        await connection.execute(delete(table).where(mine))
    await _touch(connection, workspace_id, {gift.site_id for gift in gifts})


async def _touch(connection: AsyncConnection, workspace_id: WorkspaceId, site_ids: set[int]) -> None:
    for site_id in sorted(site_ids):
        await touch_site(connection, workspace_id, site_id)
