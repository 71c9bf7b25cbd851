"""The file of an archive: one SQLite database of plain words, and the rules it must keep to be read again.

Its tables are made by sqlite-utils; rows go in plainly, many times as fast. It is read as something that may
come from anybody: tables, columns and types must be exactly these, nothing in it is run, and pictures are
taken only if they are what their names say.
Source: the ``sqlar`` table is that of https://sqlite.org/sqlar.html, so ``sqlite3 -A`` lists and unpacks it.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec
import sqlite_utils

from scanly.core.errors import Invalid
from scanly.media.model import MAX_BYTES
from scanly.ops.archive_rows import (
    About,
    AgentRow,
    AlertRow,
    AlertRuleRow,
    GoalRow,
    HostRow,
    KeptRow,
    LinkRow,
    MediaRow,
    PersonRow,
    PictureRow,
    PlacementRow,
    PrinterRow,
    QrCodeRow,
    RollupRow,
    ScanRow,
    WorkspaceRow,
)
from scanly.ops.archive_site_rows import (
    AnswerRow,
    BookingRow,
    CardRow,
    CouponRow,
    InvitationRow,
    PinRow,
    PublicationRow,
    ReleaseRow,
    SitePlanRow,
    SiteRow,
)
from scanly.ops.copy import open_copy

FORMAT = 1
_BATCH = 500
_MAX_VALUE_BYTES = 64 * 1024 * 1024
_MAX_MEDIA = 100_000
_MEDIA_NAME = re.compile(r"media/([0-9a-f]{32}\.(?:avif|jpg|png|svg|webp))")

Row = TypeVar("Row", bound=msgspec.Struct)

TABLES: Mapping[str, type[msgspec.Struct]] = {
    "about": About,
    "workspaces": WorkspaceRow,
    "people": PersonRow,
    "default_hosts": HostRow,
    "links": LinkRow,
    "qr_codes": QrCodeRow,
    "placements": PlacementRow,
    "pictures": PictureRow,
    "sites": SiteRow,
    "site_releases": ReleaseRow,
    "site_history": PublicationRow,
    "site_plans": SitePlanRow,
    "site_invitations": InvitationRow,
    "site_answers": AnswerRow,
    "site_bookings": BookingRow,
    "site_coupons": CouponRow,
    "site_cards": CardRow,
    "site_pins": PinRow,
    "goals": GoalRow,
    "alert_rules": AlertRuleRow,
    "alerts": AlertRow,
    "printers": PrinterRow,
    "agents": AgentRow,
    "scans": ScanRow,
    "scans_kept": KeptRow,
    "rollups": RollupRow,
    "sqlar": MediaRow,
}
# What belongs to a site, which `sites` itself lists.
_OF_SITES = tuple(name for name in TABLES if name.startswith("site_"))
# Tables that archives of earlier versions do not have.
_LATER = frozenset({
    "placements", "pictures", "sites", *_OF_SITES, "goals", "alert_rules", "alerts", "printers",
    "scans_kept", "rollups",
})  # fmt: skip
_COUNTED = frozenset({"scans_kept", "rollups"})
# What those had instead of rollups. All of their scans are there, so it is counted anew and not read.
_FORMER = frozenset({"totals", "parts", "visitors"})
_FORMER_COLUMNS = {"agents": {"rules"}}
_NAMES: Mapping[type[msgspec.Struct], str] = {row: name for name, row in TABLES.items()}
_KEYS = {
    "workspaces": "id",
    "people": "id",
    "default_hosts": "host",
    "links": "id",
    "qr_codes": "id",
    "placements": "link_id",
    "pictures": ("workspace_id", "name"),
    "sites": "id",
    "site_releases": "id",
    "site_history": "id",
    "site_plans": "id",
    "site_invitations": "id",
    "site_answers": "id",
    "site_bookings": "answer_id",
    "site_coupons": "token",
    "site_cards": "token",
    "site_pins": ("site_id", "block"),
    "goals": "id",
    "alert_rules": "id",
    "alerts": ("rule_id", "every", "period"),
    "printers": ("workspace_id", "name"),
    "agents": "text",
    "scans": "id",
    "scans_kept": "workspace_id",
    "rollups": ("scope", "workspace_id", "link_id", "name", "day"),
    "sqlar": "name",
}
_NO_SITE = "WHERE (site_id, workspace_id) NOT IN (SELECT id, workspace_id FROM sites)"
_NO_RELEASE = (
    "WHERE release_id NOT NULL AND (release_id, site_id) NOT IN (SELECT id, site_id FROM site_releases)"
)
# What is scanned or viewed.
_SUBJECTS = "(SELECT id FROM links UNION ALL SELECT id FROM sites)"
# What the tables must agree on; each query counts the rows that do not.
_CONTRADICTIONS = {
    "people without a workspace": "people WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "links without a workspace": "links WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "QR codes without a workspace": "qr_codes WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "pictures without a workspace": "pictures WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "QR codes without their link": "qr_codes WHERE link_id NOT IN (SELECT id FROM links)",
    "placements without their link": "placements"
    " WHERE (link_id, workspace_id) NOT IN (SELECT id, workspace_id FROM links)",
    "links and sites of one id": "links WHERE id IN (SELECT id FROM sites)",
    "scans without a link or site": f"scans WHERE link_id NOT IN {_SUBJECTS}",
    "scans without an agent": "scans WHERE agent NOT IN (SELECT text FROM agents)",
    "scans kept without a workspace": "scans_kept WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "rollups without their link": "rollups WHERE scope = 'link'"
    " AND (link_id, workspace_id) NOT IN (SELECT id, workspace_id FROM links)",
    "rollups without their site": "rollups WHERE scope = 'site'"
    " AND (link_id, workspace_id) NOT IN (SELECT id, workspace_id FROM sites)",
    "rollups without a workspace": "rollups WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "rollups of two scopes": "rollups"
    " WHERE (link_id <> 0) <> (scope IN ('link', 'site')) OR (name <> '') <> (scope IN ('host', 'campaign'))",
    "goals without a workspace": "goals WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "goals of one name": "(SELECT 1 FROM goals GROUP BY workspace_id, name HAVING count(*) > 1)",
    "rules of alerts without a workspace": "alert_rules WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "rules of alerts of one name": "(SELECT 1 FROM alert_rules GROUP BY workspace_id, name HAVING count(*) > 1)",
    "alerts without a workspace": "alerts WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "printers without a workspace": "printers WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "workspaces of one name": "(SELECT lower(name) FROM workspaces GROUP BY 1 HAVING count(*) > 1)",
    "links of one address": "(SELECT 1 FROM links GROUP BY host, code HAVING count(*) > 1)",
    "links of one origin": "(SELECT 1 FROM links WHERE origin NOT NULL"
    " GROUP BY workspace_id, origin HAVING count(*) > 1)",
    "QR codes of one origin": "(SELECT 1 FROM qr_codes WHERE origin NOT NULL"
    " GROUP BY workspace_id, origin HAVING count(*) > 1)",
    "people of one address": "(SELECT 1 FROM people GROUP BY workspace_id, email HAVING count(*) > 1)",
    "sites without a workspace": "sites WHERE workspace_id NOT IN (SELECT id FROM workspaces)",
    "sites of one address": "(SELECT 1 FROM sites GROUP BY host, slug HAVING count(*) > 1)",
    "hosts with two fronts": "(SELECT 1 FROM sites WHERE front = 1 GROUP BY host HAVING count(*) > 1)",
    "sites without what is live": "sites WHERE release_id NOT NULL"
    " AND (release_id, id) NOT IN (SELECT id, site_id FROM site_releases)",
    **{f"rows of {name} without their site": f"{name} {_NO_SITE}" for name in _OF_SITES},
    "history without its release": f"site_history {_NO_RELEASE}",
    "plans without their release": f"site_plans {_NO_RELEASE}",
    "releases of one hash": "(SELECT 1 FROM site_releases GROUP BY site_id, hash HAVING count(*) > 1)",
    "bookings without their answer": "site_bookings WHERE (answer_id, site_id, block) NOT IN"
    " (SELECT id, site_id, block FROM site_answers)",
    "bookings of one seat": "(SELECT 1 FROM site_bookings"
    " GROUP BY site_id, block, slot_ms, seat HAVING count(*) > 1)",
    "coupons of one number": "(SELECT 1 FROM site_coupons GROUP BY site_id, block, number HAVING count(*) > 1)",
    "invitations of one token": "(SELECT 1 FROM site_invitations GROUP BY token HAVING count(*) > 1)",
}


class Writer:
    """An archive that is being written; every call may come from another thread, one at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        database = sqlite_utils.Database(self._connection)
        self.counts: dict[str, int] = {}
        for name, row in TABLES.items():
            columns = {field: _plain_type(kind) for field, kind in get_type_hints(row).items()}
            required = {
                field for field, kind in get_type_hints(row).items() if type(None) not in _choices(kind)
            }
            database.table(name).create(columns, pk=_KEYS.get(name), not_null=required, strict=True)
            self.counts[name] = 0

    def add(self, rows: Sequence[msgspec.Struct]) -> None:
        """Appends rows of one table."""
        if rows:
            name = _NAMES[type(rows[0])]
            places = ", ".join("?" * len(rows[0].__struct_fields__))
            insert = f"INSERT INTO {name} VALUES ({places})"  # noqa: S608 - a name of ours
            self._connection.executemany(insert, map(msgspec.structs.astuple, rows))
            self.counts[name] += len(rows)

    def add_file(self, name: str, data: bytes, made_ms: int) -> None:
        packed = zlib.compress(data)
        self.add([MediaRow(name, 0o100644, made_ms // 1000, len(data), min(data, packed, key=len))])

    def keep_consistent(self) -> None:
        """Leaves out scans and days of links and sites that are nobody's."""
        for table, mine in (
            ("scans", f"link_id NOT IN {_SUBJECTS}"),
            ("rollups", f"link_id <> 0 AND link_id NOT IN {_SUBJECTS}"),
            ("rollups", "workspace_id NOT IN (SELECT id FROM workspaces)"),
        ):
            orphans = f"DELETE FROM {table} WHERE {mine}"  # noqa: S608 - names of ours
            self.counts[table] -= self._connection.execute(orphans).rowcount

    def close(self) -> None:
        self._connection.commit()
        self._connection.close()


def _choices(kind: Any) -> tuple[Any, ...]:
    return getattr(kind, "__args__", (kind,))


def _plain_type(kind: Any) -> type:
    return next(each for each in _choices(kind) if each is not type(None))


class Reader:
    """An archive whose rows can be asked for; each is proved when it is read. Raises Invalid.

    ``is_counted``: rollups came with the scans, as in all but the oldest.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._columns: dict[str, list[str]] = {}
        self._check_tables()
        about = list(self.rows(About))
        if len(about) != 1 or about[0].format != FORMAT:
            raise Invalid(
                "The archive was made by another version of Scanly.", hint="Use that version to read it."
            )
        self._check_contradictions()

    def count(self, row: type[msgspec.Struct]) -> int:
        return int(self._database.execute(f"SELECT count(*) FROM {_NAMES[row]}").fetchone()[0])  # noqa: S608 - a name of ours

    def rows(self, row: type[Row], *, by: str = "rowid") -> Iterator[Row]:
        """All rows of a table, in its order or that of some columns."""
        names = self._columns[_NAMES[row]]
        cursor = self._database.execute(f"SELECT {', '.join(names)} FROM {_NAMES[row]} ORDER BY {by}")  # noqa: S608 - names of ours
        for number, values in enumerate(cursor, 1):
            try:
                yield msgspec.convert(dict(zip(names, values, strict=True)), row)
            except msgspec.ValidationError as error:
                raise Invalid(
                    f"The archive cannot be read: row {number} of {_NAMES[row]}: {error}."
                ) from error

    def batches(self, row: type[Row], *, by: str = "rowid", at_once: int = _BATCH) -> Iterator[list[Row]]:
        """The rows, some hundred at a time."""
        some: list[Row] = []
        for each in self.rows(row, by=by):
            some.append(each)
            if len(some) == at_once:
                yield some
                some = []
        if some:
            yield some

    def has(self, row: type[msgspec.Struct], identifier: int) -> bool:
        """Whether a row of that id is in it."""
        query = f"SELECT 1 FROM {_NAMES[row]} WHERE id = ?"  # noqa: S608 - a name of ours
        return self._database.execute(query, (identifier,)).fetchone() is not None

    def last_day(self) -> str:
        """The newest day of which there is a scan, empty when there is none."""
        return str(self._database.execute("SELECT coalesce(max(day), '') FROM scans").fetchone()[0])

    def _check_tables(self) -> None:
        """Exactly our tables and columns; no code, no index of its own, no column that computes."""
        schema = self._database.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
        tables = {name for kind, name, _ in schema if kind == "table"}
        strange = [
            name for kind, name, sql in schema if kind not in ("table", "index") or (kind == "index" and sql)
        ]
        self.is_counted = not tables >= {"totals", "visitors"}
        optional = _LATER - _COUNTED if self.is_counted else _LATER | _FORMER
        differ = (tables - set(TABLES) - optional) | (set(TABLES) - tables - optional)
        if differ or strange:
            names = ", ".join(sorted(map(str, differ | set(strange))))[:200]
            raise Invalid(f"This is not an archive of Scanly: {names} should not differ.")
        for name, row in TABLES.items():
            if name not in tables:  # empty, beside the file
                self._database.execute(f"CREATE TEMP TABLE {name} ({', '.join(row.__struct_fields__)})")
            columns = self._database.execute(
                "SELECT name, hidden FROM pragma_table_xinfo(?)", (name,)
            ).fetchall()
            there = {column for column, _ in columns} - _FORMER_COLUMNS.get(name, set())
            known = row.__struct_fields__
            required = set(known[: len(known) - len(row.__struct_defaults__)])
            if not required <= there <= set(known) or any(hidden for _, hidden in columns):
                raise Invalid(f"This is not an archive of Scanly: the columns of {name} differ.")
            self._columns[name] = [column for column in known if column in there]
        said = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise Invalid(f"The archive is damaged: {said}.")

    def _check_contradictions(self) -> None:
        for what, rows in _CONTRADICTIONS.items():
            (number,) = self._database.execute(f"SELECT count(*) FROM {rows}").fetchone()  # noqa: S608 - texts of ours
            if number:
                raise Invalid(f"The archive contradicts itself: {number} {what}.")
        if self.count(MediaRow) > _MAX_MEDIA:
            raise Invalid(f"The archive holds more than {_MAX_MEDIA:,} pictures.")


@contextmanager
def reading(path: Path) -> Generator[Reader]:
    """An archive, for as long as the block lasts. Raises Invalid for what is none."""
    if not path.is_file():
        raise Invalid(f"There is no file {path}.")
    with open_copy(path) as database:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
        yield Reader(database)


def picture(row: MediaRow) -> tuple[str, bytes]:
    """Name and bytes of a picture in the archive. Raises Invalid unless both are as they should be."""
    match = _MEDIA_NAME.fullmatch(row.name)
    if not match:
        raise Invalid(f"The archive holds a file {row.name[:100]!r}, which is no picture of ours.")
    if row.sz > MAX_BYTES or len(row.data) > row.sz:
        raise Invalid(f"{row.name} is larger than {MAX_BYTES:,} bytes.")
    if len(row.data) == row.sz:
        return match[1], row.data
    try:
        data = zlib.decompressobj().decompress(row.data, row.sz + 1)
    except zlib.error as error:
        raise Invalid(f"{row.name} in the archive is damaged.") from error
    if len(data) != row.sz:
        raise Invalid(f"{row.name} in the archive is not as long as it says.")
    return match[1], data
