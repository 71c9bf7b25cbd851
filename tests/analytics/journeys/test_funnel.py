"""From a scan to a form: who goes on, counted by hand beside it."""

from __future__ import annotations

import pytest
from tests.analytics.world import CLICK, LEAD, ROBOT, SCAN, VIEW, furnished

from scanly.accounts.actions import add_workspace
from scanly.analytics.about import About, named
from scanly.analytics.journeys.actions import funnel
from scanly.analytics.journeys.rates import rate
from scanly.core.errors import Invalid, NotFound
from scanly.scans.model import NOBODY


async def three_days(app, **options):
    """Visits of which the funnel is written out in the test."""
    world = await furnished(app, ("menu", "door"), **options)
    first = world.today - 4
    asha, bela, chen, dev = (number << 40 for number in (1, 2, 3, 4))
    # First day: Asha does everything, and scans twice. Bela scans and looks. Chen only looks, and clicks.
    for code in ("menu", "door"):
        world.visit(asha, SCAN, first, code)
    for outcome in (VIEW, CLICK, CLICK, LEAD):
        world.visit(asha, outcome, first)
    world.visit(bela, SCAN, first, "menu")
    world.visit(bela, VIEW, first)
    world.visit(chen, VIEW, first)
    world.visit(chen, CLICK, first)
    # Second day: Asha again, but only the scan; Bela scans, looks and sends a form without a click; a robot.
    world.visit(asha, SCAN, first + 1, "menu")
    world.visit(bela, SCAN, first + 1, "door")
    world.visit(bela, VIEW, first + 1)
    world.visit(bela, LEAD, first + 1)
    for outcome in (SCAN, VIEW, CLICK):
        world.visit(dev, outcome, first + 1, "menu" if outcome is SCAN else "", agent=ROBOT)
    # Somebody from a time when nobody was told apart.
    world.visit(NOBODY, SCAN, first + 1, "menu")
    # Third day: what leads elsewhere is no step of the way.
    world.visit(dev, SCAN, first + 2, "away")
    await world.count()
    return world, first


async def asked(app, world, name, first, last):
    async with app.main.read() as connection:
        about = await named(connection, world.workspace.id, name)
    call, days = app.call(), world.days(first, last)
    return await funnel(call, world.workspace.id, world.workspace, about, days, app.events)


# Counts are visits by people; people did the step and all before it on one day.
BY_HAND = {
    "": ([6, 4, 3, 2], [4, 3, 2, 2]),
    "asha": ([6, 4, 3, 2], [4, 3, 2, 2]),
    # Of "menu" alone: on the first day Asha and Bela, on the second Asha.
    "menu": ([4, 4, 3, 2], [3, 2, 1, 1]),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_people_go_on_from_step_to_step_as_counted_by_hand(either, name):
    async def work(app):
        world, first = await three_days(app)
        return await asked(app, world, name, first, first + 3)

    found = either.run(work)
    counts, people = BY_HAND[name]
    assert [step.name for step in found.steps] == ["scan", "view", "click", "lead"]
    assert [step.count for step in found.steps] == counts
    assert [step.people for step in found.steps] == people
    assert found.steps[0].of_first is None
    assert found.steps[2].of_before == rate(people[2], people[1])
    assert found.steps[3].of_first == rate(people[3], people[0])


def test_days_outside_of_the_period_do_not_count(either):
    async def work(app):
        world, first = await three_days(app)
        return await asked(app, world, "asha", first + 1, first + 1)

    assert [(step.count, step.people) for step in either.run(work).steps] == [(3, 2), (1, 1), (0, 1), (1, 1)]


def test_where_nobody_is_told_apart_there_are_counts_and_a_word_about_it(installation):
    async def work(app):
        world = await furnished(app, privacy="none")
        for outcome in (SCAN, SCAN, VIEW):
            world.visit(NOBODY, outcome, world.today, "menu" if outcome is SCAN else "")
        await world.count()
        return await asked(app, world, "asha", world.today, world.today)

    found = installation.run(work)
    assert [(step.count, step.people, step.of_before) for step in found.steps[:2]] == [
        (2, None, None),
        (1, None, None),
    ]
    assert "does not tell visitors apart" in found.notes[0]


def test_of_days_whose_single_scans_are_gone_there_are_counts_and_a_word_about_it(installation):
    async def work(app):
        world, first = await three_days(app)
        await world.purge_before(first + 1)
        whole = await asked(app, world, "asha", first, first + 3)
        return whole, await asked(app, world, "asha", first + 1, first + 3)

    whole, lately = installation.run(work)
    assert [step.count for step in whole.steps] == BY_HAND["asha"][0]
    assert {step.people for step in whole.steps} == {None}
    assert "no longer all kept" in whole.notes[0]
    assert [step.people for step in lately.steps] == [2, 1, 1, 1]


def test_a_page_without_codes_begins_with_a_view(installation):
    async def work(app):
        world = await furnished(app, ())
        world.visit(7, VIEW, world.today)
        await world.count()
        return await asked(app, world, "site:asha", world.today, world.today)

    found = installation.run(work)
    assert [(step.name, step.people) for step in found.steps] == [("view", 1), ("click", 0), ("lead", 0)]
    assert "No code leads to site asha" in found.notes[0]


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("away", Invalid, "away does not lead to a page of yours"),
        ("meun", NotFound, 'Did you mean "menu"?'),
        ("site:ahsa", NotFound, 'There is no site "ahsa". Did you mean "asha"?'),
    ],
)
def test_what_has_no_funnel_is_said_with_what_to_do(installation, name, error, says):
    async def work(app):
        world = await furnished(app)
        with pytest.raises(error) as caught:
            await asked(app, world, name, world.today, world.today)
        return str(caught.value)

    assert says in installation.run(work)


def test_another_workspace_sees_nothing_of_it(installation):
    async def work(app):
        world, first = await three_days(app)
        other = await add_workspace(app.call(), "Bar", {})
        days = world.days(first, first + 3)
        with pytest.raises(NotFound):
            await funnel(app.call(), other.id, other, About("site", world.site.id), days, app.events)

    installation.run(work)
