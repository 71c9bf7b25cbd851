"""From a visit to a line in the journal, within microseconds: the part of a redirect that remembers it.

The address of a person ends here: a place and a salted hash go on, the address itself reaches no disk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from scanly.core.clock import Clock, at, day_number
from scanly.core.errors import Unavailable
from scanly.core.ids import IdMaker, time_of
from scanly.scans.journal import Journal, frame_of
from scanly.scans.model import NOBODY, PREFETCH_FLAG, TEST_FLAG, TEXT_LIMIT, WORD_LIMIT, Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.visitor import Salts, visitor

_VISITORS_KEPT = 8_192
_QUERY_LIMIT_BYTES = 4_096
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_NO_UTM = ("", "", "", "", "")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f]")


class Visit(msgspec.Struct, frozen=True, gc=False):
    """What the edge knows of a request when it has decided the answer.

    ``zone`` is the workspace's IANA zone; ``agent``, ``language``, ``referrer`` and ``query`` are bytes as
    they came, the headers whole; ``rule`` is 0 when no rule decided; ``nameless`` where the workspace does not
    tell its visitors apart.
    """

    link_id: int
    workspace_id: int
    zone: str
    outcome: Outcome
    address: str
    agent: bytes = b""
    language: bytes = b""
    referrer: bytes = b""
    query: bytes = b""
    rule: int = 0
    prefetch: bool = False
    test: bool = False
    nameless: bool = False


# Workspace, local day, address, agent.
_Key = tuple[int, int, str, bytes]


class _Day(NamedTuple):
    """A local day: its number, and the moments at which it begins and has ended."""

    number: int
    start_ms: int
    end_ms: int


class _Person(NamedTuple):
    """What is kept of an address and agent for the rest of the day."""

    visitor: int
    country: str
    city: str
    agent: str


class Recorder:
    """Writes visits into one process's journal; id and local day come from one reading of the clock."""

    def __init__(
        self, journal: Journal, salts: Salts, places: Places, make_id: IdMaker, clock: Clock
    ) -> None:
        self._journal, self._salts, self._places = journal, salts, places
        self._make_id, self._clock = make_id, clock
        self._days: dict[str, _Day] = {}
        self._people: dict[_Key, _Person] = {}

    def record(self, visit: Visit) -> bool:
        """Whether the visit is in the journal. Never raises; what could not be recorded is counted there."""
        scan = self._scan(visit)
        return scan is not None and self._journal.append(scan)

    def prepare(self, visit: Visit) -> bytes | None:
        """The visit's frame for `commit`, None when it cannot be recorded (counted). Never raises."""
        scan = self._scan(visit)
        return None if scan is None else frame_of(scan)

    def commit(self, frames: Sequence[bytes]) -> int:
        """How many prepared visits are in the journal now; the others are counted there. Never raises."""
        return self._journal.append_frames(frames)

    def _scan(self, visit: Visit) -> Scan | None:
        scan_id = self._make_id.at(self._clock())
        day = self._day(visit.zone, time_of(scan_id))
        key = (visit.workspace_id, day, visit.address, visit.agent)
        person = self._people.get(key)
        if person is None:
            try:
                person = self._meet(key)
            except Unavailable as error:
                self._journal.drop(error.message.rstrip("."))
                return None
        return Scan(
            scan_id,
            visit.link_id,
            visit.workspace_id,
            day,
            visit.outcome,
            visit.prefetch * PREFETCH_FLAG | visit.test * TEST_FLAG,
            NOBODY if visit.nameless else person.visitor,
            person.country,
            person.city,
            person.agent,
            _language(visit.language),
            _referrer(visit.referrer),
            *(utm(visit.query) if b"utm_" in visit.query else _NO_UTM),
            visit.rule,
        )

    def _day(self, zone: str, ms: int) -> int:
        day = self._days.get(zone)
        if day is None or not day.start_ms <= ms < day.end_ms:
            day = self._days[zone] = local_day(zone, ms)
            self._people.clear()  # nobody is remembered beyond a day
        return day.number

    def _meet(self, key: _Key) -> _Person:
        workspace_id, day, address, raw_agent = key
        agent = _text(raw_agent)
        known = visitor(self._salts.of(day), workspace_id, day, address, agent)
        person = _Person(known, *self._places.find(address), _clean(agent, TEXT_LIMIT))
        if len(self._people) >= _VISITORS_KEPT:
            self._people.clear()
        self._people[key] = person
        return person


def local_day(zone: str, ms: int) -> _Day:
    """The day that it is in ``zone`` at ``ms``, from its first moment to the next day's."""
    place = _zone(zone)
    today = at(ms, place).date()
    return _Day(day_number(today), _begins(today, place), _begins(today + timedelta(days=1), place))


def _text(header: bytes) -> str:
    return header.decode("utf-8", "replace")


@lru_cache(maxsize=4_096)
def _language(header: bytes) -> str:
    return first_language(_text(header))


@lru_cache(maxsize=4_096)
def _referrer(header: bytes) -> str:
    return without_query(_text(header))


def first_language(header: str) -> str:
    """The first tag of an Accept-Language header, in lower case: ``hi-in``. Empty when there is none."""
    tag = header[:TEXT_LIMIT].partition(",")[0].partition(";")[0].strip()
    return tag.lower() if _LANGUAGE.fullmatch(tag) else ""


def without_query(referrer: str) -> str:
    """Host and path of a Referer header: no scheme, user, query or fragment, which may hold secrets."""
    _, scheme, rest = referrer.partition("://")
    if not scheme:
        return ""
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2].lower()
    return _clean(host + slash + path if path else host, TEXT_LIMIT) if host else ""


@lru_cache(maxsize=4_096)
def utm(query: bytes) -> tuple[str, str, str, str, str]:
    """Source, medium, campaign, term and content of a query string; the first of each name counts."""
    text = query[:_QUERY_LIMIT_BYTES].decode("utf-8", "replace")
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, errors="replace"):
        if name in _UTM:
            found.setdefault(name, _clean(value, WORD_LIMIT))
    source, medium, campaign, term, content = (found.get(name, "") for name in _UTM)
    return source, medium, campaign, term, content


def _clean(text: str, limit: int) -> str:
    """Cut to ``limit`` characters, storable as UTF-8 and without control characters."""
    return _UNPRINTED.sub("�", text[:limit].encode("utf-8", "replace").decode())


@lru_cache(maxsize=1_024)
def _zone(name: str) -> tzinfo:
    """A zone that this machine does not know is counted in UTC rather than not at all."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _begins(day: date, place: tzinfo) -> int:
    """The first moment of a local date, also where clocks skip midnight."""
    return int(datetime.combine(day, time.min, place).timestamp() * 1000)
