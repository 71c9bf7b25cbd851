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
from scanly.scans.segments import (
    Position,
    Reason,
    Refusal,
    damage_at,
    damages,
    has_writer,
    hold,
    leave_word,
    quarantine,
    read,
    refused,
    tails,
    trim,
)

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
        start, end = len(b"".join(frames[:hurt])), len(b"".join(frames[: hurt + 1]))
        assert [(each.start, each.data) for each in found.damage] == [(start, bytes(flipped[start:end]))]
        # What is hurt last is a torn end. In front of whole scans it is refused, also while a writer goes on.
        reason = Reason.TORN if hurt == 2 else Reason.DAMAGED
        assert found.damage[0].reason is reason
        for closed in (True, False) if hurt == 2 or not bit % 5 else ():
            stopped = read(segment, 0, 10, closed=closed, refuse=True)
            assert stopped.scans == (written[:2] if hurt == 2 else written[:hurt])
            if hurt < 2:
                assert (stopped.offset, stopped.damage, stopped.at_end) == (start, found.damage, False)
            else:
                assert stopped.damage == (found.damage if closed else [])


@pytest.mark.parametrize("chunk", [1_000_000, 300])
def test_a_segment_that_ends_anywhere_in_its_last_4096_bytes_or_is_zero_from_there_loses_only_the_scan_that_is_cut(
    segment: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    frames = [frame_of(make_scan(n)) for n in range(70)]
    data, ends = b"".join(frames), [len(b"".join(frames[: n + 1])) for n in range(70)]
    assert len(data) > 4_096
    monkeypatch.setattr(segments, "_CHUNK_BYTES", chunk)
    for cut in range(len(data) - 4_096, len(data), 1 if chunk > 300 else 37):
        whole = sum(end <= cut for end in ends)
        start = ends[whole - 1]
        for zeros in (0, len(data) - cut, *([2 * len(data)] if cut % 64 == 0 else [])):
            torn = data[:cut] + bytes(zeros)
            segment.write_bytes(torn)
            offset, scans, damage = 0, list[int](), list[tuple[int, bytes, Reason]]()
            finished = False
            while not finished:
                found = read(segment, offset, 100, closed=True, refuse=True)
                scans += [scan.id for scan in found.scans]
                damage += [(each.start, each.data, each.reason) for each in found.damage]
                offset, finished = found.offset, found.at_end
            # A frame whose last bytes are zeros anyway may be whole.
            assert scans == list(range(len(scans))) and len(scans) - whole in (0, 1)
            if len(scans) == whole:
                rest = torn[start:]
                assert damage == ([(start, rest, Reason.TORN)] if rest else [])


def test_damage_longer_than_one_reading_is_one_place(
    segment: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = frame_of(make_scan(1)), frame_of(make_scan(2))
    monkeypatch.setattr(segments, "_CHUNK_BYTES", 300)
    segment.write_bytes(first + bytes(5_000) + second)
    for closed in (True, False):
        found = read(segment, 0, 10, closed=closed, refuse=True)
        assert [scan.id for scan in found.scans] == [1]
        (damage,) = found.damage
        assert (damage.start, damage.data, damage.reason) == (len(first), bytes(5_000), Reason.DAMAGED)
        assert found.offset == len(first)
    assert damage_at(segment, len(first)) == damage
    assert damage_at(segment, len(first) + 5_000) is None
    assert [scan.id for scan in read(segment, len(first) + 5_000, 10, closed=True).scans] == [2]


def test_a_frame_that_becomes_whole_while_it_is_looked_at_is_no_damage(
    segment: Path, make_scan: MakeScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"".join(frame_of(make_scan(n)) for n in range(3))
    segment.write_bytes(data)
    look, seen = segments._bytes_at, list[int]()

    def first_half(path: Path, offset: int) -> tuple[bytes, bool]:
        found, last = look(path, offset)
        seen.append(offset)
        return (found[: len(found) // 2], True) if len(seen) == 1 else (found, last)

    monkeypatch.setattr(segments, "_bytes_at", first_half)
    found = read(segment, 0, 10, closed=False, refuse=True)
    assert ([scan.id for scan in found.scans], found.damage) == ([0], [])
    assert len(seen) == 2


def test_all_damage_ahead_is_found_with_the_whole_scans_behind_it(
    tmp_path: Path, make_scan: MakeScan
) -> None:
    frames = [frame_of(make_scan(n)) for n in range(5)]
    size = len(frames[0])
    segment_path(tmp_path, 3, 1).parent.mkdir()
    segment_path(tmp_path, 3, 1).write_bytes(b"x" * 9 + frames[0] + b"y" * 7 + frames[1] + frames[2][:-1])
    segment_path(tmp_path, 3, 2).write_bytes(frames[3] + bytes(11) + frames[4] + b"torn")
    segment_path(tmp_path, 4, 1).parent.mkdir()
    segment_path(tmp_path, 4, 1).write_bytes(frames[0] + frames[1][:-1])
    third = Refusal(3, 2, size, 11)
    assert damages(tmp_path, {}) == [
        (Refusal(3, 1, 0, 9), 4),
        (Refusal(3, 1, 9 + size, 7), 3),
        (third, 1),
    ]
    assert damages(tmp_path, {3: Position(1, 16 + size)}) == [(third, 1)]
    assert damages(tmp_path, {3: Position(2, size + 11)}) == damages(tmp_path, {3: Position(9, 0)}) == []


def test_word_of_a_refusal_is_left_and_taken_back(tmp_path: Path) -> None:
    (tmp_path / "003").mkdir()
    refusal = Refusal(3, 17, 92, 7)
    assert leave_word(tmp_path, 3, refusal)
    assert refused(tmp_path) == [refusal]
    assert "byte 92 of 003/0000000000000011.journal" in str(refusal)
    assert leave_word(tmp_path, 3, None) and leave_word(tmp_path, 3, None)
    assert refused(tmp_path) == []
    assert not leave_word(tmp_path, 4, refusal)  # there is no such folder
    (tmp_path / "003" / "refused").write_bytes(b"{")
    assert refused(tmp_path) == []


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
