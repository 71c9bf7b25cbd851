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
from collections.abc import Callable, Sequence
from itertools import chain, takewhile
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
# After a fault, how long until it is found out whether it is over.
PROBE_AFTER_S = 1.0

# Told from the syncing thread how many of its frames, from the first, are on disk.
Done = Callable[[int], object]

_log = Log("scanly.journal")
pack = msgspec.msgpack.Encoder().encode
_NO_FILE = -1


def frame_of(scan: Scan) -> bytes:
    """A scan as it is written; the checksum covers the length, too."""
    return frame_around(pack(scan))


def frame_around(payload: bytes) -> bytes:
    """A packed scan as it is written."""
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
        self.journal_dir, self.node, self._clock = journal_dir, node, clock
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._asked: list[tuple[Sequence[bytes], Done]] = []
        self._asking = threading.Condition()
        self._fd, self._length, self._unsynced = _NO_FILE, 0, 0
        self._retired: list[int] = []
        self._name_is_new = self._wrote_since_fault = False
        self._opened_s = self._faulty_s = self._due_s = 0.0
        folder = node_folder(journal_dir, node)
        try:
            if not folder.exists():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                _sync_folder(journal_dir)
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
            kept = self._write([frame for frame in frames if _is_readable(frame)])
            self.dropped += len(frames) - kept
            return kept

    def commit_durably(self, frames: Sequence[bytes], done: Done) -> None:
        """Has the frames written and synced, together with those of other calls; returns at once, never raises.

        ``done`` is called once, in the order of the calls and from the syncing thread, with how many of the
        frames, from the first, are on disk. The others must not be promised to anybody, not even when they turn
        up in the file later: their sync failed, and repeating it would prove nothing. A sync takes 0.1 to 80 ms;
        what is asked for meanwhile shares the next one. A closed journal calls ``done(0)`` before it returns.
        """
        with self._asking:
            if not self._stop.is_set():
                self._asked.append((frames, done))
                self._asking.notify()
                return
        with self._lock:
            self.dropped += len(frames)
        done(0)

    def drop(self, reason: str) -> None:
        """Counts a scan that failed before it could be appended, and keeps the reason as the fault."""
        with self._lock:
            self._fail(OSError(reason))
            self.dropped += 1

    def close(self) -> None:
        """Syncs what was written or asked for, and ends the segment."""
        with self._asking:
            self._stop.set()
            self._asking.notify()
        self._syncer.join()
        self._commit(self._next_group())
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
        self._wrote_since_fault = whole
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
        path = segment_path(self.journal_dir, self.node, number)
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
        while not self._stop.is_set():
            self._commit(self._next_group())
            now_s = time.monotonic()
            with self._lock:
                if self._length and now_s - self._opened_s >= SEGMENT_S:
                    self._rotate()
            if self.fault and now_s - self._faulty_s >= PROBE_AFTER_S:
                self._faulty_s = now_s
                self._probe()

    def _next_group(self) -> list[tuple[Sequence[bytes], Done]]:
        """All that was asked for since the last time, as soon as there is any; nothing when it is time to sync."""
        with self._asking:
            if not self._asked and not self._stop.is_set():
                self._asking.wait(max(0.0, self._due_s - time.monotonic()))
            group, self._asked = self._asked, []
        return group

    def _commit(self, group: Sequence[tuple[Sequence[bytes], Done]]) -> None:
        """One write and one sync for the whole group, and for what was appended; then says what is on disk."""
        kept = 0
        sound = [list(takewhile(_is_readable, frames)) for frames, _ in group]
        if group:
            with self._lock:
                kept = self._write(list(chain.from_iterable(sound)))
                self.dropped += sum(len(frames) for frames, _ in group) - kept
        on_disk = kept if self._sync() else 0
        for frames, (_, done) in zip(sound, group, strict=True):
            mine = min(on_disk, len(frames))
            on_disk -= mine
            try:
                done(mine)
            except Exception as error:  # whoever waits for the others must hear of them
                _log.error("nobody could be told that scans are on disk", cause=error)

    def _sync(self) -> bool:
        """Puts on disk what was written since the last time, outside the lock: a sync may take 80 ms.

        Whether all of it is there. Only the syncing thread calls this.
        """
        self._due_s = time.monotonic() + SYNC_EVERY_S  # a slow sync shortens the rest before the next
        with self._lock:
            current, retired, written = self._fd, self._retired, self._unsynced
            name_is_new, mended = self._name_is_new, self.fault and self._wrote_since_fault
            self._retired, self._unsynced, self._name_is_new = [], 0, False
        try:
            if written:
                for fd in (*retired, current):
                    if fd != _NO_FILE:
                        fdatasync(fd)
            if name_is_new:
                _sync_folder(node_folder(self.journal_dir, self.node))
        except OSError as error:
            self._distrust(current, written, error)
            return False
        finally:
            for fd in retired:
                os.close(fd)
        if mended:
            self._recover()
        return True

    def _distrust(self, fd: int, written: int, error: OSError) -> None:
        """A failed sync is never repeated: the kernel may have dropped the pages and would answer "done"."""
        with self._lock:
            self._fail(error)
            # Whatever was written meanwhile went into the same file, which is never synced again.
            self.doubtful += written + self._unsynced
            self._unsynced = 0
            if self._fd == fd and not self._rotate():
                self._retire()
            if fd in self._retired:
                self._retired.remove(fd)
                os.close(fd)

    def _probe(self) -> None:
        """Finds out whether a fault is over also when nothing is written, as nobody is sent to a faulty server."""
        try:
            _write_and_forget(node_folder(self.journal_dir, self.node) / "probe", MAX_PAYLOAD_BYTES)
        except OSError:
            return
        with self._lock:
            writable = self._fd != _NO_FILE or self._begin_again()
        if writable:
            self._recover()

    def _fail(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        if reason != self.fault:
            _log.error("The journal cannot be written.", reason=reason, node=self.node)
            self._faulty_s = time.monotonic()
        self.fault, self._wrote_since_fault = reason, False

    def _recover(self) -> None:
        with self._lock:
            self.fault = ""
        _log.info("The journal can be written again.", node=self.node, dropped=self.dropped)


def _is_readable(frame: bytes) -> bool:
    """Whether a reader would take it; nothing that a recorder makes comes near the limit."""
    return len(frame) <= MAX_PAYLOAD_BYTES


def _whole_frames(frames: Sequence[bytes], written: int) -> tuple[int, int]:
    """How many of the frames lie wholly within what was written, and their length."""
    length = 0
    for kept, frame in enumerate(frames):
        if length + len(frame) > written:
            return kept, length
        length += len(frame)
    return len(frames), length


def _write_and_forget(path: Path, size_bytes: int) -> None:
    """Writes a file, syncs it and removes it, to see whether that can be done."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        if os.write(fd, bytes(size_bytes)) < size_bytes:
            raise OSError("only part of it could be written")
        fdatasync(fd)
    finally:
        os.close(fd)
        path.unlink()


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
