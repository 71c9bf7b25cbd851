"""From a visit to a line in the journal, within microseconds: the part of a redirect that remembers it.

The address of a person ends here: a place and a salted hash go on, the address itself reaches no disk.
"""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from scanly.accounts.model import Privacy
from scanly.core.clock import Clock, at, day_number
from scanly.core.errors import Unavailable
from scanly.core.ids import MS_SHIFT, IdMaker, time_of
from scanly.links.place import Place
from scanly.scans.journal import Done, Journal, frame_around, frame_of, pack
from scanly.scans.model import NOBODY, PREFETCH_FLAG, TEST_FLAG, TEXT_LIMIT, WORD_LIMIT, Outcome, Scan
from scanly.scans.place import Places
from scanly.scans.segments import newest_id
from scanly.scans.visitor import Salts, visitor, window_of

# By how much ids may be ahead of the clock when a process begins.
_AHEAD_MS = 2 * 3_600_000
_VISITORS_KEPT = 8_192
_QUERY_LIMIT_BYTES = 4_096
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_SECOND_MS = 1_000
_HOUR_MS = 3_600_000
# By how many dates the place on earth where it is earliest may be behind.
_DATES_BEHIND = 2
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f]")


class Words(NamedTuple):
    """The campaign words of a visit, or those that a link adds to where it leads."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""


WORDLESS = Words()


class Visit(msgspec.Struct, frozen=True, gc=False):
    """What the edge knows of a request when it has decided the answer. ``link_id``, ``part``, ``host`` and ``drive``
    as in `Scan`.

    ``zone`` is the workspace's IANA zone; ``agent``, ``language``, ``referrer`` and ``query`` are bytes as
    they came, the headers whole; ``rule`` is 0 when no rule decided; ``privacy`` is how far the workspace tells its
    visitors apart; ``words`` are the link's own, which count where the query has none; ``country`` is what a trusted
    proxy says, which counts where the place is not known.
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
    privacy: Privacy = "daily"
    part: str = ""
    host: str = ""
    drive: str = ""
    words: Words = WORDLESS
    country: str = ""

    @property
    def nameless(self) -> bool:
        return self.privacy == "none"


# A scan is packed as an array that begins with its id: a 64-bit number after the array's own head.
_ANY_ID = 2**62
_ID_BYTES = 8
_HEAD = pack([_ANY_ID, *Scan.__struct_fields__[1:]]).partition(_ANY_ID.to_bytes(_ID_BYTES, "big"))[0]

# Workspace, its privacy, local day, address, agent, country by a proxy.
_Key = tuple[int, Privacy, int, str, bytes, str]


class Hour(NamedTuple):
    """A local hour: the number of its day, the hour from 0, and the moments from which and before which it is that.

    Where clocks are set within an hour, only the part on one side is told.
    """

    day: int
    hour: int
    start_ms: int
    end_ms: int


class Person(NamedTuple):
    """What is kept of an address and agent for the rest of the day."""

    visitor: int
    place: Place
    agent: str
    period: int


class Template(NamedTuple):
    """A scan but for its id, packed; true for ids from ``start_ms`` on and before ``end_ms``."""

    rest: bytes
    start_ms: int
    end_ms: int


class Recorder:
    """Writes visits into one process's journal; id and local day come from one reading of the clock."""

    def __init__(
        self, journal: Journal, salts: Salts, places: Places, make_id: IdMaker, clock: Clock
    ) -> None:
        self._journal, self._salts, self._places = journal, salts, places
        self._make_id, self._clock = make_id, clock
        self._hours: dict[str, Hour] = {}
        self._people: dict[_Key, Person] = {}
        self._begin_after_the_last()

    def _begin_after_the_last(self) -> None:
        """When the clock went back while nobody ran, ids go on where this node's last ones ended.

        Else some would be made a second time, and the ingester would set aside the scans that have them. A clock
        that had been far ahead is not followed, or its wrong day would go on until that day comes.
        """
        last_ms = time_of(newest_id(self._journal.journal_dir, self._journal.node))
        if last_ms < self._clock() + _AHEAD_MS:
            self._make_id.at(last_ms + 1)

    def record(self, visit: Visit) -> bool:
        """Whether the visit is in the journal. Never raises; what could not be recorded is counted there."""
        frame = self.prepare(visit)
        return frame is not None and self._journal.append_frames([frame]) == 1

    def prepare(self, visit: Visit) -> bytes | None:
        """The visit's frame for `commit`, None when it cannot be recorded (counted). Never raises."""
        scan_id = self._make_id.at(self._clock())
        try:
            hour, person = self.person(visit, time_of(scan_id))
        except Unavailable as error:
            self._journal.drop(error.message.rstrip("."))
            return None
        return frame_of(_scan(scan_id, visit, hour, person))

    def template(self, visit: Visit, ms: int) -> Template | None:
        """What `stamp` makes frames from, for the same visit coming again; None as in `prepare`."""
        try:
            hour, person = self.person(visit, ms)
        except Unavailable as error:
            self._journal.drop(error.message.rstrip("."))
            return None
        packed = pack(_scan(_ANY_ID, visit, hour, person))
        return Template(packed[len(_HEAD) + _ID_BYTES :], hour.start_ms, hour.end_ms)

    def stamp(self, template: Template, now_ms: int) -> bytes | None:
        """The frame of one more visit; None when its hour is over."""
        scan_id = self._make_id.at(now_ms)
        if not template.start_ms <= scan_id >> MS_SHIFT < template.end_ms:
            return None
        return _frame(scan_id, template)

    def person(self, visit: Visit, ms: int) -> tuple[Hour, Person]:
        """Who it is, as far as people are told apart, and the local hour that it is. Raises Unavailable."""
        hour = self._hour(visit.zone, ms)
        key = (visit.workspace_id, visit.privacy, hour.day, visit.address, visit.agent, visit.country)
        person = self._people.get(key)
        return hour, self._meet(key) if person is None else person

    def forget_people(self) -> None:
        """Whoever comes again is met anew: places are told by another file."""
        self._people.clear()

    def commit(self, frames: Sequence[bytes]) -> int:
        """How many prepared visits are in the journal now; the others are counted there. Never raises."""
        return self._journal.append_frames(frames)

    def commit_durably(self, frames: Sequence[bytes], done: Done) -> None:
        """Like `commit`, but ``done`` hears from another thread how many, from the first, are on disk.

        Returns at once; only those may be answered as recorded (`Journal.commit_durably`).
        """
        self._journal.commit_durably(frames, done)

    async def record_durably(self, visit: Visit) -> bool:
        """Whether the visit is on disk. Like `record`, but does not answer before."""
        frame = self.prepare(visit)
        if frame is None:
            return False
        loop = asyncio.get_running_loop()
        on_disk: asyncio.Future[bool] = loop.create_future()
        self._journal.commit_durably(
            [frame], lambda number: loop.call_soon_threadsafe(_settle, on_disk, number == 1)
        )
        return await on_disk

    def _hour(self, zone: str, ms: int) -> Hour:
        last = self._hours.get(zone)
        if last is not None and last.start_ms <= ms < last.end_ms:
            return last
        hour = self._hours[zone] = local_hour(zone, ms)
        if last is None or last.day != hour.day:
            self._people.clear()  # nobody is remembered beyond a day
            self._salts.forget_before(hour.day - _DATES_BEHIND)
        return hour

    def _meet(self, key: _Key) -> Person:
        workspace_id, privacy, day, address, raw_agent, country = key
        agent, window = _text(raw_agent), window_of(privacy, day)
        known = visitor(self._salts.of(window), workspace_id, window.first, address, agent)
        place = self._places.find(address)
        if country and not place.country:
            place = Place(country)
        period = window.first if window.days > 1 else 0
        person = Person(known, place, _clean(agent, TEXT_LIMIT), period)
        if len(self._people) >= _VISITORS_KEPT:
            self._people.clear()
        self._people[key] = person
        return person


def _scan(scan_id: int, visit: Visit, hour: Hour, person: Person) -> Scan:
    return Scan(
        scan_id,
        visit.link_id,
        visit.workspace_id,
        hour.day,
        visit.outcome,
        visit.prefetch * PREFETCH_FLAG | visit.test * TEST_FLAG,
        NOBODY if visit.nameless else person.visitor,
        person.place.country,
        person.place.city,
        person.agent,
        language_of(visit.language),
        referrer_of(visit.referrer),
        *(utm(visit.query, visit.words) if b"utm_" in visit.query else visit.words),
        visit.rule,
        visit.part,
        hour.hour,
        visit.host,
        visit.drive,
        person.period,
    )


def _frame(scan_id: int, template: Template) -> bytes:
    return frame_around(_HEAD + scan_id.to_bytes(_ID_BYTES, "big") + template.rest)


def _settle(future: asyncio.Future[bool], answer: bool) -> None:
    """Unless nobody waits for it any more."""
    if not future.done():
        future.set_result(answer)


def local_hour(zone: str, ms: int) -> Hour:
    """The hour that it is in ``zone`` at ``ms``."""
    place = _zone(zone)
    here = at(ms, place)
    from_ms = ms - (here.minute * 60 + here.second) * _SECOND_MS - ms % _SECOND_MS

    def is_alike(moment_ms: int) -> bool:
        return at(moment_ms, place).utcoffset() == here.utcoffset()

    # Clocks are set once an hour at most, so there is at most one change to find on each side.
    start_ms = from_ms + bisect_left(range(from_ms, ms), True, key=is_alike)
    end_ms = ms + bisect_left(range(ms, from_ms + _HOUR_MS), True, key=lambda moment: not is_alike(moment))
    return Hour(max(0, day_number(here.date())), here.hour, start_ms, end_ms)


def _text(header: bytes) -> str:
    return header.decode("utf-8", "replace")


@lru_cache(maxsize=4_096)
def language_of(header: bytes) -> str:
    return first_language(_text(header))


@lru_cache(maxsize=4_096)
def referrer_of(header: bytes) -> str:
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
def utm(query: bytes, otherwise: Words = WORDLESS) -> Words:
    """The campaign words of a query string, the first of each name; ``otherwise`` when it has none at all."""
    text = query[:_QUERY_LIMIT_BYTES].decode("utf-8", "replace")
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, errors="replace"):
        if name in _UTM:
            found.setdefault(name, _clean(value, WORD_LIMIT))
    return Words(*(found.get(name, "") for name in _UTM)) if found else otherwise


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
