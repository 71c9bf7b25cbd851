"""The sample café: sixteen codes, their page and 90 days of believable scans, so that a first look shows something.

The scans go through the journal like real ones, so ingester, rollups and reports are what a visitor tries out.
They are drawn from the day's number: the same day always looks the same. No address of a person is involved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from scanly.accounts.actions import edit_workspace
from scanly.accounts.model import Workspace
from scanly.core.ids import IdMaker
from scanly.links.actions import add_links, list_links
from scanly.links.model import Link, LinkDraft
from scanly.links.store import Filter
from scanly.media.storage import Storage
from scanly.ops.demo_guests import INSTAGRAM, Guest, guest, one_of, regulars, robot
from scanly.ops.demo_page import CLICKS, FEEDBACK, SLUG, Note, keep_notes, open_page
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan
from scanly.scans.recorder import local_hour
from scanly.work.call import Call

NAME = "Chai Corner"
ZONE = "Asia/Kolkata"  # no summer time: every day has 24 hours
DAYS = 90
# The codes that the front page shows.
HANGING = frozenset({"counter", "window", "table-7"})

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_SEED = 1987
_TABLES = 12
# How many people come on a Monday of the first week and of the last.
_FIRST_WEEK, _LAST_WEEK = 62, 98
_MONDAY_TO_SUNDAY = (1.0, 0.94, 0.97, 1.02, 1.12, 1.34, 1.26)
# Days before today: a festival, and one on which nobody could come.
_FESTIVAL, _FESTIVAL_CROWD, _SILENT = 33, 1.8, 12
# A sticker that came off: nobody has scanned it today and the days before, so many in all.
_LOST, _LOST_DAYS = "table-4", 4
_REGULAR_RATIO, _AGAIN_RATIO, _ROBOT_RATIO = 0.3, 0.22, 0.06
# Weight of each hour from 0 to 23: breakfast, lunch, and tea after work.
_HOURS = (0, 0, 0, 0, 0, 0, 1, 6, 13, 12, 7, 6, 12, 16, 9, 7, 11, 17, 20, 19, 13, 8, 3, 1)


class _Place(NamedTuple):
    """A code: the weight with which guests scan it, and words that reports know it by."""

    code: str
    title: str
    weight: int
    campaign: str = ""


_PLACES = (
    _Place("counter", "Counter", 16),
    _Place("window", "Window", 9),
    *(_Place(f"table-{number}", f"Table {number}", 4 + number * 5 % 7) for number in range(1, _TABLES + 1)),
    _Place("flyer", "Monsoon flyer", 5, "monsoon"),
    _Place("insta", "Instagram profile", 4, "monsoon"),
)
# What the address in the profile says of itself, as other programs read it.
_MARKED = {"insta": {"source": "instagram", "medium": "social", "campaign": "profile"}}
_FROM_ELSEWHERE = {"insta": (INSTAGRAM, "l.instagram.com/")}
# Most open a code with the camera; some follow what friends sent, or found.
_REFERRERS = ((88, ""), (7, "com.whatsapp/"), (5, "www.google.com/"))

# How many of a hundred who look at the page go on, and how many of a thousand say how it was.
_CLICKS_OF_100 = ((73, ""), (12, "whatsapp"), (7, "call"), (8, "directions"))
_FEEDBACK_OF_1000 = 3
_COMMENTS = (
    Note("5", "Best cutting chai on MG Road."),
    Note("5", ""),
    Note("4", "The menu on the phone is quick."),
    Note("4", ""),
    Note("3", "Waited ten minutes for the misal."),
)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A guest at a place, ``ms`` after the day began."""

    ms: int
    place: int
    guest: Guest


class _Deed(NamedTuple):
    """What a visit brings about, ``ms`` after the day began; ``note`` is sent with a form."""

    ms: int
    outcome: Outcome
    visit: _Visit
    part: str = ""
    note: Note | None = None


async def fill(
    call: Call, workspace: Workspace, journal: Journal, printed_host: str, media: Storage, folder: Path
) -> bool:
    """Makes the café in an empty workspace and closes the journal; whether there was anything to do.

    Its page's file is put into ``folder``. Takes about a second of computing.
    """
    try:
        if await list_links(call, workspace.id, Filter(limit=1)):
            return False
        workspace = await edit_workspace(
            call, workspace.id, {"name": NAME, "time_zone": ZONE, "language": "en", "currency": "INR"}
        )
        now = local_hour(ZONE, call.now_ms)
        today_ms = now.start_ms - now.hour * _HOUR_MS
        opened = replace(call, now_ms=today_ms - (DAYS - 1) * _DAY_MS)
        page = await open_page(call, workspace, media, folder)
        links = await _hang_codes(opened, workspace, printed_host)
        make_id = IdMaker(_node_of(call.make_id()), lambda: call.now_ms)
        notes: dict[int, Note] = {}
        for ago in range(DAYS - 1, -1, -1):
            start_ms, day = today_ms - ago * _DAY_MS, now.day - ago
            for deed in _deeds(day, ago):
                at_ms = start_ms + deed.ms
                if at_ms >= call.now_ms:
                    break
                on_page = deed.outcome is not Outcome.REDIRECT
                of_id = page.site_id if on_page else links[deed.visit.place].id
                journal.append(_scan(make_id.at(at_ms), of_id, workspace, day, deed))
                if deed.note:
                    notes[at_ms] = deed.note
        await keep_notes(call, workspace, page, notes)
        return True
    finally:
        journal.close()


async def _hang_codes(call: Call, workspace: Workspace, printed_host: str) -> list[Link]:
    """The links of `_PLACES`, in its order."""
    drafts = [
        LinkDraft(
            f"site:{SLUG}",
            code=place.code,
            title=place.title,
            tags=("menu",),
            campaign=place.campaign,
            placement=place.title,
        )
        for place in _PLACES
    ]
    made = await add_links(call, workspace.id, drafts, printed_host=printed_host)
    return [link if isinstance(link, Link) else _raised(link) for link in made]


def _raised(error: Exception) -> Link:
    raise error


def _node_of(identifier: int) -> int:
    """The node byte of an id (see `scanly.core.ids`)."""
    return identifier >> 12 & 0xFF


def _scan(scan_id: int, of_id: int, workspace: Workspace, day: int, deed: _Deed) -> Scan:
    """A scan of a link, or what was done on the page that it leads to."""
    somebody, place = deed.visit.guest, _PLACES[deed.visit.place]
    is_scan = deed.outcome is Outcome.REDIRECT
    scan = Scan(
        id=scan_id,
        link_id=of_id,
        workspace_id=workspace.id,
        day=day,
        outcome=deed.outcome,
        flags=0,
        visitor=somebody.visitor,
        country=somebody.country,
        city=somebody.city,
        agent=somebody.agent,
        language=somebody.language,
        referrer=somebody.referrer,
        part=deed.part,
        hour=deed.ms // _HOUR_MS,
        drive=place.campaign if is_scan else "",
    )
    marked = _MARKED.get(place.code) if is_scan else None
    return msgspec.structs.replace(scan, **marked) if marked else scan


def _deeds(day: int, ago: int) -> list[_Deed]:
    """All that happened on a day, in order of time."""
    found: list[_Deed] = []
    for visit in day_of_visits(day, ago):
        found.append(_Deed(visit.ms, Outcome.REDIRECT, visit))
        found.append(_Deed(visit.ms, Outcome.VIEW, visit))
        if visit.guest.is_person:
            found += _on_page(visit)
    return sorted(found, key=lambda deed: deed.ms)


def _on_page(visit: _Visit) -> Iterator[_Deed]:
    """What somebody does on the page, by chance and yet always the same."""
    chance = Random(visit.guest.visitor + visit.ms)  # noqa: S311 - a story, not a secret
    after_ms = min(visit.ms + chance.randrange(4_000, 90_000), _DAY_MS - 1)
    clicked = one_of(chance, _CLICKS_OF_100)
    if clicked:
        yield _Deed(after_ms, Outcome.CLICK, visit, CLICKS[clicked])
    if chance.randrange(1_000) < _FEEDBACK_OF_1000:
        yield _Deed(after_ms, Outcome.LEAD, visit, FEEDBACK, chance.choice(_COMMENTS))


def day_of_visits(day: int, ago: int) -> list[_Visit]:
    """Everybody who came on a day (since 1970-01-01) that is ``ago`` days past, in order of time."""
    chance = Random(_SEED + day)  # noqa: S311 - a story, not a secret
    crowd = _crowd(day, ago, chance)
    visits = [*_people(chance, crowd), *_robots(chance, round(crowd * _ROBOT_RATIO))]
    there = [visit for visit in visits if ago >= _LOST_DAYS or _PLACES[visit.place].code != _LOST]
    return sorted(there, key=lambda visit: visit.ms)


def _crowd(day: int, ago: int, chance: Random) -> int:
    """How many scans by people a day has."""
    if ago == _SILENT:
        return 0
    grown = _FIRST_WEEK + (_LAST_WEEK - _FIRST_WEEK) * (1 - ago / DAYS)
    weekday = _MONDAY_TO_SUNDAY[(day + 3) % 7]  # 1970-01-01 was a Thursday
    festival = _FESTIVAL_CROWD if ago == _FESTIVAL else 1.0
    return round(grown * weekday * festival * chance.uniform(0.9, 1.1))


def _people(chance: Random, crowd: int) -> Iterator[_Visit]:
    known = regulars()
    places = range(len(_PLACES))
    place_weights = [place.weight for place in _PLACES]
    left = crowd
    while left > 0:
        is_known = chance.random() < _REGULAR_RATIO
        somebody = guest(chance, chance.choice(known) if is_known else None)
        place = chance.choices(places, place_weights)[0]
        somebody = _led(chance, somebody, _PLACES[place].code)
        ms = _moment(chance, _HOURS)
        yield _Visit(ms, place, somebody)
        left -= 1
        if left and chance.random() < _AGAIN_RATIO:
            yield _Visit(min(ms + chance.randrange(60_000, 2_400_000), _DAY_MS - 1), place, somebody)
            left -= 1


def _led(chance: Random, somebody: Guest, code: str) -> Guest:
    """With what led them here: the camera, which says nothing, or another page."""
    if code in _FROM_ELSEWHERE:
        agent, referrer = _FROM_ELSEWHERE[code]
        return replace(somebody, agent=agent, referrer=referrer)
    return replace(somebody, referrer=one_of(chance, _REFERRERS))


def _robots(chance: Random, count: int) -> Iterator[_Visit]:
    for _ in range(count):
        yield _Visit(_moment(chance, (1,) * 24), chance.randrange(len(_PLACES)), robot(chance))


def _moment(chance: Random, hours: Sequence[int]) -> int:
    """Milliseconds after the day began."""
    return chance.choices(range(24), hours)[0] * _HOUR_MS + chance.randrange(_HOUR_MS)
