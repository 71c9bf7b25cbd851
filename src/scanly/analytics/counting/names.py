"""The small numbers under which texts, links and groups are stored, as far as one ingester knows them.

A text has one number in the whole installation, so that a country or a browser is stored and looked up once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import NamedTuple

import msgspec

from scanly.analytics.agents import Agent, look, parser_version
from scanly.analytics.counting.numbering import Quota, Unknown
from scanly.analytics.counting.packed import BUILT_IN, PARTS, PROFILE
from scanly.analytics.counting.rows import COLUMN, DAY, FIELDS, PART, REASON, RULE, WORDS, Row
from scanly.analytics.counting.tally import Meaning, Owner
from scanly.analytics.dimensions import DIMENSIONS, OTHER, Dimension, by_field
from scanly.analytics.events.batch import Batch
from scanly.scans.bots import RULES_VERSION, ruled
from scanly.scans.model import Scan

_KEPT = 200_000
_SEEN_KEPT = 200_000

_AGENT = COLUMN["agent"]

# Texts of fields by their number.
Texts = Mapping[str, Mapping[int, str | Agent]]


class Subject(NamedTuple):
    """A link or site by its number, with the numbers of its groups."""

    number: int
    owner: Owner


class Names:
    """What one ingester knows of the numbers in its database."""

    def __init__(self) -> None:
        self.subjects: dict[int, Subject] = {}
        self.owners: dict[int, Owner] = {}
        self.agents: dict[str, int] = {}
        self.profiles: dict[str, int] = {}
        self.words: dict[str, dict[str, int]] = {}
        self.meanings: dict[str, dict[int, Meaning]] = {}
        self.seen: set[int] = set()
        self._groups: dict[tuple[str, int], dict[str, int]] = {}
        self._numbers_of_links: dict[int, int] = {}
        self._agent_days: dict[int, int] = {}
        self._quota = Quota()
        self._judged: dict[tuple[str, int], tuple[int, str]] = {}
        self._revived: set[int] = set()
        self._late = False
        self._profiles_read = self._times_forgotten = 0
        self.forget()

    def forget(self) -> None:
        """After a transaction that failed, what it gave out is not true."""
        for known in (
            self.subjects, self.owners, self.agents, self.profiles, self._groups, self._numbers_of_links,
            self._agent_days, self._judged,
        ):  # fmt: skip
            known.clear()
        self.seen.clear()
        self._revived.clear()
        self.words = {kind: {"": 0} for kind in (*WORDS, RULE, PART, REASON, *DIMENSIONS)}
        self.meanings = {name: {0: ()} for name in FIELDS}
        self._quota.forget()

    def keep_small(self) -> None:
        texts = len(self.agents) + len(self._judged) + sum(len(words) for words in self.words.values())
        if len(self.subjects) + texts > _KEPT:
            self.forget()
        if len(self.seen) > _SEEN_KEPT:
            self.seen.clear()

    def late(self, days: Iterable[int], first_seen_day: int) -> set[int]:
        """Days of a batch whose keys in ``seen`` may be forgotten, and must first be brought back."""
        late = {day for day in days if day < first_seen_day}
        self._late |= bool(late)
        due = late - self._revived
        self._revived |= late
        return due

    def may_forget(self) -> bool:
        """Not as long as late days come in: what is forgotten would only have to be brought back."""
        late, self._late = self._late, False
        return not late

    def agree(self, *, profiles: int, forgotten: int) -> None:
        """Forgets what others have changed since: how often agents were read anew, and visitor keys forgotten."""
        if profiles != self._profiles_read:
            self.meanings["agent"] = {0: ()}
            self.profiles.clear()
        if forgotten != self._times_forgotten:
            self._revived.clear()
            self.seen.clear()
        self._profiles_read, self._times_forgotten = profiles, forgotten

    def groups(self, batch: Batch) -> list[Unknown]:
        """The groups of a batch that have no number here yet; the database may have one."""
        wanted: dict[tuple[str, int], set[str]] = {}
        for scan in batch.scans:
            owner = scan.workspace_id
            if scan.link_id not in self.subjects:
                wanted.setdefault(("workspace", owner), set()).add("")
                if scan.host:
                    wanted.setdefault(("host", owner), set()).add(scan.host)
            if scan.drive:
                wanted.setdefault(("campaign", owner), set()).add(scan.drive)
        found: list[Unknown] = []
        for (kind, owner), names in wanted.items():
            known = self._groups.setdefault((kind, owner), {})
            rest: dict[str, tuple[int | str | bytes, ...]] = dict.fromkeys(names - known.keys(), ())
            if rest:
                within = {"kind": kind, "workspace_id": owner}
                found.append(Unknown("groups", "name", (), rest, known, within))
        return found

    def texts(self, batch: Batch, ruling: int) -> list[Unknown]:
        """Links, agents and words of a batch that have no number here yet. Groups must have theirs."""
        scans = batch.scans
        self._quota.begin(max((scan.day for scan in scans), default=0))
        found = [
            self._unknown_subjects(scans),
            self._unknown_agents(scans, ruling),
            *(self._unknown_words(name, scans) for name in WORDS),
        ]
        found.append(self._words(RULE, {str(scan.rule) for scan in scans if scan.rule}))
        found.append(self._words(PART, {scan.part for scan in scans}))
        self._judge(scans)
        found.append(self._words(REASON, {reason for _, reason in self._judged.values()}))
        return [unknown for unknown in found if unknown.rest]

    def new_texts(self, batch: Batch, rows: Sequence[Row]) -> Texts:
        """Texts of fields, by number, of which it is not known here for what they count."""
        columns = list(zip(*rows, strict=True))
        unknown = {name: set(columns[COLUMN[name]]) - self.meanings[name].keys() for name in FIELDS}
        return {name: self._texts_of(name, numbers, batch) for name, numbers in unknown.items() if numbers}

    def values(self, texts: Texts) -> list[Unknown]:
        """What texts of fields, by number, count for, as words that have no number here yet. `profiled` is next."""
        wanted: dict[str, set[str]] = {}
        for name, by_number in texts.items():
            for text in set(by_number.values()):
                if not isinstance(text, Agent) or profile_key(text) not in self.profiles:
                    for dimension_name, _, value in _values(name, text):
                        wanted.setdefault(dimension_name, set()).add(value)
        found = [self._words(kind, words) for kind, words in wanted.items()]
        return [unknown for unknown in found if unknown.rest]

    def profiled(self, texts: Texts) -> list[Unknown]:
        """Profiles of agents that have no number here yet; words must have theirs. `mean` comes next."""
        agents = {text for text in texts.get("agent", {}).values() if isinstance(text, Agent)}
        rest = {
            key: (self.counted(agent),)
            for agent in agents
            if (key := profile_key(agent)) not in self.profiles
        }
        return [Unknown("profiles", "key", ("counted",), rest, self.profiles)] if rest else []

    def counted(self, agent: Agent) -> bytes:
        """What an agent counts for, as it is stored: word numbers by dimension. Words must have their numbers."""
        found = _values("agent", agent)
        return msgspec.msgpack.encode({each.NUMBER: self.words[name][value] for name, each, value in found})

    def mean(self, texts: Texts) -> None:
        """Keeps what texts of fields, by number, count for, now that all of it has numbers."""
        for name, by_number in texts.items():
            known = self.meanings[name]
            for number, text in by_number.items():
                known[number] = (
                    self._profile(text) if isinstance(text, Agent) else self._counts_for(name, text)
                )

    def _profile(self, agent: Agent) -> Meaning:
        return ((PARTS.index(BUILT_IN[PROFILE]), PROFILE, self.profiles[profile_key(agent)]),)

    def _counts_for(self, name: str, text: str) -> Meaning:
        return tuple(
            (PARTS.index(dimension.PART), dimension.NUMBER, self.words[dimension_name][value])
            for dimension_name, dimension, value in _values(name, text)
        )

    def rows(self, batch: Batch, ruling: int) -> list[Row]:
        """One row a scan, in the order of `ROW`. All numbers must be known."""
        subjects, agents, judged, words = self.subjects, self.agents, self._judged, self.words
        country, city, language, referrer, source, medium, campaign, term, content = (
            words[name] for name in WORDS
        )
        rule, part, reasons, groups = words[RULE], words[PART], words[REASON], self._groups
        found: list[Row] = []
        for scan in batch.scans:
            kind, reason = judged[scan.agent, scan.flags]
            found.append((
                scan.id,
                subjects[scan.link_id].number,
                scan.day,
                scan.hour,
                kind,
                int(scan.outcome),
                scan.flags,
                scan.visitor,
                agents[scan.agent],
                country[scan.country],
                city[scan.city],
                language[scan.language],
                referrer[scan.referrer],
                source[scan.source],
                medium[scan.medium],
                campaign[scan.campaign or scan.drive],
                term[scan.term],
                content[scan.content],
                rule[str(scan.rule)] if scan.rule else 0,
                part[scan.part],
                groups["campaign", scan.workspace_id][scan.drive] if scan.drive else 0,
                reasons[reason],
                ruling,
                scan.period,
            ))  # fmt: skip
        return found

    def own(self, batch: Batch) -> None:
        """Keeps who owns the links of a batch, once they have numbers."""
        for scan in batch.scans:
            if scan.link_id not in self.subjects:
                workspace = self._groups["workspace", scan.workspace_id][""]
                owner = Owner(workspace, self._host(scan))
                subject = Subject(self._numbers_of_links[scan.link_id], owner)
                self.subjects[scan.link_id] = subject
                self.owners[subject.number] = owner

    def hosts(self, batch: Batch) -> list[tuple[int, int]]:
        """Host group and id, by id, of every link of a batch whose stored host may be that of an older version."""
        new = {scan.link_id: scan for scan in batch.scans if scan.link_id not in self.subjects}
        return [(self._host(scan), link) for link, scan in sorted(new.items()) if scan.host]

    def last_days(self, rows: Iterable[Row]) -> list[tuple[int, int, int]]:
        """Day, number and day of the agents that were last seen on an earlier one, by number."""
        newest: dict[int, int] = {}
        for row in rows:
            agent, day = row[_AGENT], row[DAY]
            if day > newest.get(agent, self._agent_days.get(agent, -1)):
                newest[agent] = day
        self._agent_days.update(newest)
        return [(newest[number], number, newest[number]) for number in sorted(newest)]

    def remember(self, keys: Iterable[int]) -> None:
        """After the commit: these visitors need not be asked for again."""
        self.seen.update(keys)
        self._quota.forget()

    def _host(self, scan: Scan) -> int:
        """The number of the host that the link of a scan is bound to."""
        return self._groups["host", scan.workspace_id][scan.host] if scan.host else 0

    def _unknown_subjects(self, scans: Sequence[Scan]) -> Unknown:
        rest: dict[int, tuple[int | str | bytes, ...]] = {
            scan.link_id: (scan.workspace_id, self._host(scan))
            for scan in scans
            if scan.link_id not in self._numbers_of_links
        }
        return Unknown("subjects", "link_id", ("workspace_id", "host"), rest, self._numbers_of_links)

    def _unknown_agents(self, scans: Sequence[Scan], ruling: int) -> Unknown:
        new = {scan.agent: scan for scan in scans if scan.agent not in self.agents}
        owners = {text: scan.workspace_id for text, scan in new.items()}
        rest = {text: agent_row(text, ruling, scan.day) for text, scan in new.items()}
        if rest and OTHER not in self.agents:
            rest[OTHER] = agent_row(OTHER, ruling, 0)
        return Unknown("agents", "text", AGENT_COLUMNS, rest, self.agents, owners=owners, quota=self._quota)

    def _unknown_words(self, name: str, scans: Sequence[Scan]) -> Unknown:
        known = self.words[name]
        if name == "campaign":
            texts = {scan.campaign or scan.drive for scan in scans} - known.keys()
        else:
            texts = set(map(attrgetter(name), scans)) - known.keys()
        if not texts:
            return Unknown("words", "text", (), {}, known)
        owners = {text: scan.workspace_id for scan in scans if (text := _text_of(scan, name)) in texts}
        rest: dict[str, tuple[int | str | bytes, ...]] = dict.fromkeys(owners, ())
        if rest and OTHER not in known:
            rest[OTHER] = ()
        return Unknown("words", "text", (), rest, known, {"kind": name}, owners, self._quota)

    def _words(self, kind: str, texts: Iterable[str]) -> Unknown:
        known = self.words[kind]
        rest: dict[str, tuple[int | str | bytes, ...]] = dict.fromkeys(set(texts) - known.keys(), ())
        return Unknown("words", "text", (), rest, known, {"kind": kind})

    def _judge(self, scans: Sequence[Scan]) -> None:
        for scan in scans:
            if (scan.agent, scan.flags) not in self._judged:
                kind, reason = ruled(scan.agent, scan.flags)
                self._judged[scan.agent, scan.flags] = int(kind), reason

    def _texts_of(self, name: str, wanted: set[int], batch: Batch) -> dict[int, str | Agent]:
        numbers = self.agents if name == "agent" else self.words[name]
        texts = {_text_of(scan, name) for scan in batch.scans}
        found = {number: text for text in texts if (number := numbers[text]) in wanted}
        if (other := numbers.get(OTHER)) in found:
            found[other] = OTHER
        if name == "agent":
            return {number: look(text) for number, text in found.items()}
        return dict(found)


def rules_version() -> str:
    """By which rules visits are judged and agents are read."""
    return f"{RULES_VERSION}-{parser_version()}"


def profile_key(agent: Agent) -> str:
    """How agents that are the same to us are known."""
    return msgspec.json.encode(list(agent)).decode()


AGENT_COLUMNS = (
    "kind", "reason", "device", "model", "system", "browser", "app", "ruling", "last_day",
)  # fmt: skip


def agent_row(text: str, ruling: int, day: int) -> tuple[int | str, ...]:
    """What is stored of an agent, in the order of `AGENT_COLUMNS`."""
    kind, reason = ruled(text)
    agent = look(text)
    return int(kind), reason, agent.device, agent.model, agent.system, agent.browser, agent.app, ruling, day


def _text_of(scan: Scan, name: str) -> str:
    if name == RULE:
        return str(scan.rule) if scan.rule else ""
    if name == "campaign":
        return scan.campaign or scan.drive
    return getattr(scan, name)


def _values(name: str, text: str | Agent) -> list[tuple[str, Dimension, str]]:
    """What a text of a field counts for: dimension and value, without those that are not known."""
    found = [(each, dimension, dimension.value(text)) for each, dimension in _of_field(name).items()]
    return [each for each in found if each[2]]


_of_field = cache(by_field)
