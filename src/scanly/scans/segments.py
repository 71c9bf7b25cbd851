"""Reading the journal: whole scans only, never past a writer's last word, and around damaged bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zlib import crc32

import msgspec

from scanly.core.lock import FileLock
from scanly.scans.journal import HEADER, MAGIC, MAX_PAYLOAD_BYTES, segment_path, segments_of
from scanly.scans.model import Scan

_CHUNK_BYTES = 1_048_576
_CUT, _BAD = 0, -1
_decode = msgspec.msgpack.Decoder(Scan).decode


class Reason(StrEnum):
    TORN = "torn"
    DAMAGED = "damaged"
    POISON = "poison"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Up to where a node's journal was read: all segments before ``segment``, and ``offset`` bytes of it."""

    segment: int
    offset: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes of a segment that are no scan: a torn end, damage between frames, or a frame nobody can use."""

    start: int
    data: bytes
    reason: Reason

    def __str__(self) -> str:
        what = {
            Reason.TORN: "Torn end of a segment cut off",
            Reason.DAMAGED: "Damaged bytes set aside",
            Reason.POISON: "A scan that cannot be stored set aside",
        }[self.reason]
        return f"{what}: {len(self.data)} bytes at byte {self.start}."


@dataclass(frozen=True, slots=True)
class Reading:
    """What `read` found: ``offset`` is where the next read goes on, ``last_start`` the last scan's frame."""

    scans: list[Scan]
    offset: int
    damage: list[Damage]
    last_start: int
    at_end: bool


def read(segment: Path, offset: int, limit: int, *, closed: bool) -> Reading:
    """At most ``limit`` scans (and about a megabyte) of a segment from byte ``offset`` on.

    While the segment is open, anything that is not a whole frame is waited for. In a closed one it is damage,
    and reading goes on at the next whole frame.
    """
    data, last = _bytes_at(segment, offset)
    view = memoryview(data)
    scans: list[Scan] = []
    damage: list[Damage] = []
    at = last_start = 0
    while at < len(data) and len(scans) < limit:
        end = _frame_end(data, at)
        if end > 0:
            last_start = at
            try:
                scans.append(_decode(view[at + HEADER.size : end]))
            except msgspec.MsgspecError:
                damage.append(Damage(offset + at, data[at:end], Reason.POISON))
        elif not closed or (end == _CUT and not last):
            break
        else:
            end = _next_frame(data, at, last=last)
            torn = last and end == len(data)
            damage.append(Damage(offset + at, data[at:end], Reason.TORN if torn else Reason.DAMAGED))
        at = end
    return Reading(scans, offset + at, damage, offset + last_start, at_end=last and at == len(data))


def cut_out(segment: Path, start: int, end: int) -> Damage:
    """The frame at ``start`` as poison: it reads well but cannot be stored."""
    data, _ = _bytes_at(segment, start)
    return Damage(start, data[: end - start], Reason.POISON)


def quarantine(segment: Path, damage: Damage) -> None:
    """Keeps the bytes in ``<segment>.damaged``, at the place they had; repeating it does no harm."""
    fd = os.open(f"{segment}.damaged", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.pwrite(fd, damage.data, damage.start)
    finally:
        os.close(fd)


def nodes_of(journal_dir: Path) -> list[int]:
    """The nodes that have ever written into this journal."""
    with suppress(FileNotFoundError):
        return sorted(
            int(path.name) for path in journal_dir.iterdir() if path.name.isdecimal() and path.is_dir()
        )
    return []


def has_writer(nodes_dir: Path, node: int) -> bool:
    """Whether a living process has leased the node, and may so be appending to its newest segment."""
    lock = FileLock(nodes_dir / f"{node:03d}.lock")
    if not lock.path.exists():
        return False
    free = lock.acquire()
    lock.release()
    return not free


def tails(journal_dir: Path) -> dict[int, Position]:
    """The newest segment of every node, and how long it is now."""
    found: dict[int, Position] = {}
    for node in nodes_of(journal_dir):
        for segment in segments_of(journal_dir, node)[-1:]:
            size = segment_path(journal_dir, node, segment).stat().st_size
            found[node] = Position(segment, size)
    return found


def hold(journal_dir: Path) -> FileLock:
    """A lock, to be acquired by a backup, under which no segment is deleted."""
    return FileLock(journal_dir / "hold.lock", shared=True)


def trim(journal_dir: Path, read_up_to: Mapping[int, Position]) -> int:
    """Deletes the segments before these positions, unless a backup holds them; returns how many.

    The newest of a node stays: its number must not come back.
    """
    lock = FileLock(journal_dir / "hold.lock")
    if not lock.acquire():
        return 0
    try:
        old = [
            segment_path(journal_dir, node, segment)
            for node, position in read_up_to.items()
            for segment in segments_of(journal_dir, node)[:-1]
            if segment < position.segment
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
    finally:
        lock.release()


def _bytes_at(segment: Path, offset: int) -> tuple[bytes, bool]:
    """A chunk of the file, and whether it reaches the end as it is after reading."""
    fd = os.open(segment, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.pread(fd, _CHUNK_BYTES, offset)
        return data, offset + len(data) >= os.fstat(fd).st_size
    finally:
        os.close(fd)


def _frame_end(data: bytes, at: int) -> int:
    """Where the whole frame at ``at`` ends, _CUT when the data ends before it does, _BAD when it is none."""
    if len(data) - at < HEADER.size:
        return _CUT if MAGIC.startswith(data[at : at + len(MAGIC)]) else _BAD
    magic, size, checksum = HEADER.unpack_from(data, at)
    if magic != MAGIC or size > MAX_PAYLOAD_BYTES:
        return _BAD
    start = at + HEADER.size
    end = start + size
    if end > len(data):
        return _CUT
    return end if crc32(memoryview(data)[start:end], size) == checksum else _BAD


def _next_frame(data: bytes, at: int, *, last: bool) -> int:
    """Where a frame begins after ``at``: a whole one, or one that the next chunk may complete."""
    candidate = data.find(MAGIC, at + 1)
    while candidate >= 0:
        end = _frame_end(data, candidate)
        if end > 0 or (end == _CUT and not last):
            return candidate
        candidate = data.find(MAGIC, candidate + 1)
    return len(data) if last else max(at + 1, len(data) - len(MAGIC) + 1)
