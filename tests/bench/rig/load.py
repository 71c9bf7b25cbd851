"""Clients that scan on connections of their own, and know what they were answered."""

from __future__ import annotations

import re
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from .program import PHONE

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_ANSWER_S = 15.0
# A redirect, or a page.
_ANSWERED = (200, 302)
_AGAIN_S = 0.02


@dataclass(slots=True)
class _Client:
    """One client; ``asked`` and ``answered`` are by code, ``statuses`` by status."""

    port: int
    number: int
    asked: Counter[str] = field(default_factory=Counter[str])
    answered: Counter[str] = field(default_factory=Counter[str])
    statuses: Counter[int] = field(default_factory=Counter[int])
    longest_s: float = 0.0
    _socket: socket.socket | None = None
    _rest: bytes = b""

    def scan(self, code: str) -> bool:
        """Whether there was an answer, of whatever status."""
        self.asked[code] += 1
        try:
            status = self._ask(code)
        except (OSError, ValueError):
            self.close()
            return False
        self.statuses[status] += 1
        self.answered[code] += status in _ANSWERED
        return True

    def _ask(self, code: str) -> int:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=_ANSWER_S)
            self._rest = b""
        agent = f"{PHONE} {self.number}"
        request = f"GET /{code} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {agent}\r\nAccept: */*\r\n\r\n"
        self._socket.sendall(request.encode())
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        length = _LENGTH.search(data[:end])
        whole = end + 4 + (int(length[1]) if length else 0)
        while len(data) < whole:
            data += self._more()
        self._rest = data[whole:]
        return int(data[9:12])

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionResetError("closed by the server")
        return data

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Load:
    """Clients at work as long as the block lasts. They leave when their connection breaks, or begin ``again``.

    ``pause_s`` is what each rests between two scans.
    """

    def __init__(
        self, port: int, codes: Sequence[str], clients: int = 16, *, again: bool = False, pause_s: float = 0
    ) -> None:
        self._codes, self._again, self._pause_s = codes, again, pause_s
        self._clients = [_Client(port, number) for number in range(clients)]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(client,)) for client in self._clients]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def asked(self) -> Counter[str]:
        return sum((client.asked for client in self._clients), Counter[str]())

    @property
    def answered(self) -> Counter[str]:
        """Redirects and pages that clients saw."""
        return sum((client.answered for client in self._clients), Counter[str]())

    @property
    def statuses(self) -> Counter[int]:
        return sum((client.statuses for client in self._clients), Counter[int]())

    @property
    def longest_s(self) -> float:
        """How long a client waited at most from asking until it had an answer, however often it had to ask."""
        return max(client.longest_s for client in self._clients)

    def _work(self, client: _Client) -> None:
        turn = client.number
        while not self._stop.is_set():
            began_s = time.monotonic()
            code = self._codes[turn % len(self._codes)]
            turn += 1
            while not client.scan(code):
                if not self._again or self._stop.is_set():
                    client.close()
                    return
                time.sleep(_AGAIN_S)
            client.longest_s = max(client.longest_s, time.monotonic() - began_s)
            if self._pause_s:
                time.sleep(self._pause_s)
        client.close()


def counted_by_code(data: Path) -> Counter[str]:
    """How many scans of each code are in the events database of a data folder."""
    with closing(sqlite3.connect(data / "scanly.db")) as main:
        codes = dict(main.execute("SELECT id, code FROM links"))
    with closing(sqlite3.connect(data / "events.db")) as events:
        rows = events.execute(
            "SELECT link_id, count(*) FROM scans JOIN subjects ON subjects.number = subject GROUP BY link_id"
        ).fetchall()
    return Counter({codes[link_id]: number for link_id, number in rows})


def doubled(data: Path) -> int:
    """By how much the visits in the rollups of links and sites of a data folder differ from its scans."""
    with closing(sqlite3.connect(data / "events.db")) as events:
        ((scans, visits),) = events.execute(
            "SELECT (SELECT count(*) FROM scans), (SELECT"
            " coalesce(sum(person + bot + preview + prefetch + test), 0) FROM rollups WHERE scope IN (1, 2))"
        )
    return visits - scans
