"""``scanly site invite``, ``guests`` and ``uninvite``: pages for people by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output, site_files
from scanly.cli.session import Session

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App

Slug = Annotated[str, Argument(help="The site's name, or its file.", metavar="SITE", show_default=False)]
Name = Annotated[
    str, Argument(help="Who it is, as the page greets them.", metavar="NAME", show_default=False)
]
Host = Annotated[str, Option(help="The host that the site is bound to.")]


def invite(
    context: typer.Context,
    site: Slug,
    name: Name,
    expires: Annotated[
        str | None, Option(help='Until when, such as "in 14 days".', show_default=False)
    ] = None,
    host: Host = "",
    base_url: Annotated[str | None, Option(help="The address before the page's.")] = None,
) -> None:
    """Make an address for one person, which greets them by name; it is shown once."""
    from scanly.sites.actions import invite, show_site

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug, bound = site_files.slug_of(Path(site), workspace), site_files.host_of(app, host)
        expires_ms = site_files.moment(expires, workspace.time_zone, app.clock()) if expires else None
        token = await invite(
            app.call(), workspace.id, host=bound, slug=slug, name=name, expires_ms=expires_ms
        )
        shown = await show_site(app.call(), workspace.id, host=bound, slug=slug)
        address = f"{site_files.described(app, shown)['address']}?for={token}"
        if session.json:
            output.as_json({"site": slug, "name": name, "address": address})
            return
        output.say(address)
        if shown.release and not shown.release.site.invited:
            output.tell(
                'Everybody else sees the page, too: write "invited: yes" into its file to close it to them.'
            )

    session.run_in_workspace(work, {"base_url": base_url})


def list_guests(context: typer.Context, site: Slug, host: Host = "") -> None:
    """List who is invited, and how often they came."""
    from scanly.core.clock import iso
    from scanly.core.ids import show
    from scanly.sites.actions import list_guests

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug, bound = site_files.slug_of(Path(site), workspace), site_files.host_of(app, host)
        found = await list_guests(app.call(), workspace.id, host=bound, slug=slug)
        views = await _views(app, workspace, bound, slug)
        if session.json:
            output.as_json(
                [
                    {
                        "name": each.name,
                        "invited_at": iso(each.created_ms),
                        "expires_at": iso(each.expires_ms) if each.expires_ms else None,
                        "views": views.get(show(each.id), 0),
                    }
                    for each in found
                ]
            )
            return
        rows = [
            (
                each.name,
                site_files.when(each.created_ms, workspace.time_zone),
                site_files.when(each.expires_ms, workspace.time_zone) if each.expires_ms else "never",
                views.get(show(each.id), 0),
            )
            for each in found
        ]
        output.table(["name", "invited", "expires", "views"], rows, numbers=["views"])

    session.run_in_workspace(work)


async def _views(app: App, workspace: Workspace, host: str, slug: str) -> dict[str, int]:
    """How often guests came since the page was made, by invitation."""
    from scanly.analytics.reports.period import Period
    from scanly.analytics.reports.question import Question, Subject
    from scanly.analytics.reports.views import site_report
    from scanly.core.clock import at
    from scanly.sites.actions import show_site

    call = app.call()
    site = (await show_site(call, workspace.id, host=host, slug=slug)).site
    first, last = (at(ms, workspace.zone).date() for ms in (site.created_ms, call.now_ms))
    question = Question(workspace, Period(first, last), "month", Subject(site=site))
    report = await site_report(call, workspace.id, question, app.events)
    return {part.key: part.number for part in report.invited}


def uninvite(context: typer.Context, site: Slug, name: Name, host: Host = "") -> None:
    """Take an invitation back."""
    from scanly.sites.actions import uninvite

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug, bound = site_files.slug_of(Path(site), workspace), site_files.host_of(app, host)
        await uninvite(app.call(), workspace.id, host=bound, slug=slug, name=name)
        output.say(f"{name} is not invited any more.")

    session.run_in_workspace(work)
