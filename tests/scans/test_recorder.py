"""From a visit to the journal: what is kept of it, and what must not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.clock import local_day as day_by_calendar
from scanly.core.ids import IdMaker
from scanly.scans.journal import Journal, segment_path, segments_of
from scanly.scans.model import PREFETCH_FLAG, TEST_FLAG, Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.recorder import Recorder, Visit, first_language, local_day, utm, without_query
from scanly.scans.segments import read
from scanly.scans.visitor import Salts

NOON_MS = 1_763_899_200_000  # 2025-11-23 12:00 UTC
HOUR_MS = 3_600_000
VISIT = {
    "link_id": 7,
    "workspace_id": 3,
    "zone": "Asia/Kolkata",
    "outcome": Outcome.REDIRECT,
    "address": "203.0.113.77",
    "agent": "Mozilla/5.0 (Linux; Android 10; K)",
}


def visit_of(**fields: object) -> Visit:
    """Header values may be given as text."""
    named = VISIT | fields
    headers = {
        name: value.encode("utf-8", "surrogatepass")
        for name, value in named.items()
        if name in ("agent", "language", "referrer") and isinstance(value, str)
    }
    return Visit(**(named | headers))


@dataclass
class Desk:
    """A recorder on a data folder with a clock that can be set."""

    root: Path
    now: list[int] = field(default_factory=lambda: [NOON_MS])

    def __post_init__(self) -> None:
        (self.root / "salts").mkdir()
        self.journal = Journal(self.root / "journal", 4, self.clock)
        self.recorder = Recorder(
            self.journal, Salts(self.root / "salts"), Places(None), IdMaker(4, self.clock), self.clock
        )

    def clock(self) -> int:
        return self.now[0]

    def record(self, **fields: object) -> Scan:
        assert self.recorder.record(visit_of(**fields))
        return self.scans()[-1]

    def scans(self) -> list[Scan]:
        paths = [segment_path(self.root / "journal", 4, n) for n in segments_of(self.root / "journal", 4)]
        return [scan for path in paths for scan in read(path, 0, 10_000, closed=False).scans]


@pytest.fixture
def desk(tmp_path: Path):
    opened = Desk(tmp_path)
    yield opened
    opened.journal.close()


def test_a_visit_is_kept_with_everything_but_the_address(desk: Desk) -> None:
    scan = desk.record(
        language="hi-IN,hi;q=0.9",
        referrer="https://user:secret@Shop.example/menu?token=1#top",
        query=b"utm_source=qr&utm_campaign=%E0%A4%AE%E0%A5%87%E0%A4%A8%E0%A5%82",
        rule=5,
        prefetch=True,
        test=True,
    )
    assert scan == Scan(
        id=NOON_MS << 20 | 4 << 12,
        link_id=7,
        workspace_id=3,
        day=20_415,
        outcome=Outcome.REDIRECT,
        flags=PREFETCH_FLAG | TEST_FLAG,
        visitor=scan.visitor,
        agent=str(VISIT["agent"]),
        language="hi-in",
        referrer="shop.example/menu",
        source="qr",
        campaign="मेनू",
        rule=5,
    )
    files = [path for path in desk.root.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any(b"203.0.113.77" in path.read_bytes() or b"secret" in path.read_bytes() for path in files)


def test_one_person_is_one_visitor_for_a_local_day_and_another_the_next(desk: Desk) -> None:
    first = desk.record()
    assert desk.record(link_id=8).visitor == first.visitor
    assert desk.record(workspace_id=4).visitor != first.visitor
    assert desk.record(address="203.0.113.78").visitor != first.visitor
    desk.now[0] = NOON_MS + 7 * HOUR_MS  # past midnight in Kolkata, not in London
    assert desk.record().day == first.day + 1
    assert desk.record().visitor != first.visitor
    assert desk.record(zone="Europe/London").day == first.day


def test_when_the_clock_goes_back_ids_go_on_and_the_day_stays_that_of_the_id(desk: Desk) -> None:
    first = desk.record()
    desk.now[0] = NOON_MS - 48 * HOUR_MS
    later = [desk.record() for _ in range(3)]
    ids = [scan.id for scan in (first, *later)]
    assert ids == sorted(set(ids))
    assert {scan.day for scan in later} == {first.day}


ZONES = (
    "Asia/Kolkata", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana",
    "Atlantic/Azores", "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe", "America/Asuncion",
    "Etc/GMT+12",
)  # fmt: skip


@given(zone=st.sampled_from(ZONES), ms=st.integers(0, 2_500_000_000_000), ahead=st.integers(0, 48 * HOUR_MS))
def test_a_remembered_day_is_the_calendars_day_across_every_change_of_clocks(
    zone: str, ms: int, ahead: int
) -> None:
    day = local_day(zone, ms)
    later = ms + ahead
    assert day.start_ms <= ms < day.end_ms
    assert (day_by_calendar(later, ZoneInfo(zone)) == day.number) == (day.start_ms <= later < day.end_ms)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd"])
def test_a_zone_that_is_unknown_here_is_counted_in_utc(desk: Desk, zone: str) -> None:
    assert desk.record(zone=zone).day == 20_415


def test_what_no_file_may_hold_is_replaced_and_long_texts_are_cut(desk: Desk) -> None:
    scan = desk.record(
        agent=b"Mozilla\xff\x00" + b"x" * 600,
        referrer=b"https://a.example/\xff\n" + b"y" * 600,
        query=b"utm_source=%FF%00\xfe&utm_medium=" + b"z" * 600,
    )
    assert scan.agent == "Mozilla��" + "x" * 503
    assert scan.referrer == "a.example/��" + "y" * 500
    assert scan.source == "���"
    assert scan.medium == "z" * 128


def test_a_visit_that_cannot_be_recorded_is_counted_and_nothing_is_raised(desk: Desk) -> None:
    (desk.root / "salts").rmdir()
    assert not desk.recorder.record(visit_of())
    assert desk.journal.dropped == 1
    (desk.root / "salts").mkdir()
    desk.record()


def test_more_visitors_than_are_remembered_are_still_told_apart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanly.scans.recorder._VISITORS_KEPT", 3)
    for _ in range(2):
        for n in range(10):
            desk.record(address=f"203.0.113.{n}")
    assert len({scan.visitor for scan in desk.scans()}) == 10


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-IN,en;q=0.9", "en-in"),
        ("de;q=0.8", "de"),
        (" zh-Hant-TW , zh", "zh-hant-tw"),
        ("*", ""),
        ("", ""),
        ("<script>", ""),
        ("en_US", ""),
    ],
)
def test_the_first_language_counts(header: str, language: str) -> None:
    assert first_language(header) == language


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("https://www.Example.com/", "www.example.com"),
        ("https://example.com", "example.com"),
        ("http://example.com:8080/a/B?q=1", "example.com:8080/a/B"),
        ("https://example.com?q=secret", "example.com"),
        ("https://example.com/a#frag?x", "example.com/a"),
        ("https://a@b@example.com/x", "example.com/x"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("about:blank", ""),
        ("", ""),
    ],
)
def test_of_a_referrer_host_and_path_are_kept(header: str, kept: str) -> None:
    assert without_query(header) == kept


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (b"utm_source=a&utm_source=b", ("a", "", "", "", "")),
        (
            b"x=1&utm_content=c+d&utm_term=%26&utm_campaign=3&utm_medium=2&utm_source=1",
            ("1", "2", "3", "&", "c d"),
        ),
        (b"utm_source&UTM_MEDIUM=x&utm_id=7", ("", "", "", "", "")),
        (b"&&==&utm_term=1;utm_content=2", ("", "", "", "1;utm_content=2", "")),
    ],
)
def test_campaign_fields_are_read_from_the_query(query: bytes, found: tuple[str, ...]) -> None:
    assert utm(query) == found


@given(st.binary(max_size=300), st.binary(max_size=300), st.text(max_size=100))
def test_nothing_that_a_stranger_sends_can_stop_a_redirect(
    tmp_path_factory: pytest.TempPathFactory, query: bytes, header: bytes, address: str
) -> None:
    stranger = {"query": b"utm_source=" + query, "agent": header, "language": header, "address": address}
    visit = visit_of(**stranger, referrer=b"x://" + header)
    desk = Desk(tmp_path_factory.mktemp("stranger"))
    assert desk.recorder.record(visit)
    assert len(desk.scans()) == 1
    desk.journal.close()
