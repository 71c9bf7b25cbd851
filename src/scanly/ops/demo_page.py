"""The sample café's page: published as any other, from a file that is left in the data folder to be changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from scanly.accounts.model import Workspace
from scanly.core.clock import at
from scanly.core.files import write_whole
from scanly.core.paths import asset
from scanly.media.actions import keep
from scanly.media.storage import Storage
from scanly.sites.actions import Order, publish
from scanly.sites.model import Known, Site
from scanly.sites.reading import Defaults, read_site
from scanly.work.call import Call

SLUG = "chai-corner"
FILE = f"{SLUG}.yaml"
_COVER = "cafe.svg"
# Stands in the file for the day on which the café opens, whose specials it has.
_TODAY = "TODAY"


async def open_page(call: Call, workspace: Workspace, media: Storage, folder: Path) -> Known:
    """Publishes the page, whose file is put into ``folder`` with its picture. Takes about 0.4 s of computing."""
    cover = await asyncio.to_thread(asset("starters", "pictures", _COVER).read_bytes)
    today = at(call.now_ms, workspace.zone).date()
    picture, (text, site) = await asyncio.gather(
        keep(call, workspace.id, media, cover, _COVER), asyncio.to_thread(_read, today.isoformat())
    )
    shown = await publish(call, workspace.id, Order(site, text, {_COVER: picture}))
    await asyncio.to_thread(write_whole, folder / _COVER, cover)
    await asyncio.to_thread(write_whole, folder / FILE, text.encode())
    return shown.site


def _read(today: str) -> tuple[str, Site]:
    text = asset("demo", FILE).read_text(encoding="utf-8").replace(_TODAY, today)
    return text, read_site(text, Defaults())
