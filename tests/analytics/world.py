"""A workspace with a page, codes that lead to it, and scans that go through the journal and the real ingester."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, insert

from scanly.accounts.actions import add_workspace
from scanly.accounts.model import Workspace
from scanly.analytics.flush import flush
from scanly.analytics.reports.period import Period
from scanly.analytics.tables import scans, states
from scanly.app import App
from scanly.core.clock import day_of, local_day
from scanly.core.ids import first_of
from scanly.links.actions import add_links
from scanly.links.model import Link, LinkDraft
from scanly.scans.journal import Journal, frame_of
from scanly.scans.model import Outcome, Scan
from scanly.sites.actions import Order, publish
from scanly.sites.model import Known, Site

PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
ROBOT = "Googlebot/2.1"
DAY_MS = 86_400_000
SCAN, VIEW, CLICK, LEAD = Outcome.REDIRECT, Outcome.VIEW, Outcome.CLICK, Outcome.LEAD


@dataclass
class World:
    """``visit`` notes scans; ``count`` has them counted."""

    app: App
    workspace: Workspace
    links: dict[str, Link]
    site: Known
    noted: list[Scan] = field(default_factory=list)
    made: int = 0

    @property
    def today(self) -> int:
        return local_day(self.app.clock(), self.workspace.zone)

    def visit(self, who: int, outcome: Outcome, day: int, on: str = "", **more: object) -> None:
        """Somebody's visit on a local day; ``on`` is a code, the page when it is empty."""
        self.made += 1
        values = {"agent": PHONE, "hour": 12, **more}
        subject = self.links[on].id if on else self.site.id
        scan_id = first_of(day * DAY_MS + DAY_MS // 2) + self.made
        known = {"id": scan_id, "link_id": subject, "workspace_id": self.workspace.id, "day": day}
        self.noted.append(Scan(**{**known, "outcome": outcome, "flags": 0, "visitor": who, **values}))

    async def count(self) -> None:
        journal = Journal(self.app.folder.journal, self.app.node, self.app.clock)
        assert journal.append_frames([frame_of(scan) for scan in self.noted]) == len(self.noted)
        journal.close()
        self.noted.clear()
        await asyncio.to_thread(flush, self.app.folder, self.app.settings.database_url, self.app.clock)

    async def purge_before(self, day: int) -> None:
        """As if single scans of earlier days had been removed, after the time that they are kept."""
        async with self.app.events.write() as connection:
            await connection.execute(delete(scans).where(scans.c.day < day))
            await connection.execute(delete(states).where(states.c.name == "raw_since"))
            await connection.execute(insert(states).values(name="raw_since", value=day))

    def days(self, first: int, last: int) -> Period:
        return Period(day_of(first), day_of(last))


async def furnished(app: App, codes: Sequence[str] = ("menu",), **options: str) -> World:
    """A workspace whose codes (tag "indoor", campaign "diwali") lead to its page, and one, "away", that does not."""
    call = app.call()
    workspace = await add_workspace(call, "Café", options)
    site = Site(slug="asha", title={"en": "Asha"})
    shown = await publish(call, workspace.id, Order(site, ""))
    drafts = [LinkDraft("site:asha", code, tags=("indoor",), campaign="diwali") for code in codes]
    drafts.append(LinkDraft("https://example.com/", "away"))
    made = await add_links(call, workspace.id, drafts, printed_host="go.example.com")
    return World(app, workspace, {link.code: link for link in made}, shown.site)


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()
