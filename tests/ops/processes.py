"""Run by the tests of backups: processes that go on until they are killed.

processes.py write DATA_FOLDER WRITTEN      appends scans, about 500 a second, and notes each id afterwards
processes.py ingest DATA_FOLDER             counts them
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.core.lock import lease_node
from scanly.core.paths import DataFolder


def write(folder: DataFolder, written: Path) -> None:
    from scanly.scans import journal as journals
    from scanly.scans.model import Outcome, Scan

    node, lock = lease_node(folder.nodes)
    make_id = IdMaker(node, now_ms)
    journals.SEGMENT_BYTES = 40_000
    journal = journals.Journal(folder.journal, node, now_ms)
    notes = os.open(written, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while lock.fd:
        for _ in range(10):
            scan = Scan(make_id(), 1, 1, 20_000, Outcome.REDIRECT, 0, make_id(), agent="phone " * 30)
            assert journal.append(scan)
            os.write(notes, b"%020d\n" % scan.id)
        time.sleep(0.02)


def ingest(folder: DataFolder) -> None:
    from scanly.analytics import ingest
    from scanly.analytics.events.sqlite import SqliteEvents

    ingest._TRIM_EVERY_S = 0.1
    store = SqliteEvents(folder.events_db)
    ingest.Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=now_ms).run(threading.Event())


if __name__ == "__main__":
    role, root, *rest = sys.argv[1:]
    data = DataFolder(Path(root))
    if role == "write":
        write(data, Path(rest[0]))
    else:
        ingest(data)
