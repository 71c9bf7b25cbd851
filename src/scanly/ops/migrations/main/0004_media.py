"""Pictures that pages use."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Json, Small, Words

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("hash", Words, nullable=False),
        sa.Column("width", Small, nullable=False),
        sa.Column("height", Small, nullable=False),
        sa.Column("variants", Json(), nullable=False),
        sa.Column("kept_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "name"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
