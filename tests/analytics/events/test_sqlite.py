"""What only a database in a file can suffer."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Any

import msgspec
import pytest
from tests.analytics.counting.test_upkeep import recounted, workspaces
from tests.analytics.test_ingest import drain

from scanly.analytics.ingest import Ingester
from scanly.core.errors import Unavailable

SCANS = 2_000


@pytest.fixture
def database_url() -> str:
    return ""


def ingester_of(house: Any, store: Any) -> Ingester:
    return Ingester(house.folder.journal, store, nodes_dir=house.folder.nodes, clock=lambda: 0)


def test_while_another_process_writes_scans_wait_and_none_is_lost(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.analytics.events.sqlite._PRAGMAS", ("PRAGMA busy_timeout = 10",))
    journal, ingester = house.journal(), house.ingester()
    journal.append(house.scan())
    other = sqlite3.connect(house.folder.events_db, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        with pytest.raises(Unavailable, match="locked"):
            ingester.step()
    other.execute("ROLLBACK")
    other.close()
    assert ingester.step() == 1
    house.assert_counts_agree()


def test_a_full_disk_makes_scans_wait_and_none_is_lost(house: Any) -> None:
    journal, store = house.journal(), house.store()
    ingester = ingester_of(house, store)
    ((pages,),) = house.ask("PRAGMA page_count")
    store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    for _ in range(SCANS):
        journal.append(house.scan())
    for _ in range(3):
        with pytest.raises(Unavailable, match="full"):
            ingester.step()
    assert house.counted_ids() == []
    store._db.execute("PRAGMA max_page_count = 1000000")
    assert ingester.step() == SCANS
    house.assert_counts_agree()


def test_when_the_database_refuses_every_scan_none_is_set_aside(house: Any) -> None:
    house.ask("CREATE TRIGGER no BEFORE INSERT ON scans BEGIN SELECT RAISE(ABORT, 'not today'); END")
    journal, ingester = house.journal(), house.ingester()
    journal.append(house.scan())
    with pytest.raises(Unavailable, match="not today"):
        ingester.step()
    house.ask("DROP TRIGGER no")
    assert ingester.step() == 1


def test_segments_stay_while_a_reader_keeps_the_log_from_the_file(house: Any) -> None:
    store = house.store()
    reader = sqlite3.connect(house.folder.events_db, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM scans").fetchall()
    journal = house.journal()
    journal.append(house.scan())
    ingester_of(house, store).step()
    assert not store.settle()
    reader.close()
    assert store.settle()


@pytest.fixture
def short_log(monkeypatch: pytest.MonkeyPatch) -> int:
    """How long the write-ahead log may be, in bytes."""
    monkeypatch.setattr("scanly.analytics.events.sqlite.LOG_BYTES", 400_000)
    return 400_000


def test_the_log_stays_short_although_somebody_reads_at_every_moment(house: Any, short_log: int) -> None:
    journal, store = house.journal(), house.store()
    ingester, log = ingester_of(house, store), house.folder.events_db.with_name("events.db-wal")
    stop = threading.Event()

    def read() -> None:
        reader = sqlite3.connect(house.folder.events_db, isolation_level=None)
        while not stop.is_set():
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM scans").fetchall()
            time.sleep(0.08)
            reader.execute("COMMIT")
        reader.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
        time.sleep(0.03)
    longest = 0
    for _ in range(25):
        for _ in range(60):
            journal.append(house.scan())
        ingester.step()
        store.tidy(0, 0)
        longest = max(longest, log.stat().st_size)
    stop.set()
    for reader in readers:
        reader.join()
    assert short_log / 2 < longest < 2 * short_log
    house.assert_counts_agree()


def test_one_reader_who_stays_is_waited_for_only_as_the_log_grows(house: Any, short_log: int) -> None:
    journal, store = house.journal(), house.store()
    ingester, waits = ingester_of(house, store), 0
    empty = store._empty_log

    def noted(patience_ms: int) -> bool:
        nonlocal waits
        waits += 1
        return empty(patience_ms // 20)

    store._empty_log = noted
    reader = sqlite3.connect(house.folder.events_db, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM scans").fetchall()
    log = house.folder.events_db.with_name("events.db-wal")
    while log.stat().st_size < 3 * short_log:
        for _ in range(60):
            journal.append(house.scan())
        ingester.step()
        store.tidy(0, 0)
    assert 2 <= waits <= 3
    reader.close()
    for _ in range(60):
        journal.append(house.scan())
    while log.stat().st_size > short_log:
        ingester.step()
        for _ in range(60):
            journal.append(house.scan())
        store.tidy(0, 0)
    house.assert_counts_agree()


def test_a_rollup_that_is_damaged_or_gone_stops_nobody_and_a_recount_makes_it_anew(
    house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    journal, ingester = house.journal(), house.ingester()
    for number in range(300):
        journal.append(house.scan(day=20_415 - number % 2))
        if number == 200:
            drain(ingester)
            house.ask("UPDATE rollups SET time = x'ff00', device = x'81', parts = x'9904' WHERE number % 2")
            house.ask("DELETE FROM rollups WHERE scope = 3")
    assert drain(ingester) == 99
    (said, *_) = [each for each in caplog.records if each.name == "scanly.rollups"]
    assert said.getMessage() == "A part of a rollup cannot be read."
    with pytest.raises((AssertionError, msgspec.DecodeError)):
        house.assert_counts_agree()
    recounted(house.store(), dict.fromkeys(workspaces(house), ""))
    house.assert_counts_agree()


def test_a_database_that_is_missing_is_not_made(house: Any) -> None:
    house.folder.events_db.unlink()
    with pytest.raises(Unavailable, match="cannot be used"):
        house.store()
    assert not house.folder.events_db.exists()
