"""The program under measurement: its commands, its server, and what its processes have cost so far."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

COMMAND = (sys.executable, "-m", "scanly")
PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"
)
_STOP_S = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``ready_cpu_s`` is what its processes had used when it said that it runs."""

    process: subprocess.Popen[str]
    port: int
    ready_cpu_s: float

    def parts(self) -> dict[str, psutil.Process]:
        """Its processes by what they do: parent, worker, ingester."""
        parent = psutil.Process(self.process.pid)
        return {"parent": parent, **{_role(child): child for child in parent.children(recursive=True)}}


@dataclass(frozen=True, slots=True)
class Program:
    """The program on one data folder."""

    data: Path

    def environment(self) -> dict[str, str]:
        """This one, without settings that would change what is measured."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SCANLY_")}
        return kept | {"SCANLY_DATA": str(self.data)}

    def run(self, *arguments: object) -> str:
        """What a command printed. Raises SystemExit with its words when it failed."""
        command = [*COMMAND, *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, arguments))}: {done.stderr or done.stdout}")
        return done.stdout

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)], env=self.environment(), stdout=subprocess.PIPE, text=True
        )

    @contextmanager
    def serve(self, *, core: int | None = None) -> Generator[Server]:
        """A server that answers, with all its processes on one core if that is given; stopped at the end."""
        port = free_port()
        before = os.sched_getaffinity(0)
        if core is not None:
            os.sched_setaffinity(0, {core})  # children inherit it, and so do theirs
        try:
            base_url = f"http://localhost:{port}"
            process = self.start("serve", "--host", "127.0.0.1", "--port", port, "--base-url", base_url)
        finally:
            os.sched_setaffinity(0, before)
        try:
            yield Server(process, port, _cpu_when_ready(process))
        finally:
            end(process)


def _cpu_when_ready(process: subprocess.Popen[str]) -> float:
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            return cpu_of_all_s(process.pid)
    raise SystemExit("The server did not start.")


def _role(child: psutil.Process) -> str:
    roles = {"_work": "worker", "_ingest": "ingester"}
    return next((roles[word] for word in child.cmdline() if word in roles), child.name())


@contextmanager
def fresh_folder(*, beneath: Path | None = None) -> Generator[Path]:
    """A folder that is gone afterwards, also when the script is told to end."""
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="scanly-bench-", dir=beneath) as folder:
        yield Path(folder)


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(143)


def end(process: subprocess.Popen[str]) -> None:
    """As a service manager does: asks, waits, then kills the one process it started."""
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_s(process: psutil.Process) -> float:
    """User and system seconds of one process."""
    times = process.cpu_times()
    return times.user + times.system


def cpu_of_all_s(pid: int) -> float:
    """The same of a process and its living descendants, with those that have ended."""
    parent = psutil.Process(pid)
    family = [parent, *parent.children(recursive=True)]
    return sum(sum(process.cpu_times()[:4]) for process in family)
