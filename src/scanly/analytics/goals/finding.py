"""Goals by name, and what they count in words."""

from __future__ import annotations

from scanly.analytics.about import About, name_about
from scanly.analytics.goals import store
from scanly.analytics.goals.model import Goal
from scanly.core.errors import NotFound
from scanly.core.ids import WorkspaceId
from scanly.core.text import nearest
from scanly.db.engine import Connection


async def find_goal(connection: Connection, workspace_id: WorkspaceId, name: str) -> Goal:
    """By name; case does not count. Raises NotFound that names the nearest one."""
    known = await store.list_goals(connection, workspace_id)
    for goal in known:
        if goal.name.casefold() == name.strip().casefold():
            return goal
    near = nearest(name, [goal.name for goal in known])
    raise NotFound(f'There is no goal "{name}".', hint=near or 'Run "scanly stats goals list".')


async def describe(connection: Connection, workspace_id: WorkspaceId, goal: Goal) -> str:
    """``click on links of site asha``, ``scan of tag outdoor``, as far as the subject is still known."""
    if goal.tag:
        return f"scan of tag {goal.tag}"
    about = About("code" if goal.what == "scan" else "site", goal.subject_id)
    of = await name_about(connection, workspace_id, about)
    what = "form" if goal.what == "lead" else goal.what
    part = f" {'in' if goal.what == 'lead' else 'on'} {goal.part}" if goal.part else ""
    return f"{what}{part} of {of}"
