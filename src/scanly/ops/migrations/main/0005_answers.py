"""What visitors send: answers, bookings, coupons and stamps."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Json, Small, Words

revision = "0005"
down_revision = "0004"

_STRICT = {"sqlite_autoincrement": False, "sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "site_answers",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("release", Words, nullable=False),
        sa.Column("block", Words, nullable=False),
        sa.Column("type", Words, nullable=False),
        sa.Column("status", Words, nullable=False),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("consent", Words, nullable=False),
        sa.Column("language", Words, nullable=False),
        sa.Column("digest", Words, nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("site_answers_by_workspace", "site_answers", ["workspace_id", "id"], unique=False)
    op.create_index("site_answers_by_site", "site_answers", ["site_id", "digest"], unique=False)
    op.create_table(
        "site_bookings",
        sa.Column("answer_id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("block", Words, nullable=False),
        sa.Column("slot_ms", Big, nullable=False),
        sa.Column("seat", Small, nullable=False),
        sa.PrimaryKeyConstraint("answer_id"),
        sa.UniqueConstraint("site_id", "block", "slot_ms", "seat"),
        **_STRICT,
    )
    op.create_table(
        "site_coupons",
        sa.Column("token", Words, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("block", Words, nullable=False),
        sa.Column("number", Small, nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("token"),
        sa.UniqueConstraint("site_id", "block", "number"),
        **_STRICT,
    )
    op.create_table(
        "site_cards",
        sa.Column("token", Words, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("block", Words, nullable=False),
        sa.Column("stamps", Small, nullable=False),
        sa.Column("rewards", Small, nullable=False),
        sa.Column("stamped_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("token"),
        **_STRICT,
    )
    op.create_table(
        "site_pins",
        sa.Column("site_id", Big, nullable=False),
        sa.Column("block", Words, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("kept", Words, nullable=False),
        sa.PrimaryKeyConstraint("site_id", "block"),
        **_STRICT,
    )
