"""Locks between processes: flock on a file, which the kernel releases however a process ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Self

from scanly.core.errors import Unavailable
from scanly.core.ids import NODES


class FileLock:
    """A lock on a file, held until `release` or the end of every process that inherited its descriptor.

    ``shared`` locks exclude only exclusive ones.
    """

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self.path = path
        self._mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        self._fd: int | None = None

    def acquire(self, wait_s: float = 0) -> bool:
        """Whether the lock was got within ``wait_s`` seconds. Raises Unavailable when there can be none."""
        fd = self._open()
        deadline = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(fd, self._mode | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(fd)
                    return False
                time.sleep(0.02)
            else:
                self._fd = fd
                return True

    def _open(self) -> int:
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(
                f"{self.path} cannot be written: {error.strerror}.",
                hint="Check the permissions of the data folder.",
            ) from error

    @property
    def fd(self) -> int:
        """The locked descriptor, to be passed on to child processes."""
        if self._fd is None:
            raise ValueError(f"{self.path} is not locked")
        return self._fd

    def note(self, text: str) -> None:
        """Writes who holds the lock into its file, for the message that others get."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text.encode(), 0)

    def noted(self) -> str:
        """What the holder wrote."""
        try:
            return self.path.read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        if self._fd is None and not self.acquire():
            raise Unavailable(f"{self.path.name} is held by another process.")
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def lease_node(folder: Path) -> tuple[int, FileLock]:
    """A node byte that no other living process on this data folder has, with the lock that keeps it.

    Raises Unavailable when all 256 are taken.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for node in range(NODES):
        lock = FileLock(folder / f"{node:03d}.lock")
        if lock.acquire():
            return node, lock
    raise Unavailable(f"{NODES} processes are already using this data folder.", hint="Stop some of them.")
