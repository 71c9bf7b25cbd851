"""The register of printed things; a link has one line in it at most."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index

from scanly.db.types import MAIN, Big, Small, Words, table

# Dates are ISO 8601, so that they sort as they are; ``cost_minor`` is in the smallest unit of ``currency``.
placements = table(
    "placements",
    MAIN,
    Column("link_id", Big, ForeignKey("links.id"), primary_key=True, autoincrement=False),
    Column("workspace_id", Big, ForeignKey("workspaces.id"), nullable=False),
    Column("batch", Words, nullable=False),
    Column("place", Words, nullable=False),
    Column("photo", Words, nullable=False),
    Column("cost_minor", Big),
    Column("currency", Words, nullable=False),
    Column("printed_on", Words),
    Column("replace_by", Words),
    Column("copies", Small, nullable=False),
    Column("note", Words, nullable=False),
    Column("created_ms", Big, nullable=False),
    Column("changed_ms", Big, nullable=False),
    Column("removed_ms", Big),
    Index("placements_by_workspace", "workspace_id", "link_id"),
    Index("placements_due", "replace_by"),
)
