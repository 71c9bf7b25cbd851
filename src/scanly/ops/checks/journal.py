"""Whether scans are recorded, and counted soon after."""

from __future__ import annotations

from scanly.core.text import count
from scanly.ops.checks import Finding, Site
from scanly.ops.metrics import lives, waiting_bytes

TITLE = "journal"
_MUCH_BYTES = 10_000_000


async def run(site: Site) -> list[Finding]:
    return [await _lag(site), *_damaged(site), *_dropped(site)]


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


def _damaged(site: Site) -> list[Finding]:
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
