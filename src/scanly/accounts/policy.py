"""The one table of who may do what, and the one question that every action asks of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from scanly.core.actor import Actor, Role
from scanly.core.errors import Forbidden, NotFound
from scanly.core.ids import WorkspaceId
from scanly.work.call import Call

P = ParamSpec("P")
R = TypeVar("R")

_RANK = {role: rank for rank, role in enumerate(Role)}

# Action -> the least role that may do it.
TABLE: dict[str, Role] = {
    "workspace.show": Role.VIEWER,
    "workspace.edit": Role.ADMIN,
    "person.list": Role.VIEWER,
    "person.add": Role.ADMIN,
    "person.edit": Role.ADMIN,
    "person.remove": Role.ADMIN,
    "link.list": Role.VIEWER,
    "link.show": Role.VIEWER,
    "link.add": Role.EDITOR,
    "link.edit": Role.EDITOR,
    "link.remove": Role.EDITOR,
    "link.restore": Role.EDITOR,
    "link.check": Role.EDITOR,
    "code.add": Role.EDITOR,
    "placement.list": Role.VIEWER,
    "placement.show": Role.VIEWER,
    "placement.add": Role.EDITOR,
    "placement.edit": Role.EDITOR,
    "placement.remove": Role.EDITOR,
    "placement.restore": Role.EDITOR,
    "printer.list": Role.VIEWER,
    "printer.show": Role.VIEWER,
    "printer.keep": Role.EDITOR,
    "printer.remove": Role.EDITOR,
    "site.list": Role.VIEWER,
    "site.show": Role.VIEWER,
    "site.publish": Role.EDITOR,
    "site.unpublish": Role.EDITOR,
    "site.schedule": Role.EDITOR,
    "site.invite": Role.EDITOR,
    "media.list": Role.VIEWER,
    "media.show": Role.VIEWER,
    "media.add": Role.EDITOR,
    "media.import": Role.EDITOR,
    "media.remove": Role.EDITOR,
    "lead.list": Role.EDITOR,
    "lead.show": Role.EDITOR,
    "lead.edit": Role.EDITOR,
    "lead.remove": Role.EDITOR,
    "lead.pin": Role.EDITOR,
    "stats.show": Role.VIEWER,
    "stats.watch": Role.VIEWER,
    "privacy.export": Role.ADMIN,
    "privacy.erase": Role.ADMIN,
    "visitor.export": Role.ADMIN,
    "visitor.erase": Role.ADMIN,
    "goal.list": Role.VIEWER,
    "goal.add": Role.EDITOR,
    "goal.edit": Role.EDITOR,
    "goal.remove": Role.EDITOR,
    "alert.list": Role.VIEWER,
    "alert.add": Role.EDITOR,
    "alert.edit": Role.EDITOR,
    "alert.remove": Role.EDITOR,
}

Action = Callable[Concatenate[Call, WorkspaceId, P], Awaitable[R]]
actions: dict[str, Callable[..., Awaitable[object]]] = {}


def permitted(action: str) -> Callable[[Action[P, R]], Action[P, R]]:
    """Makes a function an action: it asks the table before it does anything.

    Its first two parameters are the call and the workspace it acts on.
    """

    def decorate(function: Action[P, R]) -> Action[P, R]:
        @wraps(function)
        async def asked(call: Call, workspace_id: WorkspaceId, *args: P.args, **kwargs: P.kwargs) -> R:
            permit(call.who, action, workspace_id)
            return await function(call, workspace_id, *args, **kwargs)

        actions[action] = asked
        return asked

    return decorate


def permit(who: Actor, action: str, workspace_id: WorkspaceId) -> None:
    """Raises NotFound for somebody else's workspace (it must not be told apart from none), or Forbidden."""
    if who.workspace_id is not None and who.workspace_id != workspace_id:
        raise NotFound("There is no such workspace.")
    least = TABLE[action]
    if _RANK[who.role] > _RANK[least]:
        raise Forbidden(f"A {who.role} may not do this.", hint=f"Ask somebody who is {least} or above.")


def permit_folder(who: Actor) -> None:
    """For what concerns the whole installation: only the owner of the data folder. Raises Forbidden."""
    if who.workspace_id is not None or who.role is not Role.OWNER:
        raise Forbidden(
            "Only the owner of the installation may do this.", hint="Use the command line on the server."
        )
