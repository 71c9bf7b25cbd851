"""What only a database in a file can suffer."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

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
    monkeypatch.setattr("scanly.analytics.events_sqlite._PRAGMAS", ("PRAGMA busy_timeout = 10",))
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


def test_a_database_that_is_missing_is_not_made(house: Any) -> None:
    house.folder.events_db.unlink()
    with pytest.raises(Unavailable, match="cannot be used"):
        house.store()
    assert not house.folder.events_db.exists()
