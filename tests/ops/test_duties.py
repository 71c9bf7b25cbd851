"""What an installation does by itself: planned changes, and a look at where links lead when somebody wants it."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.sites.answers.shop import opened

from scanly.accounts.actions import add_workspace
from scanly.analytics.alerts.model import Alert, Rule, Told
from scanly.analytics.alerts.store import add_alert, list_alerts
from scanly.core.outbound import Fetched, Unreachable
from scanly.core.settings import Settings
from scanly.links.actions import add_links, show_link
from scanly.links.address import Address
from scanly.links.changes import plan_change
from scanly.links.model import LinkDraft
from scanly.links.watching import round as rounds
from scanly.links.watching import visit
from scanly.links.watching.visit import Scout
from scanly.ops.duties import ALERTS_KEPT_DAYS, DAY_MS, HOUR_MS, MINUTE_MS, duties
from scanly.sites.answers.model import Sender
from scanly.sites.answers.receiving import receive
from scanly.sites.answers.store import Wanted, count_leads
from scanly.work.schedule import Runner

MENU = Address("", "menu")


class House:
    """An installation whose clock tests turn; ``turn`` does what is due by then."""

    def __init__(self, app, **settings):
        self.now_ms = app.clock() // DAY_MS * DAY_MS
        self.app = replace(app, clock=lambda: self.now_ms)
        self.settings = Settings(backup_keep=0, **settings)

    @property
    def duties(self):
        app = self.app
        return duties(app.folder, self.settings, app.clock, app.call, app.events)

    async def turn(self):
        await Runner(self.app.main, self.app.clock, self.app.make_id, "one", self.duties).turn()

    async def furnish(self, name, *codes):
        here = (await add_workspace(self.app.call(), name, {})).id
        drafts = [LinkDraft(f"https://{code}.example/", code) for code in codes]
        await add_links(self.app.call(), here, drafts, printed_host="go.example.com")
        return here


class FakeWeb:
    """Everybody answers but those named ``dead``; each answer takes ``lasting_ms`` of the house's clock."""

    def __init__(self):
        self.asked, self.house, self.lasting_ms, self.dead = [], None, 0, "dead"

    async def get(self, url):
        self.asked.append(url)
        self.house.now_ms += self.lasting_ms
        if self.dead in url:
            raise Unreachable(url, "the connection is refused")
        return Fetched(url, 200, {}, b"", (url,))


@pytest.fixture
def web(monkeypatch):
    fake = FakeWeb()

    @asynccontextmanager
    async def scouting(networks, ours):
        assert networks == ("10.0.0.0/8",) and "go.example.com" in ours
        yield Scout(fake, ours)

    monkeypatch.setattr(rounds, "scouting", scouting)
    monkeypatch.setattr(visit, "AGAIN_AFTER_S", 0.0)
    return fake


def test_a_planned_change_is_written_down_within_a_minute(either):
    async def work(app):
        house = House(app)
        here = await house.furnish("Café", "menu")
        at_ms = house.now_ms + MINUTE_MS // 2
        await plan_change(house.app.call(), here, MENU, at_ms, {"target": "https://new.example/"})
        targets = []
        for _ in range(2):
            await house.turn()
            targets.append((await show_link(house.app.call(), here, MENU)).target)
            house.now_ms += MINUTE_MS
        return targets

    assert either.run(work) == ["https://menu.example/", "https://new.example/"]


@pytest.mark.parametrize("watch_targets", ["off", "daily"])
def test_targets_are_looked_at_daily_and_only_when_somebody_wants_it(either, web, watch_targets):
    async def work(app):
        web.house = house = House(app, watch_targets=watch_targets, outbound_networks=("10.0.0.0/8",))
        places = [await house.furnish("Café", "menu", "dead-a"), await house.furnish("Bar", "dead-b", "bar")]
        days, broken = [], []
        for hour in (0, 2.9, 3.1, 26.9, 27.1):
            house.now_ms = app.clock() // DAY_MS * DAY_MS + int(hour * HOUR_MS)
            await house.turn()
            days.append(len(web.asked))
        for place, code in zip(places, ("dead-a", "dead-b"), strict=True):
            broken.append((await show_link(house.app.call(), place, Address("", code))).broken_ms)
        return days, broken

    days, broken = either.run(work)
    if watch_targets == "off":
        assert days == [0] * 5 and broken == [None, None]
    else:
        # Six visits a day, because the dead ones are visited twice; and those again when broken ones are due.
        assert days == [0, 0, 6 + 4, 6 + 4 + 4, 2 * 6 + 3 * 4]
        assert broken == [either.now_ms // DAY_MS * DAY_MS + int(3.1 * HOUR_MS)] * 2


def test_a_target_that_answers_again_has_its_visitors_back_within_a_quarter_of_an_hour(either, web):
    async def work(app):
        web.house = house = House(app, watch_targets="daily", outbound_networks=("10.0.0.0/8",))
        here = await house.furnish("Café", "menu", "dead")
        broken = []
        for minutes, dead in (
            (0, "dead"),
            (3 * 60 + 1, "dead"),
            (3 * 60 + 14, "nobody"),
            (3 * 60 + 15, "nobody"),
        ):
            house.now_ms = app.clock() // DAY_MS * DAY_MS + minutes * MINUTE_MS
            web.dead = dead
            await house.turn()
            link = await show_link(house.app.call(), here, Address("", "dead"))
            broken.append(link.broken_ms is not None)
        return broken

    assert either.run(work) == [False, True, True, False]


def test_a_look_that_takes_long_gives_every_workspace_its_share_and_goes_on_the_next_day(
    installation, web, monkeypatch, caplog
):
    monkeypatch.setattr(rounds, "AT_ONCE", 1)
    caplog.set_level(logging.INFO, "scanly.work")

    async def work(app):
        web.house = house = House(app, watch_targets="daily", outbound_networks=("10.0.0.0/8",))
        await house.furnish("Café", *(f"cafe-{number}" for number in range(9)))
        await house.furnish("Bar", *(f"bar-{number}" for number in range(2)))
        web.lasting_ms = 10 * MINUTE_MS
        asked = []
        for day in range(3):
            house.now_ms = app.clock() // DAY_MS * DAY_MS + day * DAY_MS
            await house.turn()
            house.now_ms += 3 * HOUR_MS
            await house.turn()
            asked.append([url.removeprefix("https://").partition(".")[0] for url in web.asked])
            web.asked.clear()
        return asked

    assert installation.run(work) == [
        ["cafe-0", "cafe-1", "cafe-2", "bar-0", "bar-1"],
        ["cafe-3", "cafe-4", "cafe-5", "bar-0", "bar-1"],
        ["cafe-6", "cafe-7", "cafe-8", "bar-0", "bar-1"],
    ]
    said = [record.fields for record in caplog.records if record.message == "Looked where links lead."]
    assert [(each["links"], each["left"]) for each in said] == [(3, 6), (2, 0)] * 3


@pytest.mark.parametrize(("keep_days", "left"), [(0, 1), (30, 0)])
def test_what_visitors_sent_is_removed_after_as_many_days_as_was_said(either, keep_days, left):
    shop = opened(either)

    async def work(app):
        house, here = House(app, leads_keep_days=keep_days), shop.published.workspace_id
        given = {"score": "5"}
        await receive(house.app.call(), here, shop.form("feedback"), given, Sender(b"a visitor", "en"))
        counts = []
        for days in (29, 31):
            house.now_ms = app.clock() // DAY_MS * DAY_MS + days * DAY_MS
            await house.turn()
            async with app.main.read() as connection:
                counts.append(await count_leads(connection, here, Wanted()))
        return counts

    assert either.run(work) == [1, left]


def test_rules_of_alerts_are_judged_every_five_minutes_and_old_alerts_end(installation, monkeypatch):
    judged, waiting = [], [False]

    async def counted(journal, events, clock):
        return None if waiting[0] else clock()

    async def judge(call, events, counted_ms):
        assert call.now_ms == counted_ms
        judged.append(counted_ms)

    monkeypatch.setattr("scanly.ops.duties.counted_until", counted)
    monkeypatch.setattr("scanly.ops.duties.judge_everywhere", judge)

    async def work(app):
        house = House(app)
        here = (await add_workspace(house.app.call(), "Café", {})).id
        rule = Rule(7, "Busy", "more", 1, "day")
        told = Told("Busy", "more", 1, "day", "menu", "2026-11-22", "2026-11-22", "2026-11-22", 24, 3)
        async with app.main.write() as connection:
            for period, age_days in ((1, ALERTS_KEPT_DAYS + 1), (2, ALERTS_KEPT_DAYS - 2)):
                old = Alert(house.now_ms - age_days * DAY_MS, told)
                assert await add_alert(connection, here, rule, period, old)
        for minute in range(0, 31, 2):
            house.now_ms = app.clock() // DAY_MS * DAY_MS + minute * MINUTE_MS
            waiting[0] = minute > 20
            await house.turn()
        house.now_ms, waiting[0] = house.now_ms + 5 * HOUR_MS, False
        await house.turn()
        async with app.main.read() as connection:
            return await list_alerts(connection, here, 0, 10)

    kept = installation.run(work)
    start_ms = installation.now_ms // DAY_MS * DAY_MS
    # Looked at every two minutes: each turn comes at the next look. From then on scans wait, for five hours.
    minutes = [(moment - start_ms) // MINUTE_MS for moment in judged]
    assert minutes[:4] == [6, 10, 16, 20] and minutes[4] > 300
    assert len(kept) == 1
