"""What people can do with goals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanly.accounts.policy import permitted
from scanly.analytics.about import named
from scanly.analytics.goals import store
from scanly.analytics.goals.finding import describe, find_goal
from scanly.analytics.goals.model import Goal, What, check_goal, check_name
from scanly.core.errors import Conflict, Invalid, NotFound
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Connection
from scanly.links import store as links
from scanly.work.call import Call


@permitted("goal.add")
async def add_goal(
    call: Call, workspace_id: WorkspaceId, name: str, what: What, of: str, part: str = ""
) -> Goal:
    """Makes a goal. ``of`` names a site; where scans count a code, or ``tag:WORD``.

    Raises Invalid, NotFound, or Conflict when there is a goal of this name.
    """
    async with call.db.write() as connection:
        goal = Goal(call.make_id(), check_name(name), what, part=part, created_ms=call.now_ms)
        goal = check_goal(await _placed(connection, workspace_id, goal, of))
        if not await store.add_goal(connection, workspace_id, goal):
            raise Conflict(f'There is a goal "{goal.name}" already.', hint="Give this one another name.")
    return goal


@permitted("goal.edit")
async def edit_goal(
    call: Call,
    workspace_id: WorkspaceId,
    name: str,
    *,
    rename: str = "",
    of: str = "",
    part: str | None = None,
) -> Goal:
    """Renames a goal, or counts the same of something else; what it counts (views, clicks …) stays.

    Raises Invalid, NotFound, Conflict.
    """
    async with call.db.write() as connection:
        before = await find_goal(connection, workspace_id, name)
        after = replace(
            before,
            name=check_name(rename or before.name),
            part=before.part if part is None else part,
        )
        if of:
            after = await _placed(connection, workspace_id, after, of)
        check_goal(after)
        others = await store.list_goals(connection, workspace_id)
        if any(each.name == after.name and each.id != after.id for each in others):
            raise Conflict(f'There is a goal "{after.name}" already.', hint="Give this one another name.")
        changes = {name: getattr(after, name) for name in ("name", "subject_id", "part", "tag")}
        await store.edit_goal(connection, workspace_id, before.id, changes)
    return after


@permitted("goal.remove")
async def remove_goal(call: Call, workspace_id: WorkspaceId, name: str) -> Goal:
    """Raises NotFound that names the nearest one."""
    async with call.db.write() as connection:
        goal = await find_goal(connection, workspace_id, name)
        await store.remove_goal(connection, workspace_id, goal.id)
    return goal


@permitted("goal.list")
async def list_goals(call: Call, workspace_id: WorkspaceId) -> Sequence[tuple[Goal, str]]:
    """Every goal, each with what it counts in words."""
    async with call.db.read() as connection:
        known = await store.list_goals(connection, workspace_id)
        return [(goal, await describe(connection, workspace_id, goal)) for goal in known]


async def _placed(connection: Connection, workspace_id: WorkspaceId, goal: Goal, of: str) -> Goal:
    """The goal with what it is counted of. Raises Invalid for a code where a site is needed, and NotFound."""
    if goal.what == "scan":
        if of.startswith("tag:"):
            return replace(goal, subject_id=0, tag=await _tag(connection, workspace_id, of[4:].strip()))
        about = await named(connection, workspace_id, of)
        if about.kind != "code":
            raise Invalid.field("scan", f'"{of}" is no code.', hint="A site is viewed: use --view.")
        return replace(goal, subject_id=about.id, tag="")
    name = of if of.startswith(("site:", "/s/")) else f"site:{of}"
    about = await named(connection, workspace_id, name)
    return replace(goal, subject_id=about.id, tag="")


async def _tag(connection: Connection, workspace_id: WorkspaceId, tag: str) -> str:
    """Raises NotFound for a tag that no link has."""
    if not tag or not await links.count_links(connection, workspace_id, links.Filter(tag=tag)):
        raise NotFound(f'No link has the tag "{tag}".', hint='Run "scanly link list --tag TAG".')
    return tag
