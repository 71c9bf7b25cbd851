"""What is read of the rollups is the same by days and by months, in few statements, and never out of date."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, insert, update
from tests.analytics.world import CLICK, PHONE, ROBOT, SCAN, VIEW, World, furnished
from tests.conftest import NOW_MS, Installation

from scanly.analytics.counting.packed import (
    BUILT_IN,
    LINK_OF_GROUP,
    MOMENT_OF_WEEK,
    PARTS,
    PROFILE,
    REPEATS,
)
from scanly.analytics.dimensions import DIMENSIONS
from scanly.analytics.flush import open_store
from scanly.analytics.live.watching import Watched, lately
from scanly.analytics.reports.question import EVERYTHING as EVERY_SCAN
from scanly.analytics.reports.question import Question, Subject
from scanly.analytics.reports.report import report
from scanly.analytics.reports.slices import EVERYTHING, Scope, Slice, Sums, Unfolded
from scanly.analytics.store import read_slices, texts
from scanly.analytics.tables import profiles, states

AGENTS = (
    PHONE,
    ROBOT,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0",
)
DAYS = 130
Work = Callable[[World], Awaitable[None]]


@pytest.fixture
def reading(either: Installation) -> Callable[[Work], None]:
    """Does something in a workspace whose scans of some months are counted, and folded as far as they are over."""

    def run(work: Work) -> None:
        async def inside(app: Any) -> None:
            world = await furnished(app, ("menu", "bar"))
            dice = random.Random(6)
            for _ in range(600):
                on = dice.choice(("menu", "menu", "bar", "away", ""))
                outcome = SCAN if on else dice.choice((VIEW, VIEW, CLICK))
                world.visit(
                    dice.randrange(1, 20),
                    outcome,
                    world.today - dice.randrange(DAYS),
                    on,
                    agent=dice.choice(AGENTS),
                    hour=dice.randrange(24),
                    country=dice.choice(("IN", "DE", "")),
                    city=dice.choice(("Pune", "Berlin", "")),
                    referrer=dice.choice(("", "google.com/")),
                    drive="diwali" if on in ("menu", "bar") else "",
                    part="links/x" if outcome == CLICK else "",
                )
            await world.count()
            await asyncio.to_thread(_fold, world)
            await work(world)

        either.run(inside)

    return run


def _fold(world: World) -> None:
    with open_store(world.app.folder, world.app.settings.database_url) as store:
        while store.tidy(NOW_MS, 0):
            pass


def added(slices: Sequence[Slice]) -> tuple[Any, ...]:
    """Everything that is in the slices."""
    sums = Sums(slices)
    numbers = (*(n for n in BUILT_IN if n != PROFILE), *(each.NUMBER for each in DIMENSIONS.values()))
    counts = {n + more: dict(sums.of(n + more)) for n in numbers for more in (0, REPEATS)}
    kinds = [sum(column) for column in zip(*(each.kinds for each in slices), strict=True)]
    return sum(each.scans for each in slices), sum(each.visitors for each in slices), kinds, counts


def test_months_say_what_their_days_say(reading: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        mine, dice = world.workspace.id, random.Random(1)
        links = [Scope("link", link.id) for link in world.links.values()]
        asked = [
            links,
            [EVERYTHING],
            [Scope("campaign", "diwali")],
            [Scope("site", world.site.id), EVERYTHING],
        ]
        async with world.app.events.read() as connection:
            folded = 0
            for scopes in asked:
                for _ in range(6):
                    first = world.today - dice.randrange(DAYS)
                    days = first, first + dice.randrange(world.today - first + 1)
                    by_day = await read_slices(connection, mine, scopes, days, PARTS)
                    by_month = await read_slices(connection, mine, scopes, days, PARTS, months=True)
                    assert added(by_month) == added(by_day), days
                    assert [each.first for each in by_month] == sorted(each.first for each in by_month)
                    folded += sum(each.last > each.first for each in by_month)
            assert folded
            whole = await read_slices(
                connection, mine, [EVERYTHING], (world.today - DAYS, world.today), PARTS
            )
            assert added(whole)[3][LINK_OF_GROUP] and added(whole)[3][DIMENSIONS["browser"].NUMBER]

    reading(work)


def test_a_question_takes_few_statements(reading: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        app, mine = world.app, world.workspace
        link = Subject(link=world.links["menu"])
        for subject, by, days, most in (
            (link, "day", 30, 3),  # the beginning, how far numbers can be relied on, rollups
            (link, "browser", 90, 4),  # and how far months are folded
            (link, "city", DAYS, 4),
            (EVERY_SCAN, "country", DAYS, 4),
            (Subject(site=world.site), "browser", 90, 4),
            (EVERY_SCAN, "code", DAYS, 5),  # and which links they are
        ):
            asked = Question(mine, world.days(world.today - days + 1, world.today), by, subject)
            found = await report(app.call(), mine.id, asked, app.events)  # words and profiles are read once
            with statements(app.events) as told:
                assert await report(app.call(), mine.id, asked, app.events) == found
            assert len(told) <= most, told
            assert any("rollup_months" in each for each in told) == (by != "day"), told
        with statements(app.events) as told:
            await lately(app.call(), Watched(mine), app.events)
        assert len(told) <= 3, told

    reading(work)


def test_texts_and_what_profiles_count_for_are_those_of_the_database(reading: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        app, mine, browser = world.app, world.workspace.id, DIMENSIONS["browser"].NUMBER
        days = world.today - DAYS, world.today

        async def browsers() -> dict[str, int]:
            async with app.events.read() as connection:
                sums = Sums(await read_slices(connection, mine, [EVERYTHING], days, ("device",)))
                named = await texts(connection, mine, [*sums.of(browser), 10**6])
                assert named == await texts(connection, mine, [*sums.of(browser), 10**6])
                return {named[number]: count for number, count in sums.of(browser).items()}

        before = await browsers()
        assert set(before) == {"Chrome", "Safari", "Firefox"}
        async with app.events.read() as connection:
            sums = Sums(await read_slices(connection, mine, [EVERYTHING], days, ("device",)))
            safari = next(
                n for n, text in (await texts(connection, mine, sums.of(browser))).items() if text == "Safari"
            )
        async with app.events.write() as connection:  # as a recount by newer rules would do
            await connection.execute(
                update(profiles).values(counted=msgspec.msgpack.encode({browser: safari}))
            )
            await connection.execute(insert(states).values(name="profiles", value=1))
        assert await browsers() == {"Safari": sum(before.values())}

    reading(work)


@contextmanager
def statements(database: Any) -> Iterator[list[str]]:
    told: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    engine = database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", heard)


NUMBERS = st.dictionaries(st.integers(1, 5), st.integers(1, 9), min_size=1)
BROWSER = DIMENSIONS["browser"].NUMBER
COUNTS = st.dictionaries(st.sampled_from((MOMENT_OF_WEEK, BROWSER, PROFILE, PROFILE + REPEATS)), NUMBERS)
PROFILES = {1: {BROWSER: 1}, 2: {BROWSER: 1}, 3: {BROWSER: 7}, 4: {}}


@given(st.lists(COUNTS))
def test_a_dimension_is_added_up_over_slices_also_where_profiles_stand_for_it(some: list[Any]) -> None:
    empty = Slice(EVERYTHING, 1, 1, 0, 0, (0,) * 5, {})
    slices = [empty._replace(counts=Unfolded(counts, PROFILES)) for counts in some]
    sums = Sums(slices)
    for dimension, profile in (
        (MOMENT_OF_WEEK, 0),
        (BROWSER, PROFILE),
        (BROWSER + REPEATS, PROFILE + REPEATS),
    ):
        wanted: Counter[int] = Counter()
        for counts in some:
            wanted.update(counts.get(dimension, {}))
            for number, count in counts.get(profile, {}).items():
                for value in [PROFILES.get(number, {}).get(BROWSER)]:
                    wanted.update({} if value is None else {value: count})
        assert dict(sums.of(dimension)) == wanted
        assert sums.values([dimension]) == wanted.keys()
