"""``scanly media``: the pictures that pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import PARTLY_DONE, Session, group

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.core.errors import Problem
    from scanly.media.model import Picture, Variant

app = group()


@app.command("add")
def add_media(
    context: typer.Context,
    files: Annotated[
        list[Path], Argument(help="JPEG, PNG, WebP, AVIF, GIF or SVG files.", metavar="FILE...")
    ],
) -> None:
    """Keep pictures under the names of their files, small enough for phones."""
    session = Session.of(context)
    twice = [name for name, times in Counter(path.name for path in files).items() if times > 1]
    if twice:
        raise typer.BadParameter(f"Two of the files are named {twice[0]}")

    async def work(app: App, workspace: Workspace) -> int:
        kept, problems = await _keep(app, workspace, files, session)
        _show(kept, session)
        for problem in problems:
            output.tell(f"scanly: {problem}")
        return PARTLY_DONE if kept and problems else int(bool(problems))

    if status := session.run_in_workspace(work):
        raise typer.Exit(status)


async def _keep(
    app: App, workspace: Workspace, files: Sequence[Path], session: Session
) -> tuple[list[Picture], list[Problem]]:
    from scanly.core.errors import Invalid
    from scanly.media.actions import keep

    kept: list[Picture] = []
    problems: list[Problem] = []
    with output.progress("Pictures", quiet=session.quiet or session.json) as done:
        for number, path in enumerate(files, 1):
            try:
                kept.append(await keep(app.call(), workspace.id, app.media, path, path.name))
            except Invalid as error:
                problems += error.problems
            done(number, len(files))
    return kept, problems


@app.command("list")
def list_media(context: typer.Context) -> None:
    """List the pictures of the workspace."""
    from scanly.media import actions

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        _show(await actions.list_media(app.call(), workspace.id), session)

    session.run_in_workspace(work)


@app.command("remove")
def remove_media(
    context: typer.Context,
    name: Annotated[str, Argument(help="The name of a picture.", metavar="NAME")],
    force: Annotated[bool, Option("--force", help="Also a picture that is shown somewhere.")] = False,
) -> None:
    """Remove a picture and its files."""
    from scanly.media import actions

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        shown = await _shown(app, workspace, name)
        removed = await actions.remove_media(
            app.call(), workspace.id, app.media, name, shown=shown, force=force
        )
        _show([removed], session)

    session.run_in_workspace(work)


async def _shown(app: App, workspace: Workspace, name: str) -> dict[str, str]:
    """Where a picture or a file is seen, by its name."""
    from scanly.accounts.actions import list_workspaces
    from scanly.codes.placements.store import photos_in_use
    from scanly.sites.store import pictures_in_use

    logos = {each.logo: f"the workspace {each.name}" for each in await list_workspaces(app.call())}
    async with app.main.read() as connection:
        photos = await photos_in_use(connection, workspace.id)
        sites = await pictures_in_use(connection, workspace.id, [name])
    logos |= {each: f"the placement {code}" for each, code in photos.items()}
    return logos | {each: f"the site {slug}" for each, slug in sites.items()}


def _show(pictures: Sequence[Picture], session: Session) -> None:
    if session.json:
        output.as_json([_object(picture) for picture in pictures])
        return
    rows = [
        (each.name, f"{each.width} x {each.height}", ", ".join(map(_file, each.variants)), each.bytes)
        for each in pictures
    ]
    output.table(("name", "pixels", "files", "bytes"), rows, numbers=("bytes",))


def _file(variant: Variant) -> str:
    return f"{variant.kind} {variant.width}"


def _object(picture: Picture) -> dict[str, object]:
    import msgspec

    values = msgspec.to_builtins(picture)
    variants = [{"address": f"/media/{one['file']}", **one} for one in values["variants"]]
    return values | {"variants": variants}
