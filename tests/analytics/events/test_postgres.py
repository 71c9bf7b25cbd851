"""What only a database that several nodes write at once can suffer."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import date
from typing import Any

import msgspec
import pytest
from tests.analytics.conftest import close, house_of
from tests.analytics.test_ingest import drain

from scanly.analytics.events import rolling
from scanly.analytics.events.batch import Batch
from scanly.analytics.flush import flush
from scanly.analytics.ingest import Ingester
from scanly.core.clock import day_number
from scanly.core.errors import Unavailable
from scanly.core.ids import first_of
from scanly.core.paths import DataFolder
from scanly.ops import copy
from scanly.ops.schema import HEADS
from scanly.scans.model import Outcome, Scan

TODAY = 20_415
DAY_MS = 86_400_000
NOW_MS = TODAY * DAY_MS


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


def stored(store: Any, scans: list[Scan], at_ms: int = NOW_MS) -> None:
    """Stored, but not counted."""
    store.apply(Batch(at_ms, scans))


def arrivals(house: Any) -> int:
    return house.ask("SELECT count(*) FROM arrivals")[0][0]


def test_what_a_node_stored_before_it_died_is_counted_by_another(house: Any) -> None:
    dead, other = house.store(), house.store()
    for n in range(30):
        stored(dead, [house.scan(day=TODAY - n % 3) for _ in range(7)])
    assert arrivals(house) == 30 and house.ask("SELECT * FROM rollups") == []
    assert house.ask("SELECT * FROM feed") == []
    assert other.count_stored() == frozenset()
    assert arrivals(house) == 0
    house.assert_counts_agree()
    told = [ids for (ids,) in house.ask("SELECT ids FROM feed ORDER BY seq")]
    assert [len(msgspec.msgpack.decode(ids)) for ids in told] == [7] * 30


def test_counting_takes_small_pieces_and_the_rest_in_order(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolling, "SCANS_AT_ONCE", 10)
    store, pieces = house.store(), []
    scans = [house.scan() for _ in range(45)]
    for start in range(0, 45, 3):
        stored(store, scans[start : start + 3])
    while arrivals(house):
        before = arrivals(house)
        assert store._count_some()
        pieces.append(before - arrivals(house))
    assert pieces == [4, 4, 4, 3]
    told = [msgspec.msgpack.decode(ids) for (ids,) in house.ask("SELECT ids FROM feed ORDER BY seq")]
    assert [each for ids in told for each in ids] == [scan.id for scan in scans]
    house.assert_counts_agree()


def test_while_another_counts_a_node_goes_on_storing_and_flush_waits(house: Any, database_url: str) -> None:
    journal, counting, ingester = house.journal(), house.store(), house.ingester()
    with counting._sql.transaction():
        assert counting._sql.take_turn()
        for _ in range(3):
            journal.append(house.scan())
            assert ingester.step() == 1
        assert arrivals(house) == 3
        with pytest.raises(Unavailable, match="not counted in time"):
            flush(house.folder, database_url, lambda: NOW_MS, patience_s=0.2)
    flush(house.folder, database_url, lambda: NOW_MS)
    assert arrivals(house) == 0
    house.assert_counts_agree()


def test_a_limited_link_has_led_on_as_often_as_is_stored_counted_or_not(house: Any) -> None:
    store, led = house.store(), {"link_id": 77, "outcome": Outcome.REDIRECT, "flags": 0, "agent": "Firefox"}
    assert store.led_on(77) == 0
    stored(
        store,
        [house.scan(**led) for _ in range(3)] + [house.scan(link_id=78), house.scan(**led | {"flags": 1})],
    )
    assert store.led_on(77) == 3
    store.count_stored()
    stored(store, [house.scan(**led)])
    assert arrivals(house) == 1
    assert store.led_on(77) == 4


def test_a_late_day_is_exact_also_when_its_scans_wait_to_be_counted(house: Any) -> None:
    """Keys of visitors are brought back from what is counted, and from nothing else."""
    first, second = house.store(), house.store()
    late, people = TODAY - 9, {"link_id": 5, "outcome": Outcome.REDIRECT, "flags": 0, "agent": "Firefox"}
    for store in (first, second) * 3:
        stored(store, [house.scan(day=late, **people) for _ in range(9)])
        store.count_stored()
        stored(first, [house.scan(day=late, **people) for _ in range(9)])
        stored(second, [house.scan(day=TODAY, **people) for _ in range(5)])
        store.count_stored()
        house.assert_counts_agree()
        for each in (second, first, second):  # who had no late scans forgets the other's keys
            each.tidy(NOW_MS, 0)


def test_keys_of_visitors_that_another_node_forgot_again_are_brought_back_again(house: Any) -> None:
    one, other = house.store(), house.store()
    people = {"link_id": 5, "outcome": Outcome.REDIRECT, "flags": 0, "agent": "Firefox"}
    for store, visitors in ((other, (1, 2, 3)), (one, (4, 5)), (one, (1, 2, 3, 4))):
        stored(store, [house.scan(day=TODAY - 9, **people, visitor=visitor) for visitor in visitors])
        stored(store, [house.scan(day=TODAY, **people)])
        store.count_stored()
        for _ in range(2):
            other.tidy(NOW_MS, 0)
        assert house.ask("SELECT DISTINCT day FROM seen") == [(TODAY,)]
    assert house.ask("SELECT scans, visitors FROM rollups WHERE scope = 1 AND scans = 9") == [(9, 5)]
    house.assert_counts_agree()


def test_a_recount_counts_what_has_arrived_once(house: Any) -> None:
    store, other = house.store(), house.store()
    stored(store, [house.scan(day=TODAY - n % 3) for n in range(60)])
    store.count_stored()
    owners = {number for (number,) in house.ask("SELECT workspace_id FROM subjects")}
    store.ask_recount(dict.fromkeys(owners, "Asia/Kolkata"))
    while True:
        stored(other, [house.scan(day=TODAY - n % 3) for n in range(6)])
        if store.recount() is None:
            break
    other.count_stored()
    house.assert_counts_agree()


def test_nodes_that_bring_the_same_texts_at_once_wait_for_each_other_but_never_in_a_circle(
    house: Any,
) -> None:
    batches = [
        [[house.scan(referrer=f"{(n * step) % 97}.example/", city=f"c{(n * step) % 89}") for n in range(40)]
         for step in steps]
        for steps in ((1, 5, 7, 11, 13), (96, 50, 3, 8, 2), (17, 19, 23, 29, 31))
    ]  # fmt: skip
    faults: list[Exception] = []

    def node(mine: list[list[Scan]]) -> None:
        store = house.open_store()
        try:
            for scans in mine:
                stored(store, scans)
                store.count_stored()
        except Exception as error:
            faults.append(error)
        finally:
            store.close()

    threads = [threading.Thread(target=node, args=(mine,)) for mine in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    house.store().count_stored()
    assert len(house.counted_ids()) == 600
    house.assert_counts_agree()


def test_numbers_go_on_behind_rows_that_were_copied_in_with_theirs(house: Any) -> None:
    for number in range(1, 40):
        house.ask(f"INSERT INTO words (number, kind, text) VALUES ({number}, 'country', 'copied {number}')")
    house.ask("INSERT INTO groups (number, kind, workspace_id, name) VALUES (1, 'workspace', 1, '')")
    journal = house.journal()
    for _ in range(50):
        journal.append(house.scan())
    assert drain(house.ingester()) == 50
    house.assert_counts_agree()


def test_an_agent_that_another_node_removed_gets_a_new_number(house: Any) -> None:
    store, other = house.store(), house.store()
    stored(store, [house.scan(day=TODAY - 30, agent="Firefox of old", flags=0)])
    store.count_stored()
    while other.tidy(NOW_MS, 10):
        pass
    assert house.ask("SELECT * FROM agents WHERE text = 'Firefox of old'") == []
    stored(store, [house.scan(agent="Firefox of old", flags=0)])
    assert house.ask("SELECT agents.text FROM scans JOIN agents ON agents.number = agent") == [
        ("Firefox of old",)
    ]


def test_scans_lie_in_the_month_of_their_id_and_those_of_odd_clocks_in_the_rest(house: Any) -> None:
    store = house.store()
    days = {
        "scans_2025_11": date(2025, 11, 3), "scans_2025_12": date(2025, 12, 31), "scans_2024_02": date(2024, 2, 29),
        "scans_rest": date(2031, 5, 1),
    }  # fmt: skip
    where = {table: house.scan(id=first_of(day_number(day) * DAY_MS)) for table, day in days.items()}
    first_of_month = house.scan(id=first_of(day_number(date(2025, 12, 1)) * DAY_MS))
    stored(store, [*where.values(), house.scan(id=7), first_of_month])
    found = dict(house.ask("SELECT id, tableoid::regclass::text FROM scans"))
    assert found == {scan.id: table for table, scan in where.items()} | {
        7: "scans_rest", first_of_month.id: "scans_2025_12"
    }  # fmt: skip
    stored(store, [house.scan(day=day_number(date(2031, 5, 7)))], day_number(date(2031, 5, 7)) * DAY_MS)
    assert house.ask("SELECT count(*) FROM scans_2031_05") == [(2,)]  # the month has come
    assert house.ask("SELECT id FROM scans_rest") == [(7,)]
    store.count_stored()
    assert len(house.counted_ids()) == 7


def test_months_that_are_past_are_dropped_whole(house: Any) -> None:
    store = house.store()
    stored(store, [house.scan(day=TODAY - 10 * n) for n in range(12)])
    store.count_stored()
    before = house.ask("SELECT scope, number, day, scans FROM rollups ORDER BY 1, 2, 3")
    tables = "SELECT relname FROM pg_class WHERE relname LIKE 'scans_20_____' AND relkind = 'r' ORDER BY 1"
    assert len(house.ask(tables)) == 5
    while store.tidy(NOW_MS, 25):
        pass
    assert house.ask(tables) == [("scans_2025_10",), ("scans_2025_11",), ("scans_2025_12",)]
    assert len(house.counted_ids()) == 3
    assert house.ask("SELECT scope, number, day, scans FROM rollups ORDER BY 1, 2, 3") == before
    stored(store, [house.scan(day=TODAY - 100)])  # a late one is kept until the next tidying
    store.count_stored()
    assert len(house.counted_ids()) == 4


def test_scans_wait_while_the_server_is_away_and_none_is_lost(house: Any) -> None:
    journal, ingester = house.journal(), house.ingester()
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'scanly ingest'"
    journal.append(house.scan())
    assert ingester.step() == 1
    for _ in range(3):
        journal.append(house.scan())
        house.ask(end)
        deadline_s = time.monotonic() + 5
        while drain_patiently(ingester) == 0:
            assert time.monotonic() < deadline_s
    assert len(house.counted_ids()) == 4
    house.assert_counts_agree()


def drain_patiently(ingester: Ingester) -> int:
    try:
        return ingester.step()
    except Unavailable:
        return 0


def test_when_the_database_refuses_every_scan_none_is_set_aside(house: Any) -> None:
    house.ask("CREATE FUNCTION no() RETURNS trigger AS $$BEGIN RAISE 'not today'; END$$ LANGUAGE plpgsql")
    house.ask("CREATE TRIGGER no BEFORE INSERT ON scans FOR EACH ROW EXECUTE FUNCTION no()")
    journal, ingester = house.journal(), house.ingester()
    journal.append(house.scan())
    for _ in range(2):
        with pytest.raises(Unavailable, match="not today"):
            ingester.step()
    house.ask("DROP TRIGGER no ON scans")
    assert ingester.step() == 1
    house.assert_counts_agree()


def test_rows_that_an_earlier_version_stored_are_read_by_the_names_of_their_columns() -> None:
    packed = msgspec.msgpack.encode((("subject", "id", "day"), [(5, 6, 7)]))
    (row,) = rolling.unpack_rows(packed)
    assert row[:3] == (6, 5, 7) and set(row[3:]) == {0}
    assert rolling.unpack_rows(rolling.pack_rows([row])) == [row]


def test_what_is_stored_and_not_counted_yet_moves_to_either_engine_and_is_counted_there(
    house: Any, database_url: str, folder: DataFolder
) -> None:
    store = house.store()
    house.ask("CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)")
    house.ask(f"INSERT INTO alembic_version VALUES ('{HEADS['events']}')")
    stored(store, [house.scan(day=TODAY - n % 3) for n in range(50)])
    store.count_stored()
    stored(store, [house.scan(day=TODAY - n % 3) for n in range(40)])
    store.close()
    house.opened.remove(store)
    asyncio.run(copy.to_sqlite(database_url, "events", folder.events_db))
    small = house_of("", folder)
    assert arrivals(small) == 1
    assert drain(small.ingester()) == 0
    assert arrivals(small) == 0
    small.assert_counts_agree()
    asyncio.run(copy.to_postgres(folder.events_db, database_url, "events", "events"))
    assert house.counted_ids() == small.counted_ids()
    assert house.ask("SELECT * FROM scans_rest") == []
    close(small)
    store = house.store()
    stored(store, [house.scan(day=TODAY - n % 3) for n in range(60)])
    store.count_stored()
    house.assert_counts_agree()
    assert house.ask("SELECT count(*) FROM scans_2025_11") == [(150,)]
