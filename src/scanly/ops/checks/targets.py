"""Whether anybody looks where links lead, and what was found."""

from __future__ import annotations

from scanly.core.clock import iso
from scanly.core.text import count
from scanly.links.watching.store import sum_up_anywhere
from scanly.ops import schema
from scanly.ops.checks import Finding, Site

TITLE = "targets"
_OLD_MS = 2 * 86_400_000
_NOBODY = "Nobody looks where the links lead."


async def run(site: Site) -> list[Finding]:
    last_ms, broken = None, 0
    async with site.database("main") as database:
        if database is not None and await schema.version(database) == schema.HEADS["main"]:
            async with database.read() as connection:
                last_ms, broken = await sum_up_anywhere(connection)
    daily = site.settings.watch_targets == "daily"
    if last_ms is None:
        if daily:
            return [Finding("ok", "The server looks where the links lead at the next 03:00 UTC.")]
        hint = '"scanly link check" does; watch_targets = "daily" does every night.'
        return [Finding("ok", _NOBODY, hint)]
    findings = [_found(last_ms, broken)]
    if daily and last_ms < site.now_ms - _OLD_MS:
        sentence = f"Links were last looked at on {iso(last_ms)}, although watch_targets is daily."
        findings.append(Finding("warning", sentence, "The server does that at 03:00 UTC, while it runs."))
    return findings


def _found(last_ms: int, broken: int) -> Finding:
    if not broken:
        return Finding("ok", f"At the last look, on {iso(last_ms)}, no link led to a broken target.")
    leads = "leads" if broken == 1 else "lead"
    sentence = f"{count(broken, 'link')} {leads} to a broken target, as of {iso(last_ms)}."
    return Finding("warning", sentence, 'See which: "scanly link check".')
