"""Views and clicks of sites: counted once, by what was clicked, and apart from the scans of links."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.analytics.conftest import TODAY, House
from tests.conftest import Installation

from scanly.accounts.actions import add_workspace
from scanly.analytics.flush import flush
from scanly.analytics.period import Period
from scanly.analytics.report import Question, report
from scanly.analytics.views import Day, Part, site_report
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

SITE = 2**60 + 77
PHONE, ROBOT = b"Mozilla/5.0 (Linux; Android 13; K) Chrome/121 Mobile", b"Googlebot/2.1"
DAY_MS = 86_400_000


def test_parts_and_visitors_of_sites_agree_with_the_rows(house: House):
    journal = house.journal()
    parts = {
        Outcome.CLICK: ["links/a", "links/b", "buy/c"],
        Outcome.VIEW: ["", "guest"],
        Outcome.REDIRECT: [""],
    }
    outcomes = list(parts)
    for number in range(400):
        outcome = outcomes[number % 3]
        part = parts[outcome][number % len(parts[outcome])]
        scan = house.scan(TODAY - number % 4, link_id=SITE + number % 2, outcome=outcome, part=part)
        journal.append(scan)
    journal.close()
    assert house.ingester().step() == 400
    counted = house.ask("SELECT subject, day, kind, outcome, part, scans FROM parts ORDER BY 1, 2, 3, 4, 5")
    assert counted == house.ask(
        "SELECT subject, day, kind, outcome, part, count(*) FROM scans WHERE part > 0"
        " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
    )
    assert len(counted) > 20
    house.assert_counts_agree()
    assert house.ask("SELECT count(*) FROM visitors WHERE scope = 'site'") > [(0,)]


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
        made = await site_report(app.call(), here.id, SITE, here, period, app.events)
        assert (made.views, made.visitors, made.clicks, made.recorded) == (4, 3, 3, 9)
        assert made.by_kind == {"person": 7, "bot": 2, "preview": 0, "prefetch": 0, "test": 0}
        assert made.parts == [Part("links/x", 2), Part("links/y", 1)]
        assert made.invited == [Part("guest-1", 1)]
        yesterday = today - timedelta(days=1)
        assert made.rows == [Day(yesterday.isoformat(), 1, 1, 1), Day(today.isoformat(), 3, 2, 2)]
        foreign = await site_report(app.call(), other.id, SITE, other, period, app.events)
        assert (foreign.recorded, foreign.visitors, foreign.parts) == (0, 0, [])
        links = await report(app.call(), here.id, Question(here, period, "outcome"), app.events)
        assert (links.recorded, links.scans, links.visitors) == (1, 1, 1)
        assert [row.key for row in links.rows] == ["redirect"]

    either.run(story)
