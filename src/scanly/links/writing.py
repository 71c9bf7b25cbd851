"""What a change of links writes in one transaction: their rows, their history, and the facts for others."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from scanly.core.events import Event, LinkEdited
from scanly.core.ids import WorkspaceId, show
from scanly.db.engine import Connection
from scanly.links import store
from scanly.links.loops import refuse_own
from scanly.links.model import Change, Link, difference, with_changes
from scanly.work import store as outbox
from scanly.work.call import Call


@asynccontextmanager
async def alone(call: Call) -> AsyncGenerator[Connection]:
    """A transaction in which nobody else changes links: what is read stays true until it is written."""
    async with call.db.write() as connection:
        await store.lock_changes_anywhere(connection)
        yield connection


def changed(call: Call, before: Link, changes: Mapping[str, object], ours: frozenset[str]) -> Link:
    """The link after the changes, itself when they change nothing; ``ours`` are our own hosts. Raises Invalid."""
    after = with_changes(before, changes)
    _, now = difference(before, after)
    if not now:
        return before
    if not {"target", "fallback", "rules"}.isdisjoint(now):
        refuse_own(after.target, after.terms, ours | {before.host})
    # What was found of the old target says nothing of the new one.
    broken_ms = None if "target" in now else before.broken_ms
    return replace(after, changed_ms=call.now_ms, broken_ms=broken_ms)


async def write(
    connection: Connection,
    call: Call,
    workspace_id: WorkspaceId,
    pairs: Sequence[tuple[Link, Link]],
    what: str,
    undoes: int | None = None,
) -> None:
    """Links as they were and as they are: their rows, their history, their events."""
    changes: list[Change] = []
    facts: dict[str, Event] = {}
    different = [(before, after) for before, after in pairs if after is not before]
    for before, after in different:
        was, now = difference(before, after)
        changes.append(Change(call.make_id(), after.id, call.now_ms, call.who.name, what, was, now, undoes))
        fact = LinkEdited(after.id, after.host, after.code, after.target, tuple(now))
        facts[f"{show(after.id)}-{show(call.make_id())}"] = fact
    await store.edit_links(connection, workspace_id, [after for _, after in different])
    await store.add_history(connection, workspace_id, changes)
    await outbox.put(connection, workspace_id, facts, call.now_ms)
