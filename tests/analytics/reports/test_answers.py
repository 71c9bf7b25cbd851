"""Every answer equals a count of the scans themselves, on both engines."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import product

from tests.analytics.reports.recounted import DAYS, SITE, ask, key_of, make, period_of, subjects_of, wanted
from tests.conftest import Installation

from scanly.accounts.actions import add_workspace
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.reports.report import report, words
from scanly.scans.bots import judge
from scanly.scans.model import OF_SITES, Kind, Outcome


def found(answer):
    return {row.key: (row.scans, row.visitors) for row in answer.rows if row.scans}


def test_every_breakdown_of_every_subject_equals_a_count_of_the_scans(either: Installation):
    async def story(app):
        world = await make(app, 1)
        checked = 0
        for subject in subjects_of(world):
            people = list(world.people(subject))
            for by in words(subject):
                answer = await ask(app, world, by, subject)
                assert (answer.scans, answer.visitors) == (len(people), sum(new for _, new, _ in people)), (
                    subject.words
                )
                if by in ("kind", "outcome", "clicked", "invited", "sent"):
                    continue
                by_link = by in ("code", "placement", "host")
                expected = world.counted(subject, key_of(world, by), by_link=by_link)
                assert found(answer) == expected, (subject.words, by)
                checked += len(expected)
        assert checked > 500

    either.run(story)


def test_recorded_visits_kinds_and_outcomes_equal_a_count_of_the_scans(either: Installation):
    async def story(app):
        world = await make(app, 3)
        for subject in subjects_of(world):
            if subject.wanted.campaign:
                continue
            mine = [
                scan
                for scan in world.scans
                if (scan.link_id == SITE.id if subject.site else scan.outcome not in OF_SITES)
                and (
                    subject.site
                    or any(wanted(subject, link) and link.id == scan.link_id for link in world.links)
                )
            ]
            kinds, outcomes = (
                await ask(app, world, "kind", subject),
                await ask(app, world, "outcome", subject),
            )
            expected = Counter(judge(scan.agent, scan.flags).word for scan in mine)
            assert {row.key: row.recorded for row in kinds.rows} == expected
            assert {kind: number for kind, number in kinds.by_kind.items() if number} == expected
            assert kinds.recorded == len(mine)
            assert {row.key: row.recorded for row in outcomes.rows} == Counter(
                scan.outcome.word for scan in mine
            )
            if subject.site:
                people = [scan for scan in mine if judge(scan.agent, scan.flags) is Kind.PERSON and scan.part]
                for by, outcome in (
                    ("clicked", Outcome.CLICK),
                    ("invited", Outcome.VIEW),
                    ("sent", Outcome.LEAD),
                ):
                    rows = {row.key: row.scans for row in (await ask(app, world, by, subject)).rows}
                    assert rows == Counter(scan.part for scan in people if scan.outcome is outcome)

    either.run(story)


WHERE = [
    ("day", {"browser": ["Safari"]}),
    ("weekday", {"country": ["IN", "unknown"]}),
    ("browser", {"browser": ["Safari", "Firefox"]}),
    ("day", {"country": ["IN"], "browser": ["Safari"]}),
    ("hour", {"country": ["IN"]}),
    ("heatmap", {"referrer": ["unknown"]}),
    ("code", {"country": ["unknown"]}),
    ("placement", {"source": ["flyer"], "language": ["en"]}),
    ("city", {"country": ["DE"], "device": ["phone"]}),
    ("country", {"campaign": ["Diwali"]}),
]


def test_people_with_certain_values_are_counted_right(either: Installation):
    async def story(app):
        world, checked = await make(app, 4), 0
        for (by, where), subject in product(WHERE, subjects_of(world)):
            if by not in words(subject):
                continue
            asked = [(name, value) for name, values in where.items() for value in values]
            answer = await ask(app, world, by, subject, where=asked)
            people = list(world.people(subject, where.items()))
            what = (subject.words, by, where)
            assert (answer.scans, answer.visitors) == (len(people), sum(new for _, new, _ in people)), what
            by_link = by in ("code", "placement", "host")
            assert found(answer) == world.counted(subject, key_of(world, by), where.items(), by_link=by_link)
            assert answer.recorded == answer.scans == answer.by_kind["person"]
            checked += answer.scans
        assert checked > 1_000

    either.run(story)


def test_a_comparison_says_of_every_row_what_was_before(either: Installation):
    async def story(app):
        world = await make(app, 5)
        period = period_of(app, world)
        late, early = (
            Period(period.until - timedelta(days=1), period.until),
            Period(period.since, period.since + timedelta(days=1)),
        )
        for by in ("day", "weekday", "code", "country", "hour", "browser"):
            alone = {}
            for days in (late, early):
                question = Question(world.workspace, days, by)
                alone[days] = await report(app.call(), world.workspace.id, question, app.events)
            question = Question(world.workspace, late, by, before=late.before(early.since))
            both = await report(app.call(), world.workspace.id, question, app.events)
            assert (both.before.scans, both.before.visitors) == (alone[early].scans, alone[early].visitors)
            assert both.before.scans != both.scans
            before = {row.key: row.scans for row in alone[early].rows}
            if by == "day":
                assert [row.before for row in both.rows] == list(before.values())
            else:
                assert {row.key: row.before for row in both.rows if row.before} == {
                    k: n for k, n in before.items() if n
                }
            assert sum(row.before for row in both.rows) == both.before.scans

    either.run(story)


def test_rows_beyond_the_limit_are_one_row_and_nothing_is_lost(either: Installation):
    async def story(app):
        world = await make(app, 6)
        for by in ("code", "city", "referrer", "browser"):
            whole = await ask(app, world, by, Subject(), before=period_of(app, world).before())
            short = await ask(app, world, by, Subject(), before=period_of(app, world).before(), limit=1)
            assert [row.key for row in short.rows[:2]] == [whole.rows[0].key, "other"]
            assert sum(row.scans for row in short.rows) == whole.scans
            assert sum(row.visitors for row in short.rows) == sum(row.visitors for row in whole.rows)
            unknown = [row for row in whole.rows if row.key == "unknown"]
            assert short.rows[2:] == unknown
        days = await ask(app, world, "day", Subject(), limit=1)
        assert len(days.rows) == DAYS

    either.run(story)


def test_another_workspace_sees_nothing_of_it(either: Installation):
    async def story(app):
        world = await make(app, 7, 200)
        stranger = await add_workspace(app.call(), "Stranger", {})
        for subject in subjects_of(world):
            for where in ((), [("country", "IN"), ("browser", "Safari")]):
                question = Question(stranger, period_of(app, world), "day", subject, where)
                answer = await report(app.call(), stranger.id, question, app.events)
                assert (answer.recorded, answer.scans, answer.visitors) == (0, 0, 0)

    either.run(story)
