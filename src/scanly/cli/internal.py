"""What a server's parent starts: this same program, told everything in one JSON argument.

Loads no command-line library, so that each process is as small as its job.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import threading
from pathlib import Path

import msgspec

from scanly.core.clock import now_ms
from scanly.core.errors import ScanlyError
from scanly.core.log import Log, configure
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings, environment, load

log = Log("scanly.internal")


class Told(msgspec.Struct, frozen=True):
    """What a parent tells every child; descriptors are inherited."""

    data: str
    options: dict[str, object]
    parent_fd: int
    ready_fd: int
    socket_fd: int = -1
    first: bool = False
    demo: bool = False


def run(command: str, argument: str) -> int:
    """Runs `_work` or `_ingest`; returns the exit status."""
    told = msgspec.json.decode(argument, type=Told)
    folder = DataFolder(Path(told.data))
    try:
        settings, _ = load(folder.settings_file, environment(), told.options)
        configure(settings.log_level, settings.log_format)
        {"_work": _work, "_ingest": _ingest}[command](folder, settings, told)
    except ScanlyError as error:
        sys.stderr.write(f"scanly: {error}\n")
        return 1
    return 0


def _work(folder: DataFolder, settings: Settings, told: Told) -> None:
    from scanly.web.server import Worker, work

    work(folder, settings, Worker(told.socket_fd, told.parent_fd, told.ready_fd, told.first, told.demo))


def _ingest(folder: DataFolder, settings: Settings, told: Told) -> None:
    """Counts scans until told to stop, then what is left; leaves at once when the parent is gone."""
    from scanly.analytics.flush import open_ingester

    gc.disable()  # counting makes no cycles, and looking for them takes a tenth of its time
    stop = threading.Event()

    def asked(*_: object) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
    threading.Thread(target=_leave_with_parent, args=(told.parent_fd,), daemon=True).start()
    with open_ingester(folder, settings.database_url, now_ms, settings.scans_keep_days) as ingester:
        os.write(told.ready_fd, b"ready\n")
        ingester.run(stop)
        while ingester.step():
            pass


def _leave_with_parent(parent_fd: int) -> None:
    select.select([parent_fd], [], [])  # a worker's event loop made the pipe non-blocking for everybody
    os._exit(0)
