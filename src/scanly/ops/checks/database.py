"""Whether both databases are whole and of this version."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from scanly.db.engine import Part
from scanly.ops import schema
from scanly.ops.backup import known_steps
from scanly.ops.checks import Finding, Site

TITLE = "database"
_LARGE_WAL_BYTES = 256 * 1024 * 1024
_RESTORE = 'Restore a backup: "scanly backup list", then "scanly backup restore FILE --force".'


async def run(site: Site) -> list[Finding]:
    findings: list[Finding] = []
    parts: tuple[tuple[Part, Path], ...] = (("main", site.folder.main_db), ("events", site.folder.events_db))
    for part, path in parts:
        if not site.settings.database_url:
            damaged = await asyncio.to_thread(_damage, path) if path.exists() else None
            if damaged:
                findings.append(damaged)
                continue
            findings += _log_beside(path)
        findings.append(await _version(site, part, path))
    return findings


async def _version(site: Site, part: Part, path: Path) -> Finding:
    name = f"The schema {part} of PostgreSQL" if site.settings.database_url else path.name
    async with site.database(part) as database:
        if database is None:
            return Finding("warning", f"{name} does not exist yet.", 'It is made by "scanly serve".')
        version = await schema.version(database)
    if version == schema.HEADS[part]:
        return Finding("ok", f"{name} is whole and up to date (schema {version}).")
    if version is None:
        return Finding("warning", f"{name} is empty.", 'Its tables are made by "scanly serve".')
    if version in known_steps(part):
        return Finding("warning", f"{name} is at schema {version}.", "The next command brings it up to date.")
    return Finding(
        "error",
        f"{name} was written by a newer version of Scanly (schema {version}).",
        "Install that version or a newer one.",
    )


def _damage(path: Path) -> Finding | None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return Finding("error", f"{path.name} cannot be read: {error}.", _RESTORE)
    return None if said == "ok" else Finding("error", f"{path.name} is damaged: {said}.", _RESTORE)


def _log_beside(path: Path) -> list[Finding]:
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size < _LARGE_WAL_BYTES:
        return []
    sentence = f"{log.name} has grown to {log.stat().st_size / 1e6:,.0f} MB."
    return [Finding("warning", sentence, "A program reads the database without end; stop it.")]
