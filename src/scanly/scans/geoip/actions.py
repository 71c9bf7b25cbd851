"""What the owner of an installation does with its place database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

from scanly.accounts.policy import permit_folder
from scanly.core.errors import Conflict, Invalid
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.geoip import shelf
from scanly.scans.geoip.facts import Facts, describe
from scanly.scans.geoip.loading import Edition, addresses, load
from scanly.work.call import Call


async def use_file(call: Call, folder: DataFolder, settings: Settings, file: Path) -> Facts:
    """Proves a file and copies it into the data folder, from where servers take it up.

    Raises Forbidden, Invalid (it cannot be used), Conflict (a setting names another), Unavailable.
    """
    permit_folder(call.who)
    _refuse_setting(settings)
    return await asyncio.to_thread(shelf.put, folder, file, shelf.Origin(file.name))


async def update(
    call: Call, folder: DataFolder, settings: Settings, *, url: str = "", edition: Edition = "city"
) -> Facts | None:
    """Loads DB-IP Lite, or what ``url`` holds, and puts it in place; None where this month's is there already.

    Raises what `use_file` and `load` raise; then the file that was there stays.
    """
    permit_folder(call.who)
    _refuse_setting(settings)
    urls = [url] if url else list(addresses(edition, call.now_ms))
    had = shelf.origin_of(folder)
    if not url and had is not None and had.url == urls[0] and _is_sound(shelf.kept_file(folder)):
        return None
    came_from, body = await load(urls, settings.outbound_networks)
    name = urlsplit(came_from).path.rpartition("/")[2] or "places.mmdb"
    return await asyncio.to_thread(shelf.put, folder, body, shelf.Origin(name, came_from))


def _is_sound(path: Path) -> bool:
    try:
        describe(path)
    except Invalid:
        return False
    return True


def _refuse_setting(settings: Settings) -> None:
    if settings.geoip_file:
        raise Conflict(
            f'The setting geoip_file names "{settings.geoip_file}", which goes before any other file.',
            hint="Take that setting out, or replace that file itself.",
        )
