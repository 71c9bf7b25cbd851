"""A job, its states, and how long it waits after a failure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanly.core.ids import JobId

MAX_ATTEMPTS = 8
LEASE_MS = 60_000
_FIRST_WAIT_MS = 5_000
_LONGEST_WAIT_MS = 6 * 3_600_000


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done once per ``(kind, key)``. ``attempts`` counts starts, this one included."""

    id: JobId
    kind: str
    key: str
    payload: object
    attempts: int


def wait_ms(attempts: int) -> int:
    """How long a job rests after its ``attempts``-th failure: 5 s, 20 s, 80 s … at most six hours."""
    return min(_FIRST_WAIT_MS * 4 ** (attempts - 1), _LONGEST_WAIT_MS)
