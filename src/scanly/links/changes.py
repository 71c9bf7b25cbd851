"""What people can change about a link that is there; each change is one transaction and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scanly.accounts.policy import permit_folder, permitted
from scanly.core.actor import folder_owner
from scanly.core.errors import Conflict, Invalid, NotFound, ScanlyError
from scanly.core.events import Event, LinkRemoved, LinkRestored
from scanly.core.ids import WorkspaceId, show
from scanly.core.log import Log
from scanly.db.engine import Connection
from scanly.links import store
from scanly.links.address import Address, find_link
from scanly.links.loops import own_hosts, refuse_own
from scanly.links.model import EDITABLE, Change, Link, Plan, as_values, with_changes
from scanly.links.routing import as_of
from scanly.links.writing import alone, changed, write
from scanly.work import store as outbox
from scanly.work.call import Call

_log = Log("scanly.links")
_MAX_PLANS = 50

# Which link, and what is to be changed of it.
Edit = tuple[Address, Mapping[str, object]]
# A link as it was and as it is, or why it cannot be changed.
Edited = tuple[Link, Link] | ScanlyError


@permitted("link.edit")
async def edit_link(
    call: Call, workspace_id: WorkspaceId, address: Address, changes: Mapping[str, object]
) -> Link:
    """Changes fields named in `EDITABLE`; the same printed code leads elsewhere at once.

    A password is given as `passwords.keep` made it. Raises NotFound, Invalid, or Conflict for a removed link.
    """
    _check_names(changes)
    async with alone(call) as connection:
        before = await _living(connection, workspace_id, address)
        return await _change(connection, call, before, changes, "edit")


@permitted("link.edit")
async def edit_links(call: Call, workspace_id: WorkspaceId, edits: Sequence[Edit]) -> list[Edited]:
    """Edits many links in one transaction, each as `edit_link` does."""
    async with alone(call) as connection:
        outcomes = await _edited(connection, call, workspace_id, edits)
        pairs = [outcome for outcome in outcomes if not isinstance(outcome, ScanlyError)]
        await write(connection, call, workspace_id, pairs, "edit")
    return outcomes


@permitted("link.edit")
async def try_edits(call: Call, workspace_id: WorkspaceId, edits: Sequence[Edit]) -> list[Edited]:
    """What `edit_links` would say, without changing anything."""
    async with call.db.read() as connection:
        return await _edited(connection, call, workspace_id, edits)


async def _edited(
    connection: Connection, call: Call, workspace_id: WorkspaceId, edits: Sequence[Edit]
) -> list[Edited]:
    """What becomes of links, of which nothing is written."""
    wanted = [(address.host, address.code) for address, _ in edits]
    known = await store.get_links(connection, workspace_id, wanted)
    ours = await own_hosts(connection)
    outcomes: list[Edited] = []
    for address, changes in edits:
        try:
            _check_names(changes)
            before = _editable(known, address)
            after = known[address.host, address.code] = changed(call, before, changes, ours)
        except ScanlyError as error:
            outcomes.append(error)
        else:
            outcomes.append((before, after))
    return outcomes


def _editable(known: Mapping[tuple[str, str], Link], address: Address) -> Link:
    link = known.get((address.host, address.code))
    if link is None:
        raise NotFound(f'There is no code "{address}".', hint="Check its spelling; capitals count.")
    if link.removed_ms is not None:
        raise _is_removed(address)
    return link


@permitted("link.edit")
async def plan_change(
    call: Call, workspace_id: WorkspaceId, address: Address, at_ms: int, changes: Mapping[str, object]
) -> Plan:
    """Changes a link at a moment to come, exactly then. Raises as `edit_link`, and Invalid for the past."""
    _check_names(changes)
    if at_ms <= call.now_ms:
        raise Invalid.field("at", "is not in the future.", hint="Leave it out to change the link now.")
    async with alone(call) as connection:
        link = await _living(connection, workspace_id, address)
        plans = await store.list_plans(connection, workspace_id, link.id)
        if len(plans) >= _MAX_PLANS:
            raise Invalid.field(
                "at", f"{address} has {len(plans)} planned changes.", hint=f"{_MAX_PLANS} are the limit."
            )
        before, _ = as_of(link, [plan for plan in plans if plan.at_ms <= at_ms], at_ms, _skip)
        after = with_changes(before, changes)
        refuse_own(after.target, after.terms, await own_hosts(connection) | {link.host})
        values = as_values(after)
        if values == as_values(before):
            raise Invalid.field("at", "changes nothing: the link is like that by then.")
        wanted = {name: values[name] for name in changes}
        plan = Plan(call.make_id(), link.id, at_ms, call.who.name, wanted)
        await store.add_plan(connection, workspace_id, plan)
        await store.note_changes(connection, workspace_id, [link.id], call.now_ms)
    return plan


@permitted("link.edit")
async def drop_plans(call: Call, workspace_id: WorkspaceId, address: Address) -> int:
    """Forgets what is planned for a link; how many changes that were. Raises NotFound."""
    async with alone(call) as connection:
        link = await find_link(connection, workspace_id, address)
        plans = await store.list_plans(connection, workspace_id, link.id)
        await store.remove_plans(connection, workspace_id, [plan.id for plan in plans])
        await store.note_changes(connection, workspace_id, [link.id], call.now_ms)
    return len(plans)


@permitted("link.remove")
async def remove_link(call: Call, workspace_id: WorkspaceId, address: Address) -> Link:
    """Closes a link; visitors are told so, its code stays reserved. Raises NotFound."""
    return await _set_removed(call, workspace_id, address, removed_ms=call.now_ms)


@permitted("link.restore")
async def restore_link(call: Call, workspace_id: WorkspaceId, address: Address) -> Link:
    """Opens a removed link again. Raises NotFound."""
    return await _set_removed(call, workspace_id, address, removed_ms=None)


@permitted("link.show")
async def list_history(
    call: Call, workspace_id: WorkspaceId, address: Address
) -> tuple[list[Change], list[Plan]]:
    """What was changed, newest first, and what is planned, in order of time. Raises NotFound."""
    async with call.db.read() as connection:
        link = await find_link(connection, workspace_id, address)
        changes = await store.list_history(connection, workspace_id, link.id)
        return changes, await store.list_plans(connection, workspace_id, link.id)


@permitted("link.edit")
async def undo_change(call: Call, workspace_id: WorkspaceId, address: Address) -> tuple[Link, Change]:
    """Takes back the newest change that has not been taken back; the link as it is then, and that change.

    Raises NotFound, or Conflict when there is nothing left to take back.
    """
    async with alone(call) as connection:
        link = await find_link(connection, workspace_id, address)
        history = await store.list_history(connection, workspace_id, link.id)
        undone = {change.undoes for change in history}
        last = next((each for each in history if each.undoes is None and each.id not in undone), None)
        if last is None:
            raise Conflict(
                f"Nothing of {address} is left to be undone.", hint=f"See: scanly link history {address}."
            )
        if last.what in ("remove", "restore"):
            removed_ms = last.before["removed_ms"]
            return await _move(connection, call, link, removed_ms=removed_ms, undoes=last.id), last
        if link.removed_ms is not None:
            raise _is_removed(address)
        return await _change(connection, call, link, last.before, "undo", undoes=last.id), last


async def make_due_changes(call: Call) -> int:
    """Makes every planned change whose moment has come; how many. One that fails is logged and dropped.

    Visitors have seen them since their moment: the servers make them by themselves. Raises Forbidden.
    """
    permit_folder(call.who)
    made = 0
    async with call.db.read() as connection:
        due = await store.due_plans_anywhere(connection, call.now_ms)
    for workspace_id, host, code, plan in due:
        who = replace(folder_owner(), name=f"planned by {plan.who}")
        planned = Call(who, plan.at_ms, call.db, call.make_id)
        async with alone(call) as connection:
            still_there = await store.list_plans(connection, workspace_id, plan.link_id)
            if plan.id not in {each.id for each in still_there}:
                continue
            await store.remove_plans(connection, workspace_id, [plan.id])
            try:
                link = await _living(connection, workspace_id, Address(host, code))
                await _change(connection, planned, link, plan.changes, "planned")
            except ScanlyError as error:
                await store.note_changes(connection, workspace_id, [plan.link_id], call.now_ms)
                _log.warning("A planned change could not be made.", code=code, reason=error.message)
            made += 1
    return made


def _skip(_: Invalid) -> None:
    """A plan that cannot be made leaves the link as it is."""


def _check_names(changes: Mapping[str, object]) -> None:
    unknown = [name for name in changes if name not in EDITABLE]
    if unknown:
        raise Invalid.field(unknown[0], "cannot be changed.", hint=f"What can: {', '.join(EDITABLE)}.")


async def _living(connection: Connection, workspace_id: WorkspaceId, address: Address) -> Link:
    link = await find_link(connection, workspace_id, address)
    if link.removed_ms is not None:
        raise _is_removed(address)
    return link


def _is_removed(address: Address) -> Conflict:
    return Conflict(f"{address} is removed.", hint=f"Bring it back first: scanly link restore {address}.")


async def _change(
    connection: Connection,
    call: Call,
    before: Link,
    changes: Mapping[str, object],
    what: str,
    undoes: int | None = None,
) -> Link:
    """The link after the changes, with its row, its history and its event."""
    after = changed(call, before, changes, await own_hosts(connection))
    await write(connection, call, before.workspace_id, [(before, after)], what, undoes)
    return after


async def _set_removed(
    call: Call, workspace_id: WorkspaceId, address: Address, *, removed_ms: int | None
) -> Link:
    async with alone(call) as connection:
        before = await find_link(connection, workspace_id, address)
        if (before.removed_ms is None) == (removed_ms is None):
            return before
        return await _move(connection, call, before, removed_ms=removed_ms)


async def _move(
    connection: Connection, call: Call, before: Link, *, removed_ms: int | None, undoes: int | None = None
) -> Link:
    """Out of use, or back into it."""
    columns = {"removed_ms": removed_ms, "changed_ms": call.now_ms}
    await store.edit_link(connection, before.workspace_id, before.id, columns)
    what = "restore" if removed_ms is None else "remove"
    was, now = {"removed_ms": before.removed_ms}, {"removed_ms": removed_ms}
    change = Change(call.make_id(), before.id, call.now_ms, call.who.name, what, was, now, undoes)
    await store.add_history(connection, before.workspace_id, [change])
    event = LinkRestored if removed_ms is None else LinkRemoved
    await _tell(connection, call, before, event(before.id, before.host, before.code))
    return replace(before, removed_ms=removed_ms, changed_ms=call.now_ms)


async def _tell(connection: Connection, call: Call, link: Link, fact: Event) -> None:
    key = f"{show(link.id)}-{show(call.make_id())}"
    await outbox.put(connection, link.workspace_id, {key: fact}, call.now_ms)
