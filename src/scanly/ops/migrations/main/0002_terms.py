"""Terms, history and plans of links; what is looked at and what is kept exported."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Json, Small, Words

revision = "0002"
down_revision = "0001"

_STRICT = {"sqlite_autoincrement": False, "sqlite_strict": True}


def upgrade() -> None:
    op.add_column("links", sa.Column("terms", Json(), nullable=True))
    op.add_column("links", sa.Column("broken_ms", Big, nullable=True))
    op.create_table(
        "link_history",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("link_id", Big, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("who", Words, nullable=False),
        sa.Column("what", Words, nullable=False),
        sa.Column("before", Json(), nullable=False),
        sa.Column("after", Json(), nullable=False),
        sa.Column("undoes", Big, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("link_history_by_link", "link_history", ["link_id", "id"], unique=False)
    op.create_table(
        "link_plans",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("link_id", Big, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("who", Words, nullable=False),
        sa.Column("changes", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("link_plans_by_link", "link_plans", ["link_id", "at_ms"], unique=False)
    op.create_index("link_plans_due", "link_plans", ["at_ms"], unique=False)
    op.create_table(
        "target_checks",
        sa.Column("link_id", Big, nullable=False),
        sa.Column("target", Words, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("checked_ms", Big, nullable=False),
        sa.Column("status", Small, nullable=False),
        sa.Column("problem", Words, nullable=False),
        sa.Column("failing_since_ms", Big, nullable=True),
        sa.PrimaryKeyConstraint("link_id", "target"),
        **_STRICT,
    )
    op.create_table(
        "standing_exports",
        sa.Column("folder", Words, nullable=False),
        sa.Column("format", Words, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("since_ms", Big, nullable=False),
        sa.Column("written_ms", Big, nullable=True),
        sa.Column("problem", Words, nullable=False),
        sa.PrimaryKeyConstraint("folder"),
        **_STRICT,
    )
