"""What people can do with alerts: see what fired, and say what should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from scanly.accounts.policy import permitted
from scanly.accounts.store import get_workspace
from scanly.analytics.about import name_about
from scanly.analytics.alerts import store
from scanly.analytics.alerts.model import Alert, Rule, check_rule
from scanly.analytics.alerts.periods import number_at
from scanly.core.errors import Conflict, NotFound
from scanly.core.ids import WorkspaceId
from scanly.core.text import nearest
from scanly.db.engine import Connection
from scanly.work.call import Call

MOST_SHOWN = 1_000


@permitted("alert.list")
async def list_alerts(call: Call, workspace_id: WorkspaceId, since_ms: int = 0) -> list[Alert]:
    """What fired since a moment, the latest first, at most `MOST_SHOWN`."""
    async with call.db.read() as connection:
        return await store.list_alerts(connection, workspace_id, since_ms, MOST_SHOWN)


@permitted("alert.list")
async def list_rules(call: Call, workspace_id: WorkspaceId) -> Sequence[tuple[Rule, str]]:
    """Every rule, each with what it is about in words."""
    async with call.db.read() as connection:
        known = await store.list_rules(connection, workspace_id)
        return [(rule, await name_about(connection, workspace_id, rule.about)) for rule in known]


@permitted("alert.add")
async def add_rule(call: Call, workspace_id: WorkspaceId, draft: Rule) -> Rule:
    """Makes a rule; the period that it is now is the first that it is judged by. Raises Invalid, Conflict."""
    async with call.db.write() as connection:
        zone = await _zone(connection, workspace_id)
        rule = check_rule(
            replace(
                draft,
                id=call.make_id(),
                name=draft.name.strip(),
                judged=number_at(draft.every, call.now_ms, zone) - 1,
                firing=False,
                created_ms=call.now_ms,
            )
        )
        if not await store.add_rule(connection, workspace_id, rule):
            raise Conflict(f'There is a rule "{rule.name}" already.', hint="Give this one another name.")
    return rule


@permitted("alert.edit")
async def edit_rule(call: Call, workspace_id: WorkspaceId, name: str, changes: Mapping[str, object]) -> Rule:
    """Changes fields of a rule; from the period that it is now on, it is judged by them.

    Raises Invalid, NotFound, or Conflict for the name of another rule.
    """
    async with call.db.write() as connection:
        before = await _find(connection, workspace_id, name)
        zone = await _zone(connection, workspace_id)
        after = check_rule(replace(before, **changes))  # pyright: ignore[reportArgumentType] - fields of a rule
        known = await store.list_rules(connection, workspace_id)
        if any(each.name == after.name and each.id != after.id for each in known):
            raise Conflict(f'There is a rule "{after.name}" already.', hint="Give this one another name.")
        judged = max(number_at(after.every, call.now_ms, zone) - 1, 0)
        after = replace(after, judged=judged, firing=False)
        await store.edit_rule(connection, workspace_id, after)
    return after


@permitted("alert.remove")
async def remove_rule(call: Call, workspace_id: WorkspaceId, name: str) -> Rule:
    """What fired stays. Raises NotFound that names the nearest one."""
    async with call.db.write() as connection:
        rule = await _find(connection, workspace_id, name)
        await store.remove_rule(connection, workspace_id, rule.id)
    return rule


async def _find(connection: Connection, workspace_id: WorkspaceId, name: str) -> Rule:
    """By name; case does not count. Raises NotFound that names the nearest one."""
    known = await store.list_rules(connection, workspace_id)
    for rule in known:
        if rule.name.casefold() == name.strip().casefold():
            return rule
    near = nearest(name, [rule.name for rule in known])
    raise NotFound(f'There is no rule "{name}".', hint=near or 'Run "scanly stats alerts rules".')


async def _zone(connection: Connection, workspace_id: WorkspaceId) -> ZoneInfo:
    workspace = await get_workspace(connection, workspace_id)
    if workspace is None:
        raise NotFound("There is no such workspace.")
    return workspace.zone
