"""How far back single scans are kept, and whether everything is counted as it should be."""

from __future__ import annotations

from scanly.analytics.store import read_counting_anywhere
from scanly.core.clock import day_of
from scanly.core.text import count
from scanly.ops import schema
from scanly.ops.checks import Finding, Site

TITLE = "scans"
# Some seconds' work of whoever counts.
_MANY_WAITING = 200_000


async def run(site: Site) -> list[Finding]:
    async with site.database("events") as database:
        if database is None or await schema.version(database) != schema.HEADS["events"]:
            return [Finding("ok", "Nothing is counted yet.")]
        async with database.read() as connection:
            counting = await read_counting_anywhere(connection)
    runs = site.server() is not None
    findings = [_kept(counting.raw_since, site.settings.scans_keep_days)]
    if counting.is_uncounted:
        sentence = "Scans that an older version stored have not been counted by this one."
        hint = 'Run in each workspace: "scanly stats recount".'
        findings.append(Finding("warning", sentence, hint))
    if counting.recounts:
        sentence = f"The scans of {count(counting.recounts, 'workspace')} are being counted again."
        hint = 'Start the server, or run "scanly stats recount".'
        findings.append(Finding("ok", sentence) if runs else Finding("warning", sentence, hint))
    if counting.waiting > _MANY_WAITING:
        sentence = f"{count(counting.waiting, 'scan')} are stored and wait to be counted."
        hint = "Whoever counts may have stopped: read the logs of the servers, restart them."
        findings.append(Finding("warning", sentence, hint))
    return findings


def _kept(raw_since: int, keep_days: int) -> Finding:
    for_long = f"for {count(keep_days, 'day')}" if keep_days else "for ever"
    sentence = f"Single scans are kept {for_long}"
    if raw_since:
        sentence += f", here since {day_of(raw_since).isoformat()}; of days before there are totals"
    return Finding("ok", f"{sentence}.")
