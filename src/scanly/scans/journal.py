"""The journal: every scan is in a file before its visitor is answered, so killing the process loses none.

One folder per writing process (its leased node), segments in it numbered upwards; only the newest grows.

    frame    magic c1 53 43 01 | length u32 | crc32 u32 | msgpack of a Scan        (little endian)

0xC1 begins no msgpack value and is in no UTF-8 text, so a reader finds the next frame behind damaged bytes.
`segments` reads what is written here.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import msgspec

from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.log import Log
from scanly.scans.model import Scan

if sys.platform == "darwin":
    from os import fsync as fdatasync
else:
    from os import fdatasync

MAGIC = b"\xc1SC\x01"
HEADER = struct.Struct("<4sII")
MAX_PAYLOAD_BYTES = 65_536
SEGMENT_BYTES = 16 * 1024 * 1024
SEGMENT_S = 600
# With the time a sync takes, a power cut loses at most the last 100 ms.
SYNC_EVERY_S = 0.06

_log = Log("scanly.journal")
_encode = msgspec.msgpack.Encoder().encode
_NO_FILE = -1


def frame_of(scan: Scan) -> bytes:
    """A scan as it is written; the checksum covers the length, too."""
    payload = _encode(scan)
    size = len(payload)
    return HEADER.pack(MAGIC, size, crc32(payload, size)) + payload


def node_folder(journal_dir: Path, node: int) -> Path:
    return journal_dir / f"{node:03d}"


def segment_path(journal_dir: Path, node: int, segment: int) -> Path:
    return node_folder(journal_dir, node) / f"{segment:016x}.journal"


def segments_of(journal_dir: Path, node: int) -> list[int]:
    """The numbers of a node's segments, oldest first."""
    return sorted(int(path.stem, 16) for path in node_folder(journal_dir, node).glob("*.journal"))


class Journal:
    """The segments one process writes. Thread-safe. Raises Unavailable when the first cannot be opened.

    ``dropped`` counts scans that could not be written, ``doubtful`` those whose sync failed afterwards (they
    are lost only if the machine goes down, too); ``fault`` says what is wrong now, or is empty.
    """

    def __init__(self, journal_dir: Path, node: int, clock: Clock) -> None:
        self.dropped = 0
        self.doubtful = 0
        self.fault = ""
        self._dir, self._node, self._clock = journal_dir, node, clock
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._fd, self._length, self._unsynced = _NO_FILE, 0, 0
        self._retired: list[int] = []
        self._name_is_new = False
        self._opened_s = 0.0
        folder = node_folder(journal_dir, node)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._segment = max(segments_of(journal_dir, node), default=0)
        except OSError as error:
            self._fail(error)
        if self.fault or not self._rotate():
            raise Unavailable(f"The journal in {folder} cannot be written: {self.fault}.")
        self._syncer = threading.Thread(target=self._keep_synced, name="journal-sync", daemon=True)
        self._syncer.start()

    def append(self, scan: Scan) -> bool:
        """Whether the scan is in the file. Never raises: the visitor is answered either way. About 4 µs."""
        return self.append_frames([frame_of(scan)]) == 1

    def append_frames(self, frames: Sequence[bytes]) -> int:
        """How many of the frames are in the file, after one write for all of them. Never raises."""
        with self._lock:
            kept = self._write([frame for frame in frames if len(frame) <= MAX_PAYLOAD_BYTES])
            self.dropped += len(frames) - kept
            return kept

    def drop(self, reason: str) -> None:
        """Counts a scan that failed before it could be appended, and keeps the reason as the fault."""
        with self._lock:
            self._fail(OSError(reason))
            self.dropped += 1

    def close(self) -> None:
        """Syncs what was written and ends the segment."""
        self._stop.set()
        self._syncer.join()
        with self._lock:
            self._retire()
        self._sync()

    def _write(self, frames: Sequence[bytes]) -> int:
        """How many of the frames, from the first, were written whole."""
        if not frames or (self._fd == _NO_FILE and not self._begin_again()):
            return 0
        block = b"".join(frames)
        written = self._put(block)
        whole = written == len(block)
        kept, length = (len(frames), written) if whole else _whole_frames(frames, written)
        self._length += length
        self._unsynced += kept
        if not whole:
            self._cut_back()
        elif self._length >= SEGMENT_BYTES:
            self._rotate()
        return kept

    def _put(self, block: bytes) -> int:
        """How many bytes were written, in at most two goes."""
        written = 0
        try:
            written = os.write(self._fd, block)
            if written < len(block):  # the next write goes on, or tells why not
                written += os.write(self._fd, block[written:])
        except OSError as error:
            self._fail(error)
        return written

    def _cut_back(self) -> None:
        """After a short write: the file ends with a whole frame again, or this segment ends here."""
        if not self.fault:
            self._fail(OSError("only part of a scan could be written"))
        try:
            os.ftruncate(self._fd, self._length)
        except OSError:
            if not self._rotate():
                self._retire()

    def _begin_again(self) -> bool:
        """After a fault that left no file open; a closed journal stays closed."""
        return not self._stop.is_set() and self._rotate()

    def _rotate(self) -> bool:
        """Begins the next segment. Numbers never come back: the newest is never deleted, and time helps."""
        number = max(self._segment + 1, self._clock())
        path = segment_path(self._dir, self._node, number)
        try:
            fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            self._fail(error)
            return False
        self._retire()
        self._fd, self._segment, self._length = fd, number, 0
        self._name_is_new = True
        self._opened_s = time.monotonic()
        return True

    def _retire(self) -> None:
        """Only the syncing thread closes files, after their last sync."""
        if self._fd != _NO_FILE:
            self._retired.append(self._fd)
            self._fd = _NO_FILE

    def _keep_synced(self) -> None:
        while not self._stop.wait(SYNC_EVERY_S):
            self._sync()
            with self._lock:
                if self._length and time.monotonic() - self._opened_s >= SEGMENT_S:
                    self._rotate()

    def _sync(self) -> None:
        """Puts on disk what was written since the last time, outside the lock: a sync may take 80 ms."""
        with self._lock:
            current, retired, written = self._fd, self._retired, self._unsynced
            name_is_new = self._name_is_new
            self._retired, self._unsynced, self._name_is_new = [], 0, False
        try:
            if written:
                for fd in (*retired, current):
                    if fd != _NO_FILE:
                        fdatasync(fd)
            if name_is_new:
                _sync_folder(node_folder(self._dir, self._node))
        except OSError as error:
            self._distrust(current, written, error)
        else:
            if written and self.fault:
                self._recover()
        for fd in retired:
            os.close(fd)

    def _distrust(self, fd: int, written: int, error: OSError) -> None:
        """A failed sync is never repeated: the kernel may have dropped the pages and would answer "done"."""
        with self._lock:
            self._fail(error)
            self.doubtful += written
            if self._fd == fd and not self._rotate():
                self._retire()
            if fd in self._retired:
                self._retired.remove(fd)
                os.close(fd)

    def _fail(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        if reason != self.fault:
            _log.error("The journal cannot be written.", reason=reason, node=self._node)
        self.fault = reason

    def _recover(self) -> None:
        with self._lock:
            self.fault = ""
        _log.info("The journal can be written again.", node=self._node, dropped=self.dropped)


def _whole_frames(frames: Sequence[bytes], written: int) -> tuple[int, int]:
    """How many of the frames lie wholly within what was written, and their length."""
    length = 0
    for kept, frame in enumerate(frames):
        if length + len(frame) > written:
            return kept, length
        length += len(frame)
    return len(frames), length


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
