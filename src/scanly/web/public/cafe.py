"""What the sample café's pages show, read from the databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from markupsafe import Markup

from scanly.accounts.actions import list_workspaces
from scanly.analytics.reports.slices import EVERYTHING, Scope, Slice
from scanly.analytics.store import read_slices
from scanly.app import App
from scanly.core.clock import local_day
from scanly.links import hosts
from scanly.links.actions import list_links
from scanly.links.hosts import BaseUrl
from scanly.links.model import Link
from scanly.links.store import Filter
from scanly.ops.demo import HANGING
from scanly.ops.demo_page import FILE, SLUG
from scanly.qr.style import Style
from scanly.scans.model import Kind
from scanly.sites.actions import list_sites
from scanly.web.public.image import code_image
from scanly.web.public.pages import DemoCode, DemoRow, DemoView, demo_commands

_MOST_ROWS = 60
_CODE_MM = 40.0


async def today(app: App) -> DemoView:
    """The café's places and their day so far; four short queries."""
    call = app.call()
    workspace = (await list_workspaces(call))[0]
    places = await list_links(call, workspace.id, Filter(host=hosts.DEFAULT, limit=_MOST_ROWS))
    day = local_day(call.now_ms, workspace.zone)
    scopes = [EVERYTHING, *(Scope("link", link.id) for link in places)]
    async with app.events.read() as connection:
        counted = {
            each.scope: each for each in await read_slices(connection, workspace.id, scopes, (day, day))
        }
    rows = tuple(_row(link, counted.get(Scope("link", link.id))) for link in places)
    return DemoView(workspace.name, rows, counted[EVERYTHING].visitors if EVERYTHING in counted else 0)


async def front(app: App, base: BaseUrl) -> DemoView:
    """The whole page; its codes lead to ``base``."""
    view = await today(app)
    hanging = [row for row in view.rows if row.code in HANGING]
    codes = await asyncio.to_thread(lambda: tuple(_drawn(row, base) for row in hanging))
    folder = app.folder.root.absolute()
    return replace(
        view,
        codes=codes,
        commands=demo_commands(str(folder)),
        only_here=base.local,
        menu=await _menu(app),
        file=str(folder / FILE),
    )


async def _menu(app: App) -> str:
    """The path of the page that the codes lead to; empty when it was taken off."""
    call = app.call()
    workspace = (await list_workspaces(call))[0]
    shown = [each for each in await list_sites(call, workspace.id) if each.site.slug == SLUG]
    return f"/s/{SLUG}" if any(each.release for each in shown) else ""


def _row(link: Link, counted: Slice | None) -> DemoRow:
    place = link.title or link.code
    if counted is None:
        return DemoRow(link.code, place)
    robots = sum(counted.kinds[kind] for kind in (Kind.BOT, Kind.PREVIEW, Kind.PREFETCH))
    return DemoRow(link.code, place, counted.scans, counted.visitors, robots)


def _drawn(row: DemoRow, base: BaseUrl) -> DemoCode:
    address = base.short_url(hosts.DEFAULT, row.code)
    # Drawn by our own engine from numbers and colours; nothing that anybody typed is in it.
    drawing = Markup(code_image(address, "svg", Style(size_mm=_CODE_MM)).data.decode())  # noqa: S704
    return DemoCode(row.place, row.code, address, drawing)
