"""The first tables of what people make."""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Json, Small, Tags, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cursors",
        sa.Column("consumer", Words, nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.PrimaryKeyConstraint("consumer"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "default_hosts",
        sa.Column("host", Words, nullable=False),
        sa.Column("since_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("host"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "jobs",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=True),
        sa.Column("kind", Words, nullable=False),
        sa.Column("key", Words, nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("run_at_ms", Big, nullable=False),
        sa.Column("attempts", Small, nullable=False),
        sa.Column("leased_until_ms", Big, nullable=False),
        sa.Column("error", Words, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "key"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index("jobs_due", "jobs", ["state", "run_at_ms"], unique=False)
    op.create_table(
        "leases",
        sa.Column("name", Words, nullable=False),
        sa.Column("holder", Words, nullable=False),
        sa.Column("until_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "link_changes",
        sa.Column("seq", Big, autoincrement=True, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("link_id", Big, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("seq", Big, autoincrement=True, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("event", Words, nullable=False),
        sa.Column("key", Words, nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("event", "key"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "workspaces",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("time_zone", Words, nullable=False),
        sa.Column("language", Words, nullable=False),
        sa.Column("currency", Words, nullable=False),
        sa.Column("logo", Words, nullable=False),
        sa.Column("accent", Words, nullable=False),
        sa.Column("background", Words, nullable=False),
        sa.Column("privacy", Words, nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "links",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("host", Words, nullable=False),
        sa.Column("code", Words, nullable=False),
        sa.Column("target", Words, nullable=False),
        sa.Column("title", Words, nullable=False),
        sa.Column("tags", Tags(), nullable=False),
        sa.Column("campaign", Words, nullable=False),
        sa.Column("placement", Words, nullable=False),
        sa.Column("origin", Words, nullable=True),
        sa.Column("created_ms", Big, nullable=False),
        sa.Column("changed_ms", Big, nullable=False),
        sa.Column("removed_ms", Big, nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("host", "code"),
        sa.UniqueConstraint("workspace_id", "origin"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_index("links_by_workspace", "links", ["workspace_id", "id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("email", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("created_ms", Big, nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "email"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "qr_codes",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("link_id", Big, nullable=True),
        sa.Column("type", Words, nullable=False),
        sa.Column("content", Words, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.Column("caption", Words, nullable=False),
        sa.Column("style", Json(), nullable=False),
        sa.Column("encoder", Words, nullable=False),
        sa.Column("origin", Words, nullable=True),
        sa.Column("created_ms", Big, nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["links.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "origin"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
