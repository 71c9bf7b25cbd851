"""How many people a link has led on: what is stored, and what still waits in the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scanly.analytics.events.batch import EventStore
from scanly.analytics.flush import open_store
from scanly.core.paths import DataFolder
from scanly.scans.bots import judge
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import Kind, Outcome, Scan
from scanly.scans.segments import Position, nodes_of, read

_AT_ONCE = 10_000


def led_on(folder: DataFolder, database_url: str, link_id: int) -> int:
    """The count at this moment. Takes milliseconds, and longer the more of the journal waits. Raises Unavailable."""
    # A thread of its own: PostgreSQL is asked through an event loop, and whoever asks may be on one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_led_on, folder, database_url, link_id).result()


def _led_on(folder: DataFolder, database_url: str, link_id: int) -> int:
    with open_store(folder, database_url) as store:
        stored, positions = _stored(store, link_id)
        return stored + sum(
            scan.link_id == link_id
            and scan.outcome is Outcome.REDIRECT
            and judge(scan.agent, scan.flags) is Kind.PERSON
            for scan in _waiting(folder.journal, positions)
        )


def _stored(store: EventStore, link_id: int) -> tuple[int, Mapping[int, Position]]:
    """A count, and the positions in the journal that belong to it."""
    positions = store.positions()
    while True:
        count, after = store.led_on(link_id), store.positions()
        if after == positions:
            return count, positions
        positions = after


def _waiting(journal: Path, positions: Mapping[int, Position]) -> Iterator[Scan]:
    for node in nodes_of(journal):
        start = positions.get(node, Position(0, 0))
        for segment in segments_of(journal, node):
            if segment < start.segment:
                continue
            offset, at_end = start.offset if segment == start.segment else 0, False
            while not at_end:
                reading = read(segment_path(journal, node, segment), offset, _AT_ONCE, closed=False)
                yield from reading.scans
                at_end = reading.at_end or reading.offset == offset
                offset = reading.offset
