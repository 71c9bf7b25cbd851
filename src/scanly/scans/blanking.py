"""Takes visitors' hashes out of the journal: in place, where the scans have been counted already."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from zlib import crc32

import msgspec

from scanly.scans.journal import HEADER, MAGIC, pack, segment_path, segments_of
from scanly.scans.model import NOBODY, Scan
from scanly.scans.segments import Position, nodes_of

# Zero in as many bytes as an integer may take: signed, of 64, 32, 16 or 8 bits, or a small one.
_NOBODY = {
    9: b"\xd3" + bytes(8),
    5: b"\xd2" + bytes(4),
    3: b"\xd1" + bytes(2),
    2: b"\xd0" + bytes(1),
    1: bytes(1),
}
_decode = msgspec.msgpack.Decoder(Scan).decode


def blank_visitors(journal_dir: Path, visitors: Collection[int], counted: Mapping[int, Position]) -> int:
    """Makes counted scans of these visitors nobody's; how many. Raises OSError.

    A frame keeps its length, so that positions stay true. What lies behind ``counted`` is still to come, and is left.
    """
    blanked = 0
    for node in nodes_of(journal_dir):
        end = counted.get(node, Position(-1, 0))
        for segment in segments_of(journal_dir, node):
            if segment <= end.segment:
                with suppress(FileNotFoundError):  # deleted meanwhile
                    length = end.offset if segment == end.segment else None
                    blanked += _blank(segment_path(journal_dir, node, segment), visitors, length)
    return blanked


def _blank(segment: Path, visitors: Collection[int], length: int | None) -> int:
    fd = os.open(segment, os.O_RDWR | os.O_CLOEXEC)
    try:
        data = os.pread(fd, os.fstat(fd).st_size if length is None else length, 0)
        found = dict(frame for visitor in visitors for frame in _frames(data, visitor))
        for start, frame in found.items():
            os.pwrite(fd, frame, start)
        if found:
            os.fsync(fd)
        return len(found)
    finally:
        os.close(fd)


def _frames(data: bytes, visitor: int) -> Iterator[tuple[int, bytes]]:
    """The frames of a visitor's scans, by where they begin, as they are to be."""
    packed = pack(visitor)
    at = data.find(packed)
    while at >= 0:
        start = data.rfind(MAGIC, 0, at)
        payload = _payload(data, start) if start >= 0 else b""
        place = at - start - HEADER.size
        blank = payload[:place] + _NOBODY[len(packed)] + payload[place + len(packed) :]
        if payload and _is_nobody_now(payload, blank):
            yield start, HEADER.pack(MAGIC, len(blank), crc32(blank, len(blank))) + blank
        at = data.find(packed, at + 1)


def _is_nobody_now(before: bytes, after: bytes) -> bool:
    """Whether of a packed scan the visitor is gone, and nothing else: the same bytes may stand elsewhere in it."""
    try:
        return msgspec.structs.replace(_decode(before), visitor=NOBODY) == _decode(after)
    except msgspec.MsgspecError:
        return False


def _payload(data: bytes, start: int) -> bytes:
    """The packed scan of the frame that begins there; empty where it is not whole."""
    if len(data) < start + HEADER.size:
        return b""
    _, size, checksum = HEADER.unpack_from(data, start)
    payload = data[start + HEADER.size : start + HEADER.size + size]
    return payload if len(payload) == size and crc32(payload, size) == checksum else b""
