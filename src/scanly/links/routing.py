"""What a visitor of a link gets: pure decisions, the same for a scan, a preview and a simulation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Answer(Enum):
    """REDIRECT leads to the target; CLOSED is told so."""

    REDIRECT = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule`` is 0 when no rule decided."""

    answer: Answer
    rule: int = 0


_OPEN, _CLOSED = Decision(Answer.REDIRECT), Decision(Answer.CLOSED)


def decide(*, removed: bool) -> Decision:
    """What a visitor of a link gets now."""
    return _CLOSED if removed else _OPEN
