"""``scanly site``: small pages, written in one file and published from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import guests, output, site_files
from scanly.cli.session import Session, group
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.sites.actions import Shown
    from scanly.sites.model import Publication

app = group()

File = Annotated[Path, Argument(help="The site's file: YAML or JSON.", metavar="FILE", show_default=False)]
Slug = Annotated[str, Argument(help="The site's name, or its file.", metavar="SITE", show_default=False)]
Host = Annotated[str, Option(help="The host that the site is bound to.")]
At = Annotated[
    str | None, Option(help='When, such as "tomorrow 9:00" or "2026-12-24 18:00".', show_default=False)
]
BaseUrl = Annotated[str | None, Option(help="The address before the page's, such as https://go.example.com.")]


@app.command()
def new(
    context: typer.Context,
    starter: Annotated[
        str, Option(help="What it is: see scanly site starters. Asked for when left out.")
    ] = "",
    name: Annotated[str, Option(help="The name in the address; made from the title when left out.")] = "",
    title: Annotated[str, Option(help="What it is called. Asked for when left out.")] = "",
    language: Annotated[
        list[str] | None,
        Option(help="A language of the page; may be given several times.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        Option("-o", "--out", help="The file to write; NAME.yaml when left out.", show_default=False),
    ] = None,
    force: Annotated[bool, Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a site's file that already looks right, to be filled in."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        wanted = site_files.asked(starter, name, title, tuple(language or ()), workspace, app.clock())
        written = site_files.write_new(wanted, out, workspace, force=force)
        if session.json:
            output.as_json(
                {"file": str(written[0]), "site": wanted.slug, "files": [str(each) for each in written]}
            )
            return
        output.say(f"{written[0]} is written.")
        output.tell(
            f"Look at it:  scanly site preview {written[0]}\nPut it live: scanly site publish {written[0]}"
        )

    session.run_in_workspace(work)


@app.command()
def starters(context: typer.Context) -> None:
    """List what "site new" can begin with."""
    from scanly.sites.starters import list_starters

    found = list_starters()
    if Session.of(context).json:
        output.as_json(
            [
                {"name": each.name, "title": each.title, "about": each.about, "theme": each.theme}
                for each in found
            ]
        )
        return
    output.table(["starter", "for", "theme"], [(each.name, each.about, each.theme) for each in found])


@app.command()
def check(context: typer.Context, file: File) -> None:
    """Name every fault with its line, and what could be better."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        await site_files.check(app, workspace, file, session)

    session.run_in_workspace(work)


@app.command()
def preview(
    context: typer.Context,
    file: File,
    port: Annotated[int, Option(help="The port; the next free one when it is taken.")] = 8100,
) -> None:
    """Serve a site's file to this computer and a phone near it; it is shown anew whenever it is saved."""
    from scanly.cli.site_preview import serve_preview

    session = Session.of(context)
    workspace = session.run_in_workspace(site_files.chosen)
    serve_preview(file, workspace, port, quiet=session.quiet)


@app.command()
def publish(
    context: typer.Context,
    file: File,
    host: Host = "",
    front: Annotated[
        bool | None, Option("--front/--no-front", help="Show it at the root of --host.", show_default=False)
    ] = None,
    password: Annotated[
        str | None,
        Option(help='Ask visitors for it; "-" reads it from the input, "" takes it off.', show_default=False),
    ] = None,
    base_url: BaseUrl = None,
) -> None:
    """Make it what visitors see, at once; the one before stays until it is whole."""
    from scanly.sites.actions import publish

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        order = await site_files.order(app, workspace, file, host, front, site_files.typed(password), session)
        shown = await publish(app.call(), workspace.id, order)
        _told(app, shown, session, "is live")

    session.run_in_workspace(work, {"base_url": base_url})


@app.command()
def schedule(
    context: typer.Context,
    file: File,
    at: At = None,
    host: Host = "",
    drop: Annotated[bool, Option("--drop", help="Forget what is planned instead.")] = False,
    base_url: BaseUrl = None,
) -> None:
    """Make it what visitors see from a moment on."""
    from scanly.core.errors import Invalid
    from scanly.sites.actions import drop_plans, schedule

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        if drop:
            slug = site_files.slug_of(file, workspace)
            number = await drop_plans(app.call(), workspace.id, host=site_files.host_of(app, host), slug=slug)
            output.say(f"{count(number, 'plan')} forgotten.")
            return
        if at is None:
            raise Invalid.field("at", "is missing.", hint='Say when, such as --at "tomorrow 9:00".')
        order = await site_files.order(app, workspace, file, host, None, None, session)
        at_ms = site_files.moment(at, order.site.time_zone, app.clock())
        shown = await schedule(app.call(), workspace.id, order, at_ms)
        _told(app, shown, session, f"is planned for {site_files.when(at_ms, order.site.time_zone)}")

    session.run_in_workspace(work, {"base_url": base_url})


@app.command()
def unpublish(context: typer.Context, site: Slug, host: Host = "", at: At = None) -> None:
    """Take it off, at once or at a moment; what was published stays in the history."""
    from scanly.sites.actions import unpublish

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug = site_files.slug_of(Path(site), workspace)
        at_ms = site_files.moment(at, workspace.time_zone, app.clock()) if at else None
        shown = await unpublish(
            app.call(), workspace.id, host=site_files.host_of(app, host), slug=slug, at_ms=at_ms
        )
        what = f"will be taken off {site_files.when(at_ms, workspace.time_zone)}" if at_ms else "is taken off"
        _told(app, shown, session, what)

    session.run_in_workspace(work)


@app.command(name="list")
def list_(context: typer.Context, base_url: BaseUrl = None) -> None:
    """List all sites."""
    from scanly.sites.actions import list_sites

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = [site_files.described(app, each) for each in await list_sites(app.call(), workspace.id)]
        if session.json:
            output.as_json(found)
        elif not found:
            output.tell("There is no site yet. Begin with: scanly site new")
        else:
            columns = ("site", "title", "status", "languages", "address")
            output.table(columns, [[each[name] for name in columns] for each in found])

    session.run_in_workspace(work, {"base_url": base_url})


@app.command()
def history(context: typer.Context, site: Slug, host: Host = "") -> None:
    """List what became live, and when."""
    from scanly.sites.actions import history

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug = site_files.slug_of(Path(site), workspace)
        found = await history(app.call(), workspace.id, host=site_files.host_of(app, host), slug=slug)
        if session.json:
            output.as_json([_event(each) for each in found])
            return
        rows = [
            (site_files.when(each.at_ms, workspace.time_zone), each.what, each.hash, each.who)
            for each in found
        ]
        output.table(["when", "what", "release", "who"], rows)

    session.run_in_workspace(work)


@app.command()
def rollback(
    context: typer.Context,
    site: Slug,
    to: Annotated[
        str, Option(help="The release, as the history names it; the one before when left out.")
    ] = "",
    host: Host = "",
    base_url: BaseUrl = None,
) -> None:
    """Make an earlier release live again."""
    from scanly.sites.actions import roll_back

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug = site_files.slug_of(Path(site), workspace)
        shown = await roll_back(
            app.call(), workspace.id, host=site_files.host_of(app, host), slug=slug, to=to
        )
        _told(app, shown, session, "is live again")

    session.run_in_workspace(work, {"base_url": base_url})


@app.command()
def export(
    context: typer.Context,
    site: Slug,
    out: Annotated[Path, Option("-o", "--out", help="The HTML file to write.", show_default=False)],
    host: Host = "",
    base_url: BaseUrl = None,
) -> None:
    """Write the page as HTML that works anywhere, with its pictures inside; further languages stand beside it."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        written = await site_files.export(app, workspace, site, site_files.host_of(app, host), out)
        if session.json:
            output.as_json([str(path) for path in written])
            return
        for path in written:
            output.say(f"{path} is written, {path.stat().st_size:,} bytes.")

    session.run_in_workspace(work, {"base_url": base_url})


app.command()(guests.invite)
app.command(name="guests")(guests.list_guests)
app.command()(guests.uninvite)


def _told(app: App, shown: Shown, session: Session, what: str) -> None:
    """What became of a site, with its address."""
    found = site_files.described(app, shown)
    if session.json:
        output.as_json(found)
        return
    output.say(f"{found['site']} {what}: {found['address']}")
    if app.base_url.local and shown.release and not session.quiet:
        output.tell("Only this computer reaches that address; set the one that visitors use with --base-url.")


def _event(each: Publication) -> dict[str, object]:
    from scanly.core.clock import iso

    return {"at": iso(each.at_ms), "what": each.what, "release": each.hash or None, "who": each.who}
