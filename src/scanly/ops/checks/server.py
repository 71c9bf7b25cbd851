"""Whether a server runs on the data folder."""

from __future__ import annotations

from scanly.ops.checks import Finding, Site

TITLE = "server"


async def run(site: Site) -> list[Finding]:
    process = site.server()
    if process is None:
        return [Finding("ok", "No server is running on this data folder.")]
    return [Finding("ok", f"A server is running (process {process}).")]
