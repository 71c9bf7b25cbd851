"""What one transaction of the ingester stores, and what a database of events can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from scanly.scans.model import Scan
from scanly.scans.segments import Position

if TYPE_CHECKING:
    from scanly.analytics.counting.statements import Sql

Result = TypeVar("Result")

# Days whose `seen` keys are kept, counted back from the newest.
SEEN_DAYS = 2
SEEN_CHUNK = 5_000
PURGE_CHUNK = 1_000
FEED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Move:
    """How far a node's journal was read; ``start`` must still be true when ``end`` is written."""

    node: int
    start: Position | None
    end: Position


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to bytes that became no row."""

    node: int
    segment: int
    message: str


@dataclass(frozen=True, slots=True)
class Batch:
    """All of it is stored, or nothing."""

    at_ms: int
    scans: list[Scan] = field(default_factory=list[Scan])
    moves: list[Move] = field(default_factory=list[Move])
    notes: list[Note] = field(default_factory=list[Note])


class EventStore(Protocol):
    """A database of events. One thread uses it."""

    def positions(self) -> dict[int, Position]:
        """Up to where each node's journal is stored."""
        ...

    def apply(self, batch: Batch) -> None:
        """Stores the batch in one transaction.

        Raises Conflict when another ingester was faster (read the positions again), Invalid when a scan in
        it can never be stored, Unavailable when the database cannot be written now.
        """
        ...

    def count_stored(self) -> frozenset[int]:
        """Counts what is stored and not counted yet, unless another process does; the batches that are left.

        Takes no longer than half a second, or a batch.
        """
        ...

    def led_on(self, link_id: int) -> int:
        """How many people a link has led to a target, as far as is stored."""
        ...

    def tidy(self, now_ms: int, keep_days: int) -> int:
        """A short piece of the work that keeps the database small and fast; 0 when there is nothing to do.

        Old visitor keys and feed rows are forgotten, months that are over are folded, and raw scans end after
        ``keep_days`` (0 keeps them for ever).
        """
        ...

    def ask_recount(self, zones: Mapping[int, str]) -> None:
        """Asks for the raw scans of these workspaces to be judged and counted again, in these zones."""
        ...

    def recount(self) -> Progress | None:
        """Does a piece of what was asked for; None when there is nothing left to do."""
        ...

    def recounting(self) -> Progress | None:
        """How far what was asked for is; None when nothing is left to do."""
        ...

    def alone(self, work: Callable[[Sql], Result]) -> Result:
        """Does work in one transaction, while nobody else counts, folds or removes anything."""
        ...

    def settle(self) -> bool:
        """Whether all that was applied is now safe from a power cut."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recount is: ``done`` of ``total`` pieces, each a day."""

    done: int
    total: int


def source_of(node: int) -> str:
    """A node as the ``source`` column names it."""
    return f"{node:03d}"
