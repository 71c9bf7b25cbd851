"""What fits on one page, and the sentences about how it was counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert
from tests.analytics.reports.recounted import SITE, ask, make, period_of
from tests.conftest import Installation

from scanly.analytics.reports.overview import overview
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.reports.report import report, words
from scanly.analytics.tables import rulings, states
from scanly.core.clock import day_number
from scanly.core.errors import Invalid
from scanly.links.store import Filter

APART = ("day", "week", "month", "hour", "weekday")


async def page(app, world, subject=Subject(), **more):  # noqa: B008 - a frozen value
    question = Question(world.workspace, period_of(app, world), "code", subject, **more)
    return await overview(app.call(), world.workspace.id, question, app.events, sentences=["So it is."])


def test_an_overview_has_what_each_report_has_by_itself(installation: Installation):
    async def story(app):
        world = await make(app, 11)
        before = period_of(app, world).before()
        for subject in (
            Subject(),
            Subject(link=world.links[0]),
            Subject(site=SITE),
            Subject(wanted=Filter(tag="in")),
        ):
            whole = await page(app, world, subject)
            assert whole.days == await ask(app, world, "day", subject, before=before)
            by = [section.by for section in whole.sections]
            assert not set(by) & set(APART) and {"heatmap", "country", "browser", "kind"} <= set(by)
            assert ("code" in by) == (subject.link is None and subject.site is None)
            assert set(by) <= set(words(subject))
            for section in whole.sections:
                assert section == await ask(app, world, section.by, subject, before=before), section.by
            assert whole.sentences == ["So it is."]

    installation.run(story)


def test_an_overview_of_some_people_counts_only_them(installation: Installation):
    async def story(app):
        world = await make(app, 12)
        whole = await page(app, world, where=[("country", "IN")])
        assert {section.scans for section in whole.sections} == {whole.days.scans}
        (country,) = [section for section in whole.sections if section.by == "country"]
        assert [row.key for row in country.rows] == ["IN"]
        assert not {"kind", "outcome"} & {section.by for section in whole.sections}

    installation.run(story)


def test_a_period_of_years_is_drawn_by_months(installation: Installation):
    async def story(app):
        world = await make(app, 13, 50)
        period = period_of(app, world)
        long = replace(period, since=period.since - timedelta(days=1000))
        question = Question(world.workspace, long, "code")
        whole = await overview(app.call(), world.workspace.id, question, app.events)
        assert whole.days.by == "month" and whole.days.scans > 0

    installation.run(story)


def test_what_is_no_longer_kept_is_said(installation: Installation):
    async def story(app):
        world = await make(app, 14)
        period = period_of(app, world)
        two = [("country", "IN"), ("browser", "Safari")]
        whole = await ask(app, world, "day", Subject(), where=two)
        assert not [note for note in whole.notes if "kept since" in note]
        kept = period.since + timedelta(days=2)
        async with app.events.write() as connection:
            await connection.execute(delete(states).where(states.c.name == "raw_since"))
            await connection.execute(insert(states).values(name="raw_since", value=day_number(kept)))
        some = await ask(app, world, "day", Subject(), where=two)
        assert f"Raw scans are kept since {kept}; earlier days are left out." in some.notes
        assert "left out" not in " ".join((await ask(app, world, "day", Subject(), where=two[:1])).notes)
        early = Question(world.workspace, replace(period, until=kept - timedelta(days=1)), "day", where=two)
        with pytest.raises(Invalid, match=f"before {kept} are no longer kept"):
            await report(app.call(), world.workspace.id, early, app.events)

    installation.run(story)


def test_newer_rules_for_robots_are_said_where_older_days_are_shown(installation: Installation):
    async def story(app):
        world = await make(app, 15, 50)
        assert "rules" not in " ".join((await ask(app, world, "day", Subject())).notes)
        async with app.events.write() as connection:
            row = {"number": 2, "version": "newer", "at_ms": app.clock()}
            await connection.execute(insert(rulings).values(row))
        whole = await ask(app, world, "day", Subject())
        assert f"changed on {period_of(app, world).until}" in " ".join(whole.notes)
        hindi = await ask(app, world, "day", Subject(), language="hi")
        assert len(hindi.notes) == len(whole.notes) and not set(hindi.notes) & set(whole.notes)
        today = Question(
            world.workspace, replace(period_of(app, world), since=period_of(app, world).until), "day"
        )
        answer = await report(app.call(), world.workspace.id, today, app.events)
        assert not [note for note in answer.notes if "rules" in note]

    installation.run(story)


def test_a_workspace_without_visitors_says_so(installation: Installation):
    async def story(app):
        world = await make(app, 16, 50)
        nameless = replace(world.workspace, privacy="none", id=world.workspace.id - 1)
        answer = await report(
            app.call(), nameless.id, Question(nameless, period_of(app, world), "day"), app.events
        )
        assert "does not tell visitors apart" in answer.notes[0]

    installation.run(story)
