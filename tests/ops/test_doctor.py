"""The doctor finds each fault that it is for, and nothing in a healthy installation."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanly.analytics.flush import repair
from scanly.core.extend import discover
from scanly.core.lock import FileLock, lease_node
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.ops import backup, checks
from scanly.ops.checks import Finding
from scanly.ops.doctor import examine
from scanly.ops.metrics import Metrics
from scanly.ops.schema import HEADS
from scanly.scans.journal import frame_of, segment_path
from scanly.scans.model import Outcome, Scan

House = Any
NOW_MS = 1_795_400_000_000
GOOD = Settings(base_url="https://go.example.com")


def find(house: House, settings: Settings = GOOD, now_ms: int = NOW_MS + 1000) -> list[Finding]:
    return examine(house.folder, settings, lambda: now_ms)


@pytest.fixture
def healthy(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    house.furnish()
    house.ingest()
    asyncio.run(backup.create(house.folder, house.settings, NOW_MS))
    room = os.statvfs(house.folder.root)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(room.f_blocks * 4096, 10**12))
    return house


class Usage:
    def __init__(self, total: int, free: int) -> None:
        self.total, self.free = total, free


def test_a_healthy_installation_has_nothing_to_mend(healthy: House) -> None:
    findings = find(healthy)
    assert [each for each in findings if each.level != "ok"] == []
    assert {each.check for each in findings} == {module.TITLE for module in discover(checks).values()}


def test_an_installation_in_postgresql_is_examined_too(empty_house: House, postgres_url: str) -> None:
    empty_house.settings = Settings(database_url=postgres_url, base_url="https://go.example.com")
    empty_house.rows("main", "SELECT 1")
    said = [each.sentence for each in find(empty_house, empty_house.settings) if each.check == "database"]
    assert said == [
        f"The schema {part} of PostgreSQL is whole and up to date (schema {HEADS[part]})."
        for part in ("main", "events")
    ]


def test_looking_changes_nothing(tmp_path: Any) -> None:
    folder = DataFolder(tmp_path / "nowhere")
    findings = examine(folder, Settings(), lambda: NOW_MS)
    assert not folder.root.exists()
    assert "warning" in {each.level for each in findings}


def alter(path: Any, script: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)


def damage(house: House) -> None:
    alter(house.folder.main_db, "PRAGMA journal_mode = DELETE; VACUUM")
    with house.folder.main_db.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(40_000))


def drop(house: House) -> None:
    node, lock = lease_node(house.folder.nodes)
    Metrics(scans_dropped=3).flush(house.folder.nodes / f"{node:03d}.metrics")
    house.keep = lock


def cut(house: House) -> None:
    (path,) = house.folder.backups.glob("*.tar.gz")
    path.write_bytes(path.read_bytes()[:-1])


def hurt_journal(house: House) -> Path:
    """A segment that nobody has read yet: a scan, seven bytes of rubbish, three scans and a torn end."""
    frames = [frame_of(Scan(n, 1, 1, 20_000, Outcome.REDIRECT, 0, 0)) for n in range(1, 6)]
    path = segment_path(house.folder.journal, 0, 2**60)
    path.write_bytes(frames[0] + b"rubbish" + b"".join(frames[1:4]) + frames[4][:-1])
    return path


FAULTS: dict[str, tuple[Callable[[House], object], str, str]] = {
    "a damaged database": (damage, "database", "error"),
    "a newer schema": (
        lambda house: alter(house.folder.main_db, "UPDATE alembic_version SET version_num = '9999'"),
        "database",
        "error",
    ),
    "scans that were dropped": (drop, "journal", "error"),
    "damage in the middle of the journal": (lambda house: hurt_journal(house), "journal", "error"),
    "damaged parts of the journal that were set aside": (
        lambda house: (house.folder.journal / "000" / "1.journal.damaged").write_bytes(b"x"),
        "journal",
        "warning",
    ),
    "a recount that nobody goes on with": (
        lambda house: alter(house.folder.events_db, "INSERT INTO recounts VALUES (1, '', 1, 20000)"),
        "scans",
        "warning",
    ),
    "scans that wait without end": (
        lambda house: alter(house.folder.events_db, "INSERT INTO arrivals VALUES (1, 5, 300000, x'')"),
        "scans",
        "warning",
    ),
    "scans that an older version counted": (
        lambda house: alter(house.folder.events_db, "DELETE FROM rollups"),
        "scans",
        "warning",
    ),
    "data from the future": (
        lambda house: alter(house.folder.main_db, "UPDATE links SET changed_ms = changed_ms + 9000000"),
        "clock",
        "error",
    ),
    "a backup that was cut off": (cut, "backup", "warning"),
    "a key that others can read": (
        lambda house: (house.folder.root / "secret.key").touch(0o644),
        "settings",
        "warning",
    ),
    "a folder that others can read": (lambda house: house.folder.root.chmod(0o755), "settings", "warning"),
    "settings that cannot be read": (
        lambda house: (house.folder.settings_file.write_text("= 1"), house.folder.settings_file.chmod(0o600)),
        "settings",
        "error",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_by_its_check_with_a_hint(healthy: House, fault: str) -> None:
    make, check, level = FAULTS[fault]
    make(healthy)
    found = [each for each in find(healthy) if each.level != "ok"]
    assert (check, level) in {(each.check, each.level) for each in found}
    assert all(each.hint for each in found)


@pytest.mark.parametrize(
    ("settings", "now_ms", "check"),
    [
        (Settings(), NOW_MS, "address"),
        (Settings(base_url="http://localhost:8000"), NOW_MS, "address"),
        (Settings(base_url="http://192.168.1.5:8000"), NOW_MS, "address"),
        (Settings(base_url="https://nas.local"), NOW_MS, "address"),
        (Settings(base_url="http://go.example.com"), NOW_MS, "address"),
        (Settings(base_url="go.example.com"), NOW_MS, "address"),
        (Settings(base_url="https://go.example.com", country_header="CF-IPCountry"), NOW_MS, "settings"),
        (GOOD, 1_000_000_000_000, "clock"),
        (GOOD, NOW_MS + 3 * 86_400_000, "backup"),
    ],
)
def test_what_lies_outside_the_folder_is_found_too(
    healthy: House, settings: Settings, now_ms: int, check: str
) -> None:
    assert check in {each.check for each in find(healthy, settings, now_ms) if each.level != "ok"}


def test_of_damage_in_the_journal_the_file_the_byte_and_what_waits_behind_it_are_named(
    healthy: House,
) -> None:
    path = hurt_journal(healthy)
    start = path.read_bytes().index(b"rubbish")
    before = path.read_bytes()
    (found,) = [each for each in find(healthy) if each.level == "error"]
    assert found.sentence == (
        f"{path} is damaged at byte {start}: 7 bytes are no scan, and 3 whole scans behind them cannot be counted."
    )
    assert found.hint == "Run: scanly doctor --repair."
    assert path.read_bytes() == before and not list(path.parent.glob("*.damaged"))
    repair(healthy.folder, "", lambda: NOW_MS)
    assert {each.level for each in find(healthy) if each.check == "journal"} == {"ok", "warning"}
    assert "Torn ends of the journal that were cut off, as after a kill: 1." in {
        each.sentence for each in find(healthy)
    }


def test_a_full_disk_is_an_error(healthy: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((10**8, "error"), (5 * 10**8, "warning"), (10**11, "ok")):
        monkeypatch.setattr("shutil.disk_usage", lambda _, free=free: Usage(10**12, free))
        assert next(each for each in find(healthy) if each.check == "disk").level == level


def test_scans_that_wait_are_a_fault_only_while_a_server_runs(
    healthy: House, server_lock: FileLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.ops.checks.journal._MUCH_BYTES", 10)
    path = max(healthy.folder.journal.glob("*/*.journal"))
    with path.open("ab") as file:
        file.write(b"x" * 100)
    said = {each.check: each for each in find(healthy)}
    assert (said["journal"].level, said["server"].sentence) == (
        "warning",
        "A server is running (process 4711).",
    )
    assert said["journal"].sentence.startswith("100 bytes")
    server_lock.release()
    said = {each.check: each for each in find(healthy)}
    assert (said["journal"].level, said["server"].level) == ("ok", "ok")


def test_since_when_single_scans_are_kept_is_told(healthy: House, server_lock: FileLock) -> None:
    def said() -> list[tuple[str, str]]:
        return [(each.level, each.sentence) for each in find(healthy) if each.check == "scans"]

    assert said() == [("ok", "Single scans are kept for 396 days.")]
    alter(
        healthy.folder.events_db,
        "INSERT INTO states VALUES ('raw_since', 20000); INSERT INTO recounts VALUES (1, '', 1, 20000)",
    )
    assert said() == [
        ("ok", "Single scans are kept for 396 days, here since 2024-10-04; of days before there are totals."),
        ("ok", "The scans of 1 workspace are being counted again."),
    ]


def test_findings_can_be_written_as_json(healthy: House) -> None:
    assert msgspec.json.decode(msgspec.json.encode(find(healthy)))[0]["check"]
