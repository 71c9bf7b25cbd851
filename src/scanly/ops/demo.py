"""The sample café: sixteen codes, their page and 90 days of believable scans, so that a first look shows something.

The scans go through the journal like real ones, so ingester, rollups and reports are what a visitor tries out.
They are drawn from the day's number: the same day always looks the same. No address of a person is involved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import NamedTuple

from scanly.accounts.actions import edit_workspace
from scanly.accounts.model import Workspace
from scanly.core.ids import IdMaker, LinkId
from scanly.links.actions import add_links, list_links
from scanly.links.model import Link, LinkDraft
from scanly.links.store import Filter
from scanly.media.storage import Storage
from scanly.ops.demo_page import SLUG, open_page
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
_REGULARS, _REGULAR_RATIO, _AGAIN_RATIO, _ROBOT_RATIO = 70, 0.3, 0.22, 0.06
# Weight of each hour from 0 to 23: breakfast, lunch, and tea after work.
_HOURS = (0, 0, 0, 0, 0, 0, 1, 6, 13, 12, 7, 6, 12, 16, 9, 7, 11, 17, 20, 19, 13, 8, 3, 1)


class _Place(NamedTuple):
    code: str
    title: str
    weight: int


_PLACES = (
    _Place("counter", "Counter", 16),
    _Place("window", "Window", 9),
    *(_Place(f"table-{number}", f"Table {number}", 4 + number * 5 % 7) for number in range(1, _TABLES + 1)),
)

_ANDROID = (
    "Mozilla/5.0 (Linux; Android {}) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{}.0.0.0 Mobile Safari/537.36"
)
_SAMSUNG = (
    "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-M146B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
)
_LAPTOP = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Safari/605.1.15"
)
_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS {} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/{} Mobile/15E148 Safari/604.1"
)
# Weight and agent.
_PHONES = (
    (34, _ANDROID.format("10; K", 142)),
    (11, _ANDROID.format("10; K", 139)),
    (9, _ANDROID.format("13; SM-A546E", 141)),
    (8, _ANDROID.format("14; RMX3710", 142)),
    (6, _ANDROID.format("12; M2101K6P", 138)),
    (5, _SAMSUNG),
    (9, _IPHONE.format("18_6", "18.6")),
    (6, _IPHONE.format("17_7", "17.7")),
    (2, _LAPTOP),
)
_ROBOTS = (
    (5, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    (3, "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    (6, "WhatsApp/2.25.20.71 A"),
    (3, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"),
    (2, "TelegramBot (like TwitterBot)"),
    (2, "curl/8.5.0"),
)
_LANGUAGES = ((38, "en-in"), (33, "hi-in"), (21, "mr-in"), (5, "en-us"), (3, "gu-in"))
_CITIES = ((78, "Pune"), (12, "Mumbai"), (4, "Nashik"), (4, "Bengaluru"), (2, "Delhi"))


@dataclass(frozen=True, slots=True)
class _Guest:
    """Somebody with a phone; ``visitor`` is what tells guests of one day apart."""

    visitor: int
    agent: str
    language: str = ""
    country: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class _Visit:
    """A guest at a place, ``ms`` after the day began."""

    ms: int
    place: int
    guest: _Guest


async def fill(
    call: Call, workspace: Workspace, journal: Journal, printed_host: str, media: Storage, folder: Path
) -> bool:
    """Makes the café in an empty workspace and closes the journal; whether there was anything to do.

    Its page's file is put into ``folder``. Takes about 0.7 s of computing.
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
        for ago in range(DAYS - 1, -1, -1):
            start_ms, day = today_ms - ago * _DAY_MS, now.day - ago
            for visit in day_of_visits(day, ago):
                if (at_ms := start_ms + visit.ms) < call.now_ms:
                    about = (workspace, day, visit)
                    journal.append(_scan(make_id.at(at_ms), links[visit.place], Outcome.REDIRECT, *about))
                    journal.append(_scan(make_id.at(at_ms), page.id, Outcome.VIEW, *about))
        return True
    finally:
        journal.close()


async def _hang_codes(call: Call, workspace: Workspace, printed_host: str) -> list[LinkId]:
    """The links of `_PLACES`, in its order."""
    drafts = [
        LinkDraft(f"site:{SLUG}", code=place.code, title=place.title, tags=("menu",), placement=place.title)
        for place in _PLACES
    ]
    made = await add_links(call, workspace.id, drafts, printed_host=printed_host)
    return [link.id if isinstance(link, Link) else _raised(link) for link in made]


def _raised(error: Exception) -> LinkId:
    raise error


def _node_of(identifier: int) -> int:
    """The node byte of an id (see `scanly.core.ids`)."""
    return identifier >> 12 & 0xFF


def _scan(scan_id: int, of_id: int, outcome: Outcome, workspace: Workspace, day: int, visit: _Visit) -> Scan:
    """A scan of a link, or a view of the page that it leads to."""
    guest = visit.guest
    return Scan(
        scan_id,
        of_id,
        workspace.id,
        day,
        outcome,
        0,
        guest.visitor,
        guest.country,
        guest.city,
        guest.agent,
        guest.language,
        hour=visit.ms // _HOUR_MS,
    )


def day_of_visits(day: int, ago: int) -> list[_Visit]:
    """Everybody who came on a day (since 1970-01-01) that is ``ago`` days past, in order of time."""
    chance = Random(_SEED + day)  # noqa: S311 - a story, not a secret
    crowd = _crowd(day, ago, chance)
    visits = [*_people(chance, crowd), *_robots(chance, round(crowd * _ROBOT_RATIO))]
    return sorted(visits, key=lambda visit: visit.ms)


def _crowd(day: int, ago: int, chance: Random) -> int:
    """How many scans by people a day has."""
    if ago == _SILENT:
        return 0
    grown = _FIRST_WEEK + (_LAST_WEEK - _FIRST_WEEK) * (1 - ago / DAYS)
    weekday = _MONDAY_TO_SUNDAY[(day + 3) % 7]  # 1970-01-01 was a Thursday
    festival = _FESTIVAL_CROWD if ago == _FESTIVAL else 1.0
    return round(grown * weekday * festival * chance.uniform(0.9, 1.1))


def _people(chance: Random, crowd: int) -> Iterator[_Visit]:
    regulars = [_guest(chance, person) for person in _regulars()]
    places = range(len(_PLACES))
    place_weights = [place.weight for place in _PLACES]
    left = crowd
    while left > 0:
        guest = chance.choice(regulars) if chance.random() < _REGULAR_RATIO else _guest(chance)
        place = chance.choices(places, place_weights)[0]
        ms = _moment(chance, _HOURS)
        yield _Visit(ms, place, guest)
        left -= 1
        if left and chance.random() < _AGAIN_RATIO:
            yield _Visit(min(ms + chance.randrange(60_000, 2_400_000), _DAY_MS - 1), place, guest)
            left -= 1


def _robots(chance: Random, count: int) -> Iterator[_Visit]:
    for _ in range(count):
        guest = _Guest(_visitor(chance), _one_of(chance, _ROBOTS), country="US")
        yield _Visit(_moment(chance, (1,) * 24), chance.randrange(len(_PLACES)), guest)


def _regulars() -> list[tuple[str, str]]:
    """Agent and language of those who come again and again."""
    chance = Random(_SEED)  # noqa: S311 - a story, not a secret
    return [(_one_of(chance, _PHONES), _one_of(chance, _LANGUAGES)) for _ in range(_REGULARS)]


def _guest(chance: Random, known: tuple[str, str] | None = None) -> _Guest:
    """Somebody as this day sees them; a regular is ``known`` by phone and language."""
    agent, language = known or (_one_of(chance, _PHONES), _one_of(chance, _LANGUAGES))
    city = "Pune" if known else _one_of(chance, _CITIES)
    return _Guest(_visitor(chance), agent, language, "IN", city)


def _visitor(chance: Random) -> int:
    """A number as `scanly.scans.visitor` makes them: signed, 64 bits, of this day only."""
    return chance.getrandbits(64) - 2**63


def _moment(chance: Random, hours: Sequence[int]) -> int:
    """Milliseconds after the day began."""
    return chance.choices(range(24), hours)[0] * _HOUR_MS + chance.randrange(_HOUR_MS)


def _one_of(chance: Random, table: Sequence[tuple[int, str]]) -> str:
    """A word of a table of weights and words."""
    weights = list(accumulate(weight for weight, _ in table))
    return chance.choices([word for _, word in table], cum_weights=weights)[0]
