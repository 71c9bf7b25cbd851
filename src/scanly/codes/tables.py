"""Saved QR codes: what each was made of, so that a reprint is the same artwork."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, UniqueConstraint

from scanly.db.types import MAIN, Big, Json, Words, table

qr_codes = table(
    "qr_codes",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, ForeignKey("workspaces.id"), nullable=False),
    Column("link_id", Big, ForeignKey("links.id")),
    Column("type", Words, nullable=False),
    Column("content", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("caption", Words, nullable=False),
    Column("style", Json, nullable=False),
    Column("encoder", Words, nullable=False),
    Column("origin", Words),
    Column("created_ms", Big, nullable=False),
    UniqueConstraint("workspace_id", "origin"),
)
