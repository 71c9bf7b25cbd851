"""The ingester on both engines: every scan once, every count exact, and nothing stops it."""

from __future__ import annotations

import threading
import time
from typing import Any
from zlib import crc32

import pytest

from scanly.analytics import ingest
from scanly.analytics.counting import names, rows
from scanly.analytics.ingest import Ingester, caught_up, passed
from scanly.core.ids import first_of
from scanly.core.lock import lease_node
from scanly.scans import journal as journal_module
from scanly.scans.journal import HEADER, MAGIC, frame_of, segment_path, segments_of
from scanly.scans.model import Outcome
from scanly.scans.segments import hold, tails

DAY_MS = 86_400_000
TODAY = 20_415


def drain(ingester: Ingester) -> int:
    """Steps until nothing is left; returns how many scans there were."""
    stored = 0
    while step := ingester.step():
        stored += step
    return stored


def notes(house: Any) -> list[str]:
    return [message for (message,) in house.ask("SELECT message FROM ingest_notes ORDER BY message")]


def test_rows_totals_and_visitors_agree_over_nodes_days_and_restarts(house: Any) -> None:
    journals = [house.journal(node) for node in range(3)]
    scans = [house.scan(day=TODAY - n % 3) for n in range(600)]
    for part in range(0, 600, 100):
        for n, scan in enumerate(scans[part : part + 100]):
            assert journals[n % 3].append(scan)
        assert drain(house.ingester()) == 100
        house.assert_counts_agree()
    assert house.counted_ids() == sorted(scan.id for scan in scans)
    assert caught_up(house.folder.journal, house.store())


def test_a_row_holds_what_the_scan_held(house: Any) -> None:
    scan = house.scan(
        outcome=Outcome.FALLBACK, flags=0, visitor=-(2**63), agent="curl/8.5.0", country="IN", city="पुणे",
        language="hi", referrer="shop.example/menu", source="qr", medium="print", campaign="menu", term="t",
        content="c", rule=2**62, hour=7, host="go.example", drive="diwali", period=20_412,
    )  # fmt: skip
    journal = house.journal()
    journal.append(scan)
    other = {"country": "", "city": "IN", "agent": "", "referrer": "", "campaign": "", "drive": ""}
    journal.append(house.scan(link_id=1, **other))
    assert drain(house.ingester()) == 2
    words = ", ".join(
        f"(SELECT text FROM words WHERE number = {kind} AND kind = '{kind}')"
        for kind in (*rows.WORDS, "rule")
    )
    (row,) = house.ask(
        "SELECT scans.id, link_id, workspace_id, day, hour, scans.kind, outcome, visitor, agents.text, flags, period,"
        " (SELECT text FROM words WHERE number = scans.reason),"
        " (SELECT name FROM groups WHERE number = drive), (SELECT name FROM groups WHERE number = host),"
        f" {words}"
        " FROM scans JOIN subjects ON subjects.number = subject JOIN agents ON agents.number = agent"
        f" WHERE scans.id = {scan.id}"
    )
    assert row == (
        scan.id, scan.link_id, scan.workspace_id, TODAY, 7, 1, 1, -(2**63), "curl/8.5.0", 0, 20_412,
        "agent: ^curl", "diwali", "go.example",
        "IN", "पुणे", "hi", "shop.example/menu", "qr", "print", "menu", "t", "c", str(2**62),
    )  # fmt: skip
    agents = house.ask("SELECT text, kind, ruling FROM agents WHERE last_day > 0 ORDER BY text")
    assert agents == [("", 1, 1), ("curl/8.5.0", 1, 1)]
    assert house.ask("SELECT number, version FROM rulings") == [(1, names.rules_version())]
    ((city,),) = house.ask("SELECT number FROM words WHERE kind = 'city' AND text = 'IN'")
    assert house.ask("SELECT city, referrer, term, source FROM scans WHERE country = 0") == [(city, 0, 0, 0)]


def test_it_is_known_when_an_agent_was_seen_last_whatever_came_in_first(house: Any) -> None:
    journal, ingester = house.journal(), house.ingester()
    for days in ((TODAY - 3, TODAY, TODAY - 2), (TODAY - 5, TODAY - 1)):
        for day in days:
            journal.append(house.scan(day=day, agent="Firefox"))
        drain(ingester)
        assert house.ask("SELECT last_day FROM agents WHERE text = 'Firefox'") == [(TODAY,)]


def test_a_visitor_who_comes_back_counts_once_a_day_for_the_link_and_the_workspace(house: Any) -> None:
    journal, ingester = house.journal(), house.ingester()
    for link_id in (1, 1, 2, 2, 1):
        for outcome in (Outcome.PASSWORD, Outcome.REDIRECT, Outcome.FALLBACK, Outcome.CLICK):
            journal.append(
                house.scan(
                    link_id=link_id, workspace_id=9, visitor=5, outcome=outcome, agent="Firefox", flags=0
                )
            )
        drain(ingester)
    assert house.ask(
        "SELECT scope, visitors FROM rollups WHERE visitors > 0 AND scope < 4 ORDER BY scope"
    ) == [
        (1, 1),
        (1, 1),
        (3, 1),
    ]


def test_a_late_day_is_counted_exactly_although_its_visitor_keys_were_forgotten(house: Any) -> None:
    journal = house.journal()
    for day in (TODAY - 9, TODAY - 8, TODAY, TODAY - 9, TODAY - 8, TODAY - 9):
        for _ in range(40):
            journal.append(house.scan(day=day))
        store = house.store()
        drain(Ingester(house.folder.journal, store, nodes_dir=house.folder.nodes, clock=lambda: 0))
        house.assert_counts_agree()
        for _ in range(2):  # nothing is forgotten right after a late day
            store.tidy(TODAY * DAY_MS, 0)
    assert {day for (day,) in house.ask("SELECT DISTINCT day FROM seen")} == {TODAY}


def test_a_torn_end_is_noted_and_scans_after_a_restart_go_on(house: Any) -> None:
    lost = frame_of(house.scan())
    node, lock = lease_node(house.folder.nodes)
    journal = house.journal(node)
    journal.append(house.scan())
    (segment,) = segments_of(house.folder.journal, node)
    path = segment_path(house.folder.journal, node, segment)
    with path.open("ab") as file:
        file.write(lost[:-1])
    ingester = house.ingester()
    assert drain(ingester) == 1
    assert notes(house) == []  # its writer lives and may be in the middle of it
    assert not caught_up(house.folder.journal, house.store())
    lock.release()
    drain(ingester)
    assert notes(house) == [
        f"Torn end of a segment cut off: {len(lost) - 1} bytes at byte {path.stat().st_size - len(lost) + 1}."
    ]
    assert caught_up(house.folder.journal, house.store())
    house.journal(node).append(house.scan())
    assert drain(ingester) == 1


def test_a_frame_that_is_whole_but_no_scan_is_set_aside_and_the_rest_goes_on(house: Any) -> None:
    good = [house.scan() for _ in range(2)]
    payload = b"\x93\x01\x02\x03"
    poison = HEADER.pack(MAGIC, len(payload), crc32(payload, len(payload))) + payload
    path = segment_path(house.folder.journal, 0, 1)
    path.parent.mkdir()
    path.write_bytes(frame_of(good[0]) + poison + frame_of(good[1]))
    assert drain(house.ingester()) == 2
    assert [note.partition(":")[0] for note in notes(house)] == ["A scan that cannot be stored set aside"]
    kept = path.with_name(f"{path.name}.damaged").read_bytes()
    assert kept == bytes(len(frame_of(good[0]))) + poison
    assert drain(house.ingester()) == 0


def test_a_scan_of_a_day_that_no_calendar_has_is_set_aside(house: Any) -> None:
    journal = house.journal()
    for day in (TODAY, 2**31 - 1, 10_000_000, TODAY):
        journal.append(house.scan(day, id=first_of(TODAY * DAY_MS) + house.made))
    assert drain(house.ingester()) == 2
    assert [note.partition(":")[0] for note in notes(house)] == ["A scan that cannot be stored set aside"] * 2
    house.assert_counts_agree()


def test_a_scan_that_is_there_already_is_not_stored_twice_and_stops_nobody(house: Any) -> None:
    journal, scans = house.journal(), [house.scan() for _ in range(60)]
    for scan in (*scans, scans[7], scans[7], house.scan(), scans[50]):
        journal.append(scan)
    assert drain(house.ingester()) == 61
    assert len(house.counted_ids()) == 61
    house.assert_counts_agree()
    assert notes(house) == [note for note in notes(house) if note.startswith("A scan that cannot be stored")]
    assert len(notes(house)) == 3


def test_a_text_that_the_engine_refuses_is_set_aside_alone(house: Any) -> None:
    journal = house.journal()
    good = [house.scan() for _ in range(20)]
    for scan in (*good[:10], house.scan(city="a\0b"), *good[10:]):
        journal.append(scan)
    drain(house.ingester())
    assert set(house.counted_ids()) >= {scan.id for scan in good}
    assert len(house.counted_ids()) + len(notes(house)) == 21
    house.assert_counts_agree()


def test_two_ingesters_at_once_store_every_scan_once(house: Any) -> None:
    journal = house.journal()
    first, second = house.ingester(), house.ingester()
    assert first.step() == second.step() == 0
    for _ in range(6):
        for _ in range(10):
            journal.append(house.scan())
        assert first.step() == 10
        assert second.step() == 0  # it sees that it is behind
        second.step()
        for _ in range(10):
            journal.append(house.scan())
        assert second.step() == 10
        first.step()
    assert len(house.counted_ids()) == 120
    house.assert_counts_agree()


def test_a_batch_is_bounded_and_the_rest_comes_with_the_next(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journals = [house.journal(node) for node in range(2)]
    for n in range(50):
        journals[n % 2].append(house.scan())
    monkeypatch.setattr(ingest, "MAX_SCANS", 20)
    steps = list(iter(house.ingester().step, 0))
    assert sum(steps) == 50
    assert max(steps) <= 20


def test_flush_waits_for_what_was_there_when_it_asked(house: Any) -> None:
    journal, store, ingester = house.journal(), house.store(), house.ingester()
    assert not caught_up(house.folder.journal, store)  # nobody has looked yet
    journal.append(house.scan())
    asked = tails(house.folder.journal)
    assert not passed(asked, store)
    drain(ingester)
    journal.append(house.scan())
    assert passed(asked, store)
    assert not caught_up(house.folder.journal, store)


def test_stored_segments_are_deleted_but_not_under_a_backup(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "SEGMENT_BYTES", 500)
    journal, ingester = house.journal(), house.ingester()
    for _ in range(40):
        journal.append(house.scan())
    segments = segments_of(house.folder.journal, 0)
    assert len(segments) > 5
    assert ingester.trim() == 0
    drain(ingester)
    with hold(house.folder.journal):
        assert ingester.trim() == 0
    assert ingester.trim() == len(segments) - 1
    assert segments_of(house.folder.journal, 0) == segments[-1:]
    for _ in range(5):
        journal.append(house.scan())
    assert drain(house.ingester()) == 5


def test_a_position_beyond_a_lost_segment_goes_on_with_the_next(house: Any) -> None:
    journal, ingester = house.journal(), house.ingester()
    journal.append(house.scan())
    drain(ingester)
    (segment,) = segments_of(house.folder.journal, 0)
    journal.close()
    house.opened.remove(journal)
    with segment_path(house.folder.journal, 0, segment).open("r+b") as file:
        file.truncate(10)  # as after a power cut: the database is ahead of the journal
    house.journal().append(house.scan())
    assert drain(house.ingester()) == 1
    assert notes(house) == []


def test_many_words_are_not_kept_in_memory_for_ever(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_KEPT", 5)
    monkeypatch.setattr(names, "_SEEN_KEPT", 3)
    journal, ingester = house.journal(), house.ingester()
    for n in range(40):
        journal.append(house.scan(referrer=f"{n % 10}.example"))
        drain(ingester)
    assert house.ask("SELECT count(*) FROM words WHERE kind = 'referrer'") == [
        (11,)
    ]  # and the one for others
    house.assert_counts_agree()


def test_the_loop_stores_soon_and_stops_when_asked(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.nice", lambda step: step)
    journal, stop = house.journal(), threading.Event()

    def live() -> None:
        store = house.open_store()
        Ingester(house.folder.journal, store, nodes_dir=house.folder.nodes, clock=lambda: 0).run(stop)
        store.close()

    loop = threading.Thread(target=live)
    loop.start()
    try:
        time.sleep(0.3)
        journal.append(house.scan())
        asked_s = time.monotonic()
        while not house.counted_ids():
            assert time.monotonic() - asked_s < 2
            time.sleep(0.02)
    finally:
        stop.set()
        loop.join(5)
    assert not loop.is_alive()
