"""The gate before every link that is not plain: asks the routing rules, and counts whoever is let through.

How many people a link led on, and who was here before today, stands in counts that all workers share: a code
for ten people leads on ten, however many come at once, and no robot uses one up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec

from scanly.core.clock import at
from scanly.core.shared import SharedCounts
from scanly.links.agent import Agent, read_agent
from scanly.links.moments import find_zone
from scanly.links.place import Place
from scanly.links.routing import Answer, Decision, Known, Route
from scanly.links.visitor import lot, mixed
from scanly.scans.bots import judge
from scanly.scans.model import PREFETCH_FLAG, TEST_FLAG, Kind, Outcome
from scanly.scans.recorder import Person, Recorder, Visit, language_of, referrer_of
from scanly.scans.visitor import Window, window_of

_QUERY_LIMIT_BYTES = 4_096
# Tries and visits of three dates, visits of two weeks and of two months.
_OPEN_AT_ONCE = 10
TRIES_A_MINUTE = 5
_MINUTE_MS = 60_000

OUTCOMES = {
    Answer.REDIRECT: Outcome.REDIRECT,
    Answer.FALLBACK: Outcome.FALLBACK,
    Answer.CLOSED: Outcome.CLOSED,
    Answer.CONFIRM: Outcome.CLOSED,
    Answer.PASSWORD: Outcome.PASSWORD,
}


class Guest:
    """A visitor as the server knows one: see `links.visitor.Visitor`."""

    __slots__ = ("_local", "_person", "_visit", "agent", "now_ms", "nth", "place", "seen_before")

    def __init__(self, visit: Visit, person: Person, now_ms: int) -> None:
        self.now_ms = now_ms
        self.place: Place = person.place
        self.agent: Agent = read_agent(person.agent)
        self.seen_before = False
        self.nth = 0
        self._visit, self._person = visit, person
        self._local: tuple[str, datetime] | None = None

    @property
    def language(self) -> str:
        return language_of(self._visit.language)

    @property
    def referrer(self) -> str:
        return referrer_of(self._visit.referrer)

    def local(self, zone: str) -> datetime:
        if self._local is None or self._local[0] != zone:
            self._local = (zone, at(self.now_ms, find_zone(zone)))
        return self._local[1]

    def query(self, name: str) -> str | None:
        return _parameters(self._visit.query).get(name)

    def lot(self, key: int) -> float:
        if self._visit.nameless:
            return lot(int.from_bytes(os.urandom(8), "little"), key)
        return lot(self._person.visitor, key)


class Gate:
    """One per worker. ``recount`` says how many people a link has led on, from what was recorded before."""

    def __init__(self, recorder: Recorder, tallies: Path, days: Path, recount: Callable[[int], int]) -> None:
        self._recorder, self._recount = recorder, recount
        for old in tallies.parent.glob("tallies-*"):
            if not old.name.startswith(tallies.name):
                old.unlink(missing_ok=True)
        self._tallies = SharedCounts(tallies)
        self._days = days
        self._open: dict[tuple[int, str], SharedCounts] = {}

    def decide(self, route: Route, visit: Visit, now_ms: int, known: Known, *, counts: bool) -> Decision:
        """What the visitor gets. With ``counts`` whoever is led on has been counted. Raises Unavailable.

        ``known.person`` says that somebody insists on being one; else it is judged here, where it matters.
        """
        hour, person = self._recorder.person(visit, now_ms)
        guest = Guest(visit, person, now_ms)
        counted, returning = route.counted, route.returning and not visit.nameless
        if not counted and not returning:
            return route.decide(guest, known)
        # Who is not counted learns nothing that people are counted for.
        known = known._replace(person=counts and (known.person or _is_person(visit, person)))
        key, window = 0, window_of(visit.privacy, hour.day)
        if returning:
            key = mixed(route.link.id, person.visitor)
            guest.seen_before = (self._of(window, "visits").get(key) or 0) > 0
        decision = self._counted(route, guest, known, counts) if counted else route.decide(guest, known)
        if returning and counts and known.person and decision.answer in (Answer.REDIRECT, Answer.FALLBACK):
            self._of(window, "visits").add(key)
        return decision

    def may_try(self, what: int, visit: Visit, now_ms: int) -> bool:
        """Whether this address may try one more password of a link or site now, by its id; counts the try.

        Raises Unavailable.
        """
        hour, person = self._recorder.person(msgspec.structs.replace(visit, agent=b""), now_ms)
        tries = self._of(Window(hour.day), "tries")
        minute = now_ms // _MINUTE_MS
        this, last = (mixed(what, person.visitor, minute - back) for back in (0, 1))
        with tries.held():
            made = (tries.get(this) or 0) + (tries.get(last) or 0)
            if made >= TRIES_A_MINUTE:
                return False
            tries.add(this)
        return True

    def close(self) -> None:
        for counts in (self._tallies, *self._open.values()):
            counts.close()

    def _counted(self, route: Route, guest: Guest, known: Known, counts: bool) -> Decision:
        link_id = route.link.id
        with self._tallies.held():
            led_on = self._tallies.get(link_id)
            if led_on is None:
                led_on = self._recount(link_id)
            guest.nth = led_on + 1 if known.person else 0
            decision = route.decide(guest, known._replace(led_on=led_on))
            if counts and known.person and decision.answer is Answer.REDIRECT:
                self._tallies.put(link_id, led_on + 1)
        return decision

    def _of(self, window: Window, what: str) -> SharedCounts:
        """Counts that are destroyed with the salt of their window, under whose name they lie."""
        key = (window.end, f"{window.name}.{what}")
        found = self._open.get(key)
        if found is None:
            while len(self._open) >= _OPEN_AT_ONCE:
                self._open.pop(min(self._open)).close()
            found = self._open[key] = SharedCounts(self._days / key[1])
        return found


@lru_cache(maxsize=1_024)
def _parameters(query: bytes) -> Mapping[str, str]:
    """The first value of each parameter."""
    text = query[:_QUERY_LIMIT_BYTES].decode("utf-8", "replace")
    return dict(reversed(parse_qsl(text, keep_blank_values=True, errors="replace")))


def _is_person(visit: Visit, person: Person) -> bool:
    return judge(person.agent, visit.prefetch * PREFETCH_FLAG | visit.test * TEST_FLAG) is Kind.PERSON
