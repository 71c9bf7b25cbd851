"""``scanly workspace`` and ``scanly user``: tenants, and the people in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session, group
from scanly.core.actor import Role

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App

workspace_app = group()
user_app = group()

Name = Annotated[str, Argument(help="The name of the workspace.", metavar="NAME")]
Zone = Annotated[str | None, Option("--time-zone", help="Such as Asia/Kolkata; its days are counted.")]
Language = Annotated[str | None, Option(help="Such as en or hi.")]
Currency = Annotated[str | None, Option(help="Such as INR.")]
Logo = Annotated[Path | None, Option(help="A picture; an empty name takes it away.")]
Colours = Annotated[str | None, Option(help='Accent and background, such as "#9a4b00,#fff9ee".')]
Privacy = Annotated[
    str | None,
    Option(
        help="Visitors are told apart within a day (daily), 7 days (weekly), 30 (monthly), or not at all (none)."
    ),
]


@workspace_app.command("add")
def add_workspace(
    context: typer.Context,
    name: Name,
    time_zone: Zone = None,
    language: Language = None,
    currency: Currency = None,
    logo: Logo = None,
    colours: Colours = None,
    privacy: Privacy = None,
) -> None:
    """Make a workspace."""
    from scanly.accounts import actions

    session = Session.of(context)
    given = _given(time_zone, language, currency, colours, privacy)

    async def work(app: App) -> None:
        changes = given | await _logo(app, logo)
        _show(await actions.add_workspace(app.call(), name, changes), session)

    session.run(work)


@workspace_app.command("edit")
def edit_workspace(
    context: typer.Context,
    name: Name,
    rename: Annotated[str | None, Option(help="Its new name.")] = None,
    time_zone: Zone = None,
    language: Language = None,
    currency: Currency = None,
    logo: Logo = None,
    colours: Colours = None,
    privacy: Privacy = None,
) -> None:
    """Change a workspace."""
    from scanly.accounts import actions

    session = Session.of(context)
    given = _given(time_zone, language, currency, colours, privacy) | ({"name": rename} if rename else {})

    async def work(app: App) -> None:
        found = await actions.choose_workspace(app.call(), name)
        changes = given | await _logo(app, logo)
        if not changes:
            raise typer.BadParameter("Nothing to change: give at least one option")
        _show(await actions.edit_workspace(app.call(), found.id, changes), session)

    session.run(work)


@workspace_app.command("list")
def list_workspaces(context: typer.Context) -> None:
    """List workspaces."""
    from scanly.accounts import actions

    session = Session.of(context)

    async def work(app: App) -> None:
        found = await actions.list_workspaces(app.call())
        if session.json:
            output.as_json([_object(workspace) for workspace in found])
            return
        rows = [(each.name, each.time_zone, each.language, each.currency, each.privacy) for each in found]
        output.table(("name", "time zone", "language", "currency", "privacy"), rows)

    session.run(work)


@workspace_app.command("show")
def show_workspace(context: typer.Context, name: Annotated[str, Argument(metavar="[NAME]")] = "") -> None:
    """Show one workspace."""
    from scanly.accounts import actions

    session = Session.of(context)

    async def work(app: App) -> None:
        _show(await actions.choose_workspace(app.call(), name or session.workspace), session)

    session.run(work)


def _given(
    time_zone: str | None,
    language: str | None,
    currency: str | None,
    colours: str | None,
    privacy: str | None,
) -> dict[str, str]:
    given = {"time_zone": time_zone, "language": language, "currency": currency, "privacy": privacy}
    if colours is not None:
        accent, comma, background = (part.strip() for part in colours.partition(","))
        given |= {"accent": accent} | ({"background": background} if comma else {})
    return {name: value for name, value in given.items() if value is not None}


async def _logo(app: App, logo: Path | None) -> dict[str, str]:
    from scanly.media.files import keep_files, read_picture

    if logo is None:
        return {}
    if not logo.name:
        return {"logo": ""}
    kept = await keep_files(app.media, read_picture(logo, logo.name), logo.name)
    return {"logo": kept.fallback.file}


def _object(workspace: Workspace) -> dict[str, object]:
    from dataclasses import asdict

    from scanly.core.clock import iso
    from scanly.core.ids import show

    values: dict[str, object] = asdict(workspace)
    del values["created_ms"]
    return values | {"id": show(workspace.id), "created_at": iso(workspace.created_ms)}


def _show(workspace: Workspace, session: Session) -> None:
    shown = _object(workspace)
    if session.json:
        output.as_json(shown)
    else:
        output.fields(shown)


Email = Annotated[str, Argument(help="Their e-mail address.", metavar="EMAIL")]
RoleOption = Annotated[Role, Option(help="What they may do.")]


@user_app.command("add")
def add_user(
    context: typer.Context,
    email: Email,
    name: Annotated[str, Option(help="Their name.")],
    role: RoleOption = Role.EDITOR,
) -> None:
    """Add a person to the workspace."""
    from scanly.accounts.actions import add_person

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        await add_person(app.call(), workspace.id, name=name, email=email, role=role)
        await _list(app, workspace, session)

    session.run_in_workspace(work)


@user_app.command("edit")
def edit_user(context: typer.Context, email: Email, role: RoleOption) -> None:
    """Give a person another role."""
    from scanly.accounts.actions import edit_person

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        await edit_person(app.call(), workspace.id, email=email, role=role)
        await _list(app, workspace, session)

    session.run_in_workspace(work)


@user_app.command("remove")
def remove_user(context: typer.Context, email: Email) -> None:
    """Take a person out of the workspace."""
    from scanly.accounts.actions import remove_person

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        await remove_person(app.call(), workspace.id, email=email)
        await _list(app, workspace, session)

    session.run_in_workspace(work)


@user_app.command("list")
def list_users(context: typer.Context) -> None:
    """List the people of the workspace."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        await _list(app, workspace, session)

    session.run_in_workspace(work)


async def _list(app: App, workspace: Workspace, session: Session) -> None:
    from scanly.accounts.actions import list_people

    found = await list_people(app.call(), workspace.id)
    if session.json:
        output.as_json([{"name": each.name, "email": each.email, "role": each.role} for each in found])
    else:
        output.table(("name", "e-mail", "role"), [(each.name, each.email, each.role) for each in found])
