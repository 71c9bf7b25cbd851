"""Sites on their way from an archive into an installation: their tables, and what is in their way there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, select, tuple_

from scanly.core.errors import Conflict
from scanly.core.text import count
from scanly.db.engine import Connection
from scanly.links import hosts
from scanly.ops.archive_file import Reader
from scanly.ops.archive_site_rows import (
    AnswerRow,
    BookingRow,
    CardRow,
    CouponRow,
    InvitationRow,
    PinRow,
    PublicationRow,
    ReleaseRow,
    SitePlanRow,
    SiteRow,
)
from scanly.sites.answers.tables import answers, bookings, cards, coupons, pins
from scanly.sites.tables import invitations, plans, publications, releases, sites

_MOST_LISTED = 1_000
WITH_IDS: tuple[tuple[Table, type[Any]], ...] = (
    (sites, SiteRow),
    (releases, ReleaseRow),
    (publications, PublicationRow),
    (plans, SitePlanRow),
    (invitations, InvitationRow),
    (answers, AnswerRow),
)
TABLES = (*WITH_IDS, (bookings, BookingRow), (coupons, CouponRow), (cards, CardRow), (pins, PinRow))


def refuse(taken: Sequence[str], noun: str, plural: str = "") -> None:
    """Raises Conflict that lists what is taken here, unless that is nothing."""
    if not taken:
        return
    more = f" and {len(taken) - _MOST_LISTED:,} more" if len(taken) > _MOST_LISTED else ""
    raise Conflict(
        f"{count(len(taken), noun, plural)} of the archive {'is' if len(taken) == 1 else 'are'} taken here: "
        f"{', '.join(taken[:_MOST_LISTED])}{more}.",
        hint="Nothing was imported.",
    )


async def refuse_taken(connection: Connection, archive: Reader) -> None:
    """Raises Conflict for addresses, fronts of hosts, and tokens in visitors' hands that are in use here."""
    taken: list[str] = []
    fronts: list[str] = []
    for batch in archive.batches(SiteRow):
        wanted = [(row.host, row.slug) for row in batch]
        query = select(sites.c.host, sites.c.slug).where(tuple_(sites.c.host, sites.c.slug).in_(wanted))
        taken += [f"{row.host}/s/{row.slug}" for row in await connection.execute(query)]
        hosts_wanted = [row.host for row in batch if row.front and row.host != hosts.DEFAULT]
        query = select(sites.c.host).where(sites.c.front == 1, sites.c.host.in_(hosts_wanted))
        fronts += [row.host for row in await connection.execute(query)]
    refuse(sorted(taken), "site")
    refuse(sorted(fronts), "front page of a host", "front pages of hosts")
    for table, kind, noun in (
        (invitations, InvitationRow, "invitation"),
        (coupons, CouponRow, "coupon"),
        (cards, CardRow, "stamp card"),
    ):
        for batch in archive.batches(kind):
            query = select(table.c.token).where(table.c.token.in_([row.token for row in batch]))
            refuse([row.token[:8] for row in await connection.execute(query)], noun)
