"""Restoring: the old or the new, never between, and never over a living server or unasked over data."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.analytics.plain import assert_rollups_are_those_of

from scanly.core.errors import Conflict, Invalid
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.db.engine import open_sqlite
from scanly.ops import backup, schema
from scanly.ops.restore import finish_interrupted_restore, restore

House = Any
NOW_MS = 1_795_400_000_000


def make(house: House) -> Path:
    return asyncio.run(backup.create(house.folder, house.settings, NOW_MS)).path


def put(path: Path, folder: DataFolder, *, force: bool = False, settings: Settings | None = None) -> None:
    asyncio.run(restore(path, folder, settings or Settings(), force=force, clock=lambda: NOW_MS))


def state(folder: DataFolder) -> dict[str, Any]:
    """What a start would find, file by file."""
    found: dict[str, Any] = {}
    for path in (folder.main_db, folder.events_db):
        if path.exists():
            with closing(sqlite3.connect(path)) as database:
                found[path.name] = list(database.iterdump())
    for name in ("journal", "media", "scanly.toml", "secret.key"):
        for path in sorted((folder.root / name).rglob("*")) or [folder.root / name]:
            if path.is_file() and path.suffix != ".lock":
                found[path.relative_to(folder.root).as_posix()] = path.read_bytes()
    return found


def restore_and_die(path: Path, folder: DataFolder, stop_at: int) -> bool:
    """Restores in a child that is killed before its ``stop_at``-th change of names; whether it was."""
    child = os.fork()
    if child == 0:
        calls = 0

        def watch(event: str, _: object) -> None:
            nonlocal calls
            if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir"):
                calls += 1
                if calls == stop_at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        try:
            put(path, folder, force=True)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_restore_that_is_killed_at_any_step_leaves_the_old_or_the_new(house: House, tmp_path: Path) -> None:
    (house.folder.root / "secret.key").write_bytes(b"new key")
    (house.folder.media / "new.png").write_bytes(b"new")
    house.furnish(codes=("new",), scans=9)
    path = make(house)
    new = state(house.folder)
    template = DataFolder(tmp_path / "old")
    template.create()
    type(house)(template, Settings(), house.template).furnish(codes=("old",), scans=3)
    (template.media / "old.png").write_bytes(b"old")
    (template.root / "secret.key").write_bytes(b"old key")
    crashed = sqlite3.connect(template.main_db)  # never closed: a log is left beside the database
    crashed.execute("UPDATE links SET title = 'in the log'")
    crashed.commit()
    old = state(template)
    assert old != new
    assert (template.root / "scanly.db-wal").stat().st_size

    outcomes: list[bool] = []
    for stop_at in range(1, 200):
        folder = DataFolder(tmp_path / f"killed-{stop_at}")
        shutil.copytree(template.root, folder.root)
        killed = restore_and_die(path, folder, stop_at)
        asyncio.run(finish_interrupted_restore(folder, Settings()))
        after = state(folder)
        assert after in (old, new), f"killed at change {stop_at}"
        assert not (folder.root / "restore.json").exists()
        outcomes.append(after == new)
        if not killed:
            assert sorted(each.name for each in folder.root.glob("*restore*")) == [
                "before-restore-2026-11-23T02-13-20Z",
                "restore.lock",
            ]
            break
        put(path, folder, force=True)
        assert state(folder) == new, f"restored again after a kill at change {stop_at}"
        shutil.rmtree(folder.root)
    assert outcomes == sorted(outcomes), "first the old, then the new"
    assert outcomes.count(False) >= 5
    assert outcomes.count(True) >= 10
    crashed.close()


def test_with_postgresql_an_interrupted_restore_is_finished_from_where_it_stood(
    house: House, empty_house: House, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_house.settings = Settings(database_url=postgres_url)
    assert empty_house.contents()["links"] == []
    house.furnish()
    house.ingest()
    path = make(house)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("_swap_files", "_swap_schemas"):
        with monkeypatch.context() as patch:
            patch.setattr(f"scanly.ops.restore.{step}", killed)
            with pytest.raises(KeyboardInterrupt):
                put(path, empty_house.folder, settings=empty_house.settings, force=True)
        assert asyncio.run(finish_interrupted_restore(empty_house.folder, empty_house.settings))
        assert not asyncio.run(finish_interrupted_restore(empty_house.folder, empty_house.settings))
        assert empty_house.contents() == house.contents()


def test_a_restore_needs_force_over_data_and_keeps_it_until_the_next(house: House) -> None:
    house.furnish()
    path = make(house)
    house.furnish(codes=("later",), name="Later")
    with pytest.raises(Conflict, match="--force"):
        put(path, house.folder)
    before = state(house.folder)
    put(path, house.folder, force=True)
    assert len(house.contents()["links"]) == 2
    (kept,) = house.folder.root.glob("before-restore-*")
    assert state(DataFolder(kept)) == before
    put(path, house.folder, force=True)
    (kept,) = house.folder.root.glob("before-restore-*")
    assert state(DataFolder(kept)) == state(house.folder)
    assert len(backup.list_backups(house.folder)) == 1


def test_a_restore_is_refused_while_a_server_runs_or_a_command_has_the_folder_open(
    house: House, server_lock: FileLock
) -> None:
    house.furnish()
    path = make(house)
    before = state(house.folder)
    with pytest.raises(Conflict, match="server is running"):
        put(path, house.folder, force=True)
    server_lock.release()

    async def meanwhile(_: object) -> None:
        with pytest.raises(Conflict, match="command is using"):
            await restore(path, house.folder, Settings(), force=True)

    house.run(meanwhile)
    assert not asyncio.run(finish_interrupted_restore(house.folder, Settings())), "nothing is left to finish"
    assert state(house.folder) == before
    put(path, house.folder, force=True)


def test_a_damaged_backup_changes_nothing(house: House) -> None:
    house.furnish()
    path = make(house)
    path.write_bytes(path.read_bytes()[:-200])
    before = state(house.folder)
    with pytest.raises(Invalid, match="Nothing was changed"):
        put(path, house.folder, force=True)
    assert state(house.folder) == before
    assert {each.name for each in house.folder.root.glob("*restore*")} == {"restore.lock"}


@pytest.mark.parametrize(
    ("in_backup", "here", "used"),
    [
        ("port = 9000", "", "port = 9000"),
        ("port = 9000", "port = 9001", "port = 9000"),
        ("", "port = 9001", "port = 9001"),
        ('database_url = "postgresql://old/db"', "port = 9001", "port = 9001"),
        ("this is = = no toml", "port = 9001", "port = 9001"),
    ],
)
def test_settings_come_back_unless_they_lead_to_another_database(
    house: House, empty_house: House, in_backup: str, here: str, used: str
) -> None:
    house.furnish(scans=0)
    for folder, settings in ((house.folder, in_backup), (empty_house.folder, here)):
        if settings:
            folder.settings_file.write_text(settings)
    put(make(house), empty_house.folder)
    assert empty_house.folder.settings_file.read_text() == used
    beside = empty_house.folder.root / "scanly.toml.from-backup"
    assert beside.exists() == (bool(in_backup) and used != in_backup)


FORMER_SCANS = """
    INSERT INTO subjects (number, link_id, workspace_id) SELECT 1, id, workspace_id FROM here.links LIMIT 1;
    INSERT INTO agents (number, text, kind, rules) VALUES (1, 'Mozilla/5.0 (Linux; Android 10; K) Chrome/131', 0, 1),
        (2, 'curl/8.5.0', 0, 1);
    INSERT INTO words VALUES (1, 'country', 'IN');
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 39)
    INSERT INTO scans (id, subject, day, kind, outcome, visitor, agent, country, city, language, referrer,
        source, medium, campaign, term, content, rule)
    SELECT ((20000 + n / 10) * 86400000 + 3600000 + n) << 20, 1, 20000 + n / 10, 0, 0, n % 4 + 100 * (n / 10),
        1 + (n % 5 = 0), 1, 0, 0, 0, 0, 0, 0, 0, 0, n % 2 * 41 FROM numbers;
    INSERT INTO totals SELECT subject, day, kind, outcome, count(*) FROM scans GROUP BY 1, 2, 3, 4"""


def test_a_backup_of_before_there_were_rollups_is_counted_when_it_is_opened(
    house: House, empty_house: House, database_url: str
) -> None:
    """Also robots that were taken for people then, and hours that nobody had noted."""
    house.furnish(scans=0)
    house.folder.events_db.unlink()

    async def make() -> None:
        database = open_sqlite(house.folder.events_db, "events")
        async with database.write() as connection:
            await schema.take_steps(connection, "events", "0002")
        await database.close()

    asyncio.run(make())
    with closing(sqlite3.connect(house.folder.events_db, isolation_level=None)) as events:
        events.execute("ATTACH ? AS here", (str(house.folder.main_db),))
        events.executescript(FORMER_SCANS)
    made = asyncio.run(backup.create(house.folder, Settings(), NOW_MS))
    empty_house.settings = Settings(database_url=database_url)
    asyncio.run(restore(made.path, empty_house.folder, empty_house.settings))
    days = "SELECT day, person, bot FROM rollups WHERE scope = 1 ORDER BY day"
    assert empty_house.rows("events", days) == [(20_000 + day, 8, 2) for day in range(4)]
    assert empty_house.rows("events", "SELECT DISTINCT hour FROM scans") == [(6,)], "01:00 UTC in Kolkata"
    assert_rollups_are_those_of(lambda query: empty_house.rows("events", query))
    assert len(list(empty_house.folder.backups.glob("*before-upgrade*"))) == 1
