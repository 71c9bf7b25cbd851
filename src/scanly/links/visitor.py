"""What a rule may ask of a visitor; the server and the simulator each fill it in from what they know."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from scanly.links.agent import Agent
from scanly.links.place import Place

_LOTS = 2**53


def mixed(*numbers: int) -> int:
    """One 64-bit key of several numbers."""
    digest = hashlib.blake2b(repr(numbers).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


@lru_cache(maxsize=4_096)
def lot(visitor: int, key: int) -> float:
    """What a visitor draws for a key: from 0 to below 1, always the same."""
    # Of 64 bits as many as a number with a point holds: with more, the highest would be rounded up to 1.
    return (mixed(visitor, key) >> 11) / _LOTS


class Visitor(Protocol):
    """One visit. What costs something to find out is found out when it is asked for."""

    @property
    def now_ms(self) -> int:
        """The moment of the visit, Unix, UTC."""
        ...

    @property
    def agent(self) -> Agent: ...

    @property
    def place(self) -> Place: ...

    @property
    def language(self) -> str:
        """The tag that is liked best, in lower case: ``pt-br``; empty when unknown."""
        ...

    @property
    def referrer(self) -> str:
        """Host and path of the page that led here, without scheme and query; empty when unknown."""
        ...

    @property
    def seen_before(self) -> bool:
        """Whether the same visitor was led on by this link before, as long as visitors are told apart."""
        ...

    @property
    def nth(self) -> int:
        """Which of the people led on by this link this one would be, from 1; 0 for who is not counted."""
        ...

    def local(self, zone: str) -> datetime:
        """The moment on the clocks of an IANA zone."""
        ...

    def query(self, name: str) -> str | None:
        """The first value of a query parameter; None when it is not there."""
        ...

    def lot(self, key: int) -> float:
        """A number from 0 to below 1 by lot: the same visitor draws the same one for a key."""
        ...
