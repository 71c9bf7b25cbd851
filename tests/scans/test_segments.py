"""Reading: whole scans and nothing else, whatever happened to the bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.lock import FileLock, lease_node
from scanly.scans import segments
from scanly.scans.journal import HEADER, MAGIC, frame_of, segment_path
from scanly.scans.model import Outcome, Scan
from scanly.scans.segments import Position, Reason, has_writer, hold, quarantine, read, tails, trim

MakeScan = Callable[..., Scan]


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    return tmp_path / "0000000000000001.journal"


def test_a_torn_tail_is_waited_for_while_open_and_cut_when_closed_at_every_byte(
    segment: Path, make_scan: MakeScan
) -> None:
    frames = [frame_of(make_scan(n)) for n in range(3)]
    data, whole = b"".join(frames), len(frames[0] + frames[1])
    for end in range(whole + 1, len(data)):
        segment.write_bytes(data[:end])
        opened = read(segment, 0, 10, closed=False)
        assert [scan.id for scan in opened.scans] == [0, 1]
        assert (opened.offset, opened.damage, opened.at_end) == (whole, [], False)
        closed = read(segment, 0, 10, closed=True)
        assert [scan.id for scan in closed.scans] == [0, 1]
        assert [(hurt.start, hurt.data, hurt.reason) for hurt in closed.damage] == [
            (whole, data[whole:end], Reason.TORN)
        ]
        assert closed.at_end


def test_no_flipped_bit_is_ever_accepted_and_only_its_own_frame_is_lost(
    segment: Path, make_scan: MakeScan
) -> None:
    frames = [frame_of(make_scan(n)) for n in range(3)]
    data = b"".join(frames)
    written = [make_scan(n) for n in range(3)]
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        segment.write_bytes(flipped)
        found = read(segment, 0, 10, closed=True)
        hurt = next(n for n in range(3) if bit // 8 < len(b"".join(frames[: n + 1])))
        assert found.scans == [scan for n, scan in enumerate(written) if n != hurt]
        assert b"".join(damage.data for damage in found.damage) == bytes(
            flipped[len(b"".join(frames[:hurt])) : len(b"".join(frames[: hurt + 1]))]
        )


def test_a_zero_filled_tail_is_cut(segment: Path, make_scan: MakeScan) -> None:
    segment.write_bytes(frame_of(make_scan(1)) + bytes(5_000))
    found = read(segment, 0, 10, closed=True)
    assert [scan.id for scan in found.scans] == [1]
    assert [hurt.reason for hurt in found.damage] == [Reason.TORN]
    assert found.at_end


def test_damage_in_the_middle_is_kept_where_it_was_and_reading_goes_on(
    segment: Path, make_scan: MakeScan
) -> None:
    first, second = frame_of(make_scan(1)), frame_of(make_scan(2))
    rubbish = b"\xc1SC" + MAGIC + b"\xff" * 30
    segment.write_bytes(first + rubbish + second)
    assert [scan.id for scan in read(segment, 0, 10, closed=False).scans] == [1]
    found = read(segment, 0, 10, closed=True)
    assert [scan.id for scan in found.scans] == [1, 2]
    (damage,) = found.damage
    assert (damage.data, damage.reason) == (rubbish, Reason.DAMAGED)
    for _ in range(2):
        quarantine(segment, damage)
    kept = segment.with_name(f"{segment.name}.damaged").read_bytes()
    assert kept == bytes(len(first)) + rubbish


@pytest.mark.parametrize(
    "payload",
    [
        b"\xc0",
        b"\x93\x01\x02\x03",
        b"not msgpack",
        b"\x97\x01\x02\x03\x04\x63\x00\x00",
        b"\x97\xff\x02\x03\x04\x00\x00\x00",
    ],
    ids=["nil", "too few fields", "no msgpack", "unknown outcome", "negative id"],
)
def test_a_frame_that_is_whole_but_no_scan_is_poison(
    segment: Path, make_scan: MakeScan, payload: bytes
) -> None:
    from zlib import crc32

    poison = HEADER.pack(MAGIC, len(payload), crc32(payload, len(payload))) + payload
    segment.write_bytes(poison + frame_of(make_scan(2)))
    found = read(segment, 0, 10, closed=False)
    assert [scan.id for scan in found.scans] == [2]
    assert [(hurt.data, hurt.reason) for hurt in found.damage] == [(poison, Reason.POISON)]


@given(
    parts=st.lists(st.one_of(st.integers(0, 2**63 - 1), st.binary(max_size=60)), max_size=12),
    chunk=st.integers(200, 700),
    limit=st.integers(1, 4),
)
def test_every_whole_frame_is_read_once_whatever_lies_between_and_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, parts: list[int | bytes], chunk: int, limit: int
) -> None:
    segment = tmp_path_factory.getbasetemp() / "between.journal"
    scans = [
        Scan(part, 1, 1, 1, Outcome.VIEW, 0, 0, term="x" * (part % 90))
        for part in parts
        if isinstance(part, int)
    ]
    frames = iter(scans)
    data = b"".join(part if isinstance(part, bytes) else frame_of(next(frames)) for part in parts)
    segment.write_bytes(data)
    found: list[Scan] = []
    lost = offset = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "_CHUNK_BYTES", chunk)
        for _ in range(len(data) + 1):
            reading = read(segment, offset, limit, closed=True)
            found += reading.scans
            lost += sum(len(damage.data) for damage in reading.damage)
            offset = reading.offset
            if reading.at_end:
                break
    assert found == scans
    assert offset == len(data)
    assert lost == sum(len(part) for part in parts if isinstance(part, bytes))


def test_a_position_beyond_the_end_finds_nothing(segment: Path, make_scan: MakeScan) -> None:
    segment.write_bytes(frame_of(make_scan(1)))
    found = read(segment, 10_000, 10, closed=True)
    assert (found.scans, found.offset, found.damage, found.at_end) == ([], 10_000, [], True)


def test_trimming_keeps_what_is_not_stored_the_newest_and_everything_a_backup_holds(tmp_path: Path) -> None:
    for node, numbers in ((0, (5, 6, 7)), (1, (9,))):
        segment_path(tmp_path, node, 1).parent.mkdir()
        for number in numbers:
            segment_path(tmp_path, node, number).write_bytes(b"x")
    with hold(tmp_path), hold(tmp_path):
        assert trim(tmp_path, {0: Position(7, 1), 1: Position(9, 1)}) == 0
    assert trim(tmp_path, {0: Position(6, 1)}) == 1
    assert trim(tmp_path, {0: Position(99, 0), 1: Position(99, 0)}) == 1
    assert tails(tmp_path) == {0: Position(7, 1), 1: Position(9, 1)}


def test_a_node_has_a_writer_as_long_as_its_lock_is_held(tmp_path: Path) -> None:
    assert not has_writer(tmp_path, 0)
    node, lock = lease_node(tmp_path)
    assert has_writer(tmp_path, node)
    lock.release()
    assert not has_writer(tmp_path, node)
    assert FileLock(tmp_path / "000.lock").acquire()
