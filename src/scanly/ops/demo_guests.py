"""The guests of the sample café: their phones, languages, where they come from, and the robots among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import NamedTuple

_SEED = 1987
_REGULARS = 70

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
_IPAD = _IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS").format("18_6", "18.6")
# Of who opens a page within Instagram.
INSTAGRAM = (
    "Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 Instagram 381.0.0.51.84 Android"
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
# Of who travels; each as likely as the others.
_PHONES_OF_TOURISTS = (_IPHONE.format("18_6", "18.6"), _ANDROID.format("15; Pixel 9", 142), _IPAD)
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
# Country and city of a phone that roams, and its language.
_TOURISTS = (
    ("AE", "Dubai", "en-gb"),
    ("GB", "London", "en-gb"),
    ("SG", "Singapore", "en-sg"),
    ("US", "New York", "en-us"),
    ("DE", "Berlin", "de-de"),
)
# One of so many guests who are no regulars is a tourist.
_TOURIST_OF = 23


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody with a phone, or a robot; ``visitor`` is what tells guests of one day apart."""

    visitor: int
    agent: str
    language: str = ""
    country: str = ""
    city: str = ""
    referrer: str = ""
    is_person: bool = True


class Regular(NamedTuple):
    """Somebody who comes again and again."""

    agent: str
    language: str


def regulars() -> list[Regular]:
    chance = Random(_SEED)  # noqa: S311 - a story, not a secret
    return [Regular(one_of(chance, _PHONES), one_of(chance, _LANGUAGES)) for _ in range(_REGULARS)]


def guest(chance: Random, known: Regular | None = None) -> Guest:
    """Somebody as this day sees them."""
    agent, language = known or (one_of(chance, _PHONES), one_of(chance, _LANGUAGES))
    city = "Pune" if known else one_of(chance, _CITIES)
    visitor = _visitor(chance)
    if known is None and visitor % _TOURIST_OF == 0:
        country, city, language = _TOURISTS[visitor % len(_TOURISTS)]
        return Guest(
            visitor, _PHONES_OF_TOURISTS[visitor % len(_PHONES_OF_TOURISTS)], language, country, city
        )
    return Guest(visitor, agent, language, "IN", city)


def robot(chance: Random) -> Guest:
    return Guest(_visitor(chance), one_of(chance, _ROBOTS), country="US", is_person=False)


def _visitor(chance: Random) -> int:
    """A number as `scanly.scans.visitor` makes them: signed, 64 bits, of this day only."""
    return chance.getrandbits(64) - 2**63


def one_of(chance: Random, table: Sequence[tuple[int, str]]) -> str:
    """A word of a table of weights and words."""
    weights = list(accumulate(weight for weight, _ in table))
    return chance.choices([word for _, word in table], cum_weights=weights)[0]
