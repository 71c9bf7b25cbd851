"""Who may connect: as many as descriptors are left for, and a share of them for each address; and who is looked after.

One look a second at all connections finds whoever is late, so that a request costs no timer.
"""

from __future__ import annotations

import asyncio
import ipaddress
import resource
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from scanly.core.log import Log
from scanly.core.settings import Settings
from scanly.web.refusal import FULL, TOO_MANY_HERE, Refusal

_log = Log("scanly.server")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Descriptors for databases, the journal and whatever else must go on when connections have taken theirs.
_RESERVED = 100
_FEWEST = 16
# Beyond that it is a matter of memory, whatever the system allows.
_MOST_CONNECTIONS = 50_000
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
# How many connections are asked to make room for a new one.
_LOOKS_FOR_ROOM = 32


class Guest(Protocol):
    """A connection as it is seen here; ``origin`` is whom it counts for."""

    origin: bytes
    client: tuple[str, int] | None
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport

    def is_quiet(self, now_s: float) -> bool:
        """Whether it may make room for another."""
        ...

    def look(self, now_s: float) -> None:
        """Ends it when its time is over."""
        ...


class Deadlines(msgspec.Struct, frozen=True):
    """How long a client may take: for the headers, the body, its next request, and its answer.

    ``linger_s`` is left to a refused client that still sends, so that it sees why.
    """

    head_s: float = 15.0
    body_s: float = 60.0
    idle_s: float = 60.0
    answer_s: float = 60.0
    linger_s: float = 2.0
    look_every_s: float = 1.0


Crowd = OrderedDict[Guest, None]


@dataclass(slots=True)
class Guards:
    """What the guarded connections of one worker share. ``most_of_address`` 0 is no cap; ``exempt`` has none."""

    most: int = _MOST_CONNECTIONS
    most_of_address: int = 0
    exempt: tuple[Network, ...] = _LOOPBACK
    deadlines: Deadlines = field(default_factory=Deadlines)
    _all: Crowd = field(default_factory=Crowd)
    _of_address: dict[bytes, Crowd] = field(default_factory=dict[bytes, Crowd])
    _timer: asyncio.TimerHandle | None = None

    @classmethod
    def of(cls, settings: Settings) -> Guards:
        """With as many connections as the system's limit of descriptors allows, which is raised."""
        proxies = map(ipaddress.ip_network, settings.trusted_proxies)
        return cls(room(raised_limit()), settings.connections_per_address, (*_LOOPBACK, *proxies))

    def admit(self, connection: Guest) -> Refusal | None:
        """Counts it, and has the one that was quiet for longest make room if need be."""
        now_s = connection.loop.time()
        origin = self._origin(connection)
        neighbours = self._of_address.get(origin)
        if neighbours and len(neighbours) >= self.most_of_address and not self._make_room(neighbours, now_s):
            return TOO_MANY_HERE
        if len(self._all) >= self.most and not self._make_room(self._all, now_s):
            return FULL
        self._all[connection] = None
        if origin:
            self._of_address.setdefault(origin, Crowd())[connection] = None
            connection.origin = origin
        if self._timer is None:
            self._timer = connection.loop.call_later(self.deadlines.look_every_s, self._look, connection.loop)
        return None

    def leave(self, connection: Guest) -> None:
        """Forgets it; more than once does no harm."""
        self._all.pop(connection, None)
        neighbours = self._of_address.get(connection.origin)
        if neighbours is not None:
            neighbours.pop(connection, None)
            if not neighbours:
                del self._of_address[connection.origin]

    def _origin(self, connection: Guest) -> bytes:
        """Whom it counts for: an IPv4 address, or an IPv6 network as one household has it; empty for nobody."""
        if connection.client is None or not self.most_of_address:
            return b""
        try:
            address = ipaddress.ip_address(connection.client[0])
        except ValueError:
            return b""
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in network for network in self.exempt):
            return b""
        return address.packed[:8]

    def _make_room(self, crowd: Crowd, now_s: float) -> bool:
        """Closes the first that is quiet; those that are not go to the end, so that nobody is asked twice."""
        for _ in range(min(len(crowd), _LOOKS_FOR_ROOM)):
            oldest = next(iter(crowd))
            if oldest.is_quiet(now_s):
                self.leave(oldest)
                oldest.transport.close()
                return True
            crowd.move_to_end(oldest)
        return False

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now_s = loop.time()
        for connection in list(self._all):
            try:
                connection.look(now_s)
            except Exception as error:  # a fault with one must not end this for all
                _log.error("a connection is closed because of a fault", cause=error)
                self.leave(connection)
                connection.transport.abort()
        self._timer = loop.call_later(self.deadlines.look_every_s, self._look, loop) if self._all else None


def raised_limit() -> int:
    """How many descriptors this process may have, after asking for as many as it can get."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems name a limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST_CONNECTIONS + _RESERVED if soft == resource.RLIM_INFINITY else soft


def room(descriptors: int) -> int:
    """How many connections that many descriptors leave room for."""
    return max(_FEWEST, min(descriptors - _RESERVED, _MOST_CONNECTIONS))
