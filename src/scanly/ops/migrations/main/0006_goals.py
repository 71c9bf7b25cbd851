"""Goals, rules of alerts, and what fired."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Flag, Json, Small, Words

revision = "0006"
down_revision = "0005"

_STRICT = {"sqlite_autoincrement": False, "sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "goals",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("what", Words, nullable=False),
        sa.Column("subject_id", Big, nullable=False),
        sa.Column("part", Words, nullable=False),
        sa.Column("tag", Words, nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "name"),
        **_STRICT,
    )
    op.create_table(
        "alert_rules",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("number", Big, nullable=False),
        sa.Column("every", Words, nullable=False),
        sa.Column("about", Words, nullable=False),
        sa.Column("about_id", Big, nullable=False),
        sa.Column("about_text", Words, nullable=False),
        sa.Column("judged", Big, nullable=False),
        sa.Column("firing", Flag(), nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "name"),
        **_STRICT,
    )
    op.create_table(
        "alerts",
        sa.Column("rule_id", Big, nullable=False),
        sa.Column("every", Words, nullable=False),
        sa.Column("period", Small, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "every", "period"),
        **_STRICT,
    )
    op.create_index("alerts_by_workspace", "alerts", ["workspace_id", "at_ms"], unique=False)
