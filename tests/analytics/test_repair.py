"""Damage in the middle of a journal: counting stops there and nowhere else, until somebody has it repaired."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from scanly.analytics import ingest
from scanly.analytics.flush import flush, repair
from scanly.analytics.ingest import Ingester, caught_up
from scanly.core.clock import now_ms
from scanly.core.errors import Unavailable
from scanly.core.lock import FileLock, lease_node
from scanly.scans.journal import frame_of, segment_path, segments_of
from scanly.scans.segments import refused

RUBBISH = b"rubbish"


def drain(ingester: Ingester) -> int:
    stored = 0
    while step := ingester.step():
        stored += step
    return stored


@pytest.fixture
def mended(house: Any, database_url: str):
    """Repairs the house's journal as the command does; returns what was set aside."""
    return lambda: [note.message for note in repair(house.folder, database_url, now_ms)]


def damaged(house: Any, node: int = 0, segment: int = 1) -> tuple[Path, list[int]]:
    """A segment of three scans with rubbish behind the first; the scans' ids."""
    scans = [house.scan() for _ in range(3)]
    path = segment_path(house.folder.journal, node, segment)
    path.parent.mkdir(exist_ok=True)
    first, *others = map(frame_of, scans)
    path.write_bytes(first + RUBBISH + b"".join(others))
    return path, [scan.id for scan in scans]


def test_counting_stops_at_damage_while_other_nodes_go_on_and_scans_are_recorded(
    house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    _, ids = damaged(house)
    journal, other = house.journal(0), house.journal(1)
    ingester = house.ingester()
    for stored in (2, 1, 1):
        assert journal.append(house.scan()) and other.append(house.scan())
        assert drain(ingester) == stored
    assert house.counted_ids()[0] == ids[0] and not set(ids[1:]) & set(house.counted_ids())
    assert len(house.counted_ids()) == 4
    (said,) = [record.getMessage() for record in caplog.records if record.name == "scanly.ingest"]
    (word,) = refused(house.folder.journal)
    assert said == str(word) and (word.node, word.segment, word.size_bytes) == (0, 1, len(RUBBISH))
    assert not caught_up(house.folder.journal, house.store())
    assert drain(house.ingester()) == 0, "the next ingester stops there, too"
    assert refused(house.folder.journal) == [word]


def test_a_refusal_stands_also_when_other_nodes_leave_no_time_to_look_at_it(
    house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged(house)
    other = house.journal(1)
    for _ in range(40):
        other.append(house.scan())
    monkeypatch.setattr(ingest, "MAX_SCANS", 5)
    ingester = house.ingester()
    ingester.step()
    while ingester.step():
        assert len(refused(house.folder.journal)) == 1
    assert len(house.counted_ids()) == 41


def test_repairing_sets_the_bytes_aside_and_counts_the_rest(house: Any, mended: Any) -> None:
    path, ids = damaged(house)
    drain(house.ingester())
    (told,) = mended()
    assert told.startswith("Damaged bytes set aside: 7 bytes at byte ")
    assert path.with_name(f"{path.name}.damaged").read_bytes().lstrip(b"\0") == RUBBISH
    assert house.counted_ids() == ids
    assert refused(house.folder.journal) == []
    assert house.ask("SELECT message FROM ingest_notes") == [(told,)]
    assert caught_up(house.folder.journal, house.store())
    assert mended() == []
    house.assert_counts_agree()


def test_every_damaged_place_of_every_node_is_repaired_at_once_whatever_was_counted_before(
    house: Any, mended: Any
) -> None:
    scans = [house.scan() for _ in range(6)]
    frames = [frame_of(scan) for scan in scans]
    for node in (0, 2):
        segment_path(house.folder.journal, node, 1).parent.mkdir()
    contents = {
        (0, 1): b"at the start" + frames[0] + bytes(3_000) + frames[1],
        (0, 2): b"and of the next" + frames[2] + frames[3][:-2],
        (2, 1): frames[4] + b"x" + frames[5] + b"torn",
    }
    for (node, segment), data in contents.items():
        segment_path(house.folder.journal, node, segment).write_bytes(data)
    assert len(mended()) == 4
    assert house.counted_ids() == [scan.id for n, scan in enumerate(scans) if n != 3]
    told = [message.partition(":")[0] for (message,) in house.ask("SELECT message FROM ingest_notes")]
    assert sorted(told) == ["Damaged bytes set aside"] * 4 + ["Torn end of a segment cut off"] * 2


def test_damage_in_the_segment_that_is_being_written_is_refused_and_repaired_while_its_writer_goes_on(
    house: Any, mended: Any
) -> None:
    node, lock = lease_node(house.folder.nodes)
    journal = house.journal(node)
    scans = [house.scan() for _ in range(3)]
    for scan in scans:
        journal.append(scan)
    (segment,) = segments_of(house.folder.journal, node)
    path = segment_path(house.folder.journal, node, segment)
    with path.open("r+b") as file:
        file.seek(len(frame_of(scans[0])) + 20)
        file.write(b"\xff\xff\xff")
    ingester = house.ingester()
    assert drain(ingester) == 1
    assert len(refused(house.folder.journal)) == 1
    assert journal.append(house.scan())
    assert len(mended()) == 1
    assert drain(ingester) == 0
    journal.append(house.scan())
    assert drain(ingester) == 1
    assert len(house.counted_ids()) == 4
    lock.release()


def test_repairing_beside_a_running_ingester_lets_it_go_on(
    house: Any, mended: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.nice", lambda step: step)
    for segment in range(1, 6):
        damaged(house, segment=segment)
    stop, journal = threading.Event(), house.journal(1)

    def live() -> None:
        store = house.open_store()
        Ingester(house.folder.journal, store, nodes_dir=house.folder.nodes, clock=now_ms).run(stop)
        store.close()

    loop = threading.Thread(target=live)
    loop.start()
    try:
        wait_for(lambda: refused(house.folder.journal) != [])
        journal.append(house.scan())
        mended()
        journal.append(house.scan())
        wait_for(lambda: len(house.counted_ids()) == 17)
        wait_for(lambda: refused(house.folder.journal) == [])
    finally:
        stop.set()
        loop.join(5)
    assert len(house.ask("SELECT message FROM ingest_notes")) == 5
    house.assert_counts_agree()


def wait_for(what: Any) -> None:
    deadline = time.monotonic() + 8
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_flush_says_that_counting_stopped_instead_of_pretending_or_waiting(
    house: Any, database_url: str
) -> None:
    damaged(house)
    with pytest.raises(Unavailable, match=r"stopped at byte .* Run: scanly doctor --repair\."):
        flush(house.folder, database_url, now_ms)
    lock = FileLock(house.folder.server_lock)
    assert lock.acquire()
    began = time.monotonic()
    with pytest.raises(Unavailable, match="scanly doctor --repair"):
        flush(house.folder, database_url, now_ms)
    assert time.monotonic() - began < 5
    repair(house.folder, database_url, now_ms)
    flush(house.folder, database_url, now_ms)
    lock.release()


def test_word_left_by_an_ingester_is_taken_back_by_the_next_when_the_damage_is_gone(house: Any) -> None:
    path, _ids = damaged(house)
    drain(house.ingester())
    path.write_bytes(path.read_bytes().replace(RUBBISH, frame_of(house.scan())))
    assert drain(house.ingester()) == 3
    assert refused(house.folder.journal) == []
    assert len(house.counted_ids()) == 4


def test_an_ingester_that_repairs_too_late_changes_nothing(house: Any, mended: Any) -> None:
    damaged(house)
    late = house.ingester()
    drain(late)
    (refusal,) = late._refused.values()
    late._store = Delayed(late._store, mended)
    assert late._pass(refusal) == []
    assert late.repair() == []
    assert len(house.counted_ids()) == 3
    assert len(house.ask("SELECT message FROM ingest_notes")) == 1


class Delayed:
    """A store before which another process is once faster."""

    def __init__(self, store: Any, first: Any) -> None:
        self._store, self._first = store, first

    def apply(self, batch: Any) -> None:
        first, self._first = self._first, None
        if first:
            first()
        self._store.apply(batch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
