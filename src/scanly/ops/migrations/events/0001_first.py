"""The first tables of what happens."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Small, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("number", Small, nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.Column("kind", Small, nullable=False),
        sa.Column("rules", Small, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("text"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "ingest_notes",
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("segment", Big, nullable=False),
        sa.Column("message", Words, nullable=False),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "positions",
        sa.Column("source", Words, nullable=False),
        sa.Column("segment", Big, nullable=False),
        sa.Column("offset", Big, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("source"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "scans",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("subject", Small, nullable=False),
        sa.Column("day", Small, nullable=False),
        sa.Column("kind", Small, nullable=False),
        sa.Column("outcome", Small, nullable=False),
        sa.Column("visitor", Big, nullable=False),
        sa.Column("agent", Small, nullable=False),
        sa.Column("country", Small, nullable=False),
        sa.Column("city", Small, nullable=False),
        sa.Column("language", Small, nullable=False),
        sa.Column("referrer", Small, nullable=False),
        sa.Column("source", Small, nullable=False),
        sa.Column("medium", Small, nullable=False),
        sa.Column("campaign", Small, nullable=False),
        sa.Column("term", Small, nullable=False),
        sa.Column("content", Small, nullable=False),
        sa.Column("rule", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index("scans_by_subject", "scans", ["subject"], unique=False)
    op.create_table(
        "seen",
        sa.Column("day", Small, nullable=False),
        sa.Column("key", Big, nullable=False),
        sa.PrimaryKeyConstraint("day", "key"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "subjects",
        sa.Column("number", Small, nullable=False),
        sa.Column("link_id", Big, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("link_id"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "totals",
        sa.Column("subject", Small, nullable=False),
        sa.Column("day", Small, nullable=False),
        sa.Column("kind", Small, nullable=False),
        sa.Column("outcome", Small, nullable=False),
        sa.Column("scans", Small, nullable=False),
        sa.PrimaryKeyConstraint("subject", "day", "kind", "outcome"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "visitors",
        sa.Column("scope", Words, nullable=False),
        sa.Column("number", Big, nullable=False),
        sa.Column("day", Small, nullable=False),
        sa.Column("visitors", Small, nullable=False),
        sa.PrimaryKeyConstraint("scope", "number", "day"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "words",
        sa.Column("number", Small, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("text", Words, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("kind", "text"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
