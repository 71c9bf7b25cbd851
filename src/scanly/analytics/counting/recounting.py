"""Judges and counts raw scans again, a day at a time: when the rules for robots or a time zone changed.

First every raw scan is judged anew and given its local day and hour, then the rollups of every day are made from
the raw scans. Where that is stands in the table ``recounts``, so it goes on after any interruption. Days whose raw
scans have been removed keep their rollups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import msgspec

from scanly.analytics.agents import Agent
from scanly.analytics.counting import rollups
from scanly.analytics.counting.learning import learn_meanings, texts_of
from scanly.analytics.counting.names import AGENT_COLUMNS, Names, agent_row, rules_version
from scanly.analytics.counting.numbering import Unknown
from scanly.analytics.counting.packed import CAMPAIGN, HOST, LINK, SITE, WORKSPACE
from scanly.analytics.counting.rows import (
    COLUMN,
    REASON,
    ROW,
    SUBJECT,
    Row,
    ids_around,
    ids_of,
    raw_since_of,
)
from scanly.analytics.counting.statements import Sql
from scanly.analytics.counting.tally import Owner, Tallies, keys_by_day, meetings, tally
from scanly.analytics.counting.visitor_keys import kept_since, let_go, tell
from scanly.analytics.dimensions import OTHER
from scanly.analytics.events.batch import SEEN_DAYS, Progress
from scanly.core.clock import at, day_number
from scanly.core.ids import time_of
from scanly.scans.bots import ruled

_AT_ONCE = 10_000
_DAY_MS = 86_400_000
_JUDGE, _COUNT = 0, 1
_OF_DAY = f"SELECT {', '.join(ROW)} FROM scans WHERE id >= ? AND id < ? AND day = ? ORDER BY id LIMIT ?"  # noqa: S608
_TO_JUDGE = "SELECT id, subject, agent, flags, kind, reason, day, hour FROM scans WHERE id >= ? AND id < ?"
_JUDGED = "UPDATE scans SET kind = ?, reason = ?, ruling = ?, day = ?, hour = ? WHERE id = ?"
_ASK = """
    INSERT INTO recounts (workspace_id, zone, stage, next_day) VALUES (?, ?, 0, ?)
    ON CONFLICT (workspace_id) DO UPDATE SET zone = excluded.zone, stage = 0, next_day = excluded.next_day"""
_SCOPE_OF_GROUP = {"workspace": WORKSPACE, "host": HOST, "campaign": CAMPAIGN}
_ID = COLUMN["id"]


def present_ruling(sql: Sql, at_ms: int) -> int:
    """The number of the rules by which visits are judged now."""
    return ruling_of(sql, rules_version(), at_ms)


def ruling_of(sql: Sql, version: str, at_ms: int) -> int:
    """The number of a version of the rules, which came into use at that time if it is new here."""
    sql.rows("INSERT INTO rulings (version, at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING", version, at_ms)
    ((number,),) = sql.rows("SELECT number FROM rulings WHERE version = ?", version)
    return number


@dataclass(frozen=True, slots=True)
class _Piece:
    """The next day to do, for these workspaces with their zones."""

    stage: int
    day: int
    zones: dict[int, ZoneInfo | None]


class Recounting:
    """One transaction's work."""

    def __init__(self, sql: Sql, names: Names) -> None:
        self._sql, self._names = sql, names

    def ask(self, zones: Mapping[int, str]) -> None:
        """Asks for these workspaces to be recounted; an empty zone leaves days and hours as they are."""
        bounds = self._bounds()
        if bounds is not None:
            asked = [(workspace, zone, bounds[0]) for workspace, zone in zones.items()]
            self._sql.many(_ASK, asked)

    def progress(self) -> Progress | None:
        """How far what was asked for is; None when nothing is left to do."""
        piece, bounds = self._next(), self._bounds()
        if piece is None or bounds is None:
            return None
        first, last = bounds
        length = last - first + 1
        done = piece.stage * length + max(piece.day - first, 0)
        return Progress(max(0, min(done, 2 * length)), 2 * length)

    def step(self, ruling: int) -> Progress | None:
        """Does one day of what was asked for."""
        piece, bounds = self._next(), self._bounds()
        if piece is None:
            return None
        if bounds is None:
            self._sql.rows("DELETE FROM recounts")
            return None
        first, last = bounds
        piece = replace(piece, day=max(piece.day, first))
        if piece.stage == _JUDGE:
            if piece.day == first:
                self._judge_agents(ruling)
            self._judge(piece, ruling)
        else:
            self._count(piece, last)
        self._moved(piece, last)
        return self.progress() or Progress(2 * (last - first + 1), 2 * (last - first + 1))

    def revive(self, day: int, waiting: Collection[int] = ()) -> None:
        """Brings the visitor keys of a day back into ``seen``, but for scans whose ids are in ``waiting``."""
        for rows in self._rows(day, None):
            met = meetings([row for row in rows if row[_ID] not in waiting], self._names.owners)
            for of_day, keys in keys_by_day(met, set()).items():
                self._sql.add_seen(of_day, sorted(keys))

    def _bounds(self) -> tuple[int, int] | None:
        """The first and the last day on which there may be raw scans to recount."""
        ((oldest, newest),) = self._sql.rows("SELECT min(id), max(id) FROM scans")
        if oldest is None:
            return None
        first = max(time_of(oldest) // _DAY_MS - 1, rollups.state(self._sql, "raw_since") or 0)
        return first, time_of(newest) // _DAY_MS + 1

    def _next(self) -> _Piece | None:
        rows = self._sql.rows(
            "SELECT workspace_id, zone, stage, next_day FROM recounts ORDER BY stage, next_day"
        )
        if not rows:
            return None
        stage, day = rows[0][2:]
        zones = {
            workspace: ZoneInfo(zone) if zone else None
            for workspace, zone, *at_ in rows
            if at_ == [stage, day]
        }
        return _Piece(stage, day, zones)

    def _moved(self, piece: _Piece, last: int) -> None:
        """On to the next day, the next stage, or the end."""
        workspaces = [(workspace,) for workspace in piece.zones]
        if piece.day < last:
            ahead = [(piece.day + 1, *each) for each in workspaces]
            self._sql.many("UPDATE recounts SET next_day = ? WHERE workspace_id = ?", ahead)
        elif piece.stage == _JUDGE:
            first = (self._bounds() or (0, 0))[0]
            again = [(first, *each) for each in workspaces]
            self._sql.many("UPDATE recounts SET stage = 1, next_day = ? WHERE workspace_id = ?", again)
        else:
            self._sql.many("DELETE FROM recounts WHERE workspace_id = ?", workspaces)

    def _judge_agents(self, ruling: int) -> None:
        """Looks again at every agent that was judged by other rules, and at what profiles count for."""
        names = self._names
        old = self._sql.rows("SELECT number, text, last_day FROM agents WHERE ruling <> ?", ruling)
        columns = ", ".join(f"{name} = ?" for name in AGENT_COLUMNS)
        self._sql.many(
            f"UPDATE agents SET {columns} WHERE number = ?",  # noqa: S608 - names of our own
            [(*agent_row(text, ruling, last_day), number) for number, text, last_day in old],
        )
        names.meanings["agent"] = {0: ()}
        stored = self._sql.rows("SELECT number, key FROM profiles")
        agents = {number: Agent(*msgspec.json.decode(key)) for number, key in stored}
        names.profiles.clear()
        for unknown in names.values({"agent": agents}):
            self._sql.number(unknown)
        self._sql.many(
            "UPDATE profiles SET counted = ? WHERE number = ?",
            [(names.counted(agent), number) for number, agent in agents.items()],
        )
        rollups.set_state(self._sql, "profiles", (rollups.state(self._sql, "profiles") or 0) + 1)

    def _judge(self, piece: _Piece, ruling: int) -> None:
        """Kind, reason, day and hour of the scans of a day in UTC."""
        zone_of = {
            number: piece.zones[workspace]
            for number, workspace in self._sql.rows("SELECT number, workspace_id FROM subjects")
            if workspace in piece.zones
        }
        found = self._sql.rows(_TO_JUDGE, *ids_of(piece.day))
        mine = [row for row in found if row[1] in zone_of]
        agents = texts_of(self._sql, "agents", {row[2] for row in mine})
        judged = {each: ruled(agents[each[0]], each[1]) for each in {(row[2], row[3]) for row in mine}}
        self._learn_words(REASON, {reason for _, reason in judged.values()})
        reasons = self._names.words[REASON]
        changed: list[tuple[int, ...]] = []
        for scan_id, subject, agent, flags, kind, reason, day, hour in mine:
            if agent and agents[agent] != OTHER:  # of nobody, nothing can be judged
                now, why = judged[agent, flags]
                kind, reason = int(now), reasons[why]
            zone = zone_of[subject]
            if zone is not None:
                local = at(time_of(scan_id), zone)
                day, hour = day_number(local.date()), local.hour
            changed.append((kind, reason, ruling, day, hour, scan_id))
        self._sql.many(_JUDGED, changed)

    def _count(self, piece: _Piece, last: int) -> None:
        """The rollups of a local day."""
        tallies: Tallies = {}
        met_before: set[int] = set()
        kept = {each for each in piece.zones if self._is_kept(each, piece.day)}
        for rows in self._rows(piece.day, kept):
            met = meetings(rows, self._names.owners)
            fresh = set[int]().union(*keys_by_day(met, met_before).values())
            met_before |= fresh
            tally(tallies, rows, self._names.owners, met, fresh, self._names.meanings)
        numbers = self._numbers_of(kept)
        rollups.replace(self._sql, piece.day, numbers, tallies)
        self._know_again(piece.day, recent=piece.day >= last - 1 - SEEN_DAYS)
        if piece.day == last or piece.day == rollups.days_of_month(rollups.month_of_day(piece.day))[1]:
            rollups.refold(self._sql, piece.day, numbers)

    def _know_again(self, day: int, *, recent: bool) -> None:
        """Visitor keys of a day whose scans may have moved to another: made anew, or forgotten."""
        self._sql.rows("DELETE FROM seen WHERE day = ?", day)
        self._names.seen.clear()
        if recent and day >= kept_since(self._sql):
            self.revive(day)
            tell(self._sql)
        else:
            let_go(self._sql, day + 1)

    def _is_kept(self, workspace: int, day: int) -> bool:
        """Whether every raw scan of a day is there: an imported workspace may have come without its older ones."""
        return (rollups.state(self._sql, raw_since_of(workspace)) or 0) <= day

    def _rows(self, day: int, workspaces: set[int] | None) -> Iterator[list[Row]]:
        """The raw scans of a local day in order of their ids, of some workspaces or all, ready to be counted."""
        self._own(workspaces)
        owned = self._numbers_owned(workspaces)
        first, end = ids_around(day)
        while rows := self._sql.rows(_OF_DAY, first, end, day, _AT_ONCE):
            first = rows[-1][0] + 1
            mine = rows if owned is None else [row for row in rows if row[SUBJECT] in owned]
            learn_meanings(self._sql, self._names, mine)
            yield mine

    def _own(self, workspaces: set[int] | None) -> None:
        """Learns the groups of all links of the workspaces; makes those of workspaces that had none."""
        found = self._sql.rows("SELECT number, workspace_id, host FROM subjects")
        mine = [row for row in found if workspaces is None or row[1] in workspaces]
        groups: dict[int, int] = dict(
            self._sql.rows("SELECT workspace_id, number FROM groups WHERE kind = 'workspace'")  # pyright: ignore[reportArgumentType] - pairs
        )
        for number, workspace, host in mine:
            of_all = groups.get(workspace) or self._new_group(groups, workspace)
            self._names.owners[number] = Owner(of_all, host)

    def _new_group(self, groups: dict[int, int], workspace: int) -> int:
        known: dict[str, int] = {}
        within: dict[str, int | str] = {"kind": "workspace", "workspace_id": workspace}
        self._sql.number(Unknown("groups", "name", (), {"": ()}, known, within))
        groups[workspace] = known[""]
        return known[""]

    def _numbers_owned(self, workspaces: set[int] | None) -> set[int] | None:
        if workspaces is None:
            return None
        found = self._sql.rows("SELECT number, workspace_id FROM subjects")
        return {number for number, workspace in found if workspace in workspaces}

    def _numbers_of(self, workspaces: set[int]) -> list[tuple[int, int]]:
        """Scope and number of everything that these workspaces have rollups of."""
        links = self._numbers_owned(workspaces) or set()
        found = [(scope, number) for scope in (LINK, SITE) for number in links]
        groups = self._sql.rows("SELECT number, kind, workspace_id FROM groups")
        return found + [
            (_SCOPE_OF_GROUP[kind], number) for number, kind, workspace in groups if workspace in workspaces
        ]

    def _learn_words(self, kind: str, texts: set[str]) -> None:
        known = self._names.words[kind]
        rest: dict[str, tuple[int | str, ...]] = dict.fromkeys(texts - known.keys(), ())
        if rest:
            self._sql.number(Unknown("words", "text", (), rest, known, {"kind": kind}))
