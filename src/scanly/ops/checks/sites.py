"""Whether every page that should be live can be found, drawn and shown with its pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
from sqlalchemy import select

from scanly.core.clock import iso
from scanly.core.errors import ScanlyError
from scanly.core.paths import DataFolder
from scanly.core.text import count
from scanly.db.engine import Connection
from scanly.links import hosts
from scanly.links.store import default_hosts_anywhere
from scanly.media.model import Picture
from scanly.ops import schema
from scanly.ops.checks import Finding, Site
from scanly.sites.live.model import Live
from scanly.sites.live.store import find_live_anywhere, get_published
from scanly.sites.model import Published
from scanly.sites.page import Setting
from scanly.sites.render import render
from scanly.sites.saved import media_files
from scanly.sites.tables import sites

TITLE = "sites"


async def run(site: Site) -> list[Finding]:
    async with site.database("main") as database:
        if database is None or await schema.version(database) != schema.HEADS["main"]:
            return [Finding("ok", "No page is published yet.")]
        async with database.read() as connection:
            printed = await default_hosts_anywhere(connection)
            found = [
                await _look(site, printed, connection, live)
                async for live in _published(connection, site.now_ms)
            ]
    if not found:
        return [Finding("ok", "No page is published.")]
    faults = [each for each in found if each is not None]
    well = len(found) - len(faults)
    if well:
        faults.append(Finding("ok", f"{count(well, 'published page')}: found, drawn and with all pictures."))
    return faults


async def _published(connection: Connection, now_ms: int) -> AsyncIterator[Live]:
    for row in (await connection.execute(select(sites.c.host, sites.c.slug).order_by(sites.c.id))).all():
        live = await find_live_anywhere(connection, row.host, row.slug, now_ms)
        if live is not None and live.release_id is not None:
            yield live


async def _look(site: Site, printed: set[str], connection: Connection, live: Live) -> Finding | None:
    """What is wrong with a page first; None when nothing is."""
    name = f"{live.host}{live.path}" if live.host != hosts.DEFAULT else live.path
    at_host = f" --host {live.host}" if live.host != hosts.DEFAULT else ""
    if live.host in printed:
        sentence = f"Nobody finds the page {live.slug} of {live.host}: that host stands for the base address."
        return Finding("error", sentence, "Publish it without --host, or with a host of its own.")
    if live.ends_ms is not None and live.ends_ms <= site.now_ms:
        sentence = f"The page {name} expired on {iso(live.ends_ms)}, so visitors see that it is closed."
        hint = (
            f'Publish it with a later "expires", or take it off: scanly site unpublish {live.slug}{at_host}'
        )
        return Finding("warning", sentence, hint)
    published = await get_published(connection, live.workspace_id, live)
    if published is None:
        return None
    fault = await asyncio.to_thread(_drawn_badly, published, site.now_ms)
    if fault:
        hint = f"Publish it again, or go back: scanly site rollback {live.slug}{at_host}"
        return Finding("error", f"The page {name} cannot be drawn any more: {fault}", hint)
    lost = [] if site.settings.media_url else await asyncio.to_thread(_lost, published, site.folder)
    if lost:
        sentence = f"The page {name} shows pictures that are lost: {', '.join(lost)}."
        return Finding("error", sentence, "Publish it again from its file, or restore a backup.")
    return None


def _drawn_badly(published: Published, now_ms: int) -> str:
    """What stands in the way of drawing a page in its first language; nothing when it can be drawn."""
    page = published.site
    try:
        kept = msgspec.convert(published.pictures, dict[str, Picture])
        render(page, Setting(page.language, now_ms, "https://example.com", f"/s/{page.slug}", kept))
    except ScanlyError as error:
        return error.message
    except Exception as error:  # whatever a template makes of values that it does not know
        return f"{type(error).__name__}: {error}."
    return ""


def _lost(published: Published, folder: DataFolder) -> list[str]:
    """The names of pictures of which a file is not in the media folder; a bucket is not asked."""
    kept = msgspec.convert(published.pictures, dict[str, Picture])
    return sorted(
        name
        for name, picture in kept.items()
        if any(not (folder.media / file).is_file() for file in media_files({name: picture}))
    )
