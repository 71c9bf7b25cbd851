"""This machine's own names and addresses, found without sending anything."""

from __future__ import annotations

import socket

_LISTENS_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - compared with, not bound


def listens_everywhere(host: str) -> bool:
    """Whether a server on ``host`` answers on every address of the machine."""
    return host in _LISTENS_EVERYWHERE


def own_addresses() -> list[str]:
    """The addresses other machines in the same network reach this one by; IPv4 first, often just one."""
    found: list[str] = []
    for family, outside in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((outside, 9))  # a datagram socket sends nothing; it only learns its own address
                found.append(str(probe.getsockname()[0]))
        except OSError:
            continue
    return found


def own_name() -> str:
    """The machine's host name."""
    return socket.gethostname()
