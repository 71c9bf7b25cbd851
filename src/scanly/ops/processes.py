"""The parent of a server: opens the sockets, starts workers and the ingester, and starts again what dies.

Children inherit the data folder's lock, so it is held until the last of them is gone, and the reading end of
a pipe whose other end only the parent has: when that closes, they leave.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from scanly.core.errors import Conflict, Unavailable
from scanly.core.lock import FileLock
from scanly.core.log import Log
from scanly.core.paths import DataFolder, program
from scanly.core.settings import Settings, environment

log = Log("scanly.processes")
_BACKLOG = 2048
_PORTS_TRIED = 20
_ORPHANS_LEAVE_S = 5.0
_START_S = 60.0
_STOP_WORKERS_S = 9.0
_STOP_INGESTER_S = 5.0
_SHORTEST_LIFE_S = 5.0
_LONGEST_REST_S = 30.0


def lock_folder(folder: DataFolder) -> FileLock:
    """The lock that one server holds on a data folder. Raises Conflict that names who has it."""
    lock = FileLock(folder.server_lock)
    holder = lock.noted()
    # Children of a killed server are about to leave; a living server does not.
    if not lock.acquire(0 if _alive(holder) else _ORPHANS_LEAVE_S):
        raise Conflict(
            f"A Scanly server is already running on {folder.root} (process {lock.noted() or 'unknown'}).",
            hint="Stop it first, or choose another folder with --data DIR.",
        )
    lock.note(str(os.getpid()))
    return lock


def _alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def listen(settings: Settings, *, port_is_chosen: bool) -> list[socket.socket]:
    """One listening socket per worker, on the settings' port, or the next free one unless it was chosen.

    The parent keeps them open, so that a worker's restart refuses nobody. Raises Unavailable.
    """
    tries = 1 if port_is_chosen or settings.port == 0 else _PORTS_TRIED
    for port in range(settings.port, settings.port + tries):
        try:
            return _sockets(settings, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port + 1 < settings.port + tries:
                continue
            raise Unavailable(
                f"Port {settings.port} of {settings.host} cannot be used: {error.strerror}.",
                hint="Choose another one with --port.",
            ) from error
    raise AssertionError("unreachable")


def _sockets(settings: Settings, port: int) -> list[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The first one without SO_REUSEPORT finds out whether somebody else is there.
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((settings.host, port))
        port = probe.getsockname()[1]
    opened: list[socket.socket] = []
    for _ in range(settings.workers):
        one = socket.socket(family, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if settings.workers > 1:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind((settings.host, port))
        one.listen(_BACKLOG)
        opened.append(one)
    return opened


@dataclass(slots=True)
class Child:
    """A process that is kept running; ``arguments`` gets the descriptor it reports readiness on."""

    name: str
    arguments: Callable[[int], list[str]]
    inherited: Sequence[int]
    process: subprocess.Popen[bytes] | None = None
    ready: BinaryIO | None = None
    started_s: float = 0.0
    rest_s: float = 0.0

    def start(self, *, wait: bool) -> None:
        """Starts it; with ``wait``, until it says that it is ready. Raises Unavailable when it is not."""
        read_end, write_end = os.pipe()
        command = [*program(), *self.arguments(write_end)]
        self.process = subprocess.Popen(  # noqa: S603 - this very program
            command,
            pass_fds=(*self.inherited, write_end),
            stdin=subprocess.DEVNULL,
            # Ctrl-C is the parent's to pass on. Not a session of its own: the kernel shares out the processor by
            # session, and the ingester's low priority would count for nothing.
            process_group=0,
            env=environment(),
        )
        os.close(write_end)
        self.started_s = time.monotonic()
        # Kept open: a child that says it is ready to a closed pipe would end with an error.
        self.ready, forgotten = os.fdopen(read_end, "rb"), self.ready
        if forgotten:
            forgotten.close()
        if wait and not _said_ready(read_end):
            self.stop()
            raise Unavailable(f"The {self.name} did not start.", hint="The reason stands above.")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        """Gives it time to end by itself, then ends it."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("a process had to be killed", process=self.name)
            self.process.kill()
            self.process.wait()

    def keep_running(self) -> None:
        """Starts it again when it died; one that dies at once rests longer each time."""
        if self.process is None or self.process.poll() is None:
            return
        lived_s = time.monotonic() - self.started_s
        if lived_s < self.rest_s:
            return
        self.rest_s = 0.0 if lived_s > _SHORTEST_LIFE_S else min(max(0.5, self.rest_s * 2), _LONGEST_REST_S)
        log.error("a process ended and is started again", process=self.name, status=self.process.returncode)
        self.start(wait=False)


def _said_ready(fd: int) -> bool:
    readable, _, _ = select.select([fd], [], [], _START_S)
    return bool(readable) and os.read(fd, 16) != b""


@dataclass(slots=True)
class Server:
    """A running server as its parent sees it."""

    folder: DataFolder
    options: dict[str, object]
    demo: bool
    sockets: list[socket.socket]
    lock: FileLock
    workers: list[Child] = field(default_factory=list[Child])
    ingester: Child | None = None
    _parent_write: int = -1
    _stopping: bool = False

    def start(self) -> None:
        """Returns when every worker answers. Raises Unavailable."""
        parent_read, self._parent_write = os.pipe()
        for number, listening in enumerate(self.sockets):
            worker = {"socket_fd": listening.fileno(), "first": number == 0, "demo": self.demo}
            child = Child(
                f"worker {number + 1}",
                lambda ready, worker=worker: self._arguments("_work", worker, parent_read, ready),
                (listening.fileno(), parent_read, self.lock.fd),
            )
            self.workers.append(child)
            child.start(wait=True)
        self.ingester = Child(
            "ingester",
            lambda ready: self._arguments("_ingest", {}, parent_read, ready),
            (parent_read, self.lock.fd),
        )
        self.ingester.start(wait=True)

    def _arguments(
        self, command: str, extra: Mapping[str, object], parent_read: int, ready: int
    ) -> list[str]:
        told: dict[str, object] = {
            "data": str(self.folder.root),
            "options": self.options,
            "parent_fd": parent_read,
            "ready_fd": ready,
        }
        return [command, msgspec.json.encode({**told, **extra}).decode()]

    def run(self) -> None:
        """Keeps the children running until a signal asks to stop; then lets them finish, workers first."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        children = [*self.workers, *([self.ingester] if self.ingester else [])]
        while not self._stopping:
            time.sleep(0.2)
            for child in children:
                if not self._stopping:
                    child.keep_running()
        self.stop()

    def _ask_to_stop(self, *_: object) -> None:
        self._stopping = True

    def stop(self) -> None:
        """Ends workers, then the ingester, which counts what they left."""
        deadline = time.monotonic() + _STOP_WORKERS_S
        for child in self.workers:
            child.stop()
        for child in self.workers:
            child.wait(max(0.1, deadline - time.monotonic()))
        if self.ingester:
            self.ingester.stop()
            self.ingester.wait(_STOP_INGESTER_S)
        self.lock.release()


def die_with_loader() -> None:
    """A onefile binary runs under a loader process: when that is killed, the kernel ends us, too."""
    if sys.platform != "linux":
        return
    import ctypes

    set_parent_death_signal = 1  # PR_SET_PDEATHSIG, <linux/prctl.h>
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
