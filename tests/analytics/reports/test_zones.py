"""Days and hours are those of the workspace's clock on the wall, whatever it does."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.conftest import Installation

from scanly.accounts.actions import add_workspace
from scanly.analytics.flush import flush
from scanly.analytics.reports.period import parse_period
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.reports.report import report
from scanly.core.ids import IdMaker
from scanly.links.actions import add_link
from scanly.links.model import LinkDraft
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts

PHONE = b"Mozilla/5.0 (Linux; Android 13; K) Chrome/121 Mobile"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Around a change of the clock, in UTC; where none changes, around midnight.
AROUND = {
    "Asia/Kolkata": "2026-11-10T18:30",
    "Asia/Kathmandu": "2026-11-10T18:15",
    "Europe/Berlin": "2026-10-25T01:00",
    "America/St_Johns": "2026-11-01T04:30",
    "Australia/Lord_Howe": "2026-10-03T15:30",
    "Pacific/Apia": "2026-11-10T11:00",
}


@pytest.mark.parametrize(("zone", "moment"), AROUND.items())
def test_days_and_hours_are_those_of_the_clock_on_the_wall(installation: Installation, zone, moment):
    start = datetime.fromisoformat(moment).replace(tzinfo=UTC) - timedelta(hours=26)
    moments = [start + timedelta(minutes=13 * step) for step in range(240)]
    local = [each.astimezone(ZoneInfo(zone)) for each in moments]

    async def story(app):
        here = await add_workspace(app.call(), "Here", {"time_zone": zone})
        link = await add_link(
            app.call(), here.id, LinkDraft("https://a.example/", "a"), printed_host="x.example"
        )
        now = [0]
        journal = Journal(app.folder.journal, app.node, lambda: now[0])
        make_id = IdMaker(app.node, lambda: now[0])
        recorder = Recorder(journal, Salts(app.folder.salts), Places(None), make_id, lambda: now[0])
        for each in moments:
            now[0] = int(each.timestamp() * 1000)
            assert recorder.record(Visit(link.id, here.id, zone, Outcome.REDIRECT, "192.0.2.1", PHONE))
        journal.close()
        await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)
        period = parse_period(local[0].date().isoformat(), local[-1].date().isoformat(), local[-1].date())
        found = {}
        for by in ("day", "hour", "heatmap"):
            question = Question(here, period, by, Subject(link=link))
            answer = await report(app.call(), here.id, question, app.events)
            found[by] = {row.key: row.scans for row in answer.rows if row.scans}
        return found

    found = installation.run(story)
    assert found["day"] == Counter(each.date().isoformat() for each in local)
    assert found["hour"] == Counter(f"{each.hour:02}" for each in local)
    assert found["heatmap"] == Counter(f"{WEEKDAYS[each.weekday()]} {each.hour:02}" for each in local)
