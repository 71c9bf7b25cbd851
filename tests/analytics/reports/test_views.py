"""Views and clicks of sites: counted once, by what was clicked, and apart from the scans of links."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.conftest import Installation

from scanly.accounts.actions import add_workspace
from scanly.analytics.flush import flush
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.reports.report import report
from scanly.analytics.reports.views import Part, ViewRow, site_report
from scanly.app import App
from scanly.core.clock import at
from scanly.core.ids import IdMaker
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts
from scanly.sites.model import Known

SITE = 2**60 + 77
SHOP = Subject(site=Known(SITE, "", "shop"))
PHONE, ROBOT = b"Mozilla/5.0 (Linux; Android 13; K) Chrome/121 Mobile", b"Googlebot/2.1"
DAY_MS = 86_400_000


def test_a_site_is_reported_by_day_click_and_guest_and_links_without_it(either: Installation):
    async def story(app: App) -> None:
        here = await add_workspace(app.call(), "Chai Corner", {"time_zone": "Asia/Kolkata"})
        other = await add_workspace(app.call(), "Elsewhere", {})
        link = await add_link(
            app.call(), here.id, LinkDraft("https://a.example/", "menu"), printed_host="x.example"
        )
        moment = [0]
        journal = Journal(app.folder.journal, app.node, lambda: moment[0])
        make_id = IdMaker(app.node, lambda: moment[0])
        recorder = Recorder(journal, Salts(app.folder.salts), Places(None), make_id, lambda: moment[0])
        visits = (
            (1, "a", PHONE, Outcome.VIEW, ""),
            (1, "a", PHONE, Outcome.CLICK, "links/x"),
            (0, "a", PHONE, Outcome.VIEW, ""),
            (0, "a", PHONE, Outcome.VIEW, ""),
            (0, "b", PHONE, Outcome.VIEW, "guest-1"),
            (0, "b", PHONE, Outcome.CLICK, "links/x"),
            (0, "b", PHONE, Outcome.CLICK, "links/y"),
            (0, "b", PHONE, Outcome.LEAD, "contact"),
            (0, "c", ROBOT, Outcome.VIEW, ""),
            (0, "c", ROBOT, Outcome.CLICK, "links/y"),
            (9, "d", PHONE, Outcome.VIEW, ""),
        )
        for days_ago, address, agent, outcome, part in sorted(visits, key=lambda each: -each[0]):
            moment[0] = app.clock() - days_ago * DAY_MS
            visit = Visit(SITE, here.id, here.time_zone, outcome, address, agent, part=part)
            assert recorder.record(visit)
        assert recorder.record(Visit(link.id, here.id, here.time_zone, Outcome.REDIRECT, "a", PHONE))
        journal.close()
        await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
        today = at(app.clock(), here.zone).date()
        period = Period(today - timedelta(days=1), today)
        made = await site_report(app.call(), here.id, Question(here, period, "day", SHOP), app.events)
        assert (made.views, made.visitors, made.clicks, made.leads, made.recorded) == (4, 3, 3, 1, 10)
        assert made.by_kind == {"person": 8, "bot": 2, "preview": 0, "prefetch": 0, "test": 0}
        assert made.parts == [Part("links/x", 2), Part("links/y", 1)]
        assert made.invited == [Part("guest-1", 1)]
        assert made.sent == [Part("contact", 1)]
        yesterday = today - timedelta(days=1)
        assert made.rows == [ViewRow(yesterday.isoformat(), 1, 1, 1), ViewRow(today.isoformat(), 3, 2, 2)]
        hours = await site_report(app.call(), here.id, Question(here, period, "hour", SHOP), app.events)
        assert sum(row.views for row in hours.rows) == 4 and hours.rows[0].clicks is None
        some = Question(here, period, "day", SHOP, [("device", "phone"), ("language", "unknown")])
        few = await site_report(app.call(), here.id, some, app.events)
        assert (few.views, few.visitors, few.clicks, list(few.parts)) == (4, 3, None, [])
        foreign = await site_report(app.call(), other.id, Question(other, period, "day", SHOP), app.events)
        assert (foreign.recorded, foreign.visitors, foreign.parts) == (0, 0, [])
        links = await report(app.call(), here.id, Question(here, period, "outcome"), app.events)
        assert (links.recorded, links.scans, links.visitors) == (1, 1, 1)
        assert [row.key for row in links.rows] == ["redirect"]

    either.run(story)
