"""A real program, real processes and real sockets: the package, or the binary that SCANLY_BINARY names."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
PHONE = (
    "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-A135F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"
)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


_BINARY = os.environ.get("SCANLY_BINARY")


def command() -> list[str]:
    return [str(Path(_BINARY).resolve())] if _BINARY else [sys.executable, "-m", "scanly"]


@dataclass(frozen=True, slots=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(slots=True)
class Running:
    """A server; ``port`` is where it listens."""

    process: subprocess.Popen[str]
    port: int
    output: str

    def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"User-Agent": PHONE, "Accept-Language": "hi-IN,hi;q=0.9"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=sent)
        response = connection.getresponse()
        answer = (
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            response.read(),
        )
        connection.close()
        return answer

    def kill(self) -> None:
        """SIGKILL to the one process that was started, and nothing else."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As a service manager does; returns the exit status."""
        self.process.terminate()
        return self.process.wait(15)

    def refuses(self) -> bool:
        """Whether nobody answers on the port any more."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return True
        return False


@dataclass(slots=True)
class Program:
    """The program on one data folder."""

    data: Path
    home: Path
    env: dict[str, str] = field(default_factory=dict[str, str])
    servers: list[Running] = field(default_factory=list[Running])

    def run(self, *arguments: object, env: dict[str, str] | None = None, timeout: float = 120) -> Done:
        done = subprocess.run(
            [*command(), *map(str, arguments)],
            env=self._environment() | (env or {}),
            capture_output=True,
            text=True,
            timeout=timeout,
            cwd=REPOSITORY,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*command(), *map(str, arguments)],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=REPOSITORY,
        )

    def serve(self, *arguments: object) -> Running:
        """A server that answers; what it printed first is in ``output``."""
        port = free_port()
        process = self.start("serve", "--host", "127.0.0.1", "--port", port, *arguments)
        printed: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            if "Ctrl-C" in line:
                break
        output = "".join(printed)
        assert "Scanly is running" in output, output
        server = Running(process, port, output)
        self.servers.append(server)
        return server

    def _environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH", "TMPDIR") if name in os.environ
        }
        return (
            kept
            | {"SCANLY_DATA": str(self.data), "HOME": str(self.home), "PYTHONWARNINGS": "default"}
            | self.env
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(check: Callable[[], bool], *, within_s: float) -> bool:
    """Whether ``check`` became true in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.02)
    return check()


def open_files(process: Path) -> list[Path]:
    """What a process, a folder in ``/proc``, has open; some may be closed while this looks."""
    found: list[Path] = []
    with suppress(OSError):
        for link in (process / "fd").iterdir():
            with suppress(OSError):
                found.append(link.readlink())
    return found


def processes_on(data: Path, *, named: str = "") -> list[int]:
    """The processes that have this data folder's lock open; with ``named``, those started as that."""
    lock = data / "server.lock"
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if not re.fullmatch(r"\d+", folder.name):
            continue
        try:
            arguments = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if lock in open_files(folder) and (not named or named in arguments):
            found.append(int(folder.name))
    return found
