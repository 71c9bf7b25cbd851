"""What SIGKILL costs, over many rounds: lost scans (none), and the time until everybody is answered again.

Sixteen clients scan over kept connections while all processes at once, or one worker of two, are killed, or the
server is asked to stop. After each round, everything that was answered must have been counted, once, and nothing
that was not asked for.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
from rig.load import Load, counted_by_code, doubled
from rig.program import Program, end, free_port, fresh_folder
from rig.telling import machine, proof, say, table, target

from scanly.analytics.flush import flush
from scanly.core.clock import now_ms
from scanly.core.paths import DataFolder

CODES = ("counter", "window", "door")
TARGET_START_S, TARGET_WORST_START_S = 1.0, 3.0
TARGET_HEALED_S, TARGET_STOP_S = 2.0, 10.0
TARGET_ANSWERED = 100_000
# A process that lived longer is started again without a rest.
LIFE_S = 5.2


@dataclass
class Books:
    """What clients asked for and were answered so far; ``in_flight`` is how many more were counted at most."""

    data: Path
    asked: int = 0
    answered: int = 0
    in_flight: int = 0
    lost: int = 0
    invented: int = 0

    def enter(self, load: Load) -> None:
        self.asked += load.asked.total()
        self.answered += load.answered.total()

    def audit(self) -> None:
        """Once the journal is counted: by a server, or here when none runs."""
        flush(DataFolder(self.data), "", now_ms, patience_s=60)
        counted = counted_by_code(self.data).total()
        self.lost = max(self.lost, self.answered - counted)
        self.invented = max(self.invented, counted - self.asked, abs(doubled(self.data)))
        self.in_flight = max(self.in_flight, counted - self.answered)


@dataclass
class Times:
    """Seconds of each round."""

    starts_s: list[float] = field(default_factory=list[float])
    healed_s: list[float] = field(default_factory=list[float])
    waits_s: list[float] = field(default_factory=list[float])
    stops_s: list[float] = field(default_factory=list[float])
    statuses: set[int | None] = field(default_factory=set["int | None"])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "--group", type=int, default=100, help="rounds in which all processes are killed at once"
    )
    asked.add_argument("--worker", type=int, default=50, help="rounds in which one worker of two is killed")
    asked.add_argument("--stops", type=int, default=20, help="rounds in which the server is asked to stop")
    asked.add_argument("--answers", type=int, default=1_100, help="at least, before a round ends")
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    random.seed(options.seed)
    machine()
    with fresh_folder() as folder:
        program = Program(folder / "data")
        for code in CODES:
            program.run("link", "add", "https://example.com/", "--code", code)
        books, times = Books(program.data), Times()
        kill_all(program, books, times, options.group, options.answers)
        kill_workers(program, books, times, options.worker, options.answers)
        stop(program, books, times, options.stops, options.answers)
    tell(books, times, options.group)


def kill_all(program: Program, books: Books, times: Times, rounds: int, answers: int) -> None:
    for _ in range(rounds):
        with served(program, 1, times.starts_s) as (process, port):
            books.audit()
            with Load(port, CODES) as load:
                work(load, answers)
                kill(family(process.pid))
                process.wait()
            books.enter(load)


def kill_workers(program: Program, books: Books, times: Times, rounds: int, answers: int) -> None:
    with served(program, 2, []) as (process, port):
        for _ in range(rounds):
            victim = min(workers(process.pid), key=lambda worker: worker.create_time())
            time.sleep(max(0.0, LIFE_S - (time.time() - victim.create_time())))
            # With a rest between scans: clients that take all of the processor would measure themselves.
            with Load(port, CODES, again=True, pause_s=0.005) as load:
                work(load, answers // 2)
                began_s = time.monotonic()
                kill([victim])
                work(load, answers // 2)
                while not answers_again(process.pid, victim):
                    time.sleep(0.01)
                times.healed_s.append(time.monotonic() - began_s)
            times.waits_s.append(load.longest_s)
            books.enter(load)
            books.audit()


def stop(program: Program, books: Books, times: Times, rounds: int, answers: int) -> None:
    for _ in range(rounds):
        with served(program, 1, []) as (process, port):
            with Load(port, CODES) as load:
                work(load, answers)
                began_s = time.monotonic()
                process.terminate()
                times.statuses.add(process.wait(30))
                times.stops_s.append(time.monotonic() - began_s)
            books.enter(load)
        books.audit()


def tell(books: Books, times: Times, group_rounds: int) -> None:
    rows = [
        ("start after a kill of all", times.starts_s[1:]),
        ("a new worker answers", times.healed_s),
        ("longest wait of a client", times.waits_s),
        ("clean stop", times.stops_s),
    ]
    table(
        ("seconds", "rounds", "median", "worst"),
        [(name, str(len(each)), f"{median(each):.2f}", f"{max(each):.2f}") for name, each in rows if each],
    )
    say(f"  {books.answered:,} scans were answered of {books.asked:,} that were asked for.")
    for name, seconds, middle, worst in (
        ("start after a kill", times.starts_s[1:], TARGET_START_S, TARGET_WORST_START_S),
        ("worker healed", times.healed_s, TARGET_HEALED_S, TARGET_HEALED_S),
        ("stop", times.stops_s, TARGET_STOP_S, TARGET_STOP_S),
    ):
        if seconds:
            told = f"{name}: median {median(seconds):.2f} s, worst {max(seconds):.2f} s"
            met = median(seconds) <= middle and max(seconds) <= worst
            target(f"{told} (at most {middle:g} and {worst:g})", met=met)
    if group_rounds >= 100:
        target(
            f"{books.answered:,} answered (at least {TARGET_ANSWERED:,})",
            met=books.answered >= TARGET_ANSWERED,
        )
    proof(f"{books.lost} answered scans were lost", holds=books.lost <= 0)
    proof(
        f"{books.invented} were counted twice or never asked for ({books.in_flight} in flight were counted)",
        holds=books.invented <= 0,
    )
    proof("every clean stop ended with status 0", holds=times.statuses <= {0})


@contextmanager
def served(
    program: Program, number: int, starts_s: list[float]
) -> Generator[tuple[subprocess.Popen[str], int]]:
    """A server with so many workers; how long it took until it said that it runs is noted."""
    port, began_s = free_port(), time.monotonic()
    process = program.start("serve", "--host", "127.0.0.1", "--port", port, "--workers", number)
    assert process.stdout is not None
    try:
        if not any("Ctrl-C" in line for line in process.stdout):
            raise SystemExit("The server did not start.")
        starts_s.append(time.monotonic() - began_s)
        yield process, port
    finally:
        end(process)


def work(load: Load, more: int) -> None:
    """Until so many more scans were answered, and then a moment."""
    goal, deadline_s = load.answered.total() + more, time.monotonic() + 60
    while load.answered.total() < goal:
        if time.monotonic() > deadline_s:
            raise SystemExit(f"Nobody is answered any more: {dict(load.statuses)}")
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.05))


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def workers(pid: int) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for child in family(pid)[1:]:
        with suppress(psutil.Error):
            if "_work" in child.cmdline():
                found.append(child)
    return found


def answers_again(pid: int, victim: psutil.Process) -> bool:
    """Whether a new worker has said that it is ready: it has a segment of the journal open."""
    others = [worker for worker in workers(pid) if worker.pid != victim.pid]
    return len(others) == 2 and all(map(_writes, others))


def _writes(worker: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(file.path.endswith(".journal") for file in worker.open_files())
    return False


def kill(victims: list[psutil.Process]) -> None:
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
