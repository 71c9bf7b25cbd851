"""Queries of outbox, jobs and leases. Jobs and leases belong to the installation, not to one workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scanly.core.events import Event
from scanly.core.ids import JobId, WorkspaceId
from scanly.db.sequence import in_commit_order
from scanly.db.upsert import insert_all_new, insert_new, upsert
from scanly.work.model import LEASE_MS, MAX_ATTEMPTS, Job, JobState, wait_ms
from scanly.work.tables import cursors, jobs, leases, outbox


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the outbox: something that happened, for whoever wants to react."""

    seq: int
    workspace_id: WorkspaceId
    event: str
    key: str
    payload: object
    at_ms: int


async def put(
    connection: AsyncConnection, workspace_id: WorkspaceId, happened: Mapping[str, Event], at_ms: int
) -> None:
    """Leaves facts, by unique key, in the transaction that made them true; known keys are passed over."""
    if not happened:
        return
    await in_commit_order(connection, outbox.name)
    rows = [
        {
            "workspace_id": workspace_id,
            "event": event.NAME,
            "key": key,
            "payload": msgspec.to_builtins(event),
            "at_ms": at_ms,
        }
        for key, event in happened.items()
    ]
    await insert_all_new(connection, outbox, rows, keys=["event", "key"])


async def facts_anywhere(connection: AsyncConnection, consumer: str, limit: int) -> list[Fact]:
    """The next facts after the consumer's cursor, oldest first."""
    last = select(cursors.c.seq).where(cursors.c.consumer == consumer).scalar_subquery()
    query = select(outbox).where(outbox.c.seq > func.coalesce(last, 0)).order_by(outbox.c.seq).limit(limit)
    return [
        Fact(row.seq, WorkspaceId(row.workspace_id), row.event, row.key, row.payload, row.at_ms)
        for row in await connection.execute(query)
    ]


async def advance_anywhere(connection: AsyncConnection, consumer: str, seq: int) -> None:
    """Moves the consumer's cursor; facts up to ``seq`` do not come again."""
    await upsert(connection, cursors, {"consumer": consumer, "seq": seq}, keys=["consumer"])


async def enqueue_anywhere(
    connection: AsyncConnection, job: Job, run_at_ms: int, workspace_id: WorkspaceId | None = None
) -> bool:
    """Adds a job unless one of the same kind and key exists; whether it was added."""
    row = {
        "id": job.id,
        "workspace_id": workspace_id,
        "kind": job.kind,
        "key": job.key,
        "payload": job.payload,
        "state": JobState.WAITING,
        "run_at_ms": run_at_ms,
        "attempts": 0,
        "leased_until_ms": 0,
        "error": "",
    }
    return await insert_new(connection, jobs, row, keys=["kind", "key"])


async def take_anywhere(connection: AsyncConnection, kinds: Sequence[str], now_ms: int) -> Job | None:
    """Leases the most overdue job of these kinds, also one whose former holder died.

    A job that ended its process at every attempt becomes a dead letter instead.
    """
    hopeless = and_(
        jobs.c.state == JobState.RUNNING, jobs.c.leased_until_ms <= now_ms, jobs.c.attempts >= MAX_ATTEMPTS
    )
    given_up = {"state": JobState.DEAD, "error": "The process ended at every attempt."}
    await connection.execute(update(jobs).where(hopeless).values(given_up))
    due = or_(
        and_(jobs.c.state == JobState.WAITING, jobs.c.run_at_ms <= now_ms),
        and_(jobs.c.state == JobState.RUNNING, jobs.c.leased_until_ms <= now_ms),
    )
    first = select(jobs.c.id).where(due, jobs.c.kind.in_(kinds)).order_by(jobs.c.run_at_ms).limit(1)
    taken = (
        update(jobs)
        .where(jobs.c.id == first.with_for_update(skip_locked=True).scalar_subquery())
        .values(state=JobState.RUNNING, attempts=jobs.c.attempts + 1, leased_until_ms=now_ms + LEASE_MS)
        .returning(jobs)
    )
    row = (await connection.execute(taken)).one_or_none()
    return Job(JobId(row.id), row.kind, row.key, row.payload, row.attempts) if row else None


async def finish_anywhere(connection: AsyncConnection, job: Job) -> None:
    await connection.execute(update(jobs).where(jobs.c.id == job.id).values(state=JobState.DONE, error=""))


async def fail_anywhere(connection: AsyncConnection, job: Job, error: str, now_ms: int) -> JobState:
    """Puts the job back to wait, or to the dead letters after its last attempt; returns which."""
    state = JobState.DEAD if job.attempts >= MAX_ATTEMPTS else JobState.WAITING
    again_ms = now_ms + wait_ms(job.attempts)
    await connection.execute(
        update(jobs).where(jobs.c.id == job.id).values(state=state, run_at_ms=again_ms, error=error[:500])
    )
    return state


async def count_jobs_anywhere(connection: AsyncConnection) -> dict[JobState, int]:
    rows = await connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
    return {JobState(state): number for state, number in rows}


async def forget_done_anywhere(connection: AsyncConnection, before_ms: int) -> int:
    """Removes finished jobs that were due before ``before_ms``; how many."""
    old = delete(jobs).where(jobs.c.state == JobState.DONE, jobs.c.run_at_ms < before_ms)
    return (await connection.execute(old)).rowcount


async def forget_facts_anywhere(connection: AsyncConnection, before_ms: int) -> int:
    """Removes facts older than ``before_ms``; how many."""
    return (await connection.execute(delete(outbox).where(outbox.c.at_ms < before_ms))).rowcount


async def hold_lease_anywhere(
    connection: AsyncConnection, name: str, holder: str, now_ms: int, lasting_ms: int = LEASE_MS
) -> bool:
    """Takes or renews a lease; False while somebody else's has not run out."""
    row = {"name": name, "holder": holder, "until_ms": now_ms + lasting_ms}
    if await insert_new(connection, leases, row, keys=["name"]):
        return True
    mine_or_free = or_(leases.c.holder == holder, leases.c.until_ms <= now_ms)
    result = await connection.execute(
        update(leases)
        .where(leases.c.name == name, mine_or_free)
        .values(holder=holder, until_ms=row["until_ms"])
    )
    return result.rowcount == 1
