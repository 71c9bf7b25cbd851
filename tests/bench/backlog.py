"""What a visitor notices of the ingester while it works off a backlog: redirects with and without one, taking turns.

The backlog is the journal of a node that was away. One client asks over a kept connection, every few milliseconds;
its quantiles are of the same number of redirects, half of them before each backlog and half while it shrinks.
"""

from __future__ import annotations

import argparse
import random
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

from rig.load import doubled
from rig.program import PHONE, Program, Server, fresh_folder
from rig.telling import machine, proof, say, table, target

from scanly.analytics.events.batch import source_of
from scanly.analytics.flush import flush
from scanly.core.clock import now_ms
from scanly.core.ids import IdMaker
from scanly.core.paths import DataFolder
from scanly.scans.journal import frame_of, segment_path
from scanly.scans.model import Outcome, Scan

NODE = 200  # of no process here
TARGET_RATIO = 2.0
PAUSE_S = 0.004


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scans", type=int, default=300_000, help="of the backlog, in all rounds together")
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    machine()
    at_rest: list[float] = []
    at_work: list[float] = []
    with fresh_folder() as folder:
        program = Program(folder / "data")
        program.run("link", "add", "https://example.com/", "--code", "menu")
        each = options.scans // options.rounds
        frames = backlog(program.data, "menu", each)
        with program.serve() as server:
            asks(server, lambda n: n < 200)
            for number in range(options.rounds):
                rest = asks(server, lambda n: n < 1_500)
                bring(program.data, number + 1, frames())
                work = asks(server, lambda n: n % 50 or not is_counted(program.data, number + 1))  # noqa: B023
                at_rest += rest
                at_work += work
                say(f"  round {number + 1}: {len(work):,} redirects while {each:,} scans were counted")
            flush(DataFolder(program.data), "", now_ms)
        proof("every scan was counted once", holds=doubled(program.data) == 0)
    tell(at_rest, at_work)


def tell(at_rest: list[float], at_work: list[float]) -> None:
    rows = [
        (name, str(len(each)), f"{median(each):.2f}", f"{quantiles(each, n=100)[98]:.2f}", f"{max(each):.1f}")
        for name, each in (("without a backlog", at_rest), ("beside it", at_work))
    ]
    table(("redirects, ms", "number", "median", "p99", "worst"), rows)
    ratio = quantiles(at_work, n=100)[98] / quantiles(at_rest, n=100)[98]
    target(
        f"p99 beside the ingester is {ratio:.2f} times that without (at most {TARGET_RATIO:g})",
        met=ratio <= TARGET_RATIO,
    )


def asks(server: Server, goes_on: Callable[[int], object]) -> list[float]:
    """Milliseconds of each redirect, as long as it goes on."""
    request = f"GET /menu HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {PHONE}\r\n\r\n".encode()
    found: list[float] = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while goes_on(len(found)):
            began_s = time.perf_counter()
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65_536)
            found.append((time.perf_counter() - began_s) * 1_000)
            time.sleep(PAUSE_S)
    return found


def backlog(data: Path, code: str, number: int) -> Callable[[], bytes]:
    """Makes the scans of a round, as a journal has them."""
    with closing(sqlite3.connect(data / "scanly.db")) as main:
        ((link, workspace),) = main.execute("SELECT id, workspace_id FROM links WHERE code = ?", (code,))
    make_id, dice = IdMaker(NODE, now_ms), random.Random(7)
    today = now_ms() // 86_400_000
    places = [("IN", "Pune"), ("IN", "Mumbai"), ("AE", "Dubai"), ("", "")]

    def made() -> bytes:
        return b"".join(
            frame_of(
                Scan(
                    make_id(), link + dice.randrange(500) * 4_096, workspace, today, Outcome.REDIRECT, 0,
                    dice.getrandbits(60), *dice.choice(places), f"{PHONE} {dice.randrange(300)}", "hi",
                    hour=dice.randrange(24),
                )
            )
            for _ in range(number)
        )  # fmt: skip

    return made


def bring(data: Path, segment: int, frames: bytes) -> None:
    path = segment_path(DataFolder(data).journal, NODE, segment)
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(frames)
    draft.rename(path)


def is_counted(data: Path, segment: int) -> bool:
    """Whether the ingester has read a segment of the backlog to its end."""
    size = segment_path(DataFolder(data).journal, NODE, segment).stat().st_size
    with closing(sqlite3.connect(data / "events.db")) as events:
        query = "SELECT 1 FROM positions WHERE source = ? AND (segment, offset) >= (?, ?)"
        return bool(events.execute(query, (source_of(NODE), segment, size)).fetchall())


if __name__ == "__main__":
    main()
