"""The café as an installation has it: its links, and its scans through journal and ingester."""

from __future__ import annotations

import asyncio

from scanly.accounts.actions import add_workspace
from scanly.analytics.flush import flush
from scanly.core.ids import first_of
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan

ZONE = "Asia/Kolkata"
PHONE, ROBOT = "Mozilla/5.0 (Linux; Android 13; K) Chrome/121 Mobile", "Googlebot/2.1"
DAY_MS = 86_400_000


async def open_cafe(app, cafe, **settings):
    """A workspace with the café's six tables and their scans; and the tables' links by code."""
    here = await add_workspace(app.call(), "Chai Corner", {"time_zone": ZONE, **settings})
    links = {}
    for code in cafe.tables:
        draft = LinkDraft(f"https://a.example/{code}", code, title=f"Table {code[-1]}", tags=(code[-1:],))
        links[code] = await add_link(app.call(), here.id, draft, printed_host="x.example")
    visits = [
        (code, cafe.first + day, hour, PHONE)
        for code, days in cafe.tables.items()
        for day, hours in enumerate(days)
        for hour in hours
    ]
    visits += [
        ("table-1", cafe.first + day, 3, ROBOT) for day, count in enumerate(cafe.robots) for _ in range(count)
    ]
    journal = Journal(app.folder.journal, app.node, app.clock)
    for number, (code, day, hour, agent) in enumerate(visits, 1):
        identifier = first_of(day * DAY_MS) + number
        link = links[code]
        journal.append(
            Scan(identifier, link.id, here.id, day, Outcome.REDIRECT, 0, number, agent=agent, hour=hour)
        )
    journal.close()
    await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
    return here, links
