"""Sites: releases, history, plans and invitations."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Flag, Json, Words

revision = "0003"
down_revision = "0002"

_STRICT = {"sqlite_autoincrement": False, "sqlite_strict": True}


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("host", Words, nullable=False),
        sa.Column("slug", Words, nullable=False),
        sa.Column("front", Flag(), nullable=False),
        sa.Column("release_id", Big, nullable=True),
        sa.Column("state", Big, nullable=False),
        sa.Column("password", Words, nullable=True),
        sa.Column("created_ms", Big, nullable=False),
        sa.Column("changed_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("sites_by_address", "sites", ["host", "slug"], unique=True)
    op.create_index("sites_by_workspace", "sites", ["workspace_id", "id"], unique=False)
    op.create_table(
        "site_releases",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("hash", Words, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("content", Json(), nullable=False),
        sa.Column("pictures", Json(), nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("site_releases_by_site", "site_releases", ["site_id", "hash"], unique=True)
    op.create_table(
        "site_history",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("release_id", Big, nullable=True),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("who", Words, nullable=False),
        sa.Column("what", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("site_history_by_site", "site_history", ["site_id", "id"], unique=False)
    op.create_table(
        "site_plans",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("release_id", Big, nullable=True),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("who", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_STRICT,
    )
    op.create_index("site_plans_by_site", "site_plans", ["site_id", "at_ms"], unique=False)
    op.create_table(
        "site_invitations",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("site_id", Big, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("token", Words, nullable=False),
        sa.Column("expires_ms", Big, nullable=True),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        **_STRICT,
    )
    op.create_index("site_invitations_by_site", "site_invitations", ["site_id", "id"], unique=False)
