"""Whether the folders that follow every change of the links are up to date."""

from __future__ import annotations

from pathlib import Path

from scanly.core.text import count
from scanly.links.exports.store import standing_anywhere
from scanly.links.store import last_change_anywhere
from scanly.ops import schema
from scanly.ops.checks import Finding, Site
from scanly.ops.export_folder import marker_of

TITLE = "exports"


async def run(site: Site) -> list[Finding]:
    async with site.database("main") as database:
        if database is None or await schema.version(database) != schema.HEADS["main"]:
            return [Finding("ok", "No folder follows the links yet.")]
        async with database.read() as connection:
            standing = await standing_anywhere(connection)
            change = await last_change_anywhere(connection)
    if not standing:
        return [Finding("ok", "No folder follows the links.")]
    findings: list[Finding] = []
    for each in standing:
        marker = marker_of(Path(each.folder))
        stop = f'Mend that, or end it: "scanly link export --as {each.format} {each.folder} --stop".'
        if each.problem:
            findings.append(Finding("error", f"The export in {each.folder} failed: {each.problem}", stop))
        elif marker is None or marker.change != change:
            sentence = f"The export in {each.folder} is behind."
            findings.append(Finding("warning", sentence, "A running server brings it up to date in seconds."))
    well = len(standing) - len(findings)
    if well:
        findings.append(Finding("ok", f"{count(well, 'folder')} with an export of the links: up to date."))
    return findings
