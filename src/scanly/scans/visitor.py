"""Tells visitors apart for a day, a week or a month without keeping who they are: a hash with a salt that is destroyed.

The salt of such a window is one file, shared by all processes of a data folder; it is left out of every backup.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from scanly.accounts.model import WINDOW_DAYS, Privacy
from scanly.core.clock import day_number, day_of
from scanly.core.errors import Unavailable

_SALT_BYTES = 32
# A salt, the draft of one, or counts that are destroyed with it.
_NAME = re.compile(r"\.?(\d{4}-\d\d-\d\d)(?:\+(\d{1,3}))?(?:\..*)?")


class Window(NamedTuple):
    """The local days through which a visitor stays the same: the first one, and how many."""

    first: int
    days: int = 1

    @property
    def end(self) -> int:
        """The first day after it."""
        return self.first + self.days

    @property
    def name(self) -> str:
        """``2026-11-19``, or ``2026-11-19+7`` for seven days."""
        return day_of(self.first).isoformat() + (f"+{self.days}" if self.days > 1 else "")


def window_of(privacy: Privacy, day: int) -> Window:
    """The window that a day is in. Longer ones are the same for everybody, counted from 1970-01-01."""
    days = WINDOW_DAYS[privacy]
    return Window(day - day % days, days)


class Salts:
    """The salts of a data folder, one 0600 file per window."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Window, bytes] = {}

    def of(self, window: Window) -> bytes:
        """The 32 bytes of a window, made by the first process that asks. Raises Unavailable."""
        salt = self._known.get(window)
        if salt is None:
            salt = self._known[window] = self._shared(window)
        return salt

    def living(self) -> list[Window]:
        """The windows whose salts are there."""
        named = (_window_in(path.name) for path in self._folder.iterdir())
        return sorted({window for window in named if window and (self._folder / window.name).exists()})

    def forget_before(self, day: int) -> None:
        """Drops from memory the salts of windows that ended before ``day`` began; their files stay."""
        if any(window.end <= day for window in self._known):
            self._known = {window: salt for window, salt in self._known.items() if window.end > day}

    def destroy_before(self, day: int) -> int:
        """Removes the salts of windows that ended before ``day`` began, for good; returns how many there were."""
        self.forget_before(day)
        windows = {path: _window_in(path.name) for path in self._folder.iterdir()}
        old = [path for path, window in windows.items() if window is not None and window.end <= day]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _shared(self, window: Window) -> bytes:
        path = self._folder / window.name
        try:
            salt = _read(path)
            if salt is None or len(salt) != _SALT_BYTES:
                _create(path, replace=salt is not None)
                salt = path.read_bytes()
            return salt
        except OSError as error:
            raise Unavailable(f"The visitor salt {path} cannot be made: {error.strerror}.") from error


def visitor(salt: bytes, workspace_id: int, day: int, address: str, agent: str) -> int:
    """A signed 64-bit number that is the same for one address and agent, in one workspace, in one window.

    ``day`` is the window's first; it is hashed, too: a salt that lives longer must not make the visitors of two
    windows the same.
    """
    known = f"{workspace_id}\0{day}\0{address}\0{agent}".encode("utf-8", "replace")
    digest = hashlib.blake2b(known, digest_size=8, key=salt).digest()
    return int.from_bytes(digest, "little", signed=True)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _create(path: Path, *, replace: bool) -> None:
    """Puts a whole salt in place, or leaves the one that another process put there first.

    It is on disk before it has its name: a file cut short by a power loss would be a salt anyone can guess.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, secrets.token_bytes(_SALT_BYTES))
        os.fsync(fd)
    finally:
        os.close(fd)
    try:
        if replace:
            draft.replace(path)
        else:
            with suppress(FileExistsError):
                path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def _window_in(name: str) -> Window | None:
    """The window that a file is named after."""
    named = _NAME.fullmatch(name)
    if named is None:
        return None
    with suppress(ValueError):
        return Window(day_number(date.fromisoformat(named[1])), int(named[2] or 1))
    return None
