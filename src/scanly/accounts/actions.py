"""What people can do with workspaces and with the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from scanly.accounts import store
from scanly.accounts.model import Member, Privacy, Workspace, check_person, check_workspace
from scanly.accounts.policy import permit_folder, permitted
from scanly.core.actor import Actor, Role
from scanly.core.errors import Conflict, Forbidden, Invalid, NotFound
from scanly.core.ids import PersonId, WorkspaceId
from scanly.core.text import nearest
from scanly.db.engine import Connection
from scanly.db.sequence import in_commit_order
from scanly.work.call import Call

FIRST_NAME = "My workspace"
EDITABLE = ("name", "time_zone", "language", "currency", "logo", "accent", "background", "privacy")


async def add_workspace(call: Call, name: str, changes: Mapping[str, str]) -> Workspace:
    """A new workspace. Raises Forbidden, Invalid, or Conflict when the name is taken."""
    permit_folder(call.who)
    workspace = _changed(Workspace(WorkspaceId(call.make_id()), name, created_ms=call.now_ms), changes)
    async with call.db.write() as connection:
        there = await store.find_workspace_anywhere(connection, name)
        if there or not await store.add_workspace_anywhere(connection, workspace):
            raise Conflict(f'There is a workspace named "{name}" already.', hint="Choose another name.")
    return workspace


async def choose_workspace(call: Call, name: str | None) -> Workspace:
    """The workspace of that name; without a name the first one, which is made when there is none.

    Raises NotFound that names the nearest one, Invalid when several could be meant.
    """
    permit_folder(call.who)
    async with call.db.read() as connection:
        known = await store.list_workspaces_anywhere(connection)
        found = await store.find_workspace_anywhere(connection, name) if name else None
    if found:
        return found
    if name:
        hint = nearest(name, (workspace.name for workspace in known)) or 'Run "scanly workspace list".'
        raise NotFound(f'There is no workspace "{name}".', hint=hint)
    if not known:
        return await _first(call)
    if len(known) > 1:
        names = ", ".join(f'"{workspace.name}"' for workspace in known)
        raise Invalid(f"There are several workspaces: {names}.", hint="Say which with --workspace NAME.")
    return known[0]


async def _first(call: Call) -> Workspace:
    """The workspace that a new installation begins with, also when another process makes it meanwhile."""
    try:
        return await add_workspace(call, FIRST_NAME, {})
    except Conflict:
        return (await list_workspaces(call))[0]


async def list_workspaces(call: Call) -> list[Workspace]:
    """Every workspace of the installation. Raises Forbidden."""
    permit_folder(call.who)
    async with call.db.read() as connection:
        return await store.list_workspaces_anywhere(connection)


@permitted("workspace.show")
async def show_workspace(call: Call, workspace_id: WorkspaceId) -> Workspace:
    """Raises NotFound."""
    async with call.db.read() as connection:
        workspace = await store.get_workspace(connection, workspace_id)
    if workspace is None:
        raise NotFound("There is no such workspace.")
    return workspace


@permitted("workspace.edit")
async def edit_workspace(call: Call, workspace_id: WorkspaceId, changes: Mapping[str, str]) -> Workspace:
    """Changes the named fields (`EDITABLE`). Raises NotFound, Invalid, Conflict."""
    async with call.db.write() as connection:
        before = await store.get_workspace(connection, workspace_id)
        if before is None:
            raise NotFound("There is no such workspace.")
        after = _changed(before, changes)
        named = await store.find_workspace_anywhere(connection, after.name)
        if named and named.id != workspace_id:
            raise Conflict(f'There is a workspace named "{after.name}" already.', hint="Choose another name.")
        await store.edit_workspace(connection, workspace_id, changes)
    return after


def _changed(workspace: Workspace, changes: Mapping[str, str]) -> Workspace:
    unknown = [name for name in changes if name not in EDITABLE]
    if unknown:
        raise Invalid.field(unknown[0], "is not a field of a workspace.", hint=nearest(unknown[0], EDITABLE))
    values: dict[str, str | Privacy] = dict(changes)
    return check_workspace(replace(workspace, **values))  # pyright: ignore[reportArgumentType] - checked by name above


@permitted("person.list")
async def list_people(call: Call, workspace_id: WorkspaceId) -> list[Member]:
    async with call.db.read() as connection:
        return await store.list_members(connection, workspace_id)


@permitted("person.add")
async def add_person(call: Call, workspace_id: WorkspaceId, *, name: str, email: str, role: Role) -> Member:
    """A person with a role. Raises Forbidden, Invalid, or Conflict when the address is there already."""
    _permit_role(call.who, role)
    check_person(name, email)
    member = Member(PersonId(call.make_id()), name.strip(), email.lower(), role)
    async with call.db.write() as connection:
        if not await store.add_member(connection, workspace_id, member, call.now_ms):
            raise Conflict(
                f"{member.email} is in this workspace already.",
                hint="Change the role with: scanly user edit.",
            )
    return member


@permitted("person.edit")
async def edit_person(call: Call, workspace_id: WorkspaceId, *, email: str, role: Role) -> None:
    """Gives another role. Raises Forbidden, NotFound, or Conflict for the last owner."""
    _permit_role(call.who, role)
    async with call.db.write() as connection:
        members = await _members_to_change(connection, call.who, workspace_id, email)
        if role is not Role.OWNER:
            _keep_an_owner(members, email)
        if not await store.set_role(connection, workspace_id, email.lower(), role):
            raise _nobody(email, members)


@permitted("person.remove")
async def remove_person(call: Call, workspace_id: WorkspaceId, *, email: str) -> None:
    """Raises Forbidden, NotFound, or Conflict for the last owner."""
    async with call.db.write() as connection:
        members = await _members_to_change(connection, call.who, workspace_id, email)
        _keep_an_owner(members, email)
        if not await store.remove_member(connection, workspace_id, email.lower()):
            raise _nobody(email, members)


async def _members_to_change(
    connection: Connection, who: Actor, workspace_id: WorkspaceId, email: str
) -> list[Member]:
    """Everybody in the workspace, who stay as they are until this transaction ends. Raises Forbidden."""
    await in_commit_order(connection, f"people-{workspace_id}")
    members = await store.list_members(connection, workspace_id)
    for member in members:
        if member.email == email.lower():
            _permit_role(who, member.role)
    return members


def _permit_role(who: Actor, role: Role) -> None:
    """Raises Forbidden when somebody else than an owner would make, change or remove one."""
    if role is Role.OWNER and who.role is not Role.OWNER:
        raise Forbidden("An owner is made, changed and removed only by an owner.", hint="Ask one of them.")


def _keep_an_owner(members: list[Member], email: str) -> None:
    owners = [member.email for member in members if member.role is Role.OWNER]
    if owners == [email.lower()]:
        raise Conflict(f"{email} is the only owner.", hint="Make somebody else owner first.")


def _nobody(email: str, members: list[Member]) -> NotFound:
    hint = nearest(email, (member.email for member in members)) or 'Run "scanly user list".'
    return NotFound(f"{email} is not in this workspace.", hint=hint)
