"""Whoever watches sees every scan once, in the order of ingest, and numbers that a count by hand gives."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite
from tests.analytics.world import CLICK, PHONE, ROBOT, SCAN, VIEW, World, furnished
from tests.conftest import NOW_MS, Installation

from scanly.accounts.model import Workspace
from scanly.analytics.live import store
from scanly.analytics.live.model import Lately
from scanly.analytics.live.watching import Watched, lately, start
from scanly.analytics.reports.slices import Scope
from scanly.core.ids import LinkId, WorkspaceId, first_of
from scanly.scans.model import NOBODY, Outcome, Scan

MINUTE_MS = 60_000
Work = Callable[[World], Awaitable[None]]


def at(world: World, minutes_ago: float, who: int, on: str = "", **more: Any) -> None:
    """A visit of a code, or a view of the page, so many minutes ago."""
    world.made += 1
    scan_id = first_of(NOW_MS - int(minutes_ago * MINUTE_MS)) + world.made
    subject = world.links[on].id if on else world.site.id
    values = {"agent": PHONE, "hour": 12, "outcome": SCAN if on else VIEW, **more}
    outcome = values.pop("outcome")
    world.noted.append(Scan(scan_id, subject, world.workspace.id, world.today, outcome, 0, who, **values))


@pytest.fixture
def watching(either: Installation) -> Callable[[Work], None]:
    """Does something in a workspace, on each engine."""
    return running(either)


def running(installation: Installation) -> Callable[[Work], None]:
    def run(work: Work) -> None:
        async def inside(app: Any) -> None:
            await work(await furnished(app))

        installation.run(inside)

    return run


def test_every_scan_is_seen_once_and_with_what_is_known_of_it(watching: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        app, mine = world.app, world.workspace
        at(world, 3, 1, "menu", country="IN", city="Pune", referrer="l.instagram.com/x", rule=7)
        at(world, 2, 2, "away", agent=ROBOT)
        await world.count()
        _, people = await start(app.call(), mine.id, Watched(mine), app.events, 1)
        assert [each.code for each in people] == ["menu"]  # although a robot came after it
        watch, first = await start(app.call(), mine.id, Watched(mine), app.events, 10, everybody=True)
        assert [(each.code, each.kind) for each in first] == [("menu", "person"), ("away", "bot")]
        menu = first[0]
        assert (menu.country, menu.city, menu.referrer, menu.rule) == ("IN", "Pune", "Instagram", "7")
        assert (menu.device, menu.system, menu.outcome) == ("phone", "Android", "redirect")
        assert await watch.look(app.call(), 10) == []
        at(world, 50, 3, "menu")  # late: its id is older than those that were seen
        at(world, 1, 3, "", outcome=CLICK, part="links/x")
        await world.count()
        seen = await watch.look(app.call(), 10)
        assert [(each.code, each.site, each.part) for each in seen] == [
            ("menu", "", ""),
            ("", "asha", "links/x"),
        ]
        assert await watch.look(app.call(), 10) == []

    watching(work)


def test_of_a_burst_the_last_are_told_and_nothing_comes_twice(watching: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        app, mine = world.app, world.workspace
        watch, _ = await start(app.call(), mine.id, Watched(mine), app.events, 10)
        for who in range(1, 1_301):
            at(world, 20 - who / 100, who, "menu")
        ids = [scan.id for scan in world.noted]
        await world.count()
        seen = await watch.look(app.call(), 700)
        assert [each.at_ms for each in seen] == [scan_id >> 20 for scan_id in ids[-700:]]
        assert await watch.look(app.call(), 700) == []

    watching(work)


def test_one_code_or_one_site_can_be_watched(watching: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        app, mine = world.app, world.workspace
        for scope, key, others in (
            ("link", world.links["menu"].id, ["", "away"]),
            ("site", world.site.id, ["menu", "away"]),
        ):
            what = Watched(mine, LinkId(key), Scope(scope, key))
            watch, _ = await start(app.call(), mine.id, what, app.events, 10)
            before = await lately(app.call(), what, app.events)
            for other in others:
                at(world, 1, 5, other)
            at(world, 1, 5, "menu" if scope == "link" else "")
            await world.count()
            seen = await watch.look(app.call(), 10)
            assert [(each.code, each.site) for each in seen] == [
                ("menu", "") if scope == "link" else ("", "asha")
            ]
            after = await lately(app.call(), what, app.events)
            assert after.last_5_minutes - before.last_5_minutes in (0, 1) and after.today - before.today == 1

    watching(work)


def test_another_workspace_sees_nothing_of_it(watching: Callable[[Work], None]) -> None:
    async def work(world: World) -> None:
        app = world.app
        other = Workspace(WorkspaceId(world.workspace.id + 1), "Other")
        watch, _ = await start(app.call(), other.id, Watched(other), app.events, 10)
        at(world, 1, 1, "menu")
        await world.count()
        assert await watch.look(app.call(), 10) == []
        assert await lately(app.call(), Watched(other), app.events) == Lately(0, 0, 0, 0)
        _, first = await start(app.call(), other.id, Watched(other), app.events, 10)
        assert first == []

    watching(work)


def test_the_numbers_are_those_of_a_count_by_hand(watching: Callable[[Work], None]) -> None:
    chance = random.Random(7)

    async def work(world: World) -> None:
        visits: list[tuple[float, int, Outcome, str]] = []
        for _ in range(400):
            visits.append(
                (
                    chance.uniform(0.1, 60),
                    chance.choice([NOBODY, *range(1, 40)]),
                    chance.choice([SCAN, SCAN, Outcome.FALLBACK, Outcome.CLOSED]),
                    chance.choice([PHONE, PHONE, ROBOT]),
                )
            )
        for minutes, who, outcome, agent in visits:
            at(world, minutes, who, "menu", outcome=outcome, agent=agent)
        await world.count()

        def people(within: float) -> int:
            found = [
                who
                for minutes, who, outcome, agent in visits
                if minutes < within and agent == PHONE and outcome != Outcome.CLOSED
            ]
            return len({who for who in found if who}) + found.count(NOBODY)

        found = await lately(world.app.call(), Watched(world.workspace), world.app.events)
        assert (found.last_5_minutes, found.last_30_minutes) == (people(5), people(30))
        landed = [each for each in visits if each[3] == PHONE and each[2] != Outcome.CLOSED]
        assert found.today == len(landed)

    watching(work)


def test_only_a_range_of_the_primary_key_is_read(installation: Installation) -> None:
    """With some statistics the planner would look for every link of the workspace: 500 ms at 100 million scans."""

    statistics = (
        "ANALYZE",
        "DELETE FROM sqlite_stat1 WHERE tbl IN ('scans', 'subjects')",
        "INSERT INTO sqlite_stat1 VALUES ('scans', 'scans_by_subject', '100000000 10'), ('subjects', NULL, '3')",
        "ANALYZE sqlite_schema",
    )

    async def work(world: World) -> None:
        async with world.app.events.write() as connection:
            for statement in statistics:
                await connection.exec_driver_sql(statement)
            plans: list[str] = []
            for link_id in (None, LinkId(5)):
                query = store._scans(WorkspaceId(1), link_id).where(store.scans.c.id >= first_of(NOW_MS))
                text = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
                rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")
                plans.append(" / ".join(row[3] for row in rows))
        assert "SEARCH scans USING INTEGER PRIMARY KEY (rowid>?)" in plans[0], plans
        assert "SEARCH scans USING INDEX scans_by_subject (subject=? AND rowid>?)" in plans[1], plans

    running(installation)(work)
