"""What runs by itself: repeating duties become jobs, and due jobs are done.

A duty's next turn is always in the table already, with its moment as key: it is done once, however many
processes look, and also when nobody was running at that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from scanly.core.clock import Clock
from scanly.core.errors import Unavailable
from scanly.core.ids import JobId
from scanly.core.log import Log
from scanly.db.engine import Connection, Database
from scanly.work import store
from scanly.work.model import LEASE_MS, Job, JobState

log = Log("scanly.work")
_LEASE = "background"
_RENEW_S = LEASE_MS / 3000
_KEEP_DONE_MS = 7 * 86_400_000
_KEEP_FACTS_MS = 30 * 86_400_000

Handler = Callable[[Job], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do once per period, ``offset_ms`` after it begins, such as a backup at 02:00 UTC."""

    kind: str
    every_ms: int
    offset_ms: int
    handler: Handler

    def next_ms(self, now_ms: int) -> int:
        """The first moment after ``now_ms`` at which it is due."""
        return ((now_ms - self.offset_ms) // self.every_ms + 1) * self.every_ms + self.offset_ms


@dataclass(frozen=True, slots=True)
class Runner:
    """Does due jobs, one at a time, while it holds the lease that only one process can have."""

    db: Database
    clock: Clock
    make_id: Callable[[], int]
    holder: str
    duties: tuple[Duty, ...]

    @property
    def _handlers(self) -> Mapping[str, Handler]:
        return {duty.kind: duty.handler for duty in self.duties}

    async def turn(self) -> int:
        """Does all due jobs; how many were done. 0 without the lease."""
        async with self.db.write() as connection:
            if not await store.hold_lease_anywhere(connection, _LEASE, self.holder, self.clock()):
                return 0
            await self._enqueue_next(connection)
        done = 0
        while await self._do_one():
            done += 1
        return done

    async def _enqueue_next(self, connection: Connection) -> None:
        now_ms = self.clock()
        for duty in self.duties:
            due_ms = duty.next_ms(now_ms)
            job = Job(JobId(self.make_id()), duty.kind, str(due_ms), {}, 0)
            await store.enqueue_anywhere(connection, job, due_ms)
        await store.forget_done_anywhere(connection, now_ms - _KEEP_DONE_MS)
        await store.forget_facts_anywhere(connection, now_ms - _KEEP_FACTS_MS)

    async def _do_one(self) -> bool:
        async with self.db.write() as connection:
            held = await store.hold_lease_anywhere(connection, _LEASE, self.holder, self.clock())
            wanted = list(self._handlers) if held else []
            job = await store.take_anywhere(connection, wanted, self.clock())
        if job is None:
            return False
        try:
            await self._handle(job)
        except Exception as error:  # whatever a handler raises is kept with the job
            await self._failed(job, error)
            return True
        async with self.db.write() as connection:
            await store.finish_anywhere(connection, job)
        return True

    async def _handle(self, job: Job) -> None:
        """Keeps the lease for as long as it takes, so that nobody else begins the same job."""
        over = asyncio.Event()
        holding = asyncio.create_task(self._hold_until(over))
        try:
            await self._handlers[job.kind](job)
        finally:
            over.set()
            await holding

    async def _hold_until(self, over: asyncio.Event) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), _RENEW_S)
                return
            try:
                async with self.db.write() as connection:
                    await store.hold_lease_anywhere(connection, _LEASE, self.holder, self.clock())
            except Unavailable as error:
                log.warning("lease not renewed", reason=str(error))

    async def _failed(self, job: Job, error: Exception) -> None:
        async with self.db.write() as connection:
            state = await store.fail_anywhere(connection, job, str(error), self.clock())
        log.error("job failed", cause=error, kind=job.kind, key=job.key, attempt=job.attempts, state=state)
        if state is JobState.DEAD:
            log.error("job given up", kind=job.kind, key=job.key)
