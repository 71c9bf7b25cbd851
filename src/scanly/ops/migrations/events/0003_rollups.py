"""Packed rollups instead of totals, and what scans and agents are counted for.

The rollups of what was counted before are made from its raw scans afterwards (`app`): a recount of every workspace.
"""

import sqlalchemy as sa
from alembic import op

from scanly.db.types import Big, Small, Words

revision = "0003"
down_revision = "0002"

_COUNTERS = ("scans", "visitors", "person", "bot", "preview", "prefetch", "test")
_PARTS = ("time", "device", "place", "marketing", "parts")
_TEXTS_OF_AGENTS = ("reason", "device", "model", "system", "browser", "app")


def upgrade() -> None:
    _scans()
    _agents()
    op.add_column("subjects", sa.Column("host", Small, nullable=False, server_default="0"))
    # Keys in ``seen`` are made otherwise now; a recount makes them again.
    for name in ("totals", "parts", "visitors", "seen"):
        op.drop_table(name)
    _rollups("rollups", "day")
    _rollups("rollup_months", "month")
    _small_tables()
    if op.get_context().dialect.name == "postgresql":
        _part_scans()


def _scans() -> None:
    op.add_column("scans", sa.Column("hour", Small, nullable=False, server_default="24"))
    for name in ("flags", "drive", "reason", "ruling", "period"):
        op.add_column("scans", sa.Column(name, Small, nullable=False, server_default="0"))
    # A rule is a word now.
    op.execute(
        "INSERT INTO words (number, kind, text)"
        " SELECT (SELECT coalesce(max(number), 0) FROM words) + row_number() OVER (ORDER BY rule),"
        " 'rule', CAST(rule AS TEXT) FROM (SELECT DISTINCT rule FROM scans WHERE rule <> 0) AS found"
    )
    op.execute(
        "UPDATE scans SET rule = (SELECT number FROM words WHERE kind = 'rule' AND text = CAST(rule AS TEXT))"
        " WHERE rule <> 0"
    )
    # Of old scans the flags are known by the kind that they led to.
    op.execute("UPDATE scans SET flags = CASE kind WHEN 3 THEN 1 ELSE 2 END WHERE kind IN (3, 4)")


def _agents() -> None:
    for name in _TEXTS_OF_AGENTS:
        op.add_column("agents", sa.Column(name, Words, nullable=False, server_default=""))
    for name in ("ruling", "last_day"):
        op.add_column("agents", sa.Column(name, Small, nullable=False, server_default="0"))
    op.drop_column("agents", "rules")
    op.execute(
        "UPDATE agents SET last_day = coalesce((SELECT max(value) FROM"
        " (SELECT max(day) AS value FROM scans) AS newest), 0)"
    )


def _rollups(name: str, time: str) -> None:
    op.create_table(
        name,
        sa.Column("scope", Small, nullable=False),
        sa.Column("number", Small, nullable=False),
        sa.Column(time, Small, nullable=False),
        *(sa.Column(each, Small, nullable=False) for each in _COUNTERS),
        *(sa.Column(each, sa.LargeBinary) for each in _PARTS),
        sa.PrimaryKeyConstraint("scope", "number", time),
        sqlite_autoincrement=False,
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _small_tables() -> None:
    op.create_table(
        "groups",
        sa.Column("number", Small, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("workspace_id", Big, nullable=False),
        sa.Column("name", Words, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("workspace_id", "kind", "name"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "seen",
        sa.Column("day", Small, nullable=False),
        sa.Column("key", Big, nullable=False),
        sa.PrimaryKeyConstraint("day", "key"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "profiles",
        sa.Column("number", Small, nullable=False),
        sa.Column("key", Words, nullable=False),
        sa.Column("counted", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "rulings",
        sa.Column("number", Small, nullable=False),
        sa.Column("version", Words, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("version"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "arrivals",
        sa.Column("number", Big, autoincrement=True, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("scans", Small, nullable=False),
        sa.Column("rows", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "feed",
        sa.Column("seq", Big, autoincrement=True, nullable=False),
        sa.Column("at_ms", Big, nullable=False),
        sa.Column("ids", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "states",
        sa.Column("name", Words, nullable=False),
        sa.Column("value", Big, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )
    op.create_table(
        "recounts",
        sa.Column("workspace_id", Big, autoincrement=False, nullable=False),
        sa.Column("zone", Words, nullable=False),
        sa.Column("stage", Small, nullable=False),
        sa.Column("next_day", Small, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id"),
        sqlite_autoincrement=False,
        sqlite_strict=True,
    )


def _part_scans() -> None:
    """Scans move into a partition for each month that has some; numbers go on behind those that were given."""
    for name in ("subjects", "words", "agents"):
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'number'), (SELECT max(number) FROM {name}))"  # noqa: S608 - names of our own
        )
    op.drop_index("scans_by_subject", "scans")
    op.rename_table("scans", "scans_before")
    op.execute("ALTER INDEX scans_pkey RENAME TO scans_before_pkey")
    op.execute(
        "CREATE TABLE scans (LIKE scans_before INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY RANGE (id)"
    )
    op.create_index("scans_by_subject", "scans", ["subject", "id"])
    op.execute("CREATE TABLE scans_rest PARTITION OF scans DEFAULT")
    op.execute("""
        DO $$
        DECLARE month timestamp;
        BEGIN
            FOR month IN
                SELECT DISTINCT date_trunc('month', to_timestamp((id >> 20) / 1000) AT TIME ZONE 'UTC')
                FROM scans_before
            LOOP
                EXECUTE format(
                    'CREATE TABLE scans_%s PARTITION OF scans FOR VALUES FROM (%s) TO (%s)',
                    to_char(month, 'YYYY_MM'),
                    extract(epoch FROM month)::bigint * 1000 << 20,
                    extract(epoch FROM month + interval '1 month')::bigint * 1000 << 20
                );
            END LOOP;
        END $$""")
    op.execute("INSERT INTO scans SELECT * FROM scans_before")
    op.drop_table("scans_before")
