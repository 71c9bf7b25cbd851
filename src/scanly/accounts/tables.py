"""Workspaces, people, and who belongs where."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, UniqueConstraint

from scanly.db.types import MAIN, Big, Words, table

workspaces = table(
    "workspaces",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("name", Words, nullable=False, unique=True),
    Column("time_zone", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("currency", Words, nullable=False),
    Column("logo", Words, nullable=False),
    Column("accent", Words, nullable=False),
    Column("background", Words, nullable=False),
    Column("privacy", Words, nullable=False),
    Column("created_ms", Big, nullable=False),
)

people = table(
    "people",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    Column("email", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("created_ms", Big, nullable=False),
    UniqueConstraint("workspace_id", "email"),
)
