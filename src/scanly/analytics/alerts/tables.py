"""Rules of alerts with how far they are judged, and what fired."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, UniqueConstraint

from scanly.db.types import MAIN, Big, Flag, Json, Small, Words, table

# Of the subject (everything, code, tag, campaign, site) ``about_id`` is the id, or ``about_text`` the word.
alert_rules = table(
    "alert_rules",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big, nullable=False),
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("number", Big, nullable=False),
    Column("every", Words, nullable=False),
    Column("about", Words, nullable=False),
    Column("about_id", Big, nullable=False),
    Column("about_text", Words, nullable=False),
    Column("judged", Big, nullable=False),
    Column("firing", Flag, nullable=False),
    Column("created_ms", Big, nullable=False),
    UniqueConstraint("workspace_id", "name"),
)

alerts = table(
    "alerts",
    MAIN,
    Column("rule_id", Big, nullable=False),
    Column("every", Words, nullable=False),
    Column("period", Small, nullable=False),
    Column("workspace_id", Big, nullable=False),
    Column("at_ms", Big, nullable=False),
    Column("told", Json, nullable=False),
    PrimaryKeyConstraint("rule_id", "every", "period"),
    Index("alerts_by_workspace", "workspace_id", "at_ms"),
)
