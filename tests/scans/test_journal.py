"""Writing: in the file before the answer, whole frames only, and no promise that was not kept."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scanly.core.clock import now_ms
from scanly.core.errors import Unavailable
from scanly.scans import journal as module
from scanly.scans.journal import Journal, frame_of, segment_path, segments_of
from scanly.scans.model import Scan
from scanly.scans.segments import read

MakeScan = Callable[..., Scan]

FULL_DISK = """
import resource, sys
from pathlib import Path
from scanly.core.clock import now_ms
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan

journal = Journal(Path(sys.argv[1]), 0, now_ms)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (4_001, hard))
answers = [journal.append(Scan(n, 1, 1, 1, Outcome.REDIRECT, 0, 0)) for n in range(400)]
assert answers == sorted(answers, reverse=True), "a scan was accepted after one was refused"
assert journal.dropped == answers.count(False) > 0, journal.dropped
assert "too large" in journal.fault, journal.fault
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert journal.append(Scan(1_000, 1, 1, 1, Outcome.REDIRECT, 0, 0))
journal.close()
assert journal.fault == "", journal.fault
print(answers.count(True))
"""


def scans_in(journal_dir: Path) -> list[int]:
    """The ids of node 0, as a reader finds them while the journal is still open."""
    return [
        scan.id
        for number in segments_of(journal_dir, 0)
        for scan in read(segment_path(journal_dir, 0, number), 0, 100_000, closed=False).scans
    ]


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_scan_is_in_the_file_when_append_answers(
    journal: Journal, tmp_path: Path, make_scan: MakeScan
) -> None:
    for n in range(20):
        assert journal.append(make_scan(n))
        assert scans_in(tmp_path)[-1] == n


def test_many_threads_append_whole_frames(journal: Journal, tmp_path: Path, make_scan: MakeScan) -> None:
    threads = [
        threading.Thread(
            target=lambda first=first: [journal.append(make_scan(first + n)) for n in range(300)]
        )
        for first in range(0, 1_200, 300)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(scans_in(tmp_path)) == list(range(1_200))


def test_every_opening_begins_a_segment_with_a_higher_number_also_when_the_clock_went_back(
    tmp_path: Path, make_scan: MakeScan
) -> None:
    for moment in (5_000, 9_000, 40, 9_000):
        opened = Journal(tmp_path, 0, lambda moment=moment: moment)
        assert opened.append(make_scan(moment))
        opened.close()
    assert segments_of(tmp_path, 0) == [5_000, 9_000, 9_001, 9_002]


def test_a_segment_ends_when_it_is_big_enough(
    journal: Journal, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 3 * len(frame_of(make_scan(1))))
    for n in range(1, 8):
        assert journal.append(make_scan(n))
    assert len(segments_of(tmp_path, 0)) == 3
    assert scans_in(tmp_path) == list(range(1, 8))


def test_a_segment_ends_when_it_is_old_enough_but_not_an_empty_one(
    journal: Journal, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_S", 0)
    time.sleep(0.2)
    assert len(segments_of(tmp_path, 0)) == 1
    journal.append(make_scan(1))
    wait_for(lambda: len(segments_of(tmp_path, 0)) == 2)


def test_on_a_full_disk_scans_are_refused_and_counted_and_the_file_stays_whole(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert scans_in(tmp_path) == [*range(int(done.stdout)), 1_000]


def test_a_failing_write_is_cut_back_and_the_next_one_goes_on(
    journal: Journal, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, faults = os.write, list[str]()

    def faulty(fd: int, data: bytes) -> int:
        match faults.pop(0) if faults else "":
            case "fails":
                raise OSError(errno.EIO, "Input/output error")
            case "half":
                return write(fd, data[: len(data) // 2])
            case _:
                return write(fd, data)

    monkeypatch.setattr(os, "write", faulty)
    answers: list[bool] = []
    for n, happens in enumerate(([], ["fails"], ["half", "fails"], ["half", "half"], ["half"], [])):
        faults[:] = happens
        answers.append(journal.append(make_scan(n)))
    assert answers == [True, False, False, False, True, True]
    assert journal.dropped == 3
    assert scans_in(tmp_path) == [0, 4, 5]


def test_of_a_batch_that_is_cut_short_anywhere_whole_frames_are_kept_and_the_rest_is_counted(
    journal: Journal, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
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
    size, kept = len(frame_of(make_scan(1_000))), list[int]()
    for cut in range(3 * size + 1):
        first, room = 1_000 + 3 * cut, cut
        whole = journal.append_frames([frame_of(make_scan(n)) for n in range(first, first + 3)])
        assert whole == cut // size
        kept += range(first, first + whole)
    assert journal.dropped == 3 * (3 * size + 1) - len(kept)
    assert scans_in(tmp_path) == kept


def test_of_a_batch_one_frame_that_no_reader_would_take_is_refused(
    journal: Journal, tmp_path: Path, make_scan: MakeScan
) -> None:
    huge = frame_of(make_scan(2, agent="x" * module.MAX_PAYLOAD_BYTES))
    assert journal.append_frames([frame_of(make_scan(1)), huge, frame_of(make_scan(3))]) == 2
    assert journal.append_frames([]) == 0
    assert journal.dropped == 1
    assert scans_in(tmp_path) == [1, 3]


def test_a_torn_frame_that_cannot_be_cut_back_ends_its_segment(
    journal: Journal, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(fd: int, length: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    write = os.write
    monkeypatch.setattr(os, "ftruncate", refuse)
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:9]))
    assert not journal.append(make_scan(1))
    whole, torn = frame_of(make_scan(2)), frame_of(make_scan(3))
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[: len(whole)][: len(data) - 5]))
    assert journal.append_frames([whole, torn]) == 1
    monkeypatch.setattr(os, "write", write)
    assert journal.append(make_scan(4))
    assert scans_in(tmp_path) == [2, 4]
    assert len(segments_of(tmp_path, 0)) == 3


def test_after_a_failed_sync_a_new_segment_begins_and_the_scans_are_called_doubtful(
    journal: Journal, tmp_path: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def fail_once(fd: int) -> None:
        synced.append(fd)
        if len(synced) == 1:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module, "fdatasync", fail_once)
    assert journal.append(make_scan(1))
    wait_for(lambda: journal.doubtful == 1)
    assert journal.fault == "Input/output error"
    assert len(segments_of(tmp_path, 0)) == 2
    assert journal.append(make_scan(2))
    wait_for(lambda: not journal.fault)
    assert (journal.dropped, journal.doubtful) == (0, 1)
    assert scans_in(tmp_path) == [1, 2]


def test_what_was_written_is_synced_within_the_promised_time(
    journal: Journal, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = threading.Event()
    monkeypatch.setattr(module, "fdatasync", lambda fd: synced.set())
    journal.append(make_scan(1))
    assert synced.wait(1)
    assert module.SYNC_EVERY_S < 0.1


def test_a_closed_journal_refuses_and_counts(journal: Journal, tmp_path: Path, make_scan: MakeScan) -> None:
    assert journal.append(make_scan(1))
    journal.close()
    assert not journal.append(make_scan(2))
    assert journal.dropped == 1
    assert scans_in(tmp_path) == [1]


def test_a_journal_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "000").write_text("in the way")
    with pytest.raises(Unavailable, match=r"The journal in .*000 cannot be written"):
        Journal(tmp_path, 0, now_ms)
