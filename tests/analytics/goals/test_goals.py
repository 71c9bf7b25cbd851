"""Goals: how often and by whom, counted by hand beside it, and everything that can be wrong with one."""

from __future__ import annotations

import pytest
from tests.analytics.world import CLICK, LEAD, ROBOT, SCAN, VIEW, furnished

from scanly.accounts.actions import add_workspace
from scanly.analytics.goals.actions import add_goal, edit_goal, list_goals, remove_goal
from scanly.analytics.goals.report import goal_report
from scanly.analytics.journeys.rates import rate
from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.scans.model import NOBODY

ASHA, BELA, CHEN = (number << 40 for number in (1, 2, 3))


async def two_days(app, **options):
    """What people did on two days; on the day before them Asha alone sent a form."""
    world = await furnished(app, ("menu", "door"), **options)
    first = world.today - 3
    world.visit(ASHA, LEAD, first - 1, part="question")
    for person, outcome, day, more in (
        (ASHA, SCAN, first, {"on": "menu"}),
        (ASHA, VIEW, first, {}),
        (ASHA, CLICK, first, {"part": "links/abc"}),
        (ASHA, CLICK, first, {"part": "links/def"}),
        (ASHA, LEAD, first, {"part": "question"}),
        (BELA, SCAN, first, {"on": "menu"}),
        (BELA, VIEW, first, {}),
        (BELA, CLICK, first, {"part": "map/xyz"}),
        (CHEN, SCAN, first, {"on": "away"}),
        (CHEN, VIEW, first, {}),
        (BELA, SCAN, first + 1, {"on": "door"}),
        (BELA, VIEW, first + 1, {}),
        (BELA, LEAD, first + 1, {"part": "booking"}),
        (BELA, LEAD, first + 1, {"part": "booking"}),
        (CHEN, VIEW, first + 1, {"agent": ROBOT}),
        (CHEN, CLICK, first + 1, {"part": "links/abc", "agent": ROBOT}),
    ):
        world.visit(person if options.get("privacy") != "none" else NOBODY, outcome, day, **more)
    world.visit(99, SCAN, first, "away", link_id=5, workspace_id=6)  # of somebody else's
    await world.count()
    return world, first


async def reported(app, world, goal, days):
    call, here = app.call(), world.workspace.id
    await add_goal(call, here, "Wish", *goal)
    return await goal_report(call, here, world.workspace, "wish", world.days(*days), app.events)


# What is counted: reached and people by day, and who of whom, counted by hand.
BY_HAND = {
    ("view", "asha", ""): ([3, 1], [3, 1], (3, 3)),
    ("click", "asha", ""): ([3, 0], [2, 0], (2, 4)),
    ("click", "asha", "links"): ([2, 0], [1, 0], (1, 4)),
    ("click", "asha", "links/def"): ([1, 0], [1, 0], (1, 4)),
    ("click", "asha", "link"): ([0, 0], [0, 0], (0, 4)),
    ("lead", "site:asha", ""): ([1, 2], [1, 1], (2, 4)),
    ("lead", "asha", "booking"): ([0, 2], [0, 1], (1, 4)),
    ("scan", "menu", ""): ([2, 0], [2, 0], (2, 4)),
    ("scan", "tag:indoor", ""): ([2, 1], [2, 1], (3, 4)),
}


@pytest.mark.parametrize("goal", BY_HAND, ids=" ".join)
def test_goals_are_reached_as_counted_by_hand(either, goal):
    async def work(app):
        world, first = await two_days(app)
        return await reported(app, world, goal, (first, first + 1))

    found = either.run(work)
    reached, people, (some, of) = BY_HAND[goal]
    assert [day.reached for day in found.days] == reached and found.reached == sum(reached)
    assert [day.people for day in found.days] == people and found.people == sum(people)
    assert found.rate == rate(some, of)
    assert found.before == (1 if goal[0] == "lead" and goal[2] == "" else 0)


def test_where_nobody_is_told_apart_the_rate_is_of_visits_if_there_can_be_one(installation):
    async def work(app):
        world, first = await two_days(app, privacy="none")
        call, here = app.call(), world.workspace.id
        await add_goal(call, here, "Forms", "lead", "asha")
        await add_goal(call, here, "Clicks", "click", "asha")
        world.visit(NOBODY, CLICK, first)
        await world.count()
        return [
            await goal_report(call, here, world.workspace, name, world.days(first, last), app.events)
            for name, last in (("Forms", first + 1), ("Clicks", first))
        ]

    forms, clicks = installation.run(work)
    assert (forms.reached, forms.people, forms.rate) == (3, None, rate(3, 4))
    assert "of visits" in forms.notes[0]
    assert (clicks.reached, clicks.rate) == (4, None)  # of three views


def test_of_days_whose_single_scans_are_gone_the_rate_is_of_visits(installation):
    async def work(app):
        world, first = await two_days(app)
        await world.purge_before(first + 1)
        return await reported(app, world, ("lead", "asha", ""), (first, first + 1))

    found = installation.run(work)
    assert (found.reached, found.people, found.rate) == (3, None, rate(3, 4))
    assert "no longer all kept" in found.notes[0]


def test_goals_are_made_listed_changed_and_forgotten(either):
    async def work(app):
        world = await furnished(app)
        call, here = app.call(), world.workspace.id
        await add_goal(call, here, " Forms ", "lead", "asha", "question")
        await add_goal(call, here, "Scans", "scan", "menu")
        await edit_goal(call, here, "forms", rename="Questions", part="")
        await edit_goal(call, here, "Scans", of="away")
        listed = [(goal.name, subject) for goal, subject in await list_goals(call, here)]
        await remove_goal(call, here, "questions")
        other = await add_workspace(app.call(), "Bar", {})
        return listed, len(await list_goals(call, here)), await list_goals(call, other.id)

    assert either.run(work) == ([("Questions", "form of site asha"), ("Scans", "scan of away")], 1, [])


@pytest.mark.parametrize(
    ("goal", "error", "says"),
    [
        (("Taken", "view", "asha"), Conflict, 'There is a goal "Taken" already'),
        (("", "view", "asha"), Invalid, "name: has to be 1 to 80"),
        (("a\nb", "view", "asha"), Invalid, "name: has to be 1 to 80"),
        (("New", "view", "ahsa"), NotFound, 'Did you mean "asha"?'),
        (("New", "view", "menu"), NotFound, 'There is no site "menu"'),
        (("New", "scan", "meun"), NotFound, 'Did you mean "menu"?'),
        (("New", "scan", "asha"), Invalid, '"asha" is no code'),
        (("New", "scan", "tag:nowhere"), NotFound, 'No link has the tag "nowhere"'),
        (("New", "view", "asha", "links"), Invalid, "block: a view has none"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_goal_is_said_in_one_sentence(installation, goal, error, says):
    async def work(app):
        world = await furnished(app)
        call, here = app.call(), world.workspace.id
        await add_goal(call, here, "Taken", "view", "asha")
        with pytest.raises(error) as caught:
            await add_goal(call, here, *goal)
        with pytest.raises(NotFound, match='Did you mean "Taken"'):
            await remove_goal(call, here, "Taking")
        await add_goal(call, here, "Second", "view", "asha")
        with pytest.raises(Conflict):
            await edit_goal(call, here, "Second", rename="Taken")
        return str(caught.value)

    assert says in installation.run(work)
