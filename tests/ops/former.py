"""Makes of an archive what the version before this one would have written: totals instead of rollups."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_NEW_TABLES = ("rollups", "scans_kept", "goals", "alert_rules", "alerts", "placements", "printers")
_NEW_COLUMNS = {
    "scans": ("hour", "flags", "drive", "reason", "ruling", "period"),
    "agents": ("reason", "device", "model", "system", "browser", "app"),
}
_COUNTED = """
    CREATE TABLE totals (link_id INTEGER, day TEXT, kind TEXT, outcome TEXT, scans INTEGER) STRICT;
    INSERT INTO totals SELECT link_id, day, kind, outcome, count(*) FROM scans GROUP BY 1, 2, 3, 4;
    CREATE TABLE parts (link_id INTEGER, day TEXT, kind TEXT, outcome TEXT, part TEXT, scans INTEGER) STRICT;
    CREATE TABLE visitors (scope TEXT, id INTEGER, day TEXT, visitors INTEGER) STRICT;
    ALTER TABLE agents ADD COLUMN rules INTEGER NOT NULL DEFAULT 1"""


def make_former(archive: Path) -> None:
    with closing(sqlite3.connect(archive, isolation_level=None)) as database:
        database.executescript(_COUNTED)
        for name in _NEW_TABLES:
            database.execute(f"DROP TABLE {name}")
        for name, columns in _NEW_COLUMNS.items():
            for column in columns:
                database.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
