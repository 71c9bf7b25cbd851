"""What is left for others: the outbox, the jobs, and who holds which lease."""

from __future__ import annotations

from sqlalchemy import Column, Index, UniqueConstraint

from scanly.db.types import MAIN, Big, Json, Small, Words, table

outbox = table(
    "outbox",
    MAIN,
    Column("seq", Big, primary_key=True, autoincrement=True),
    Column("workspace_id", Big, nullable=False),
    Column("event", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("payload", Json, nullable=False),
    Column("at_ms", Big, nullable=False),
    UniqueConstraint("event", "key"),
    counted=True,
)

cursors = table(
    "cursors",
    MAIN,
    Column("consumer", Words, primary_key=True),
    Column("seq", Big, nullable=False),
)

jobs = table(
    "jobs",
    MAIN,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("workspace_id", Big),
    Column("kind", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", Words, nullable=False),
    Column("run_at_ms", Big, nullable=False),
    Column("attempts", Small, nullable=False),
    Column("leased_until_ms", Big, nullable=False),
    Column("error", Words, nullable=False),
    UniqueConstraint("kind", "key"),
    Index("jobs_due", "state", "run_at_ms"),
)

leases = table(
    "leases",
    MAIN,
    Column("name", Words, primary_key=True),
    Column("holder", Words, nullable=False),
    Column("until_ms", Big, nullable=False),
)
