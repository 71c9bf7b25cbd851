"""Opens the ingester, and brings the totals up to the end of the journal on demand."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager

from scanly.analytics.events.batch import EventStore, Note
from scanly.analytics.ingest import Ingester, passed
from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.lock import FileLock
from scanly.core.paths import DataFolder
from scanly.scans.segments import MEND, refused, tails

_LOOK_EVERY_S = 0.05


@contextmanager
def open_store(folder: DataFolder, database_url: str) -> Generator[EventStore]:
    """The events database, opened for writing."""
    if database_url:
        from scanly.analytics.events.postgres import PostgresEvents

        store: EventStore = PostgresEvents(database_url)
    else:
        from scanly.analytics.events.sqlite import SqliteEvents

        store = SqliteEvents(folder.events_db)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_ingester(
    folder: DataFolder, database_url: str, clock: Clock, keep_days: int = 0
) -> Generator[Ingester]:
    """An ingester over the whole journal. One at a time: a server's, or a command's under its lock."""
    with open_store(folder, database_url) as store:
        yield Ingester(folder.journal, store, nodes_dir=folder.nodes, clock=clock, keep_days=keep_days)


def flush(folder: DataFolder, database_url: str, clock: Clock, patience_s: float = 30.0) -> None:
    """Returns when every scan that is in the journal now has been counted.

    A running server is waited for; without one, or when it ends meanwhile, this counts what is left itself. Raises
    Unavailable, also where damage in the journal stopped the counting.
    """
    lock = FileLock(folder.server_lock)
    deadline = time.monotonic() + patience_s
    asked = tails(folder.journal)
    with ExitStack() as opened:
        store: EventStore | None = None
        while not lock.acquire():
            store = store or opened.enter_context(open_store(folder, database_url))
            if passed(asked, store):
                _wait_until_counted(store, deadline)
                return
            _raise_if_refused(folder)
            if time.monotonic() > deadline:
                raise Unavailable(
                    "The server did not count the last scans in time.", hint="Run: scanly doctor."
                )
            time.sleep(_LOOK_EVERY_S)
    try:
        with open_store(folder, database_url) as own:
            ingester = Ingester(folder.journal, own, nodes_dir=folder.nodes, clock=clock)
            while ingester.step():
                pass
            _wait_until_counted(own, deadline)
    finally:
        lock.release()
    _raise_if_refused(folder)


def _wait_until_counted(store: EventStore, deadline_s: float) -> None:
    """Until what is stored now is counted, by whomever; what is stored meanwhile need not be."""
    waiting = store.count_stored()
    while waiting:
        if time.monotonic() > deadline_s:
            raise Unavailable("The last scans were not counted in time.", hint="Run: scanly doctor.")
        time.sleep(_LOOK_EVERY_S)
        waiting &= store.count_stored()


def recount(
    folder: DataFolder, database_url: str, zones: Mapping[int, str], progress: Callable[[int, int], None]
) -> None:
    """Judges and counts the raw scans of workspaces again, in these zones; ``progress`` hears days done, of how many.

    A running server does it between its batches and is waited for; without one it is done here. Raises Unavailable.
    """
    lock = FileLock(folder.server_lock)
    with open_store(folder, database_url) as store:
        store.ask_recount(zones)
        while not lock.acquire():
            found = store.recounting()
            if found is None:
                return
            progress(found.done, found.total)
            time.sleep(_LOOK_EVERY_S)
        try:
            while found := store.recount():
                progress(found.done, found.total)
        finally:
            lock.release()


def _raise_if_refused(folder: DataFolder) -> None:
    for refusal in refused(folder.journal):
        raise Unavailable(str(refusal), hint=MEND)


def repair(folder: DataFolder, database_url: str, clock: Clock) -> list[Note]:
    """Sets aside the damaged parts at which counting stopped, and counts what follows; returns what they were.

    Also beside a running server, whose ingester then goes on. Raises Unavailable.
    """
    with open_ingester(folder, database_url, clock) as ingester:
        return ingester.repair()
