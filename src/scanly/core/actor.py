"""Who acts: the one value that every action's permission is decided on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scanly.core.ids import PersonId, WorkspaceId


class Role(StrEnum):
    """What a person may do in a workspace; each role may do all that the next ones may."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the machine's owner at the command line) with one role in one workspace.

    ``workspace_id`` is None only for the owner of the data folder, who acts on every workspace.
    """

    role: Role
    workspace_id: WorkspaceId | None
    person_id: PersonId | None = None
    name: str = ""


def folder_owner() -> Actor:
    """Whoever can run a command on the data folder owns it."""
    return Actor(Role.OWNER, workspace_id=None, name="command line")
