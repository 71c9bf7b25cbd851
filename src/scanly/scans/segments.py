"""Reading the journal: whole scans only, never past a writer's last word, and damage is told from a torn end."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zlib import crc32

import msgspec

from scanly.core.errors import Unavailable
from scanly.core.files import write_whole
from scanly.core.lock import FileLock
from scanly.scans.journal import (
    HEADER,
    MAGIC,
    MAX_PAYLOAD_BYTES,
    node_folder,
    segment_path,
    segments_of,
)
from scanly.scans.model import Scan

# What to do about a refusal.
MEND = "Run: scanly doctor --repair."
# How a note about a torn end begins.
TORN = "Torn end of a segment cut off"

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
    """Bytes of a segment that are no scan: a torn end, damage before a whole frame, or a frame nobody can use."""

    start: int
    data: bytes
    reason: Reason

    def __str__(self) -> str:
        what = {
            Reason.TORN: TORN,
            Reason.DAMAGED: "Damaged bytes set aside",
            Reason.POISON: "A scan that cannot be stored set aside",
        }[self.reason]
        return f"{what}: {len(self.data)} bytes at byte {self.start}."


class Refusal(msgspec.Struct, frozen=True):
    """Where the reading of a node's journal stopped: ``size_bytes`` of a segment, and scans behind them."""

    node: int
    segment: int
    start: int
    size_bytes: int

    def __str__(self) -> str:
        name = f"{self.node:03d}/{self.segment:016x}.journal"
        return f"Counting stopped at byte {self.start} of {name} in the journal: {self.size_bytes} bytes are damaged."


@dataclass(frozen=True, slots=True)
class Reading:
    """What `read` found: ``offset`` is where the next read goes on, ``last_start`` the last scan's frame."""

    scans: list[Scan]
    offset: int
    damage: list[Damage]
    last_start: int
    at_end: bool


def read(segment: Path, offset: int, limit: int, *, closed: bool, refuse: bool = False) -> Reading:
    """At most ``limit`` scans (and about a megabyte) of a segment from byte ``offset`` on.

    While the segment is open, anything that is not a whole frame is waited for. In a closed one it is damage,
    and reading goes on at the next whole frame. With ``refuse``, damage in front of a whole frame ends every
    reading, which then goes on at the damage.
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
            at = end
            continue
        if end == _CUT and not last:
            break
        hurt = damage_at(segment, offset + at)
        if hurt is None:  # its last bytes have come meanwhile
            break
        refused = refuse and hurt.reason is Reason.DAMAGED
        if closed or refused:
            damage.append(hurt)
        if refused or not closed:
            break
        at += len(hurt.data)
    return Reading(scans, offset + at, damage, offset + last_start, at_end=last and at >= len(data))


def damage_at(segment: Path, start: int) -> Damage | None:
    """What lies between ``start`` and the next whole frame, or the segment's end; None when one begins there."""
    data, last = _bytes_at(segment, start)
    if _frame_end(data, 0) > 0:
        return None
    end = _next_frame(data, 0)
    if end == len(data) and not last:
        data = _rest_of(segment, start)
        end = _next_frame(data, 0)
    return Damage(start, data[:end], Reason.TORN if end == len(data) else Reason.DAMAGED)


def damages(journal_dir: Path, read_up_to: Mapping[int, Position]) -> list[tuple[Refusal, int]]:
    """All damage ahead of these positions, and how many whole scans each has behind it in its node's journal."""
    found: list[tuple[Refusal, int]] = []
    for node in nodes_of(journal_dir):
        whole = 0
        of_node: list[tuple[Refusal, int]] = []
        for segment, data, start in _unread(journal_dir, node, read_up_to.get(node, Position(0, 0))):
            at = 0
            while at < len(data):
                end = _frame_end(data, at)
                if end > 0:
                    whole += 1
                elif (end := _next_frame(data, at)) < len(data):
                    of_node.append((Refusal(node, segment, start + at, end - at), whole))
                at = end
        found += [(refusal, whole - before) for refusal, before in of_node]
    return found


def _unread(journal_dir: Path, node: int, position: Position) -> Iterator[tuple[int, bytes, int]]:
    """The segments of a node from a position on: number, bytes, and where in the file these begin."""
    for segment in segments_of(journal_dir, node):
        if segment >= position.segment:
            start = position.offset if segment == position.segment else 0
            with suppress(FileNotFoundError):  # counted and deleted meanwhile
                yield segment, _rest_of(segment_path(journal_dir, node, segment), start), start


def refused(journal_dir: Path) -> list[Refusal]:
    """Where an ingester stopped, as it left word."""
    found: list[Refusal] = []
    for path in sorted(journal_dir.glob("*/refused")):
        with suppress(FileNotFoundError, msgspec.MsgspecError):
            found.append(msgspec.json.decode(path.read_bytes(), type=Refusal))
    return found


def leave_word(journal_dir: Path, node: int, refusal: Refusal | None) -> bool:
    """Lets other processes know where a node's journal is refused, or that it no longer is; whether it could."""
    path = node_folder(journal_dir, node) / "refused"
    try:
        if refusal is None:
            path.unlink(missing_ok=True)
        else:
            write_whole(path, msgspec.json.encode(refusal), durable=False)
    except (OSError, Unavailable):
        return False
    return True


def cut_out(segment: Path, start: int, end: int) -> Damage:
    """The frame at ``start`` as poison: it reads well but cannot be stored."""
    data, _ = _bytes_at(segment, start)
    return Damage(start, data[: end - start], Reason.POISON)


def quarantine(segment: Path, damage: Damage) -> None:
    """Keeps the bytes in ``<segment>.damaged``, at the place they had; repeating it does no harm."""
    fd = os.open(f"{segment}.damaged", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.pwrite(fd, damage.data, damage.start)
        os.fsync(fd)
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


def newest_id(journal_dir: Path, node: int) -> int:
    """The id of the last whole scan that a node has in its journal, 0 when there is none to be read."""
    for segment in reversed(segments_of(journal_dir, node)):
        with suppress(OSError):  # counted and deleted meanwhile, or on a failing disk
            found = _last_id(segment_path(journal_dir, node, segment))
            if found:
                return found
    return 0


def _last_id(segment: Path) -> int:
    data = _rest_of(segment, max(0, segment.stat().st_size - 2 * (HEADER.size + MAX_PAYLOAD_BYTES)))
    at = data.rfind(MAGIC)
    while at >= 0:
        if (end := _frame_end(data, at)) > 0:
            with suppress(msgspec.MsgspecError):
                return _decode(data[at + HEADER.size : end]).id
        at = data.rfind(MAGIC, 0, at)
    return 0


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


def _rest_of(segment: Path, start: int) -> bytes:
    """A segment from ``start`` to its end, which is some megabytes at most."""
    with segment.open("rb") as file:
        file.seek(start)
        return file.read()


def _frame_end(data: bytes, at: int) -> int:
    """Where the whole frame at ``at`` ends, _CUT when the data ends before it does, _BAD when it is none."""
    if len(data) - at < HEADER.size:
        return _CUT if MAGIC.startswith(data[at : at + len(MAGIC)]) else _BAD
    magic, size, checksum = HEADER.unpack_from(data, at)
    # Nothing has the checksum zero: a magic with zeros behind it would else be a frame.
    if magic != MAGIC or not 0 < size <= MAX_PAYLOAD_BYTES:
        return _BAD
    start = at + HEADER.size
    end = start + size
    if end > len(data):
        return _CUT
    return end if crc32(memoryview(data)[start:end], size) == checksum else _BAD


def _next_frame(data: bytes, at: int) -> int:
    """Where the next whole frame begins after ``at``, or the end."""
    candidate = data.find(MAGIC, at + 1)
    while candidate >= 0 and _frame_end(data, candidate) <= 0:
        candidate = data.find(MAGIC, candidate + 1)
    return candidate if candidate >= 0 else len(data)
