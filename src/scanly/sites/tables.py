"""The tables of sites: what is live, every release there was, what is planned, who is invited."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from scanly.db.types import MAIN, Big, Flag, Json, Words

# ``release_id`` is what visitors see, None while nothing is published. ``state`` grows with whatever else
# changes a page (a coupon taken, a slot booked), so that a page in memory knows when it is old.
sites = Table(
    "sites",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("host", Words, nullable=False),
    Column("slug", Words, nullable=False),
    Column("front", Flag, nullable=False),
    Column("release_id", Big),
    Column("state", Big, nullable=False),
    Column("password", Words),
    Column("created_ms", Big, nullable=False),
    Column("changed_ms", Big, nullable=False),
    Index("sites_by_address", "host", "slug", unique=True),
    Index("sites_by_workspace", "workspace_id", "id"),
    sqlite_strict=True,
)

# ``source`` is the file as it was given, ``content`` what was read from it, ``pictures`` the media it uses.
releases = Table(
    "site_releases",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("hash", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("content", Json, nullable=False),
    Column("pictures", Json, nullable=False),
    Column("created_ms", Big, nullable=False),
    Index("site_releases_by_site", "site_id", "hash", unique=True),
    sqlite_strict=True,
)

# What became live when, and by whom; ``release_id`` is None where the site was taken off.
publications = Table(
    "site_history",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("release_id", Big),
    Column("at_ms", Big, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Index("site_history_by_site", "site_id", "id"),
    sqlite_strict=True,
)

# What becomes live by itself at a moment.
plans = Table(
    "site_plans",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("release_id", Big),
    Column("at_ms", Big, nullable=False),
    Column("who", Words, nullable=False),
    Index("site_plans_by_site", "site_id", "at_ms"),
    sqlite_strict=True,
)

# Somebody who may open a page that is not for everybody; ``token`` is the hash of what stands in the address.
invitations = Table(
    "site_invitations",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("site_id", Big, nullable=False),
    Column("name", Words, nullable=False),
    Column("token", Words, nullable=False, unique=True),
    Column("expires_ms", Big),
    Column("created_ms", Big, nullable=False),
    Index("site_invitations_by_site", "site_id", "id"),
    sqlite_strict=True,
)
