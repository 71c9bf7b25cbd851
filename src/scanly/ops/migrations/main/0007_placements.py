"""The register of printed things."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Small, Words

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "placements",
        sa.Column("link_id", Big, sa.ForeignKey("links.id"), autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, sa.ForeignKey("workspaces.id"), nullable=False),
        sa.Column("batch", Words, nullable=False),
        sa.Column("place", Words, nullable=False),
        sa.Column("photo", Words, nullable=False),
        sa.Column("cost_minor", Big, nullable=True),
        sa.Column("currency", Words, nullable=False),
        sa.Column("printed_on", Words, nullable=True),
        sa.Column("replace_by", Words, nullable=True),
        sa.Column("copies", Small, nullable=False),
        sa.Column("note", Words, nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.Column("changed_ms", Big, nullable=False),
        sa.Column("removed_ms", Big, nullable=True),
        sa.PrimaryKeyConstraint("link_id"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index("placements_by_workspace", "placements", ["workspace_id", "link_id"], unique=False)
    op.create_index("placements_due", "placements", ["replace_by"], unique=False)
