"""Up to which moment every scan is counted: whoever judges a period must not do so before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from scanly.analytics.store import read_positions_anywhere, read_waiting_anywhere
from scanly.core.clock import Clock
from scanly.db.engine import Database
from scanly.scans.segments import Position, tails

_LOOK_EVERY_S = 0.1


async def counted_until(journal: Path, events: Database, clock: Clock, patience_s: float = 5.0) -> int | None:
    """The moment of asking, as soon as the ingester has passed what the journal held then.

    None when it does not in time: it is stopped, or stands before damage. Of other machines that share the database
    only what they have sent is known.
    """
    asked_ms = clock()
    asked = await asyncio.to_thread(tails, journal)
    last_batch: int | None = None  # what was stored of the journal may wait to be counted
    for _ in range(max(1, round(patience_s / _LOOK_EVERY_S))):
        async with events.read() as connection:
            stored = await read_positions_anywhere(connection)
            oldest, newest = await read_waiting_anywhere(connection)
        if last_batch is None and _passed(asked, stored):
            last_batch = newest
        if last_batch is not None and (oldest == 0 or oldest > last_batch):
            return asked_ms
        await asyncio.sleep(_LOOK_EVERY_S)
    return None


def _passed(asked: Mapping[int, Position], stored: Mapping[str, tuple[int, int]]) -> bool:
    at = {int(source): Position(*position) for source, position in stored.items()}
    return all(
        position.offset == 0 or (node in at and at[node] >= position) for node, position in asked.items()
    )
