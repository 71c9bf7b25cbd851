"""Backups while people scan: each must hold a consistent prefix of what was answered, and nobody may wait for it.

A process of its own scans 500 times a second over HTTP, at fixed moments whether or not the server is late, and
keeps when each request was due, sent and answered. Afterwards every backup is restored into a folder of its own and
its journal is counted to the end: it must hold every scan answered before the backup began, none that was sent after
it ended, and exactly the first ones of the living database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from rig.program import PHONE, Program, Server, end, fresh_folder
from rig.telling import machine, proof, say, table, target

from scanly.analytics.flush import flush
from scanly.core.clock import now_ms
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.ops import backup, restore

SCANS_PER_S, CONNECTIONS = 500, 32
TARGET_P99_TIMES = 2.0
BEFORE_S, PAUSE_S = 4.0, 0.5
REQUEST = (
    f"GET /menu HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {PHONE}\r\nAccept-Language: hi-IN,hi;q=0.9\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, in seconds of the clock that all processes share; ``answered`` is None without a redirect."""

    due: float
    sent: float
    answered: float | None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is listed as done, and between which moments it was made."""

    path: Path
    began: float
    ended: float


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--backups", type=int, default=20)
    options = asked.parse_args()
    machine()
    with fresh_folder() as root:
        program = Program(root / "data")
        program.run("link", "add", "https://chai-corner.example/menu", "--code", "menu")
        with program.serve() as server:
            answers = root / "answers.json"
            with scanning(server, answers):
                time.sleep(BEFORE_S)
                made = [make(program) for _ in range(options.backups)]
                time.sleep(BEFORE_S)
            living = ids_of(DataFolder(program.data))
        requests = [Asked(*each) for each in json.loads(answers.read_bytes())]
        tell(requests, made)
        prove(root, requests, made, living)


def make(program: Program) -> Made:
    time.sleep(PAUSE_S)
    folder = DataFolder(program.data)
    before = {info.path for info in backup.list_backups(folder)}
    began = time.monotonic()
    program.run("backup", "create")
    ended = time.monotonic()
    (path,) = {info.path for info in backup.list_backups(folder)} - before
    return Made(path, began, ended)


def tell(requests: list[Asked], made: list[Made]) -> None:
    during: list[float] = []
    without: list[float] = []
    for each in requests:
        if each.answered is not None:
            in_backup = any(one.began <= each.sent <= one.ended for one in made)
            (during if in_backup else without).append((each.answered - each.due) * 1e3)
    rows = [_row("no backup", without), _row("while one is made", during)]
    table(("redirects", "answered", "p50 ms", "p99 ms", "most ms"), rows)
    times = quantiles(during, n=100)[98] / quantiles(without, n=100)[98]
    longest_s = max(one.ended - one.began for one in made)
    say(f"  {len(made)} backups, the longest took {longest_s:.1f} s, start of the program included.")
    target(
        f"p99 {times:.1f} times that without (at most {TARGET_P99_TIMES:g})", met=times <= TARGET_P99_TIMES
    )
    lost = sum(each.answered is None for each in requests)
    proof(f"{len(requests):,} scans, each answered with a redirect", holds=not lost)


def _row(name: str, waits_ms: list[float]) -> tuple[str, ...]:
    hundredths = quantiles(waits_ms, n=100)
    return (
        name,
        f"{len(waits_ms):,}",
        f"{hundredths[49]:.1f}",
        f"{hundredths[98]:.1f}",
        f"{max(waits_ms):.1f}",
    )


def prove(root: Path, requests: list[Asked], made: list[Made], living: list[int]) -> None:
    unsound: list[str] = []
    outside: list[str] = []
    torn: list[str] = []
    for number, one in enumerate(made):
        unsound += [one.path.name] if not backup.verify(one.path).ok else []
        folder = DataFolder(root / f"restored-{number}")
        asyncio.run(restore.restore(one.path, folder, Settings()))
        flush(folder, "", now_ms)
        ids = ids_of(folder)
        answered = sum(each.answered is not None and each.answered <= one.began for each in requests)
        sent = sum(each.sent <= one.ended for each in requests)
        outside += [f"{answered} <= {len(ids)} <= {sent}"] if not answered <= len(ids) <= sent else []
        torn += [one.path.name] if ids != living[: len(ids)] else []
    proof(f"{len(made)} backups verified {', '.join(unsound)}".rstrip(), holds=not unsound)
    proof(
        f"each holds what was answered before, and nothing later {outside or ''}".rstrip(), holds=not outside
    )
    proof(f"each holds exactly the first scans of all {', '.join(torn)}".rstrip(), holds=not torn)


def ids_of(folder: DataFolder) -> list[int]:
    """Every counted scan in order of time. Raises SystemExit when rollups say something else."""
    flush(folder, "", now_ms)
    database = sqlite3.connect(folder.events_db)
    ids = [identifier for (identifier,) in database.execute("SELECT id FROM scans ORDER BY id")]
    (total,) = database.execute(
        "SELECT coalesce(sum(person + bot + preview + prefetch + test), 0) FROM rollups WHERE scope IN (1, 2)"
    ).fetchone()
    database.close()
    if total != len(ids):
        raise SystemExit(f"The rollups of {folder.root} count {total:,} scans, but there are {len(ids):,}.")
    return ids


@contextmanager
def scanning(server: Server, answers: Path) -> Generator[None]:
    """Visitors in a process of their own; when they have left, ``answers`` holds every request."""
    command = [sys.executable, __file__, "_visit", str(server.port), str(answers)]
    process = subprocess.Popen(command, text=True)
    try:
        yield
        process.send_signal(signal.SIGINT)
        process.wait(10)
    finally:
        end(process)


async def visit(port: int, answers: Path) -> None:
    """Sends requests at fixed moments, each on the connection that has been idle longest, until interrupted."""
    idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        idle.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    asked: list[Asked] = []
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)

    async def scan(due: float) -> None:
        reader, writer = await idle.get()
        sent = time.monotonic()
        writer.write(REQUEST.encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError):
            head = b""
        answered = time.monotonic() if head.startswith(b"HTTP/1.1 302") else None
        asked.append(Asked(due, sent, answered))
        idle.put_nowait((reader, writer))

    due = time.monotonic()
    async with asyncio.TaskGroup() as visitors:
        while not stop.is_set():
            due += 1 / SCANS_PER_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            visitors.create_task(scan(due))
    answers.write_text(json.dumps([(each.due, each.sent, each.answered) for each in asked]), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["_visit"]:
        asyncio.run(visit(int(sys.argv[2]), Path(sys.argv[3])))
    else:
        main()
