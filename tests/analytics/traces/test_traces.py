"""A visitor of today can be found by address and agent, and be taken out of everything but the numbers."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from typing import Any

import pytest
from tests.analytics.world import PHONE, ROBOT, World, furnished
from tests.conftest import Installation

from scanly.analytics.flush import flush, recount
from scanly.analytics.reports.slices import EVERYTHING
from scanly.analytics.store import read_slices
from scanly.analytics.traces.actions import Where, erase_visitor, find_visitor
from scanly.analytics.traces.hashing import hashes_of
from scanly.core.errors import Invalid
from scanly.core.ids import IdMaker, WorkspaceId
from scanly.db.erasing import settle
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.visitor import Salts
from scanly.work import store as outbox

HERE, THERE = "203.0.113.7", "203.0.113.8"


async def recorded(world: World, *visits: tuple[str, str, Outcome], privacy: str = "daily") -> None:
    """Visits of addresses with agents, through the journal into the database."""
    app = world.app
    journal = Journal(app.folder.journal, app.node, app.clock)
    recorder = Recorder(
        journal, Salts(app.folder.salts), Places(None), IdMaker(app.node, app.clock), app.clock
    )
    for address, agent, outcome in visits:
        subject = world.site.id if outcome is Outcome.VIEW else world.links["menu"].id
        visit = Visit(
            subject,
            world.workspace.id,
            world.workspace.time_zone,
            outcome,
            address,
            agent.encode(),
            referrer=b"https://l.example.com/private",
            privacy=privacy,
            drive="diwali",
        )
        assert recorder.record(visit)
    journal.close()
    await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)


def forms_of(number: int) -> list[bytes]:
    """How an integer of 64 bits can lie in a file."""
    return [struct.pack(f"{order}q", number) for order in "<>"] + [str(number).encode()]


def holding(folder: Path, numbers: set[int]) -> set[str]:
    wanted = [form for number in numbers for form in forms_of(number)]
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "salts"]
    return {path.name for path in files if any(form in path.read_bytes() for form in wanted)}


@pytest.mark.parametrize("privacy", ["daily", "weekly", "monthly"])
def test_after_it_is_erased_the_hash_is_in_no_file_and_every_number_stays(
    installation: Installation, privacy: str
) -> None:
    async def work(app: Any) -> None:
        world = await furnished(app)
        where, mine = Where(app.folder, app.events), world.workspace.id
        await recorded(
            world,
            (HERE, PHONE, Outcome.REDIRECT),
            (HERE, PHONE, Outcome.REDIRECT),
            (HERE, PHONE, Outcome.VIEW),
            (THERE, PHONE, Outcome.REDIRECT),
            (HERE, ROBOT, Outcome.REDIRECT),
            privacy=privacy,
        )
        hashes = hashes_of(Salts(app.folder.salts), mine, HERE, [PHONE])
        assert hashes is not None
        async with app.events.read() as connection:
            in_seen = await keys_of(connection)
            before = await read_slices(
                connection, mine, [EVERYTHING], (world.today, world.today), ["time", "device"]
            )
        assert {name.partition(".")[0] for name in holding(app.folder.root, set(hashes.numbers))} >= {
            "events"
        }
        found = await find_visitor(app.call(), mine, where, HERE, PHONE)
        assert [each.outcome for each in found] == [Outcome.REDIRECT, Outcome.REDIRECT, Outcome.VIEW]
        assert found[0].agent == PHONE and found[0].texts["referrer"] == "l.example.com/private"

        assert await erase_visitor(app.call(), mine, where, HERE, PHONE) == 3
        assert await settle(app.events)

        async with app.events.read() as connection:
            gone = in_seen - await keys_of(connection)
            after = await read_slices(
                connection, mine, [EVERYTHING], (world.today, world.today), ["time", "device"]
            )
        assert len(gone) == 4, "as a visitor of the link, the workspace, the campaign and the site"
        assert holding(app.folder.root, set(hashes.numbers) | gone) == set()
        assert after == before and after[0].visitors == 2
        assert await find_visitor(app.call(), mine, where, HERE, PHONE) == []
        assert len(await find_visitor(app.call(), mine, where, THERE, PHONE)) == 1
        assert len(await find_visitor(app.call(), mine, where, HERE)) == 1, "the robot, by any agent"

    installation.run(work)


def test_a_recount_does_not_take_them_for_robots(installation: Installation) -> None:
    """They have no agent any more, and an empty one is a robot's."""

    async def work(app: Any) -> None:
        world = await furnished(app)
        mine, days = world.workspace.id, (world.today, world.today)
        await recorded(world, (HERE, PHONE, Outcome.REDIRECT), (THERE, PHONE, Outcome.REDIRECT))
        await erase_visitor(app.call(), mine, Where(app.folder, app.events), HERE)
        await asyncio.to_thread(recount, app.folder, "", {mine: ""}, lambda *_: None)
        async with app.events.read() as connection:
            (day,) = await read_slices(connection, mine, [EVERYTHING], days)
        assert (day.scans, day.kinds) == (2, (2, 0, 0, 0, 0))

    installation.run(work)


async def keys_of(connection: Any) -> set[int]:
    return {row[0] for row in await connection.exec_driver_sql("SELECT key FROM seen")}


def test_whoever_is_interrupted_can_do_it_again(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(app: Any) -> None:
        world = await furnished(app)
        where, mine = Where(app.folder, app.events), world.workspace.id
        await recorded(world, (HERE, PHONE, Outcome.REDIRECT))
        hashes = hashes_of(Salts(app.folder.salts), mine, HERE, [PHONE])
        assert hashes is not None

        async def killed(*_: object) -> int:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("scanly.analytics.traces.store.erase_traces", killed)
            with pytest.raises(KeyboardInterrupt):
                await erase_visitor(app.call(), mine, where, HERE, PHONE)
        assert len(await find_visitor(app.call(), mine, where, HERE, PHONE)) == 1
        assert await erase_visitor(app.call(), mine, where, HERE, PHONE) == 1
        assert await settle(app.events)
        assert holding(app.folder.root, set(hashes.numbers)) == set()

    installation.run(work)


def test_it_is_told_that_it_was_done_but_not_of_whom(
    either: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(app: Any) -> None:
        world = await furnished(app)
        where, mine = Where(app.folder, app.events), world.workspace.id
        await recorded(world, (HERE, PHONE, Outcome.REDIRECT))
        assert await erase_visitor(app.call(), mine + 1, where, HERE, PHONE) == 0, "somebody else's"
        with caplog.at_level("INFO", "scanly.privacy"):
            assert await erase_visitor(app.call(), mine, where, HERE) == 1
            assert await erase_visitor(app.call(), mine, where, HERE) == 0
        async with app.main.read() as connection:
            facts = [
                fact for fact in await outbox.facts_anywhere(connection, "t", 99) if "erased" in fact.event
            ]
        assert [fact.payload for fact in facts] == [{"answers": 0, "invitations": 0, "gifts": 0, "scans": 1}]
        assert len(caplog.records) == 1
        assert HERE not in f"{facts}{caplog.text}" and "Mozilla" not in f"{facts}{caplog.text}"

    either.run(work)


def test_without_a_key_nobody_can_be_found(installation: Installation) -> None:
    async def work(app: Any) -> None:
        world = await furnished(app)
        await recorded(world, (HERE, PHONE, Outcome.REDIRECT))
        Salts(app.folder.salts).destroy_before(world.today + 1)
        assert await find_visitor(app.call(), world.workspace.id, Where(app.folder, app.events), HERE) == []

    installation.run(work)


@pytest.mark.parametrize("address", ["203.0.113.7", "::ffff:203.0.113.7", " [203.0.113.7] "])
def test_an_address_is_found_in_every_spelling(tmp_path: Path, address: str) -> None:
    from scanly.scans.visitor import Window, visitor

    salts = Salts(tmp_path)
    window = Window(20_000)
    found = hashes_of(salts, WorkspaceId(1), address, ["x"])
    assert found is None
    salt = salts.of(window)
    found = hashes_of(salts, WorkspaceId(1), address, ["x"])
    assert found is not None and found.first_day == 20_000
    for spelling in ("203.0.113.7", "::ffff:203.0.113.7"):
        assert visitor(salt, 1, 20_000, spelling, "x") in found.numbers


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is not an IP address"):
        hashes_of(Salts(tmp_path), WorkspaceId(1), "asha@example.com", [""])
