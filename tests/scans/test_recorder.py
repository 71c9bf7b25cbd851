"""From a visit to the journal: what is kept of it, and what must not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.accounts.model import WINDOW_DAYS, Privacy
from scanly.core.clock import at, day_number
from scanly.core.ids import IdMaker, time_of
from scanly.links.place import Place
from scanly.scans.journal import Journal, segment_path, segments_of
from scanly.scans.model import PREFETCH_FLAG, TEST_FLAG, Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.recorder import (
    Recorder,
    Visit,
    Words,
    first_language,
    local_hour,
    utm,
    without_query,
)
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


class KnownPlaces(Places):
    """Knows every address."""

    def find(self, address: str) -> Place:
        return Place("IN", city="Pune")


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
        host="go.example",
        drive="Monsoon",
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
        hour=17,
        host="go.example",
        drive="Monsoon",
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
    "Etc/GMT+12", "Asia/Kathmandu", "Asia/Gaza", "America/St_Johns", "Africa/Monrovia", "Europe/Amsterdam",
    "Antarctica/Troll", "Africa/Casablanca", "Pacific/Chatham",
)  # fmt: skip
LAST_MS = 2_500_000_000_000


def changes_of_clocks(zone: str) -> list[int]:
    """The moments at which the clocks of a zone were set or will be, to the millisecond."""
    place = ZoneInfo(zone)

    def offset(ms: int) -> timedelta | None:
        return at(ms, place).utcoffset()

    found: list[int] = []
    for before, after in pairwise(range(0, LAST_MS, 10 * 24 * HOUR_MS)):
        low, high = before, after
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(before) else (low, middle)
        found.append(high)
    return found


def on_the_clock(zone: str, ms: int) -> tuple[int, int]:
    """Day and hour that somebody there reads off calendar and clock."""
    here: datetime = at(ms, ZoneInfo(zone))
    return max(0, day_number(here.date())), here.hour


@given(zone=st.sampled_from(ZONES), ms=st.integers(0, LAST_MS), part=st.floats(0, 1, exclude_max=True))
def test_a_remembered_hour_is_that_of_the_clock_as_long_as_it_is_remembered(
    zone: str, ms: int, part: float
) -> None:
    hour = local_hour(zone, ms)
    assert hour.start_ms <= ms < hour.end_ms <= hour.start_ms + HOUR_MS
    within = hour.start_ms + int((hour.end_ms - hour.start_ms) * part)
    for moment in (hour.start_ms, ms, within, hour.end_ms - 1):
        assert on_the_clock(zone, moment) == (hour.day, hour.hour)


def test_hours_are_right_to_the_millisecond_around_every_change_of_clocks() -> None:
    seen = 0
    for zone in ZONES:
        for changed_ms in changes_of_clocks(zone):
            seen += 1
            for ms in (
                changed_ms - HOUR_MS,
                changed_ms - 1,
                changed_ms,
                changed_ms + 1,
                changed_ms + HOUR_MS,
            ):
                hour = local_hour(zone, ms)
                assert hour.start_ms <= ms < hour.end_ms
                assert not hour.start_ms < changed_ms < hour.end_ms, f"{zone}: an hour with a change inside"
                for moment in (hour.start_ms, hour.end_ms - 1):
                    assert on_the_clock(zone, moment) == (hour.day, hour.hour)
    assert seen > 1_000


@pytest.mark.parametrize(
    ("zone", "moment", "day", "hour"),
    [
        ("Asia/Kathmandu", "2026-11-23T18:14:59Z", "2026-11-23", 23),
        ("Asia/Kathmandu", "2026-11-23T18:15:00Z", "2026-11-24", 0),
        ("Asia/Kolkata", "2026-11-23T18:29:59Z", "2026-11-23", 23),
        ("Asia/Kolkata", "2026-11-23T18:30:00Z", "2026-11-24", 0),
        ("Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29", 1),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29", 3),
        ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25", 2),
        ("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25", 2),
        ("Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-05", 1),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05", 1),
        ("Australia/Lord_Howe", "2026-10-03T15:29:59Z", "2026-10-04", 1),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04", 2),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29", 23),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31", 0),
        ("Africa/Cairo", "2026-04-23T21:59:59Z", "2026-04-23", 23),
        ("Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24", 1),
    ],
)
def test_a_scan_has_the_day_and_hour_of_the_clock_on_the_wall(
    desk: Desk, zone: str, moment: str, day: str, hour: int
) -> None:
    desk.now[0] = int(datetime.fromisoformat(moment).timestamp() * 1000)
    scan = desk.record(zone=zone)
    assert (scan.day, scan.hour) == (day_number(datetime.fromisoformat(day).date()), hour)


def test_what_a_template_stamps_is_what_is_recorded_until_its_hour_is_over(desk: Desk) -> None:
    visit = visit_of(
        query=b"utm_source=poster", host="go.example", drive="Monsoon", privacy="weekly", part="a/1"
    )
    template = desk.recorder.template(visit, NOON_MS)
    assert template is not None
    for ms in range(NOON_MS, NOON_MS + 2 * HOUR_MS, 7 * 60_000):
        frame = desk.recorder.stamp(template, ms)
        assert (frame is None) == (ms >= NOON_MS + HOUR_MS // 2), (
            "Kolkata's hours begin at half past those of UTC"
        )
        if frame is not None:
            desk.now[0] = ms
            assert desk.recorder.commit([frame]) == 1
            recorded = desk.record(**{name: getattr(visit, name) for name in visit.__struct_fields__})
            stamped = desk.scans()[-2]
            assert stamped == Scan(
                stamped.id, *(getattr(recorded, name) for name in Scan.__struct_fields__[1:])
            )
            assert recorded.hour == 17


@pytest.mark.parametrize(("privacy", "days"), [("weekly", 7), ("monthly", 30)])
def test_who_comes_again_is_known_within_a_window_and_in_no_other(
    desk: Desk, privacy: Privacy, days: int
) -> None:
    met: dict[int, set[int]] = {}
    for _ in range(3 * days):
        scan = desk.record(privacy=privacy)
        assert scan.period == scan.day // days * days
        met.setdefault(scan.period, set()).add(scan.visitor)
        desk.now[0] += 24 * HOUR_MS
    assert len(met) in {3, 4}
    assert all(len(visitors) == 1 for visitors in met.values())
    assert len(set.union(*met.values())) == len(met)


def test_a_process_keeps_no_salt_in_memory_whose_window_has_ended(desk: Desk) -> None:
    for _ in range(40):
        for privacy in WINDOW_DAYS:
            desk.record(privacy=privacy)
        today = desk.scans()[-1].day
        assert all(window.end > today - 2 for window in desk.recorder._salts._known)
        desk.now[0] += 24 * HOUR_MS


def test_a_change_of_privacy_holds_from_the_next_scan_and_joins_nobody(desk: Desk) -> None:
    desk.now[0] += 4 * 24 * HOUR_MS  # the first day of a week, and so a day that a window is named after
    levels: tuple[Privacy, ...] = ("daily", "weekly", "monthly", "none", "daily", "weekly")
    scans = [desk.record(privacy=level) for level in levels]
    daily, weekly, monthly, nobody, daily_again, weekly_again = scans
    assert daily.day % WINDOW_DAYS["weekly"] == 0
    assert nobody.visitor == 0
    assert len({scan.visitor for scan in scans}) == 4
    assert (daily_again.visitor, weekly_again.visitor) == (daily.visitor, weekly.visitor)
    assert (daily.period, nobody.period) == (0, 0)
    assert weekly.period == weekly.day
    assert monthly.period == monthly.day // 30 * 30


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


@pytest.mark.parametrize(
    "header", [b"x" * 100_000, b"\xff\xfe\x80" * 30_000, b"\xed\xa0\x80", b"\0\x1b[31m\r\n"]
)
@pytest.mark.parametrize("name", ["agent", "language", "referrer", "query"])
def test_a_header_of_any_length_and_bytes_is_kept_short_and_readable(
    desk: Desk, name: str, header: bytes
) -> None:
    before = {"referrer": b"https://a.example/", "query": b"utm_term="}.get(name, b"")
    scan = desk.record(**{name: before + header})
    for text in (scan.agent, scan.language, scan.referrer, scan.term):
        assert len(text) <= 512
        assert all(letter.isprintable() or letter == "�" for letter in text)
    assert desk.journal.dropped == 0


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"])
@pytest.mark.parametrize("now_ms", [0, 10_000, 86_400_000, 946_684_800_000, 1_577_836_799_999])
def test_a_clock_that_was_never_set_loses_no_scan(desk: Desk, zone: str, now_ms: int) -> None:
    """A small computer without a battery begins in 1970."""
    desk.now[0] = now_ms
    recorder = Recorder(
        desk.journal, Salts(desk.root / "salts"), Places(None), IdMaker(4, desk.clock), desk.clock
    )
    for privacy in WINDOW_DAYS:
        assert recorder.record(visit_of(zone=zone, privacy=privacy))
    scans = desk.scans()
    assert len(scans) == len(WINDOW_DAYS)
    assert all((scan.day, scan.hour) == on_the_clock(zone, time_of(scan.id)) for scan in scans)


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


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        (b"", ("qr", "print", "menu", "", "")),
        (b"table=7", ("qr", "print", "menu", "", "")),
        (b"utm_source=&utm_id=7", ("qr", "print", "menu", "", "")),
        (b"utm_source=%20&x=1", (" ", "", "", "", "")),
        (b"utm_content=left", ("", "", "", "", "left")),
        (b"utm_source=a&utm_medium=b", ("a", "b", "", "", "")),
    ],
)
def test_the_words_of_a_link_count_unless_its_visitor_brings_words(
    desk: Desk, query: bytes, counted: tuple[str, ...]
) -> None:
    scan = desk.record(query=query, words=Words("qr", "print", "menu"))
    assert (scan.source, scan.medium, scan.campaign, scan.term, scan.content) == counted


def test_a_country_that_a_proxy_tells_counts_where_no_file_knows_the_place(desk: Desk) -> None:
    assert desk.record(country="IN").country == "IN"
    assert desk.record(country="").country == ""
    assert desk.record(country="DE").country == "DE"
    assert len({scan.visitor for scan in desk.scans()}) == 1
    desk.recorder._places = KnownPlaces(None)
    found = desk.record(country="DE", address="203.0.113.78")
    assert (found.country, found.city) == ("IN", "Pune")


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
