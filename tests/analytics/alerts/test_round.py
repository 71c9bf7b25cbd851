"""Rules are judged by what was counted, each period once, whatever comes late and whoever is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime

import pytest
from tests.analytics.world import ROBOT, SCAN, VIEW, day, furnished

from scanly.accounts.actions import add_workspace
from scanly.accounts.store import list_workspaces_anywhere
from scanly.analytics.about import About, chosen
from scanly.analytics.alerts.actions import add_rule, edit_rule, list_alerts, list_rules, remove_rule
from scanly.analytics.alerts.model import Rule, in_words, told_in_words
from scanly.analytics.alerts.round import GRACE_MS, judge_everywhere, judge_rule
from scanly.analytics.alerts.store import forget_alerts_anywhere
from scanly.analytics.counted import counted_until
from scanly.core.actor import Actor, Role
from scanly.core.errors import Conflict, Forbidden, Invalid, NotFound
from scanly.core.ids import first_of
from scanly.links.actions import add_links
from scanly.links.model import LinkDraft
from scanly.scans.journal import Journal, frame_of
from scanly.scans.model import Scan
from scanly.work.store import facts_anywhere

ZONE = "Asia/Kolkata"


class Watched:
    """A world whose clock tests turn; ``look`` judges what was counted by then."""

    def __init__(self, world):
        self.world, self.app = world, world.app
        self.here = world.workspace.id

    def at(self, text: str) -> int:
        """The moment at which it is so late in the workspace."""
        self.now_ms = int(
            datetime.fromisoformat(text).replace(tzinfo=self.world.workspace.zone).timestamp() * 1000
        )
        self.app = replace(self.world.app, clock=lambda: self.now_ms)
        return self.now_ms

    async def rule(self, kind, number, every="day", *, on="", tag="", campaign="", name="Rule"):
        async with self.app.main.read() as connection:
            about = await chosen(connection, self.here, on, tag, campaign)
        return await add_rule(self.app.call(), self.here, Rule(0, name, kind, number, every, about))

    async def scans(self, text, number, on="menu", **more):
        when = datetime.fromisoformat(text)
        for who in range(number):
            outcome = VIEW if on == "" else SCAN
            self.world.visit(who + 1 << 32, outcome, day(text[:10]), on, hour=when.hour, **more)
        await self.world.count()

    async def look(self, text=""):
        if text:
            self.at(text)
        await judge_everywhere(self.app.call(), self.app.events, self.now_ms)
        return [alert.told for alert in reversed(await list_alerts(self.app.call(), self.here))]

    async def facts(self):
        async with self.app.main.read() as connection:
            found = await facts_anywhere(connection, "test", 1_000)
        return [fact for fact in found if fact.event in ("alert.fired", "digest.made")]


async def watched(app, text="2026-11-16T09:00"):
    """Everything is old; the test begins on a Monday."""
    old = replace(app, clock=lambda: int(datetime.fromisoformat("2026-10-01T00:00+00:00").timestamp() * 1000))
    found = Watched(await furnished(old, time_zone=ZONE))
    found.at(text)
    return found


def test_more_than_so_many_is_told_once_as_soon_as_it_is_certain(either):
    async def work(app):
        house = await watched(app)
        await house.rule("more", 3, on="menu")
        told = []
        await house.scans("2026-11-16T10:00", 3)
        told.append(len(await house.look("2026-11-16T11:00")))
        await house.scans("2026-11-16T11:00", 1)
        told.append(len(await house.look("2026-11-16T11:30")))
        await house.scans("2026-11-16T12:00", 5)
        told.append(len(await house.look("2026-11-16T13:00")))
        await house.scans("2026-11-17T12:00", 4)  # as busy: no crossing
        told.append(len(await house.look("2026-11-17T13:00")))
        told.append(len(await house.look("2026-11-19T00:30")))  # a quiet day in between
        await house.scans("2026-11-19T12:00", 4)
        found = await house.look("2026-11-19T13:00")
        return told, found, await house.facts()

    told, found, facts = either.run(work)
    assert told == [0, 1, 1, 1, 1]
    assert [(each.period, each.scans, each.subject) for each in found] == [
        ("2026-11-16", 4, "menu"),
        ("2026-11-19", 4, "menu"),
    ]
    assert [(fact.event, fact.payload["since"], fact.payload["scans"]) for fact in facts] == [
        ("alert.fired", "2026-11-16", 4),
        ("alert.fired", "2026-11-19", 4),
    ]


def test_quiet_is_told_after_local_midnight_and_late_scans_change_nothing(installation):
    async def work(app):
        house = await watched(app)
        await house.rule("less", 3, on="menu")
        await house.scans("2026-11-16T10:00", 2)
        before = await house.look("2026-11-16T23:59")
        within_grace = await house.look("2026-11-17T00:00")
        after = await house.look("2026-11-17T00:02")
        await house.scans("2026-11-16T23:00", 9)  # they were on a node that had been away
        late = await house.look("2026-11-17T01:00")
        return before, within_grace, after, late

    before, within_grace, after, late = installation.run(work)
    assert before == within_grace == [] and GRACE_MS == 60_000
    assert [told_in_words(each) for each in after] == ["2 scans of menu on 2026-11-16, less than 3"]
    assert late == after


def test_silence_is_told_once_and_again_after_somebody_came(installation):
    async def work(app):
        house = await watched(app)
        await house.scans("2026-11-14T10:00", 1)
        await house.rule("silent", 3, on="menu")
        lengths = [len(await house.look(f"2026-11-{number}T00:05")) for number in (17, 18, 19, 20)]
        await house.scans("2026-11-20T10:00", 1)
        lengths += [len(await house.look(f"2026-11-{number}T00:05")) for number in (21, 23, 24, 25)]
        return lengths, [told_in_words(each) for each in await house.look()]

    lengths, said = installation.run(work)
    # 14 November had a scan; 15, 16 and 17 had none. After the scan on the 20th: 21, 22 and 23.
    assert lengths == [0, 1, 1, 1, 1, 1, 2, 2]
    assert said == [
        "no scan of menu for 3 days, 2026-11-15 to 2026-11-17",
        "no scan of menu for 3 days, 2026-11-21 to 2026-11-23",
    ]


SUBJECTS = {
    "everything": ({}, 7),
    "code menu": ({"on": "menu"}, 4),
    "site asha": ({"on": "asha"}, 2),
    "tag indoor": ({"tag": "indoor"}, 4),
    "campaign diwali": ({"campaign": "diwali"}, 4),
}


@pytest.mark.parametrize("every", ["hour", "day", "week"])
@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_rule_counts_people_of_its_subject_and_period_alone(installation, subject, every):
    options, wanted = SUBJECTS[subject]

    async def work(app):
        house = await watched(app)
        await house.rule("more", wanted - 1, every, **options)
        await house.rule("more", wanted, every, **options, name="Higher")
        await house.scans("2026-11-17T18:30", 4, drive="diwali")
        await house.scans("2026-11-17T18:30", 5, agent=ROBOT, drive="diwali")
        await house.scans("2026-11-17T18:30", 3, on="away")
        await house.scans("2026-11-17T18:30", 2, on="")
        await house.scans("2026-11-15T18:30", 9, drive="diwali")  # the Sunday before
        return await house.look("2026-11-17T18:45")

    (told,) = installation.run(work)
    period = {"hour": "2026-11-17 18:00", "day": "2026-11-17", "week": "2026-11-16 to 2026-11-22"}[every]
    assert (told.rule, told.scans, told.period) == ("Rule", wanted, period)
    assert told.hour == (18 if every == "hour" else 24)
    when = {"hour": "in the hour from", "day": "on", "week": "in the week"}[every]
    assert f" {when} {period}, more than {wanted - 1}" in told_in_words(told)


def test_a_code_that_is_new_is_not_called_silent(installation):
    async def work(app):
        house = await watched(app)
        draft = LinkDraft("https://example.com/", "fresh")
        await add_links(house.app.call(), house.here, [draft], printed_host="go.example.com")
        await house.rule("silent", 2, on="fresh")
        return [len(await house.look(f"2026-11-{number}T00:05")) for number in (17, 18, 19, 20)]

    # Made on the 16th: its first whole days are the 17th and the 18th.
    assert installation.run(work) == [0, 0, 1, 1]


def test_after_a_long_absence_every_crossing_is_told_in_order(installation):
    async def work(app):
        house = await watched(app)
        await house.rule("more", 2, on="menu")
        for text in ("2026-11-17T10:00", "2026-11-18T10:00", "2026-11-20T10:00"):
            await house.scans(text, 3)
        return [each.period for each in await house.look("2026-11-24T08:00")]

    assert installation.run(work) == ["2026-11-17", "2026-11-20"]


def test_digests_come_after_midnight_and_on_mondays(installation):
    async def work(app):
        house = await watched(app)
        await house.rule("digest", 0, name="Daily")
        await house.rule("digest", 0, "week", name="Weekly")
        await house.scans("2026-11-09T10:00", 1)
        await house.scans("2026-11-15T10:00", 2)
        await house.scans("2026-11-16T10:00", 3)
        await house.scans("2026-11-16T12:00", 1, on="away")
        await house.scans("2026-11-16T12:00", 2, agent=ROBOT)
        first = await house.look("2026-11-17T00:10")
        again = await house.look("2026-11-17T12:00")
        whole = await house.look("2026-11-23T00:10")
        return first, again, whole, await house.facts()

    first, again, whole, facts = installation.run(work)
    assert first == again
    (told,) = first
    assert (told.rule, told.scans, told.visitors, told.before) == ("Daily", 4, 3, 2)
    assert told.sentences[0].startswith("4 scans on Monday, 16 November")
    # Those of the days in between were missed; the last one is told, and the week.
    assert {(each.rule, each.period, each.scans, each.before) for each in whole[1:]} == {
        ("Daily", "2026-11-22", 0, 0),
        ("Weekly", "2026-11-16 to 2026-11-22", 4, 3),
    }
    assert [fact.event for fact in facts] == ["digest.made"] * 3
    told = sorted(each.sentences[0] for each in whole)
    assert sorted(fact.payload["sentences"][0] for fact in facts) == told


def test_clocks_that_go_forth_make_no_quiet_hour(installation):
    async def work(app):
        old = replace(
            app, clock=lambda: int(datetime.fromisoformat("2026-03-01T00:00+00:00").timestamp() * 1000)
        )
        house = Watched(await furnished(old, time_zone="Europe/Berlin"))
        house.at("2026-03-29T01:30")
        await house.rule("less", 1, "hour", on="menu")
        for hour in (1, 3):
            await house.scans(f"2026-03-29T{hour:02}:10", 1)
        return await house.look("2026-03-29T04:30")

    assert installation.run(work) == []


def test_rules_are_made_listed_changed_and_removed_and_what_fired_stays(either):
    async def work(app):
        house = await watched(app)
        call, here = house.app.call(), house.here
        await house.rule("more", 2, on="menu", name=" Busy ")
        await house.scans("2026-11-16T10:00", 3)
        await house.look("2026-11-16T11:00")
        await edit_rule(call, here, "busy", {"name": "Very busy", "number": 5, "every": "week"})
        listed = [(rule.name, in_words(rule, subject)) for rule, subject in await list_rules(call, here)]
        told = await house.look("2026-11-16T12:00")
        await remove_rule(call, here, "very busy")
        other = await add_workspace(app.call(), "Bar", {})
        assert await list_alerts(call, other.id) == [] == await list_rules(call, other.id)
        kept = await house.look("2026-11-16T13:00")
        async with app.main.write() as connection:
            gone = await forget_alerts_anywhere(connection, house.now_ms)
        return listed, told, kept, await list_rules(call, here), gone

    listed, told, kept, rules, gone = either.run(work)
    assert listed == [("Very busy", "more than 5 scans of menu in a week")]
    assert told == kept and [each.rule for each in kept] == ["Busy"]
    assert rules == [] and gone == 1


def test_a_rule_that_was_changed_while_it_was_judged_is_left_alone(either):
    async def work(app):
        house = await watched(app)
        read = await house.rule("more", 2, on="menu")
        await house.scans("2026-11-16T10:00", 3)
        house.at("2026-11-16T11:00")
        call = house.app.call()
        await edit_rule(call, house.here, "Rule", {"number": 5})
        made = await judge_rule(call, app.events, house.world.workspace, read, house.now_ms)
        ((now, _),) = await list_rules(call, house.here)
        return made, now.firing, await house.look(), await house.facts()

    assert either.run(work) == (0, False, [], [])


@pytest.mark.parametrize(
    ("rule", "error", "says"),
    [
        (Rule(0, "Taken", "more", 1, "day"), Conflict, 'There is a rule "Taken" already'),
        (Rule(0, " ", "more", 1, "day"), Invalid, "name: has to be 1 to 80"),
        (Rule(0, "New", "less", 0, "day"), Invalid, "less: 0 is not between 1 and"),
        (Rule(0, "New", "silent", 400, "day"), Invalid, "silent: 400 is not between 1 and 366"),
        (Rule(0, "New", "silent", 4, "week"), Invalid, "in: a rule of the kind silent has no week"),
        (Rule(0, "New", "digest", 0, "hour"), Invalid, "in: a rule of the kind digest has no hour"),
        (Rule(0, "New", "digest", 0, "day", About("tag", text="a")), Invalid, "of the whole workspace"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_rule_is_said_in_one_sentence(installation, rule, error, says):
    async def work(app):
        house = await watched(app)
        await house.rule("more", 1, name="Taken")
        with pytest.raises(error) as caught:
            await add_rule(house.app.call(), house.here, rule)
        with pytest.raises(NotFound, match='Did you mean "Taken"'):
            await remove_rule(house.app.call(), house.here, "Takken")
        with pytest.raises(Invalid, match="only one of them"):
            await house.rule("more", 1, on="menu", tag="indoor")
        return str(caught.value)

    assert says in installation.run(work)


def test_nothing_is_judged_while_a_recount_is_under_way(installation, monkeypatch):
    recounting = [True]

    async def is_recounting(connection, workspace_id):
        return recounting[0]

    monkeypatch.setattr("scanly.analytics.store.is_recounting", is_recounting)

    async def work(app):
        house = await watched(app)
        await house.rule("more", 0, on="menu")
        await house.scans("2026-11-16T10:00", 1)
        during = await house.look("2026-11-16T11:00")
        recounting[0] = False
        return len(during), len(await house.look("2026-11-16T12:00"))

    assert installation.run(work) == (0, 1)


def test_one_rule_that_cannot_be_judged_stops_no_other(installation, monkeypatch, caplog):
    async def work(app):
        house = await watched(app)
        await house.rule("more", 0, on="menu", name="Broken")
        await house.rule("more", 0, on="menu", name="Fine")
        await house.scans("2026-11-16T10:00", 1)

        async def judge_or_fail(call, events, workspace, rule, counted_ms):
            if rule.name == "Broken":
                raise RuntimeError("on purpose")
            return await judge_rule(call, events, workspace, rule, counted_ms)

        monkeypatch.setattr("scanly.analytics.alerts.round.judge_rule", judge_or_fail)
        return [each.rule for each in await house.look("2026-11-16T11:00")]

    assert installation.run(work) == ["Fine"]
    assert "A rule could not be judged." in caplog.text


def test_only_the_owner_of_the_installation_judges(installation):
    async def work(app):
        call = replace(app.call(), who=Actor(Role.ADMIN, None))
        with pytest.raises(Forbidden):
            await judge_everywhere(call, app.events, app.clock())

    installation.run(work)


def test_nothing_is_judged_while_scans_wait_to_be_counted(installation):
    async def work(app):
        world = await furnished(app)
        empty = await counted_until(app.folder.journal, app.events, app.clock, 0.1)
        journal = Journal(app.folder.journal, app.node, app.clock)
        scan = Scan(
            first_of(app.clock()), world.links["menu"].id, world.workspace.id, world.today, SCAN, 0, 1
        )
        journal.append_frames([frame_of(scan)])
        waiting = await counted_until(app.folder.journal, app.events, app.clock, 0.1)
        journal.close()
        await world.count()
        return empty, waiting, await counted_until(app.folder.journal, app.events, app.clock, 0.1)

    assert installation.run(work) == (installation.now_ms, None, installation.now_ms)


JUDGE = """
import asyncio, sys
from pathlib import Path
from scanly.analytics.alerts.round import judge_everywhere
from scanly.app import open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings

async def main():
    now_ms = int(sys.argv[2])
    async with open_app(DataFolder(Path(sys.argv[1])), Settings(), lambda: now_ms) as app:
        print("begun", flush=True)
        while await judge_everywhere(app.call(), app.events, now_ms):
            pass
asyncio.run(main())
"""


def test_two_processes_that_are_killed_tell_everything_once(installation):
    rules, dice = 60, random.Random(6)

    async def furnish(app):
        house = await watched(app)
        for number in range(rules):
            await house.rule("more", number % 3, on="menu", name=f"Rule {number}")
        await house.scans("2026-11-16T10:00", 3)
        return house.at("2026-11-16T11:00")

    now_ms = installation.run(furnish)
    command = [sys.executable, "-c", JUDGE, str(installation.folder.root), str(now_ms)]
    for _ in range(2):
        pair = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
        for process in pair:
            assert process.stdout is not None
            process.stdout.readline()
        time.sleep(dice.uniform(0.0, 0.12))
        for process in pair:
            process.kill()
            process.communicate()
    subprocess.run(command, check=True, capture_output=True)

    async def read(app):
        async with app.main.read() as connection:
            facts = [
                fact
                for fact in await facts_anywhere(connection, "test", 1_000)
                if fact.event == "alert.fired"
            ]
        async with app.main.read() as connection:
            (workspace,) = await list_workspaces_anywhere(connection)
        alerts = await list_alerts(app.call(), workspace.id)
        fired = [rule for rule, _ in await list_rules(app.call(), workspace.id) if rule.firing]
        return [fact.payload["rule"] for fact in facts], [alert.told.rule for alert in alerts], fired

    told, listed, fired = installation.run(read)
    assert sorted(told) == sorted(listed) == sorted(f"Rule {number}" for number in range(rules))
    assert len(fired) == rules
