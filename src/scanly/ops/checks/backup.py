"""Whether there is a whole backup, and how old the newest is."""

from __future__ import annotations

import asyncio

from scanly.core.text import count
from scanly.ops.backup import list_backups
from scanly.ops.checks import Finding, Site

TITLE = "backup"
_OLD_MS = 2 * 86_400_000
_MAKE = 'Make one: "scanly backup create".'


async def run(site: Site) -> list[Finding]:
    found = await asyncio.to_thread(list_backups, site.folder)
    sound = [info for info in found if not info.problem]
    findings = [
        Finding("warning", f"{info.path.name}: {info.problem}", "Delete it, so that nobody relies on it.")
        for info in found
        if info.problem
    ]
    if not sound:
        return [Finding("warning", "There is no backup.", _MAKE), *findings]
    age_ms = site.now_ms - sound[0].made_ms
    age = count(age_ms // 86_400_000, "day") if age_ms >= 86_400_000 else count(age_ms // 3_600_000, "hour")
    sentence = f"The newest of {count(len(sound), 'backup')} is {age} old."
    if age_ms > _OLD_MS:
        return [Finding("warning", sentence, _MAKE), *findings]
    return [Finding("ok", sentence), *findings]
