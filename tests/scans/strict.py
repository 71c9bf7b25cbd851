"""Run by `test_failing_disk`: commits scans one group after another and notes those it was told are on disk.

strict.py JOURNAL_FOLDER ANSWERS GROUPS      a line of ANSWERS is the id of a scan; prints how many were refused
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from scanly.scans.journal import Journal, frame_of
from scanly.scans.model import Outcome, Scan

FRAMES = 3


def main(journal_dir: Path, answers: Path, groups: int) -> None:
    # Segments are so numbered 1, 2, 3: a tracer can be told their names beforehand.
    journal = Journal(journal_dir, 0, lambda: 1)
    noted = os.open(answers, os.O_WRONLY | os.O_CREAT)
    refused = 0
    for group in range(groups):
        ids = [group * FRAMES + n + 1 for n in range(FRAMES)]
        told = threading.Event()

        def done(number: int, ids: list[int] = ids, told: threading.Event = told) -> None:
            nonlocal refused
            refused += len(ids) - number
            for scan_id in ids[:number]:  # by another call than the journal's, which is the one that fails
                os.pwrite(noted, b"%09d\n" % scan_id, scan_id * 10)
            told.set()

        frames = [frame_of(Scan(scan_id, 1, 1, 1, Outcome.REDIRECT, 0, 0)) for scan_id in ids]
        journal.commit_durably(frames, done)
        assert told.wait(20)
    journal.close()
    sys.stdout.write(f"{refused}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
