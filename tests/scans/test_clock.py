"""Clocks that jump: no id twice, no scan on a day that is not its id's, no second salt for a day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanly.core.clock import at, local_day
from scanly.core.ids import IdMaker, time_of
from scanly.scans.journal import Journal, segment_path, segments_of
from scanly.scans.model import Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit
from scanly.scans.segments import newest_id, read
from scanly.scans.visitor import Salts

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ZONE = "Asia/Kolkata"
# A quarter past midnight in Kolkata on 2025-11-24.
START_MS = 1_763_923_500_000
TODAY = 20_416
VISIT = Visit(7, 3, ZONE, Outcome.REDIRECT, "203.0.113.77", b"Mozilla/5.0")


class Process:
    """A server process on a data folder, for as long as it is not asked to stop."""

    def __init__(self, root: Path, now_ms: int) -> None:
        (root / "salts").mkdir(exist_ok=True)
        self.now_ms = now_ms
        self.journal = Journal(root / "journal", 0, self.clock)
        self.recorder = Recorder(
            self.journal, Salts(root / "salts"), Places(None), IdMaker(0, self.clock), self.clock
        )

    def clock(self) -> int:
        return self.now_ms

    def scan(self, times: int = 5) -> None:
        """One scan a second."""
        for _ in range(times):
            assert self.recorder.record(VISIT)
            self.now_ms += 1_000


def scans_in(root: Path) -> list[Scan]:
    return [
        scan
        for number in segments_of(root / "journal", 0)
        for scan in read(segment_path(root / "journal", 0, number), 0, 10_000, closed=True).scans
    ]


def assert_sound(scans: Sequence[Scan]) -> None:
    ids = [scan.id for scan in scans]
    assert ids == sorted(set(ids))
    assert all(scan.day == local_day(time_of(scan.id), ZoneInfo(ZONE)) for scan in scans)
    assert all(scan.hour == at(time_of(scan.id), ZoneInfo(ZONE)).hour for scan in scans)
    by_day: dict[int, set[int]] = {}
    for scan in scans:
        by_day.setdefault(scan.day, set()).add(scan.visitor)
    assert all(len(visitors) == 1 for visitors in by_day.values()), "one person became two on a day"


@pytest.mark.parametrize("restart", [False, True], ids=["one process", "a new process after each jump"])
@pytest.mark.parametrize(
    ("jumps_ms", "days"),
    [
        ([-HOUR_MS], [TODAY, TODAY]),
        ([-HOUR_MS, HOUR_MS], [TODAY, TODAY, TODAY]),
        ([DAY_MS], [TODAY, TODAY + 1]),
        ([DAY_MS, DAY_MS], [TODAY, TODAY + 1, TODAY + 2]),
        ([-HOUR_MS, DAY_MS + HOUR_MS], [TODAY, TODAY, TODAY + 1]),
        ([DAY_MS, -HOUR_MS], [TODAY, TODAY + 1, TODAY + 1]),
    ],
    ids=[
        "back 1 h",
        "back and again",
        "forward 1 d",
        "twice forward",
        "back, then forward",
        "forward, then back",
    ],
)
def test_after_every_jump_ids_grow_and_days_are_those_of_the_ids(
    tmp_path: Path, jumps_ms: list[int], days: list[int], restart: bool
) -> None:
    process = Process(tmp_path, START_MS)
    process.scan()
    for jump_ms in jumps_ms:
        if restart:
            process.journal.close()
            process = Process(tmp_path, process.now_ms + jump_ms)
        else:
            process.now_ms += jump_ms
        process.scan()
    process.journal.close()
    scans = scans_in(tmp_path)
    assert_sound(scans)
    assert [scan.day for scan in scans] == [day for day in days for _ in range(5)]


def test_a_clock_that_was_far_ahead_is_forgotten_by_the_next_process(tmp_path: Path) -> None:
    process = Process(tmp_path, START_MS + 400 * DAY_MS)
    process.scan()
    process.journal.close()
    process = Process(tmp_path, START_MS)
    process.scan()
    process.journal.close()
    assert [scan.day for scan in scans_in(tmp_path)] == [TODAY + 400] * 5 + [TODAY] * 5


def test_the_newest_id_is_found_behind_torn_ends_and_empty_segments(tmp_path: Path) -> None:
    assert newest_id(tmp_path / "journal", 0) == 0
    process = Process(tmp_path, START_MS)
    assert newest_id(tmp_path / "journal", 0) == 0
    process.scan(40)
    process.journal.close()
    last = scans_in(tmp_path)[-1].id
    assert newest_id(tmp_path / "journal", 0) == last
    for rest in (b"", b"\xc1SC\x01", b"\xc1SC\x01\x05\x00\x00\x00torn", bytes(300)):
        segment_path(tmp_path / "journal", 0, max(segments_of(tmp_path / "journal", 0)) + 1).write_bytes(rest)
        assert newest_id(tmp_path / "journal", 0) == last
