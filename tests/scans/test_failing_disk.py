"""A disk that fails now and then: of what it lost, nothing was promised."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.scans.strict import FRAMES
from tests.scans.traced import Call, Disk, strace, threads

from scanly.scans.journal import frame_of, segment_path, segments_of
from scanly.scans.segments import read

CHILD = Path(__file__).with_name("strict.py")
GROUPS = 12


def commit(tmp_path: Path, *inject: str) -> tuple[list[Call], int]:
    """What a child that commits groups asked of the disk, and how many of its scans were refused."""
    segments = [segment_path(tmp_path / "journal", 0, number) for number in range(1, GROUPS + 3)]
    watched = [word for path in (*segments, tmp_path / "answers") for word in ("-P", str(path))]
    faults = [word for rule in inject for word in ("-e", f"inject={rule}")]
    command = [*strace(tmp_path / "log", *watched, *faults), sys.executable, str(CHILD)]
    done = subprocess.run(
        [*command, tmp_path / "journal", tmp_path / "answers", str(GROUPS)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    calls = [calls for calls in threads(tmp_path / "log") if calls]
    assert len(calls) == 1, "one thread alone writes, syncs and answers"
    return calls[0], int(done.stdout)


def ends(journal_dir: Path) -> dict[int, tuple[Path, int]]:
    """In which segment each scan is, and where its frame ends."""
    found: dict[int, tuple[Path, int]] = {}
    for number in segments_of(journal_dir, 0):
        path, end = segment_path(journal_dir, 0, number), 0
        for scan in read(path, 0, 10_000, closed=True).scans:
            end += len(frame_of(scan))
            found[scan.id] = path, end
    return found


def false_promises(calls: list[Call], where: dict[int, tuple[Path, int]]) -> tuple[list[int], Disk, int]:
    """The scans that were answered without being safe from a power cut; the disk's state; how many were answered."""
    disk, answered = Disk(), 0
    wrong: list[int] = []
    for call in calls:
        disk.see(call)
        if call.name == "pwrite64":
            answered += 1
            scan_id = int(call.told[1:10])
            path, end = where.get(scan_id, (Path(), 1))
            if end > disk.safe[path]:
                wrong.append(scan_id)
    return wrong, disk, answered


@pytest.mark.parametrize("nth", [1, 2, 3, 7, GROUPS])
def test_after_the_nth_sync_failed_no_scan_is_promised_that_a_power_cut_would_take(
    tmp_path: Path, nth: int
) -> None:
    calls, refused = commit(tmp_path, f"fdatasync:error=EIO:when={nth}")
    wrong, disk, answered = false_promises(calls, ends(tmp_path / "journal"))
    assert wrong == []
    assert len(disk.lost) == 1 and not disk.synced_again
    assert refused == FRAMES and answered == FRAMES * (GROUPS - 1)


def test_syncs_that_fail_again_and_again_promise_nothing(tmp_path: Path) -> None:
    calls, refused = commit(tmp_path, "fdatasync:error=EIO:when=2+3")
    wrong, disk, answered = false_promises(calls, ends(tmp_path / "journal"))
    assert wrong == []
    assert len(disk.lost) > 2 and not disk.synced_again
    assert refused + answered == FRAMES * GROUPS and refused == FRAMES * len(disk.lost)


@pytest.mark.parametrize("rule", ["write:error=EIO:when=1", "write:error=EIO:when=4+2"])
def test_writes_that_fail_promise_nothing(tmp_path: Path, rule: str) -> None:
    calls, refused = commit(tmp_path, rule)
    wrong, disk, answered = false_promises(calls, ends(tmp_path / "journal"))
    assert wrong == []
    assert not disk.lost
    assert refused + answered == FRAMES * GROUPS and answered


def test_a_disk_that_never_syncs_answers_nobody(tmp_path: Path) -> None:
    calls, refused = commit(tmp_path, "fdatasync:error=EIO")
    wrong, _, answered = false_promises(calls, ends(tmp_path / "journal"))
    assert (wrong, answered, refused) == ([], 0, FRAMES * GROUPS)


def test_the_judge_sees_a_promise_that_was_not_kept() -> None:
    path = Path("a.journal")
    wrote = Call("write", path, "", 90, 0, 0)
    answer = Call("pwrite64", Path("answers"), '"000000001\\n"', 10, 0, 0)
    good, bad = (Call("fdatasync", path, "", result, 0, 0) for result in (0, -1))
    where = {1: (path, 90)}
    assert false_promises([wrote, good, answer], where)[0] == []
    assert false_promises([wrote, answer, good], where)[0] == [1]
    assert false_promises([wrote, bad, good, answer], where)[0] == [1]
    assert false_promises([wrote, bad, good, answer], where)[1].synced_again == {path}
