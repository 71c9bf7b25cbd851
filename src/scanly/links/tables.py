"""Links, the order in which they changed, and the hosts that stand for the default host."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, UniqueConstraint

from scanly.db.types import MAIN, Big, Tags, Words, table

links = table(
    "links",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, ForeignKey("workspaces.id"), nullable=False),
    Column("host", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("tags", Tags, nullable=False),
    Column("campaign", Words, nullable=False),
    Column("placement", Words, nullable=False),
    Column("origin", Words),
    Column("created_ms", Big, nullable=False),
    Column("changed_ms", Big, nullable=False),
    Column("removed_ms", Big),
    UniqueConstraint("host", "code"),
    UniqueConstraint("workspace_id", "origin"),
    Index("links_by_workspace", "workspace_id", "id"),
)

link_changes = table(
    "link_changes",
    MAIN,
    Column("seq", Big, primary_key=True, autoincrement=True),
    Column("workspace_id", Big, nullable=False),
    Column("link_id", Big, nullable=False),
    Column("at_ms", Big, nullable=False),
    counted=True,
)

default_hosts = table(
    "default_hosts",
    MAIN,
    Column("host", Words, primary_key=True),
    Column("since_ms", Big, nullable=False),
)
