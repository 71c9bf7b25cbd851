"""Whether the file that tells places can be read, and how old it is."""

from __future__ import annotations

import asyncio

from scanly.core.errors import Invalid
from scanly.ops.checks import Finding, Site
from scanly.scans.geoip.facts import describe, is_sound
from scanly.scans.geoip.shelf import file_in_use, name_in_use
from scanly.scans.place import open_reader

TITLE = "places"
_NEW = 'Load a new one: "scanly geoip update", or "scanly geoip use FILE".'


async def run(site: Site) -> list[Finding]:
    return [await asyncio.to_thread(_look, site)]


def _look(site: Site) -> Finding:
    path = file_in_use(site.folder, site.settings)
    if path is None:
        return Finding("ok", "There is no place database: countries and cities stay unknown.")
    try:
        facts = describe(path, name_in_use(site.folder, path))
        reader = open_reader(path)
    except Invalid as error:
        return Finding("error", f"Places stay unknown: {error.problems[0].message}", _NEW)
    sound = is_sound(reader)
    reader.close()
    if not sound:
        return Finding("error", f'The place database "{path}" is damaged.', _NEW)
    warning = facts.warning(site.now_ms)
    if warning:
        return Finding("warning", warning, _NEW)
    return Finding("ok", f"Places are told by {facts}.")
