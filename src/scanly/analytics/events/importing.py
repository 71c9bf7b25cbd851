"""Takes in raw scans and rollups that another installation made: their texts under the numbers of this database.

Every call is part of a transaction in which nobody else counts (`EventStore.alone`). Numbers of words, links and
groups are kept for ever, so what was learnt of them in one transaction is true in the next; those of agents are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scanly.analytics.agents import Agent
from scanly.analytics.counting import rollups
from scanly.analytics.counting.learning import learn_meanings
from scanly.analytics.counting.names import AGENT_COLUMNS, Names, Unknown, agent_row, profile_key
from scanly.analytics.counting.packed import (
    BUILT_IN,
    LINK,
    LINK_OF_GROUP,
    PARTS,
    PROFILE,
    REPEATS,
    SCOPES,
    SITE,
    ScopeKind,
    Where,
)
from scanly.analytics.counting.recounting import present_ruling, ruling_of
from scanly.analytics.counting.rows import (
    COLUMN,
    DAY,
    PART,
    REASON,
    ROW,
    RULE,
    WORDS,
    Row,
    raw_since_of,
)
from scanly.analytics.counting.statements import LAST_SEEN, Sql
from scanly.analytics.counting.tally import Owner, Tallies, Tally, keys_by_day, meetings, tally
from scanly.analytics.counting.visitor_keys import kept_since, let_go
from scanly.analytics.dimensions import DIMENSIONS
from scanly.analytics.events.batch import SEEN_DAYS
from scanly.scans.model import Scan

_AT_ONCE = 500
_AGENT = COLUMN["agent"]
_ADD_SCAN = f"INSERT INTO scans ({', '.join(ROW)}) VALUES ({', '.join('?' * len(ROW))})"  # noqa: S608
_OWN = "UPDATE subjects SET workspace_id = ?, host = ? WHERE link_id = ?"
# Dimensions that are words of parts: what was clicked, who was invited, which form was sent.
_PARTS_OF_SITES = frozenset(number for number, part in BUILT_IN.items() if part == "parts") - {LINK_OF_GROUP}


class Told(NamedTuple):
    """A raw scan as it was judged; ``ruling`` is the version of the rules, empty when it is not known."""

    scan: Scan
    kind: int
    reason: str
    ruling: str


class Value(NamedTuple):
    """How many people a value counts, and how many of them had been met that day. A profile is an agent."""

    value: int | str | Agent
    scans: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Rollup:
    """A day of a scope. ``key`` is a link's or site's id, or a name; ``kinds`` are visits by `Kind`.

    Of ``counts``, by dimension, values of what is computed are numbers as they are packed, those of
    ``LINK_OF_GROUP`` ids of links.
    """

    scope: ScopeKind
    workspace_id: int
    key: int | str
    day: int
    scans: int
    visitors: int
    kinds: tuple[int, ...]
    counts: Mapping[int, Sequence[Value]]

    @property
    def is_of_link(self) -> bool:
        return SCOPES[self.scope] in (LINK, SITE)


class Importing:
    """What one import knows of the numbers in its database."""

    def __init__(self) -> None:
        self._names = Names()
        self._subjects: dict[int, int] = {}
        self._owners: dict[int, Owner] = {}
        self._groups: dict[tuple[str, int], dict[str, int]] = {}
        self._rulings = {"": 0}
        self._met_day = 0
        self._met: set[int] = set()

    def add_links(self, sql: Sql, links: Sequence[tuple[int, int, str]]) -> None:
        """Links and sites: id, workspace, and the host to which they are bound. Call it before the others."""
        for owner, host in {(owner, host) for _, owner, host in links}:
            self._learn_groups(sql, "workspace", owner, {""})
            self._learn_groups(sql, "host", owner, {host} - {""})
        bound = {link: (owner, self._host(owner, host)) for link, owner, host in links}
        sql.number(Unknown("subjects", "link_id", ("workspace_id", "host"), bound, self._subjects))
        # An import that was killed may have left them to another workspace.
        sql.many(_OWN, [(*owned, link) for link, owned in sorted(bound.items())])
        for link, (owner, host) in bound.items():
            self._owners[self._subjects[link]] = Owner(self._groups["workspace", owner][""], host)

    def add_scans(self, sql: Sql, some: Sequence[Told], at_ms: int) -> list[Row]:
        """Stores raw scans, which are not counted by that. Their ids must be free, their links known."""
        rows = self._rows(sql, some, at_ms)
        sql.many(_ADD_SCAN, rows)
        newest: dict[int, int] = {}
        for row in rows:
            newest[row[_AGENT]] = max(newest.get(row[_AGENT], 0), row[DAY])
        sql.many(LAST_SEEN, [(day, agent, day) for agent, day in sorted(newest.items())])
        return rows

    def count(self, sql: Sql, rows: Sequence[Row]) -> None:
        """Counts rows that no rollup holds. They must come in order of their days, and all of their links'."""
        self._names.meanings["agent"] = {0: ()}
        learn_meanings(sql, self._names, rows)
        tallies: Tallies = {}
        for day in sorted({row[DAY] for row in rows}):
            if day != self._met_day:
                self._met_day, self._met = day, set()
            mine = [row for row in rows if row[DAY] == day]
            met = meetings(mine, self._owners)
            fresh = keys_by_day(met, self._met).get(day, set())
            self._met |= fresh
            tally(tallies, mine, self._owners, met, set(fresh), self._names.meanings)
        rollups.add(sql, tallies)

    def remember_visitors(self, sql: Sql, rows: Sequence[Row], last_day: int) -> None:
        """So that whoever was met lately is known again.

        ``last_day`` is the newest of all that is taken in.
        """
        first = max(last_day - SEEN_DAYS, kept_since(sql))
        early = [row[DAY] for row in rows if row[DAY] < first]
        if early:
            let_go(sql, max(early) + 1)
        met = meetings([row for row in rows if row[DAY] >= first], self._owners)
        for day, keys in sorted(keys_by_day(met, set()).items()):
            sql.add_seen(day, sorted(keys))

    def add_rollups(self, sql: Sql, some: Sequence[Rollup]) -> None:
        """Stores days of scopes, and adds them to their months. Links that are not known are left out."""
        self._names.keep_small()
        self._learn_values(sql, some)
        for each in some:
            if not each.is_of_link:
                self._learn_groups(sql, each.scope, each.workspace_id, {str(each.key)})
        rollups.add(sql, {self._where(each): self._tally(each) for each in some})

    def _where(self, each: Rollup) -> Where:
        if each.is_of_link:
            number = self._subjects[int(each.key)]
        else:
            number = self._groups[each.scope, each.workspace_id][str(each.key)]
        return Where(SCOPES[each.scope], number, each.day)

    def _tally(self, each: Rollup) -> Tally:
        found = Tally()
        found.scans, found.visitors, found.kinds = each.scans, each.visitors, list(each.kinds)
        for dimension, values in each.counts.items():
            place = _place_of(dimension)
            for value, scans, repeats in values:
                number = self._number_of(dimension, value)
                if number is not None:
                    found.add(place, dimension, number, scans)
                    if repeats:
                        found.add(place, dimension + REPEATS, number, repeats)
        return found

    def _number_of(self, dimension: int, value: int | str | Agent) -> int | None:
        if isinstance(value, Agent):
            return self._names.profiles[profile_key(value)]
        if isinstance(value, str):
            return self._names.words[_words_of(dimension)][value]
        return self._subjects.get(value) if dimension == LINK_OF_GROUP else value

    def _learn_values(self, sql: Sql, some: Iterable[Rollup]) -> None:
        agents: dict[int, Agent] = {}
        texts: dict[str, set[str]] = {}
        for each in some:
            for dimension, values in each.counts.items():
                if dimension == PROFILE:
                    found = {value.value for value in values if isinstance(value.value, Agent)}
                    agents |= dict(enumerate(found, len(agents)))
                else:
                    found = {value.value for value in values if isinstance(value.value, str)}
                    if found:
                        texts.setdefault(_words_of(dimension), set()).update(found)
        for kind, words in texts.items():
            self._learn_words(sql, kind, words)
        for unknown in self._names.values({"agent": agents}):
            sql.number(unknown)
        for unknown in self._names.profiled({"agent": agents}):
            sql.number(unknown)

    def _rows(self, sql: Sql, some: Sequence[Told], at_ms: int) -> list[Row]:
        """One row a scan, in the order of `ROW`, after everything in them has a number."""
        self._names.keep_small()
        scans = [each.scan for each in some]
        agents = self._agents(sql, scans, at_ms)
        for name in (*WORDS, PART):
            self._learn_words(sql, name, {getattr(scan, name) for scan in scans})
        self._learn_words(sql, RULE, {str(scan.rule) for scan in scans if scan.rule})
        self._learn_words(sql, REASON, {each.reason for each in some})
        for owner in {scan.workspace_id for scan in scans}:
            drives = {scan.drive for scan in scans if scan.workspace_id == owner} - {""}
            self._learn_groups(sql, "campaign", owner, drives)
        for version in {each.ruling for each in some} - self._rulings.keys():
            self._rulings[version] = ruling_of(sql, version, 0)
        return [self._row(each, agents[each.scan.agent]) for each in some]

    def _row(self, told: Told, agent: int) -> Row:
        scan, words = told.scan, self._names.words
        values = {
            "id": scan.id,
            "subject": self._subjects[scan.link_id],
            "day": scan.day,
            "hour": scan.hour,
            "kind": told.kind,
            "outcome": int(scan.outcome),
            "flags": scan.flags,
            "visitor": scan.visitor,
            "agent": agent,
            **{name: words[name][getattr(scan, name)] for name in (*WORDS, PART)},
            RULE: words[RULE][str(scan.rule)] if scan.rule else 0,
            "drive": self._groups["campaign", scan.workspace_id][scan.drive] if scan.drive else 0,
            REASON: words[REASON][told.reason],
            "ruling": self._rulings[told.ruling],
            "period": scan.period,
        }
        return tuple(values[name] for name in ROW)

    def _agents(self, sql: Sql, scans: Sequence[Scan], at_ms: int) -> dict[str, int]:
        """Numbers of agents; new ones are looked at by the rules of now."""
        known: dict[str, int] = {}
        ruling = present_ruling(sql, at_ms)
        days = {scan.agent: scan.day for scan in scans}
        rest = {text: agent_row(text, ruling, day) for text, day in days.items()}
        sql.number(Unknown("agents", "text", AGENT_COLUMNS, rest, known))
        return known

    def _learn_words(self, sql: Sql, kind: str, texts: Collection[str]) -> None:
        known = self._names.words[kind]
        rest: dict[str, tuple[int | str | bytes, ...]] = dict.fromkeys(set(texts) - known.keys(), ())
        if rest:
            sql.number(Unknown("words", "text", (), rest, known, {"kind": kind}))

    def _learn_groups(self, sql: Sql, kind: str, owner: int, names: Collection[str]) -> None:
        known = self._groups.setdefault((kind, owner), {})
        rest: dict[str, tuple[int | str | bytes, ...]] = dict.fromkeys(set(names) - known.keys(), ())
        if rest:
            within: dict[str, int | str] = {"kind": kind, "workspace_id": owner}
            sql.number(Unknown("groups", "name", (), rest, known, within))

    def _host(self, owner: int, host: str) -> int:
        return self._groups["host", owner][host] if host else 0


def keep_since(sql: Sql, workspace_id: int, day: int) -> None:
    """Says that raw scans of a workspace are all there from this day on, and earlier rollups must stay as they are."""
    rollups.set_state(sql, raw_since_of(workspace_id), day)


def taken(sql: Sql, ids: Sequence[int]) -> set[int]:
    """Which of these ids raw scans have here."""
    return {found for (found,) in _among(sql, "SELECT id FROM scans WHERE id", ids)}


def forget(sql: Sql, links: Sequence[int], workspaces: Sequence[int]) -> None:
    """Removes what is stored of links and sites, and of workspaces; their numbers stay."""
    query = "SELECT number FROM subjects WHERE link_id"
    subjects = [number for (number,) in _among(sql, query, links)]
    sql.many("DELETE FROM scans WHERE subject = ?", [(number,) for number in subjects])
    wheres = [(scope, number) for number in subjects for scope in (LINK, SITE)]
    query = "SELECT kind, number FROM groups WHERE workspace_id"
    wheres += [(SCOPES[kind], number) for kind, number in _among(sql, query, workspaces)]
    for table in ("rollups", "rollup_months"):
        sql.many(f"DELETE FROM {table} WHERE scope = ? AND number = ?", wheres)  # noqa: S608 - names of our own
    sql.many("DELETE FROM states WHERE name = ?", [(raw_since_of(each),) for each in workspaces])


def _among(sql: Sql, query: str, values: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query that ends with the column whose value is one of these."""
    for start in range(0, len(values), _AT_ONCE):
        some = values[start : start + _AT_ONCE]
        yield from sql.rows(f"{query} IN ({', '.join('?' * len(some))})", *some)


def _words_of(dimension: int) -> str:
    """The kind of word that a dimension's values are."""
    return PART if dimension in _PARTS_OF_SITES else _NAMES[dimension]


def _place_of(dimension: int) -> int:
    """The place in `PARTS` of the part that a dimension stands in."""
    found = BUILT_IN.get(dimension)
    return PARTS.index(found or DIMENSIONS[_NAMES[dimension]].PART)


_NAMES = {dimension.NUMBER: name for name, dimension in DIMENSIONS.items()}
