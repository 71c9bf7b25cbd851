"""Views and clicks of sites: what of a site a visit was for, and totals by that."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Small

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("scans", sa.Column("part", Small, server_default="0", nullable=False))
    op.create_table(
        "parts",
        sa.Column("subject", Small, nullable=False),
        sa.Column("day", Small, nullable=False),
        sa.Column("kind", Small, nullable=False),
        sa.Column("outcome", Small, nullable=False),
        sa.Column("part", Small, nullable=False),
        sa.Column("scans", Small, nullable=False),
        sa.PrimaryKeyConstraint("subject", "day", "kind", "outcome", "part"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
