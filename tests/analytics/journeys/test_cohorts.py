"""Who came back: a fixture that is small enough to be counted by hand, and is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analytics.world import SCAN, VIEW, furnished

from scanly.analytics.about import named
from scanly.analytics.journeys.actions import cohorts
from scanly.analytics.journeys.cohorts import (
    Cell,
    Presence,
    Span,
    average_of,
    length_of,
    newcomers_of,
    rows_of,
)
from scanly.core.clock import day_of
from scanly.core.errors import Invalid

# Windows of 7 days: days 700 to 706, and 707 to 713. Days count from 1970-01-01; 700 is a Thursday, 1971-12-02.
#
#           700 701 702 703 704 705 706 | 707 708 709
#   Asha     x       x   x              |  x            in the next window she is somebody new
#   Bela     x                       x  |
#   Chen         x   x                  |
#   Dev          x                      |
#   Esha                                |  x   x
BY_HAND = {
    "asha": {700: [700, 702, 703], 707: [707]},
    "bela": {700: [700, 706]},
    "chen": {700: [701, 702]},
    "dev": {700: [701]},
    "esha": {707: [707, 708]},
}
# People who came first on a day, and how many of them came n days later. 709 is the last whole day.
TABLE = {
    "1971-12-02": (2, [(2, 0), (2, 1), (2, 1), (2, 0), (2, 0), (2, 1)]),
    "1971-12-03": (2, [(2, 1), (2, 0), (2, 0), (2, 0), (2, 0), None]),
    "1971-12-09": (2, [(2, 1), (2, 0), None, None, None, None]),
}
AVERAGE = [(6, 2), (6, 1), (4, 1), (4, 0), (4, 0), (2, 1)]
# First and returning people, day by day.
DAYS = [(2, 0), (2, 0), (0, 2), (0, 1), (0, 0), (0, 0), (0, 1), (2, 0), (0, 1), (0, 0)]


def present(visits=BY_HAND):
    return [
        Presence(window, sum(1 << (day - window) for day in days), 1)
        for person in visits.values()
        for window, days in person.items()
    ]


def cells(pairs):
    return [pair and Cell(*pair) for pair in pairs]


def test_the_table_of_days_is_the_one_counted_by_hand():
    rows = rows_of(present(), Span(7, 700, 709, 709), "day")
    assert {row.key: (row.people, row.cells) for row in rows} == {
        key: (people, cells(pairs)) for key, (people, pairs) in TABLE.items()
    }
    assert average_of(rows) == cells(AVERAGE)
    (row,) = rows_of(present(), Span(7, 701, 701, 709), "day")
    assert (row.key, row.people) == ("1971-12-03", 2)


def test_first_and_returning_people_are_those_counted_by_hand():
    days = newcomers_of(present(), Span(7, 700, 709, 709))
    assert [(day.first, day.returning) for day in days] == DAYS


def test_weeks_are_counted_from_each_one_s_first_day():
    # Windows of 30 days: 690 to 719. Mondays are 697, 704, 711, 718.
    #   Asha: first on 698 (week of 697), again on 705 (7 days later) and 719 (21 later).
    #   Bela: first on 703 (week of 697), again on 709 (6 days later: still her first week).
    #   Chen: first on 712 (week of 711): his second week would end on 725, beyond the window.
    visits = {"asha": {690: [698, 705, 719]}, "bela": {690: [703, 709]}, "chen": {690: [712, 719]}}
    rows = rows_of(present(visits), Span(30, 690, 719, 740), "week")
    # Asha's third week after the first is 719 to 725, which nobody can see; both had two whole ones: her first
    # begins on 705, his on 710; her second on 712, his on 717, beyond the window's end on 719.
    assert [(row.key, row.people, row.cells) for row in rows] == [
        ("1971-11-29", 2, cells([(2, 1), (1, 0), None])),
        ("1971-12-13", 1, cells([None, None, None])),
    ]


def test_what_has_not_passed_yet_is_unknown_not_nothing():
    (row,) = rows_of([Presence(700, 0b1, 5)], Span(7, 700, 702, 701), "day")
    assert row.cells == [Cell(5, 0), None, None, None, None, None]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 127), st.integers(1, 9)), max_size=20))
def test_everybody_is_in_one_cohort_and_each_presence_is_told_once(drawn):
    found = [Presence(700 + 7 * window, mask, people) for window, mask, people in drawn]
    span = Span(7, 700, 727, 800)
    rows, days = rows_of(found, span, "day"), newcomers_of(found, span)
    everybody = sum(each.people for each in found)
    assert sum(row.people for row in rows) == sum(day.first for day in days) == everybody
    returns = sum(each.people * (each.mask.bit_count() - 1) for each in found)
    assert sum(cell.back for row in rows for cell in row.cells if cell) == returns
    assert sum(day.returning for day in days) == returns


def test_the_length_of_a_window_is_told_by_the_day_on_which_it_begins():
    assert [length_of(window, 30) for window in (7, 30, 210)] == [7, 30, 30]
    assert length_of(210, 7) == 7


async def asked(app, world, name, first, last, by="day"):
    async with app.main.read() as connection:
        about = await named(connection, world.workspace.id, name)
    days = (world.days(first, last), by)
    call = app.call()
    return await cohorts(call, world.workspace.id, world.workspace, about, days, app.events)


def test_scans_that_went_through_the_ingester_make_the_same_table(either):
    async def work(app):
        world = await furnished(app, privacy="weekly")
        start = (world.today - 21) // 7 * 7
        for number, person in enumerate(BY_HAND.values(), start=1):
            for window, days in person.items():
                for day in days:
                    for code in ("menu", "away"):  # two scans on a day are one presence
                        moved = window - 700 + start
                        who = number << 40 | window
                        world.visit(who, SCAN, day - 700 + start, code, period=moved)
        world.visit(99, SCAN, start, "menu")  # a scan from before the level was chosen
        world.visit(77, VIEW, start + 1, period=start)  # whoever only looks at the page scanned no code
        await world.count()
        return (
            start,
            await asked(app, world, "", start, start + 9),
            await asked(app, world, "asha", start, start + 9),
        )

    start, found, of_page = either.run(work)
    # All windows are over by now, so more is known than in the fixture: everything has passed.
    wanted = rows_of(present(), Span(7, 700, 709, 800), "day")
    assert [(row.people, row.cells) for row in found.rows] == [(row.people, row.cells) for row in wanted]
    assert [row.key for row in found.rows] == [day_of(start + offset).isoformat() for offset in (0, 1, 7)]
    assert [(day.first, day.returning) for day in found.days] == DAYS
    assert found.followed_days == 7
    assert "at most 7 days" in found.notes[0] and "counted as new" in found.notes[1]
    assert [(row.key, row.people) for row in of_page.rows] == [(day_of(start + 1).isoformat(), 1)]


@pytest.mark.parametrize(
    ("privacy", "by", "says"),
    [
        ("none", "day", "does not tell visitors apart at all"),
        ("daily", "day", "scanly workspace edit NAME --privacy weekly (or monthly)"),
        ("weekly", "week", "known for 7 days only"),
    ],
)
def test_where_people_are_not_known_for_long_enough_it_is_said_how_they_could(
    installation, privacy, by, says
):
    async def work(app):
        world = await furnished(app, privacy=privacy)
        with pytest.raises(Invalid) as caught:
            await asked(app, world, "", world.today - 6, world.today, by)
        return str(caught.value)

    assert says in installation.run(work)


def test_windows_of_another_length_are_left_out_and_said_to_be(installation):
    async def work(app):
        world = await furnished(app, privacy="monthly")
        monthly = world.today // 30 * 30 - 30
        weekly = next(start for start in range(monthly, monthly + 30) if start % 7 == 0 and start % 30)
        world.visit(1, SCAN, monthly + 3, "menu", period=monthly)
        world.visit(2, SCAN, weekly + 3, "menu", period=weekly)
        await world.count()
        return await asked(app, world, "menu", monthly, monthly + 29)

    found = installation.run(work)
    assert sum(row.people for row in found.rows) == 1
    assert any("another length" in note for note in found.notes)


def test_windows_whose_beginning_is_gone_are_left_out_and_said_to_be(installation):
    async def work(app):
        world = await furnished(app, privacy="weekly")
        start = (world.today - 21) // 7 * 7
        for who, first in ((1, start), (2, start + 7)):
            for day in (first, first + 3):
                world.visit(who, SCAN, day, "menu", period=first)
        await world.count()
        await world.purge_before(start + 2)
        found = await asked(app, world, "menu", start, start + 13)
        with pytest.raises(Invalid, match="no longer all kept"):
            await asked(app, world, "menu", start, start + 6)
        return day_of(start + 7).isoformat(), found

    second, found = installation.run(work)
    # Of the first window only the fourth day is left: who came then is not known to have come first.
    assert [(row.key, row.people) for row in found.rows] == [(second, 1)]
    assert found.since == second and len(found.days) == 7
    assert "no longer all kept" in found.notes[-1]
