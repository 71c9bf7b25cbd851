"""Tells visitors of one day apart without keeping who they are: a hash keyed with a salt that is destroyed.

The salt of a date is one file, shared by all processes of a data folder; it is left out of every backup.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from scanly.core.clock import day_number, day_of
from scanly.core.errors import Unavailable

_SALT_BYTES = 32
# It is at most three dates at once on earth.
_DAYS_IN_MEMORY = 3


class Salts:
    """The salts of a data folder, one 0600 file per local date."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[int, bytes] = {}

    def of(self, day: int) -> bytes:
        """The 32 bytes of a day, made by the first process that asks. Raises Unavailable."""
        salt = self._known.get(day)
        if salt is None:
            salt = self._shared(day)
            self._known = {
                known: value for known, value in self._known.items() if known > day - _DAYS_IN_MEMORY
            }
            self._known[day] = salt
        return salt

    def destroy_before(self, day: int) -> int:
        """Removes the salts of earlier days for good; returns how many there were."""
        self._known = {known: value for known, value in self._known.items() if known >= day}
        old = [
            path
            for path in self._folder.iterdir()
            if (named := _day_in(path.name)) is not None and named < day
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _shared(self, day: int) -> bytes:
        path = self._folder / day_of(day).isoformat()
        try:
            salt = _read(path)
            if salt is None or len(salt) != _SALT_BYTES:
                _create(path, replace=salt is not None)
                salt = path.read_bytes()
            return salt
        except OSError as error:
            raise Unavailable(f"The visitor salt {path} cannot be made: {error.strerror}.") from error


def visitor(salt: bytes, workspace_id: int, day: int, address: str, agent: str) -> int:
    """A signed 64-bit number that is the same for one address and agent, in one workspace, on one day.

    The day is hashed, too: a salt that lives longer must not make two days' visitors the same.
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


def _day_in(name: str) -> int | None:
    """The day a salt file (or a draft of one) is named after."""
    try:
        return day_number(date.fromisoformat(name.removeprefix(".")[:10]))
    except ValueError:
        return None
