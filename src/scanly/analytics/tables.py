"""What happened: raw scans with their words, exact totals, and how far the journal has been read.

The ingester writes these tables with plain SQL (it must not load SQLAlchemy); this is their one definition.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, UniqueConstraint

from scanly.db.types import EVENTS, Big, Small, Words, table

# ``link_id`` is the id of a link or of a site.
subjects = table(
    "subjects",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("link_id", Big, nullable=False, unique=True),
    Column("workspace_id", Big, nullable=False),
)

words = table(
    "words",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("text", Words, nullable=False),
    UniqueConstraint("kind", "text"),
)

agents = table(
    "agents",
    EVENTS,
    Column("number", Small, primary_key=True),
    Column("text", Words, nullable=False, unique=True),
    Column("kind", Small, nullable=False),
    Column("rules", Small, nullable=False),
)

# Word columns hold words.number, 0 for none.
scans = table(
    "scans",
    EVENTS,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("subject", Small, nullable=False),
    Column("day", Small, nullable=False),
    Column("kind", Small, nullable=False),
    Column("outcome", Small, nullable=False),
    Column("visitor", Big, nullable=False),
    Column("agent", Small, nullable=False),
    Column("country", Small, nullable=False),
    Column("city", Small, nullable=False),
    Column("language", Small, nullable=False),
    Column("referrer", Small, nullable=False),
    Column("source", Small, nullable=False),
    Column("medium", Small, nullable=False),
    Column("campaign", Small, nullable=False),
    Column("term", Small, nullable=False),
    Column("content", Small, nullable=False),
    Column("rule", Big, nullable=False),
    Column("part", Small, nullable=False, server_default="0"),
    Index("scans_by_subject", "subject"),
)

totals = table(
    "totals",
    EVENTS,
    Column("subject", Small, nullable=False),
    Column("day", Small, nullable=False),
    Column("kind", Small, nullable=False),
    Column("outcome", Small, nullable=False),
    Column("scans", Small, nullable=False),
    PrimaryKeyConstraint("subject", "day", "kind", "outcome"),
)

# The totals of what has a part, by part: the clicks of a site, and its views by invitation.
parts = table(
    "parts",
    EVENTS,
    Column("subject", Small, nullable=False),
    Column("day", Small, nullable=False),
    Column("kind", Small, nullable=False),
    Column("outcome", Small, nullable=False),
    Column("part", Small, nullable=False),
    Column("scans", Small, nullable=False),
    PrimaryKeyConstraint("subject", "day", "kind", "outcome", "part"),
)

# People once per day: scope "link" or "site" with a subject's number, or "workspace" with a workspace's id.
visitors = table(
    "visitors",
    EVENTS,
    Column("scope", Words, nullable=False),
    Column("number", Big, nullable=False),
    Column("day", Small, nullable=False),
    Column("visitors", Small, nullable=False),
    PrimaryKeyConstraint("scope", "number", "day"),
)

seen = table(
    "seen",
    EVENTS,
    Column("day", Small, nullable=False),
    Column("key", Big, nullable=False),
    PrimaryKeyConstraint("day", "key"),
)

positions = table(
    "positions",
    EVENTS,
    Column("source", Words, primary_key=True),
    Column("segment", Big, nullable=False),
    Column("offset", Big, nullable=False),
    Column("at_ms", Big, nullable=False),
)

ingest_notes = table(
    "ingest_notes",
    EVENTS,
    Column("at_ms", Big, nullable=False),
    Column("source", Words, nullable=False),
    Column("segment", Big, nullable=False),
    Column("message", Words, nullable=False),
)
