"""Answers that wait for the disk: what is promised is there, in groups, and nobody waits in the event loop."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.scans import journal as module
from scanly.scans.journal import Journal, frame_of, segment_path, segments_of
from scanly.scans.model import Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.segments import read
from scanly.scans.visitor import Salts

MakeScan = Callable[..., Scan]
EIO = OSError(errno.EIO, "Input/output error")


class Disk:
    """Stands in for ``fdatasync``: syncs wait while it is held, and fail as often as it was told."""

    def __init__(self) -> None:
        self.synced: list[int] = []
        self.failures = 0
        self._held = threading.Event()
        self._held.set()

    def hold(self) -> None:
        self._held.clear()

    def release(self) -> None:
        self._held.set()

    def __call__(self, fd: int) -> None:
        self.synced.append(fd)
        assert self._held.wait(5)
        if self.failures:
            self.failures -= 1
            raise EIO


class Asked:
    """Commits frames, and knows what was answered to each call, in order."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.answers: list[int] = []
        self.threads: set[int] = set()
        self._asked = 0

    def commit(self, *scans: Scan) -> None:
        self._asked += 1
        self._journal.commit_durably([frame_of(scan) for scan in scans], self._told)

    def _told(self, number: int) -> None:
        self.threads.add(threading.get_ident())
        self.answers.append(number)

    def all(self) -> list[int]:
        """The answers, once all calls have theirs."""
        deadline = time.monotonic() + 5
        while len(self.answers) < self._asked:
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.005)
        return self.answers


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = Disk()
    monkeypatch.setattr(module, "fdatasync", made)
    return made


@pytest.fixture
def asked(journal: Journal) -> Asked:
    return Asked(journal)


def ids_in(journal_dir: Path) -> list[int]:
    return [
        scan.id
        for number in segments_of(journal_dir, 0)
        for scan in read(segment_path(journal_dir, 0, number), 0, 100_000, closed=False).scans
    ]


def test_nobody_is_answered_before_the_frames_and_the_name_of_their_file_are_on_disk(
    journal: Journal, asked: Asked, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    monkeypatch.setattr(module, "fdatasync", lambda fd: happened.append(f"sync {os.fstat(fd).st_size}"))
    monkeypatch.setattr(module, "_sync_folder", lambda folder: happened.append(f"name {folder.name}"))
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1)  # each group ends its segment
    frame = frame_of(make_scan(1))
    for _ in range(3):
        journal.commit_durably([frame], lambda number: happened.append(f"told {number}"))
        deadline = time.monotonic() + 5
        while not happened or not happened[-1].startswith("told"):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        *before, told = happened
        assert told == "told 1"
        assert f"sync {len(frame)}" in before and before[-1] == "name 000"
        happened.clear()
    assert len(segments_of(tmp_path, 0)) == 4


def test_what_is_asked_for_while_a_sync_runs_shares_the_next_one_and_the_caller_never_waits(
    disk: Disk, asked: Asked, tmp_path: Path, make_scan: MakeScan
) -> None:
    disk.hold()
    asked.commit(make_scan(1))
    deadline = time.monotonic() + 5
    while not disk.synced:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    for n in range(2, 22):
        asked.commit(make_scan(n), make_scan(100 + n))
    assert asked.answers == []
    before = len(disk.synced)
    disk.release()
    assert asked.all() == [1] + [2] * 20
    assert len(disk.synced) == before + 1
    assert threading.get_ident() not in asked.threads
    assert ids_in(tmp_path) == [1, *(scan for n in range(2, 22) for scan in (n, 100 + n))]


def test_after_a_failed_sync_nothing_of_the_group_is_promised_and_its_file_is_never_synced_again(
    disk: Disk, journal: Journal, asked: Asked, tmp_path: Path, make_scan: MakeScan
) -> None:
    asked.commit(make_scan(1))
    assert asked.all() == [1]
    (old,) = set(disk.synced)
    disk.synced.clear()
    disk.failures = 1
    asked.commit(make_scan(2), make_scan(3))
    assert asked.all() == [1, 0]
    assert (journal.doubtful, journal.dropped, journal.fault) == (2, 0, "Input/output error")
    newest = segments_of(tmp_path, 0)[-1]
    asked.commit(make_scan(4))
    assert asked.all() == [1, 0, 1]
    assert disk.synced[0] == old and len(segments_of(tmp_path, 0)) == 2
    only = read(segment_path(tmp_path, 0, newest), 0, 10, closed=False).scans
    assert [scan.id for scan in only] == [4]
    assert journal.fault == ""


def test_scans_appended_while_a_sync_fails_are_doubtful_too(
    disk: Disk, journal: Journal, asked: Asked, make_scan: MakeScan
) -> None:
    disk.hold()
    disk.failures = 1
    asked.commit(make_scan(1))
    deadline = time.monotonic() + 5
    while not disk.synced:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert journal.append(make_scan(2))
    disk.release()
    assert asked.all() == [0]
    assert journal.doubtful == 2


def test_a_name_that_cannot_be_synced_promises_nothing(
    journal: Journal, asked: Asked, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadline = time.monotonic() + 5
    while journal._name_is_new:
        assert time.monotonic() < deadline
        time.sleep(0.005)

    def fail(folder: Path) -> None:
        raise EIO

    monkeypatch.setattr(module, "_sync_folder", fail)
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1)
    asked.commit(make_scan(1))
    assert asked.all() == [0]
    monkeypatch.undo()
    asked.commit(make_scan(2))
    assert asked.all() == [0, 1]


def test_on_a_full_disk_each_call_hears_how_many_of_its_own_frames_were_kept(
    journal: Journal, disk: Disk, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, room = os.write, 0

    def until_full(fd: int, data: bytes) -> int:
        nonlocal room
        if room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = write(fd, data[:room])
        room -= written
        return written

    monkeypatch.setattr(os, "write", until_full)
    monkeypatch.setattr(module, "PROBE_AFTER_S", 60)
    size, kept = len(frame_of(make_scan(1_000))), list[int]()
    for whole in range(6):
        for cut in (0, 1, size - 1):
            room = whole * size + cut
            asked = Asked(journal)
            disk.hold()
            asked.commit()  # the next three share a group, whatever happens to this one
            first = 1_000 + 100 * len(kept) + 10 * whole + cut % 7
            scans = [make_scan(first + n) for n in range(5)]
            asked.commit(*scans[:2])
            asked.commit(scans[2])
            asked.commit(*scans[3:])
            disk.release()
            told = asked.all()[1:]
            assert sum(told) <= whole
            assert told == [min(2, sum(told)), min(1, max(0, sum(told) - 2)), max(0, sum(told) - 3)]
            kept.append(sum(told))
            assert ("No space left" in journal.fault) == (sum(told) < 5)
    assert len(ids_in(tmp_path)) == sum(kept)
    assert journal.dropped == 18 * 5 - sum(kept)
    assert {0, 1, 2, 3, 4, 5} == set(kept)


def test_a_frame_that_no_reader_would_take_ends_its_own_call_only(
    disk: Disk, asked: Asked, tmp_path: Path, make_scan: MakeScan
) -> None:
    huge = make_scan(2, agent="x" * module.MAX_PAYLOAD_BYTES)
    disk.hold()
    asked.commit(make_scan(1), huge, make_scan(3))
    asked.commit(make_scan(4))
    asked.commit()
    disk.release()
    assert asked.all() == [1, 1, 0]
    assert ids_in(tmp_path) == [1, 4]


def test_closing_answers_what_was_asked_and_a_closed_journal_refuses_at_once(
    disk: Disk, journal: Journal, asked: Asked, tmp_path: Path, make_scan: MakeScan
) -> None:
    disk.hold()
    for n in range(5):
        asked.commit(make_scan(n))
    threading.Timer(0.05, disk.release).start()
    journal.close()
    assert asked.answers == [1] * 5
    asked.commit(make_scan(9))
    assert asked.answers == [1] * 5 + [0]
    assert journal.dropped == 1
    assert ids_in(tmp_path) == list(range(5))


def test_one_who_fails_to_listen_keeps_nobody_else_from_hearing(
    disk: Disk, journal: Journal, asked: Asked, make_scan: MakeScan
) -> None:
    def deaf(number: int) -> None:
        raise RuntimeError("the loop is closed")

    disk.hold()
    journal.commit_durably([frame_of(make_scan(1))], deaf)
    asked.commit(make_scan(2))
    disk.release()
    assert asked.all() == [1]
    asked.commit(make_scan(3))
    assert asked.all() == [1, 1]


def test_a_slow_disk_is_synced_again_without_a_rest(
    journal: Journal, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[float] = []

    def slow(fd: int) -> None:
        began.append(time.monotonic())
        journal.append(make_scan(len(began)))
        time.sleep(0.08)

    monkeypatch.setattr(module, "fdatasync", slow)
    journal.append(make_scan(0))
    deadline = time.monotonic() + 5
    while len(began) < 6:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    gaps = sorted(later - earlier for earlier, later in pairwise(began))
    assert gaps[len(gaps) // 2] < 0.08 + module.SYNC_EVERY_S / 2


def test_that_a_fault_is_over_is_found_out_without_a_scan(
    disk: Disk,
    journal: Journal,
    asked: Asked,
    tmp_path: Path,
    make_scan: MakeScan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PROBE_AFTER_S", 0.01)
    disk.failures = 3
    asked.commit(make_scan(1))
    assert asked.all() == [0]
    assert journal.fault
    deadline = time.monotonic() + 5
    while journal.fault:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert disk.failures == 0
    assert [path.suffix for path in (tmp_path / "000").iterdir()] == [".journal"] * 2
    asked.commit(make_scan(2))
    assert asked.all() == [0, 1]


@pytest.fixture
def recorder(journal: Journal, tmp_path: Path) -> Recorder:
    (tmp_path / "salts").mkdir()
    return Recorder(journal, Salts(tmp_path / "salts"), Places(None), IdMaker(0, now_ms), now_ms)


VISIT = Visit(7, 3, "Asia/Kolkata", Outcome.REDIRECT, "203.0.113.77")


def test_a_visit_is_awaited_until_it_is_on_disk_and_refused_when_it_is_not(
    disk: Disk, recorder: Recorder, tmp_path: Path
) -> None:
    async def visit() -> list[bool]:
        together = await asyncio.gather(*(recorder.record_durably(VISIT) for _ in range(20)))
        disk.failures = 1
        refused = await recorder.record_durably(VISIT)
        return [*together, refused, await recorder.record_durably(VISIT)]

    assert asyncio.run(visit()) == [True] * 20 + [False, True]
    assert len(disk.synced) < 20
    (tmp_path / "salts").rename(tmp_path / "gone")
    stranger = Visit(7, 3, "Asia/Kolkata", Outcome.REDIRECT, "203.0.113.78", agent=b"another")
    recorder._salts = Salts(tmp_path / "salts")
    assert not asyncio.run(recorder.record_durably(stranger))


def test_who_no_longer_waits_for_a_visit_disturbs_nobody(disk: Disk, recorder: Recorder) -> None:
    async def visit() -> bool:
        disk.hold()
        impatient = asyncio.create_task(recorder.record_durably(VISIT))
        patient = asyncio.create_task(recorder.record_durably(VISIT))
        await asyncio.sleep(0.05)
        impatient.cancel()
        await asyncio.sleep(0)
        disk.release()
        return await patient

    assert asyncio.run(visit())
