"""SIGKILL under load, again and again: every answered scan is counted exactly once, whoever of the server dies."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from scanly.analytics.flush import flush
from scanly.core.clock import now_ms
from scanly.core.paths import DataFolder
from tests.bench.rig.load import Load, counted_by_code, doubled
from tests.journeys.program import Program, Running, eventually, processes_on

pytestmark = pytest.mark.journey

CODES = ("counter",)
BASE = "https://go.example.com"


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Books:
    """What clients asked for and were answered over all rounds; `audit` holds it against what was counted."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()

    def enter(self, load: Load) -> None:
        self.asked += load.asked
        self.answered += load.answered

    def audit(self) -> None:
        """Waits until the journal is counted. A server must run, or nobody."""
        flush(DataFolder(self.data), "", now_ms)
        counted = counted_by_code(self.data)
        for code in CODES:
            assert self.answered[code] <= counted[code] <= self.asked[code], (code, self.__dict__, counted)
        assert doubled(self.data) == 0


@pytest.fixture
def books(program: Program) -> Books:
    for code in CODES:
        program.run("link", "add", "https://example.com/", "--code", code, "--base-url", BASE)
    return Books(program.data)


def serve(program: Program, workers: int) -> Running:
    server = program.serve("--workers", workers)
    program.servers[:-1] = []  # those before were killed
    return server


def work_until(load: Load, more: int) -> None:
    before = load.answered.total()
    assert eventually(lambda: load.answered.total() >= before + more, within_s=60), load.statuses
    time.sleep(random.uniform(0, 0.05))


def children(program: Program) -> list[int]:
    """Two workers and an ingester; a binary has a loader before each, which counts as one with it."""
    found = [pid for role in ("_work", "_ingest") for pid in processes_on(program.data, named=role)]
    parents: set[int] = set()
    for pid in found:
        with suppress(OSError):  # it may be gone
            parents.add(int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]))
    return [pid for pid in found if pid not in parents]


def test_ten_times_all_processes_at_once(program: Program, books: Books) -> None:
    for number in range(10):
        server = serve(program, 1 + number % 2)
        if number:
            books.audit()
        with Load(server.port, CODES) as load:
            work_until(load, 400)
            kill([server.process.pid, *processes_on(program.data)])
            server.process.wait()
        assert eventually(server.refuses, within_s=2), "somebody goes on answering"
        books.enter(load)
        close(server)
    books.audit()
    assert books.answered.total() >= 4_000
    said = program.run("stats", "counter", "--json").json
    assert said["recorded"] == said["scans"] == counted_by_code(program.data)["counter"]
    assert sum(row["scans"] for row in said["rows"]) == said["scans"]
    assert said["visitors"] == 16  # clients of one address, each with an agent of its own
    assert not list(program.data.glob("journal/*/*.damaged"))


def close(server: Running) -> None:
    assert server.process.stdout is not None
    server.process.stdout.close()


def test_the_parent_alone(program: Program, books: Books) -> None:
    for workers in (2, 1):
        server = serve(program, workers)
        with Load(server.port, CODES) as load:
            work_until(load, 400)
            server.kill()
        books.enter(load)
        close(server)
        assert eventually(lambda: not processes_on(program.data), within_s=5), "a child outlived its parent"
        books.audit()


@pytest.mark.parametrize("role", ["_work", "_ingest"])
def test_one_of_the_children_while_clients_come_again(program: Program, books: Books, role: str) -> None:
    server = serve(program, 2)
    with Load(server.port, CODES, again=True) as load:
        for _ in range(3):
            work_until(load, 400)
            assert eventually(lambda: len(children(program)) == 3, within_s=10), "nobody was started again"
            victim = random.choice(processes_on(program.data, named=role))
            kill([victim])
            assert eventually(lambda: victim not in processes_on(program.data), within_s=5)  # noqa: B023 - at once
        assert eventually(lambda: len(children(program)) == 3, within_s=10)
        work_until(load, 400)
    books.enter(load)
    books.audit()
    assert load.longest_s < 10
    assert server.stop() == 0
    before = counted_by_code(program.data)
    books.audit()
    assert counted_by_code(program.data) == before
