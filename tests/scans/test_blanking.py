"""A hash goes out of the journal, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanly.scans.blanking import blank_visitors
from scanly.scans.journal import Journal, frame_of, segment_path
from scanly.scans.model import NOBODY, Scan
from scanly.scans.segments import Position, read, tails

HASH, OTHER = -(2**61) - 12345, 2**61 + 777
# A hash may have few bits; its bytes may stand elsewhere in a scan.
WANTED = {HASH, 2**62 + 5, 70_000, -300, -100, 7}
VISITORS = st.sampled_from([*WANTED, OTHER, -(2**33)])


def scans_in(path: Path) -> list[Scan]:
    reading = read(path, 0, 10_000, closed=True)
    assert not reading.damage
    return reading.scans


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.lists(st.tuples(VISITORS, st.text(max_size=20)), max_size=30), st.data())
def test_of_counted_scans_only_the_hash_is_taken(
    tmp_path: Path, make_scan: Callable[..., Scan], visits: list[tuple[int, str]], data: st.DataObject
) -> None:
    scans = [
        make_scan(n + 1, visitor=visitor, city=city, id=visitor if visitor > 0 else n + 1)
        for n, (visitor, city) in enumerate(visits)
    ]
    frames = [frame_of(scan) for scan in scans]
    path = segment_path(tmp_path, 0, 1)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(frames))
    counted = data.draw(st.integers(0, len(frames)))
    end = sum(map(len, frames[:counted]))
    number = blank_visitors(tmp_path, WANTED, {0: Position(1, end)})
    expected = [
        msgspec.structs.replace(scan, visitor=NOBODY) if n < counted and scan.visitor in WANTED else scan
        for n, scan in enumerate(scans)
    ]
    assert scans_in(path) == expected
    assert number == sum(before != after for before, after in zip(scans, expected, strict=True))
    assert path.stat().st_size == sum(map(len, frames))


def test_it_can_be_done_while_somebody_writes(
    journal: Journal, tmp_path: Path, make_scan: Callable[..., Scan]
) -> None:
    for n in range(1, 6):
        assert journal.append(make_scan(n, visitor=HASH))
    assert blank_visitors(tmp_path, {HASH}, tails(tmp_path)) == 5
    for n in range(6, 9):
        assert journal.append(make_scan(n, visitor=OTHER))
    found = scans_in(segment_path(tmp_path, 0, tails(tmp_path)[0].segment))
    assert [scan.visitor for scan in found] == [NOBODY] * 5 + [OTHER] * 3


def test_what_nobody_has_counted_is_left(
    journal: Journal, tmp_path: Path, make_scan: Callable[..., Scan]
) -> None:
    journal.append(make_scan(1, visitor=HASH))
    assert blank_visitors(tmp_path, {HASH}, {}) == 0
    assert blank_visitors(tmp_path / "nowhere", {HASH}, {}) == 0
