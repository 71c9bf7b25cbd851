"""Counts by 64-bit key in a file that all processes share: exact under concurrency, kept when they die.

An open-addressing table in shared memory; a lock file orders the processes. Memory is the file's, so it grows
with what is counted and with nothing else.

    header   magic "SCANLYC1" | slots u64 | used u64 | moved u64      slot   key u64 (0: free) | count u64
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanly.core.errors import Unavailable

_HEADER = struct.Struct("<8sQQQ")
_SLOT = struct.Struct("<QQ")
# Native: written by one store, so that nobody reads half a number, and nobody dies in the middle of one.
_NUMBER = struct.Struct("@Q")
_MAGIC = b"SCANLYC1"
_START = 64
_FIRST_SLOTS = 1_024
_FULLEST = 0.6
_KEYS = 2**64 - 1
_USED_AT, _MOVED_AT = 16, 24
# Spreads keys that differ in few bits. Source: Knuth, The Art of Computer Programming, 6.4 (Fibonacci hashing).
_SPREAD = 0x9E3779B97F4A7C15


class SharedCounts:
    """The counts of one file. One thread of a process uses it. Raises Unavailable when it cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = False
        with self._told():
            self._lock = os.open(
                path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                if not self._is_whole():
                    _make(path, _FIRST_SLOTS)
                self._map, self._slots = _opened(path)
                # Who wrote these may have died, and a power cut leaves some pages older than others.
                _NUMBER.pack_into(self._map, _USED_AT, sum(1 for _ in _taken(self._map)))
                _NUMBER.pack_into(self._map, _MOVED_AT, 0)
                fcntl.flock(self._lock, fcntl.LOCK_UN)
            except BaseException:
                os.close(self._lock)
                raise

    @contextmanager
    def held(self) -> Generator[None]:
        """Keeps other processes out, so that what is read stays true until it is written."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._held = True
        try:
            if _NUMBER.unpack_from(self._map, _MOVED_AT)[0]:
                with self._told():
                    self._reopen()
            yield
        finally:
            self._held = False
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def get(self, key: int) -> int | None:
        """The count of a key; None for one that was never counted."""
        if _NUMBER.unpack_from(self._map, _MOVED_AT)[0]:
            with self._alone():
                pass  # there it is opened again
        at, there = self._find(key & _KEYS or _KEYS)
        return _NUMBER.unpack_from(self._map, at + 8)[0] if there else None

    def put(self, key: int, count: int) -> None:
        """Sets a count."""
        with self._alone():
            self._put(key & _KEYS or _KEYS, count)

    def add(self, key: int) -> int:
        """Counts one more; the new count."""
        with self._alone():
            count = (self.get(key) or 0) + 1
            self._put(key & _KEYS or _KEYS, count)
        return count

    def close(self) -> None:
        self._map.close()
        os.close(self._lock)

    @contextmanager
    def _alone(self) -> Generator[None]:
        if self._held:
            yield
        else:
            with self.held():
                yield

    def _find(self, key: int) -> tuple[int, bool]:
        return _find(self._map, self._slots, key)

    def _put(self, key: int, count: int) -> None:
        at, there = self._find(key)
        if not there:
            used = _NUMBER.unpack_from(self._map, _USED_AT)[0]
            if used >= self._slots * _FULLEST:
                with self._told():
                    self._grow()
                at, _ = self._find(key)
            _NUMBER.pack_into(self._map, _USED_AT, used + 1)
        # The count first: who dies in between leaves a slot that nobody takes for a key.
        _NUMBER.pack_into(self._map, at + 8, count)
        _NUMBER.pack_into(self._map, at, key)

    def _grow(self) -> None:
        """Into a file of twice the size, which takes this one's name; the old one says that it moved.

        It says so first: who dies in between leaves processes that look again and find the old one, never
        some that go on counting where nobody else does.
        """
        beside = self._path.with_name(f"{self._path.name}.part")
        _make(beside, self._slots * 2)
        new, slots = _opened(beside)
        for key, count in _taken(self._map):
            _SLOT.pack_into(new, _find(new, slots, key)[0], key, count)
        _NUMBER.pack_into(new, _USED_AT, _NUMBER.unpack_from(self._map, _USED_AT)[0])
        try:
            new.flush()
            _NUMBER.pack_into(self._map, _MOVED_AT, 1)
            beside.replace(self._path)
        except OSError:
            _NUMBER.pack_into(self._map, _MOVED_AT, 0)
            new.close()
            raise
        self._take(new, slots)

    def _reopen(self) -> None:
        new, slots = _opened(self._path)
        _NUMBER.pack_into(new, _MOVED_AT, 0)
        self._take(new, slots)

    def _take(self, new: mmap.mmap, slots: int) -> None:
        old, self._map, self._slots = self._map, new, slots
        old.close()

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise Unavailable(f"{self._path} cannot be used: {error.strerror}.") from error

    def _is_whole(self) -> bool:
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            head = file.read(_HEADER.size)
            size = os.fstat(file.fileno()).st_size
            if len(head) == _HEADER.size:
                magic, slots, _, _ = _HEADER.unpack(head)
                return magic == _MAGIC and slots >= _FIRST_SLOTS and size == _START + slots * _SLOT.size
        return False


def _find(table: mmap.mmap, slots: int, key: int) -> tuple[int, bool]:
    """The slot of a key, or the free one that it would take."""
    place = key * _SPREAD % 2**64 * slots >> 64
    while True:
        at = _START + place * _SLOT.size
        there = _NUMBER.unpack_from(table, at)[0]
        if there in (key, 0):
            return at, there == key
        place = (place + 1) % slots


def _taken(table: mmap.mmap) -> Generator[tuple[int, int]]:
    """Every key with its count."""
    with memoryview(table) as whole, whole[_START:] as slots:
        for key, count in _SLOT.iter_unpack(slots):
            if key:
                yield key, count


def _opened(path: Path) -> tuple[mmap.mmap, int]:
    """A whole table and its slots."""
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        table = mmap.mmap(fd, 0)
    finally:
        os.close(fd)
    return table, _HEADER.unpack_from(table)[1]


def _make(path: Path, slots: int) -> None:
    """An empty table; it has its size at once, so that a full disk is met here and not by a write to memory."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        size = _START + slots * _SLOT.size
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(fd, 0, size)
        else:
            os.ftruncate(fd, size)
        os.pwrite(fd, _HEADER.pack(_MAGIC, slots, 0, 0), 0)
    finally:
        os.close(fd)
