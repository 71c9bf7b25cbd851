"""Whether scans are recorded, and counted soon after."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from scanly.analytics.store import read_positions_anywhere
from scanly.analytics.tables import ingest_notes
from scanly.core.text import count
from scanly.ops import schema
from scanly.ops.checks import Finding, Site
from scanly.ops.metrics import lives, waiting_bytes
from scanly.scans.journal import segment_path
from scanly.scans.segments import MEND, TORN, Position, damages

TITLE = "journal"
_MUCH_BYTES = 10_000_000


async def run(site: Site) -> list[Finding]:
    return [await _lag(site), *await _refused(site), *_set_aside(site), *_dropped(site)]


async def _lag(site: Site) -> Finding:
    async with site.database("events") as database:
        waiting = await waiting_bytes(site.folder, database)
    if not waiting:
        return Finding("ok", "Every recorded scan has been counted.")
    sentence = f"{waiting:,} bytes of scans wait to be counted."
    if site.server() is None:
        return Finding("ok", f"{sentence} The next start or report counts them.")
    if waiting < _MUCH_BYTES:
        return Finding("ok", sentence)
    return Finding("warning", sentence, "The ingester may have stopped: read the log, restart the server.")


async def _refused(site: Site) -> list[Finding]:
    """Each place at which counting stops or will stop, and the torn ends that were passed."""
    counted: dict[int, Position] = {}
    torn = 0
    async with site.database("events") as database:
        if database is not None and await schema.version(database) is not None:
            async with database.read() as connection:
                stored = await read_positions_anywhere(connection)
                cut = select(func.count()).where(ingest_notes.c.message.startswith(TORN))
                torn = (await connection.execute(cut)).scalar_one()
            counted = {int(source): Position(*at) for source, at in stored.items()}
    findings = [
        Finding(
            "error",
            f"{segment_path(site.folder.journal, hurt.node, hurt.segment)} is damaged at byte {hurt.start}: "
            f"{hurt.size_bytes} bytes are no scan, and {count(behind, 'whole scan')} behind them cannot be counted.",
            MEND,
        )
        for hurt, behind in await asyncio.to_thread(damages, site.folder.journal, counted)
    ]
    if torn:
        findings.append(
            Finding("ok", f"Torn ends of the journal that were cut off, as after a kill: {torn}.")
        )
    return findings


def _set_aside(site: Site) -> list[Finding]:
    files = list(site.folder.journal.glob("*/*.damaged"))
    if not files:
        return []
    what = count(len(files), "segment")
    return [
        Finding(
            "warning", f"{what} of the journal had damaged parts.", f"They are kept in {files[0].parent}."
        )
    ]


def _dropped(site: Site) -> list[Finding]:
    dropped = sum(life.scans_dropped for life in lives(site.folder).values())
    if not dropped:
        return []
    what = count(dropped, "scan")
    return [
        Finding(
            "error", f"{what} could not be recorded since the start.", "Check the disk and its free space."
        )
    ]
