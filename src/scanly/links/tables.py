"""Links with their history and plans, the order in which they changed, and who follows them where."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, PrimaryKeyConstraint, UniqueConstraint

from scanly.db.types import MAIN, Big, Json, Small, Tags, Value, Words, table
from scanly.links.terms import Terms

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
    Column("terms", Value(Terms)),
    Column("broken_ms", Big),
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

# What was changed, from what to what; ``undoes`` names the change that a row took back.
link_history = table(
    "link_history",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("link_id", Big, nullable=False),
    Column("at_ms", Big, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("undoes", Big),
    Index("link_history_by_link", "link_id", "id"),
)

# Changes that are made by themselves at a moment.
link_plans = table(
    "link_plans",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("link_id", Big, nullable=False),
    Column("at_ms", Big, nullable=False),
    Column("who", Words, nullable=False),
    Column("changes", Json, nullable=False),
    Index("link_plans_by_link", "link_id", "at_ms"),
    Index("link_plans_due", "at_ms"),
)

# What the last look at a link's targets found; ``status`` is 0 when nobody answered.
target_checks = table(
    "target_checks",
    MAIN,
    Column("link_id", Big, nullable=False),
    Column("target", Words, nullable=False),
    Column("workspace_id", Big, nullable=False),
    Column("checked_ms", Big, nullable=False),
    Column("status", Small, nullable=False),
    Column("problem", Words, nullable=False),
    Column("failing_since_ms", Big),
    PrimaryKeyConstraint("link_id", "target"),
)

# Folders into which the links are written again after every change; workspace 0 stands for all of them.
standing_exports = table(
    "standing_exports",
    MAIN,
    Column("folder", Words, primary_key=True),
    Column("format", Words, nullable=False),
    Column("workspace_id", Big, nullable=False),
    Column("since_ms", Big, nullable=False),
    Column("written_ms", Big),
    Column("problem", Words, nullable=False),
)

default_hosts = table(
    "default_hosts",
    MAIN,
    Column("host", Words, primary_key=True),
    Column("since_ms", Big, nullable=False),
)
