"""The goals of workspaces."""

from __future__ import annotations

from sqlalchemy import Column, UniqueConstraint

from scanly.db.types import MAIN, Big, Words, table

# ``subject_id`` is a site's id, or a link's where scans count; 0 where ``tag`` says which links.
goals = table(
    "goals",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("name", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("subject_id", Big, nullable=False),
    Column("part", Words, nullable=False),
    Column("tag", Words, nullable=False),
    Column("created_ms", Big, nullable=False),
    UniqueConstraint("workspace_id", "name"),
)
