"""The ingester: moves the journal into the events database, each scan exactly once.

A batch of scans is stored together with how far the journal was read, in one transaction. Killed at any
moment, it goes on where the last transaction ended. Damage in front of whole scans is refused: a node is read
up to there, until somebody has it repaired.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from scanly.analytics.events.batch import Batch, EventStore, Move, Note
from scanly.core.clock import Clock
from scanly.core.errors import Conflict, Invalid, Unavailable
from scanly.core.log import Log
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import Scan
from scanly.scans.segments import (
    MEND,
    Damage,
    Position,
    Reading,
    Reason,
    Refusal,
    cut_out,
    damage_at,
    has_writer,
    leave_word,
    nodes_of,
    quarantine,
    read,
    refused,
    tails,
    trim,
)

MAX_SCANS = 10_000
MAX_BATCH_S = 0.25
_READ_AT_ONCE = 1_000
_IDLE_S = 0.2
_RETRY_S = 1.0
_TIDY_EVERY_S = 0.5
_TIDY_S = 0.2
_TRIM_EVERY_S = 60.0

_log = Log("scanly.ingest")


class Ingester:
    """Reads every node's journal into one store. ``nodes_dir`` holds the locks of living writers.

    Raw scans end after ``keep_days``; 0 keeps them for ever.
    """

    def __init__(
        self, journal_dir: Path, store: EventStore, *, nodes_dir: Path, clock: Clock, keep_days: int = 0
    ) -> None:
        self._journal, self._nodes_dir = journal_dir, nodes_dir
        self._store, self._clock, self._keep_days = store, clock, keep_days
        self._positions: dict[int, Position] | None = None
        self._refused: dict[int, Refusal] = {}
        self._told = {refusal.node: refusal for refusal in refused(journal_dir)}
        self._limit = MAX_SCANS
        self._turn = 0
        self._tidied_s = self._trimmed_s = time.monotonic()

    def step(self) -> int:
        """Stores what is there, at most 10,000 scans or what was read in 250 ms.

        Returns how many: 0 when all is stored, or another ingester was faster.

        Raises Unavailable when journal or database cannot be used now; nothing is lost by trying again.
        """
        try:
            return self._step()
        except OSError as error:
            raise Unavailable(f"The journal cannot be read: {error}.") from error

    def repair(self) -> list[Note]:
        """Counts what is there; sets aside, one after the other, the damaged parts that stop it. What they were.

        Safe beside a running ingester, which goes on by itself then. Raises what `step` raises.
        """
        aside: list[Note] = []
        while True:
            if self.step() or self._positions is None:
                continue
            if not self._refused:
                return aside
            for refusal in tuple(self._refused.values()):
                aside += self._pass(refusal)

    def run(self, stop: threading.Event) -> None:
        """Ingests until ``stop`` is set, with low priority."""
        os.nice(10)
        failing = ""
        while not stop.is_set():
            try:
                stored = self.step()
                self.tidy()
            except Unavailable as error:
                if error.message != failing:
                    _log.error("Scans wait in the journal.", reason=error.message)
                failing = error.message
                stop.wait(_RETRY_S)
                continue
            failing = ""
            if not stored:
                stop.wait(_IDLE_S)

    def tidy(self) -> None:
        """Now and then, and never for long: what keeps the store small, recounts, segments whose scans are safe."""
        now = time.monotonic()
        if now - self._tidied_s >= _TIDY_EVERY_S:
            while self._store.tidy(self._clock(), self._keep_days):
                if time.monotonic() - now >= _TIDY_S:
                    break
            self._store.recount()
            self._tidied_s = time.monotonic()
        if now - self._trimmed_s >= _TRIM_EVERY_S:
            self._trimmed_s = now
            self.trim()
            gc.collect()

    def trim(self) -> int:
        """Deletes the segments that are stored for good; returns how many. None while a backup holds them."""
        stored = self._store.positions()
        if not any(segments_of(self._journal, node)[:1] < [at.segment] for node, at in stored.items()):
            return 0
        return trim(self._journal, stored) if self._store.settle() else 0

    def _step(self) -> int:
        try:
            draft = self._read()
            while draft.positions and not (self._stored(draft) and draft.scans):
                draft = self._read()
        except Conflict as error:
            _log.warning("Reading the journal again.", reason=error.message)
            self._positions = None
            return 0
        self._turn += 1
        self._store.count_stored()
        self._tell(draft)
        return len(draft.scans)

    def _tell(self, draft: _Draft) -> None:
        """Says in the log and to other processes where a journal is refused, and when it no longer is."""
        for node in draft.reached:
            refusal = draft.refused.get(node)
            if refusal is None:
                self._refused.pop(node, None)
            elif self._refused.get(node) != refusal:
                self._refused[node] = refusal
                _log.error(str(refusal), node=node, mend=MEND)
            if self._told.get(node) != refusal and leave_word(self._journal, node, refusal):
                if refusal is None:
                    del self._told[node]
                    _log.info("Counting goes on behind damage in the journal.", node=node)
                else:
                    self._told[node] = refusal

    def _pass(self, refusal: Refusal) -> list[Note]:
        """Sets the damage aside and moves on behind it; nothing when another process has done so."""
        node, segment = refusal.node, refusal.segment
        path = segment_path(self._journal, node, segment)
        damage = damage_at(path, refusal.start)
        start = (self._positions or {}).get(node)
        if damage is None or start != Position(segment, refusal.start):
            self._positions = None
            return []
        quarantine(path, damage)
        note = Note(node, segment, str(damage))
        move = Move(node, start, Position(segment, damage.start + len(damage.data)))
        try:
            self._store.apply(Batch(self._clock(), moves=[move], notes=[note]))
        except Conflict:
            note = None
        self._positions = None
        return [note] if note else []

    def _read(self) -> _Draft:
        if self._positions is None or self._refused:  # a command may have moved them behind the damage
            self._positions = self._store.positions()
        draft = _Draft(self._journal, self._nodes_dir, self._positions, self._limit)
        draft.read_all(self._turn)
        return draft

    def _stored(self, draft: _Draft) -> bool:
        """Whether the draft is in the database. If not, a smaller one is to be read.

        The scan that cannot be stored is so found in ever smaller batches, and alone in one it is set aside.
        """
        try:
            self._store.apply(draft.batch(self._clock()))
        except Invalid as error:
            if not draft.scans:
                raise Unavailable(error.message, hint=error.hint) from error
            if self._limit > 1:
                self._limit = max(1, len(draft.scans) // 8)
                return False
            draft.set_last_aside()
            return self._stored(draft)
        self._positions = draft.started | draft.positions
        self._limit = min(MAX_SCANS, self._limit * 8)
        return True


class _Draft:
    """What one step reads: scans of all nodes, up to where, and what was damaged.

    ``reached`` are the nodes that were read to their end, or to damage: that is in ``refused``.
    """

    def __init__(self, journal_dir: Path, nodes_dir: Path, started: dict[int, Position], limit: int) -> None:
        self._journal, self._nodes_dir = journal_dir, nodes_dir
        self._limit = limit
        self._deadline_s = time.monotonic() + MAX_BATCH_S
        self._last: tuple[int, int, Reading] | None = None
        self.started = started
        self.positions: dict[int, Position] = {}
        self.scans: list[Scan] = []
        self.notes: list[Note] = []
        self.reached: set[int] = set()
        self.refused: dict[int, Refusal] = {}

    def read_all(self, turn: int) -> None:
        """Reads the nodes, beginning with another one each turn, so that a busy one starves nobody."""
        nodes = nodes_of(self._journal)
        first = turn % len(nodes) if nodes else 0
        for node in (*nodes[first:], *nodes[:first]):
            self._read_node(node)

    def batch(self, at_ms: int) -> Batch:
        moves = [Move(node, self.started.get(node), end) for node, end in self.positions.items()]
        return Batch(at_ms, self.scans, moves, self.notes)

    def set_last_aside(self) -> None:
        """The last scan read becomes a note, and its bytes are kept beside the segment."""
        if self._last is None:
            return
        node, segment, reading = self._last
        self.scans.pop()
        damage = cut_out(segment_path(self._journal, node, segment), reading.last_start, reading.offset)
        self._note(node, segment, damage)

    def _read_node(self, node: int) -> None:
        segments = segments_of(self._journal, node)
        start = self.started.get(node)
        at = start or Position(0, 0)
        for segment in segments:
            if segment < at.segment:
                continue
            begin = at if segment == at.segment else Position(segment, 0)
            at, finished = self._read_segment(node, begin, newest=segment == segments[-1])
            if not finished:
                break
        if segments and at != start:
            self.positions[node] = at
        if node in self.refused or self._room():
            self.reached.add(node)

    def _read_segment(self, node: int, at: Position, *, newest: bool) -> tuple[Position, bool]:
        """Up to where a segment was read, and whether that is its end.

        The newest is only closed when its writer is gone. Its bytes must be read after that was seen.
        """
        path = segment_path(self._journal, node, at.segment)
        closed = not newest
        while room := self._room():
            reading = read(path, at.offset, min(room, _READ_AT_ONCE), closed=closed, refuse=True)
            self._take(node, at.segment, reading)
            if node in self.refused:
                return Position(at.segment, reading.offset), False
            stuck = reading.offset == at.offset
            at = Position(at.segment, reading.offset)
            if reading.at_end:
                return at, True
            if stuck:
                if closed or has_writer(self._nodes_dir, node):
                    break
                closed = True
        return at, False

    def _room(self) -> int:
        """How many more scans this step may read; once it has some, none when its time is over."""
        late = bool(self.scans) and time.monotonic() >= self._deadline_s
        return 0 if late else self._limit - len(self.scans)

    def _take(self, node: int, segment: int, reading: Reading) -> None:
        self.scans += reading.scans
        if reading.scans:
            self._last = node, segment, reading
        for damage in reading.damage:
            if damage.reason is Reason.DAMAGED:
                self.refused[node] = Refusal(node, segment, damage.start, len(damage.data))
            else:
                self._note(node, segment, damage)

    def _note(self, node: int, segment: int, damage: Damage) -> None:
        """Torn ends were never answered for; whatever else is lost is kept for whoever can mend it."""
        if damage.reason is not Reason.TORN:
            quarantine(segment_path(self._journal, node, segment), damage)
        _log.warning("A part of the journal is no scan.", node=node, segment=segment, what=str(damage))
        self.notes.append(Note(node, segment, str(damage)))


def passed(asked: Mapping[int, Position], store: EventStore) -> bool:
    """Whether everything before these positions is stored."""
    stored = store.positions()
    return all(node in stored and stored[node] >= position for node, position in asked.items())


def caught_up(journal_dir: Path, store: EventStore) -> bool:
    """Whether all that the journal holds at this moment is stored."""
    return passed(tails(journal_dir), store)
