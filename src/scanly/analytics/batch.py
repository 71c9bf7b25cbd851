"""What one transaction of the ingester stores, and the counting that both databases share."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol

from scanly.core.ids import first_of
from scanly.scans.bots import RULES_VERSION, judge
from scanly.scans.model import LANDED, NOBODY, Kind, Outcome, Scan
from scanly.scans.segments import Position

# The word columns of a row, in its order; a word's kind is its column's name.
WORDS = ("country", "city", "language", "referrer", "source", "medium", "campaign", "term", "content")
# What of a site was viewed or clicked: a word, too.
PART = "part"
ROW = ("id", "subject", "day", "kind", "outcome", "visitor", "agent", *WORDS, "rule", PART)
Row = tuple[int, ...]

LINK, WORKSPACE, SITE = "link", "workspace", "site"
# What people are counted once a day for.
MET = frozenset({*LANDED, Outcome.VIEW})
# Days whose `seen` keys are kept, counted back from the newest.
SEEN_DAYS = 2
SEEN_CHUNK = 5_000

# People whom a link led to a target, of one link by its id.
LED_ON = f"""
    SELECT coalesce(sum(totals.scans), 0) FROM totals JOIN subjects ON subjects.number = totals.subject
    WHERE totals.kind = {int(Kind.PERSON)} AND totals.outcome = {int(Outcome.REDIRECT)}
      AND subjects.link_id = """  # noqa: S608 - only numbers of our own
_DAY_MS = 86_400_000
_KEYS_KEPT = 100_000
_WORDS_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Move:
    """How far a node's journal was read; ``start`` must still be true when ``end`` is written."""

    node: int
    start: Position | None
    end: Position


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to bytes that became no row."""

    node: int
    segment: int
    message: str


@dataclass(frozen=True, slots=True)
class Batch:
    """All of it is stored, or nothing."""

    at_ms: int
    scans: list[Scan] = field(default_factory=list[Scan])
    moves: list[Move] = field(default_factory=list[Move])
    notes: list[Note] = field(default_factory=list[Note])


class EventStore(Protocol):
    """A database of events. One thread uses it."""

    def positions(self) -> dict[int, Position]:
        """Up to where each node's journal is stored."""
        ...

    def apply(self, batch: Batch) -> None:
        """Stores the batch in one transaction.

        Raises Conflict when another ingester was faster (read the positions again), Invalid when a scan in
        it can never be stored, Unavailable when the database cannot be written now.
        """
        ...

    def led_on(self, link_id: int) -> int:
        """How many people a link has led to a target, as far as is stored."""
        ...

    def forget_seen(self) -> int:
        """Removes a chunk of the visitor keys of past days; returns how many there were."""
        ...

    def settle(self) -> bool:
        """Whether all that was applied is now safe from a power cut."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Visitors:
    """The visitors of a batch, as keys of ``seen`` by day, with the scope and number each one counts for."""

    keys: dict[int, dict[int, tuple[str, int]]]

    def counted(self, day: int, new: list[int]) -> Counter[tuple[str, int, int]]:
        """How many of one day's keys are new, by scope, number and day."""
        of_day = self.keys[day]
        return Counter((*of_day[key], day) for key in new)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Keys of one table that need a number: the columns that follow the key, and their values by key.

    ``known`` is told the numbers; ``kind`` narrows the table of words down to one kind.
    """

    table: Literal["subjects", "agents", "words"]
    key: str
    columns: tuple[str, ...]
    rest: Mapping[Any, tuple[int | str, ...]]
    known: dict[Any, int]
    kind: str = ""

    def complete(self, stored: Mapping[Any, int], last: int) -> list[tuple[Any, ...]]:
        """Takes the stored numbers, gives the next ones after ``last``, and returns the rows to be added."""
        new = [key for key in self.rest if key not in stored]
        given = {key: last + n for n, key in enumerate(new, 1)}
        self.known.update(stored)
        self.known.update(given)
        return [(number, key, *self.rest[key]) for key, number in given.items()]


class Numbers:
    """The small numbers under which subjects, agents and words are stored, as far as they are known here."""

    def __init__(self) -> None:
        self.subjects: dict[int, int] = {}
        self.agents: dict[str, int] = {}
        self.words: dict[str, dict[str, int]] = {}
        self.seen: set[int] = set()
        self._revived: set[int] = set()
        self._late = False
        self.forget()

    def forget(self) -> None:
        """After a transaction that failed, what it gave out is not true."""
        self.subjects.clear()
        self.agents.clear()
        self.words = {kind: {"": 0} for kind in (*WORDS, PART)}
        self.seen.clear()
        self._revived.clear()

    def keep_small(self) -> None:
        known = len(self.subjects) + len(self.agents) + sum(len(words) for words in self.words.values())
        if known > _WORDS_KEPT:
            self.forget()
        if len(self.seen) > _KEYS_KEPT:
            self.seen.clear()

    def unknown(self, batch: Batch) -> list[Unknown]:
        """What of a batch has no number here yet; the database may have one."""
        scans = batch.scans
        links = {scan.link_id: (scan.workspace_id,) for scan in scans if scan.link_id not in self.subjects}
        agents = {scan.agent for scan in scans} - self.agents.keys()
        found = [
            Unknown("subjects", "link_id", ("workspace_id",), links, self.subjects),
            Unknown(
                "agents", "text", ("kind", "rules"), {text: _judged(text) for text in agents}, self.agents
            ),
        ]
        for kind, known in self.words.items():
            texts = {getattr(scan, kind) for scan in scans} - known.keys()
            found.append(Unknown("words", "text", ("kind",), dict.fromkeys(texts, (kind,)), known, kind))
        return [unknown for unknown in found if unknown.rest]

    def late_days(self, batch: Batch, first_seen_day: int) -> set[int]:
        """Days of a batch whose keys in ``seen`` may be forgotten, and must first be brought back."""
        late = {scan.day for scan in batch.scans if scan.day < first_seen_day}
        self._late |= bool(late)
        due = late - self._revived
        self._revived |= late
        return due

    def may_forget(self) -> bool:
        """Not as long as late days come in: what is forgotten would only have to be brought back."""
        late, self._late = self._late, False
        if not late:
            self._revived.clear()
        return not late

    def rows(self, batch: Batch) -> list[Row]:
        """One row a scan, in the order of `ROW`. All numbers must be known."""
        subjects, agents = self.subjects, self.agents
        country, city, language, referrer, source, medium, campaign, term, content, part = self.words.values()
        return [
            (
                scan.id,
                subjects[scan.link_id],
                scan.day,
                int(judge(scan.agent, scan.flags)),
                int(scan.outcome),
                scan.visitor,
                agents[scan.agent],
                country[scan.country],
                city[scan.city],
                language[scan.language],
                referrer[scan.referrer],
                source[scan.source],
                medium[scan.medium],
                campaign[scan.campaign],
                term[scan.term],
                content[scan.content],
                scan.rule,
                part[scan.part],
            )
            for scan in batch.scans
        ]

    def visitors(self, batch: Batch, rows: list[Row]) -> Visitors:
        """The people of a batch who landed or viewed, once per scope and day, without those known to be counted."""
        keys: dict[int, dict[int, tuple[str, int]]] = {}
        seen = self.seen
        for scan, row in zip(batch.scans, rows, strict=True):
            if row[3] != Kind.PERSON or row[4] not in MET or scan.visitor == NOBODY:
                continue
            for key, scope in keys_of(row[1], scan.workspace_id, scan.visitor, row[4]).items():
                if key not in seen:
                    keys.setdefault(scan.day, {})[key] = scope
        return Visitors(keys)

    def remember(self, visitors: Visitors) -> None:
        """After the commit: these need not be asked for again."""
        for keys in visitors.keys.values():
            self.seen.update(keys)


def totals(rows: list[Row]) -> Counter[Row]:
    """How many rows there are by subject, day, kind and outcome."""
    return Counter(row[1:5] for row in rows)


def parts(rows: list[Row]) -> Counter[Row]:
    """How many rows there are by subject, day, kind, outcome and part, of those that have a part."""
    return Counter((*row[1:5], row[-1]) for row in rows if row[-1])


def keys_of(subject: int, workspace_id: int, visitor: int, outcome: int) -> dict[int, tuple[str, int]]:
    """What says that a visitor was counted, for a link and its workspace or for a site: signed, 64 bits.

    With the scope and number each key counts for. The day needs no part in a key, because a visitor is another
    number each day.
    """
    viewed = outcome == Outcome.VIEW
    scopes = ((SITE, subject),) if viewed else ((LINK, subject), (WORKSPACE, workspace_id))
    return {visitor ^ _mask(*scope): scope for scope in scopes}


def ids_around(day: int) -> tuple[int, int]:
    """The range of ids that holds every scan of a local day, whatever its zone."""
    return first_of(max(day - 1, 0) * _DAY_MS), first_of((day + 2) * _DAY_MS)


@lru_cache(maxsize=65_536)
def _mask(scope: str, number: int) -> int:
    digest = hashlib.blake2b(f"{scope} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _judged(agent: str) -> tuple[int, int]:
    """The kind of an agent, with the rules that judged it, so that newer ones can judge it again."""
    return int(judge(agent)), RULES_VERSION


def source_of(node: int) -> str:
    """A node as the ``source`` column names it."""
    return f"{node:03d}"
