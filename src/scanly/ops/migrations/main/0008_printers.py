"""Printers that were measured, and what corrects them."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Small, Words

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "printers",
        sa.Column("workspace_id", Big, sa.ForeignKey("workspaces.id"), autoincrement=False, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("paper", Words, nullable=False),
        sa.Column("nudge_x_um", Small, nullable=False),
        sa.Column("nudge_y_um", Small, nullable=False),
        sa.Column("scale_x_ppm", Small, nullable=False),
        sa.Column("scale_y_ppm", Small, nullable=False),
        sa.Column("measured_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "name"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
