"""``scanly link``: short addresses and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import exports, history, output, routing, terms, watch
from scanly.cli.session import Session, group
from scanly.cli.terms import (
    Android,
    Expires,
    Fallback,
    Ios,
    MaxScans,
    Opens,
    PassQuery,
    Password,
    TermOptions,
    Utm,
    WhenBroken,
)
from scanly.core import clock, text

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.links.hosts import BaseUrl
    from scanly.links.model import Link

_SHOWN = 50
app = group()

Code = Annotated[str, Argument(help="The code, or host/code for a link bound to a host.", metavar="CODE")]
BaseUrlOption = Annotated[
    str | None,
    Option(help="The address before the code, such as https://go.example.com.", show_default=False),
]


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, Argument(help="Where it leads: a web address, or site:NAME.", metavar="URL")],
    code: Annotated[str, Option(help="The code; drawn by lot when left out.")] = "",
    title: Annotated[str, Option(help="A name for you.")] = "",
    tag: Annotated[list[str] | None, Option(help="May be given several times.", show_default=False)] = None,
    host: Annotated[str, Option(help="Bind the link to this host only.")] = "",
    campaign: Annotated[str, Option(help="The campaign it belongs to.")] = "",
    placement: Annotated[str, Option(help="Where the printed code hangs.")] = "",
    opens: Opens = None,
    expires: Expires = None,
    max_scans: MaxScans = None,
    password: Password = None,
    fallback: Fallback = None,
    when_broken: WhenBroken = None,
    pass_query: PassQuery = None,
    utm: Utm = None,
    ios: Ios = None,
    android: Android = None,
    base_url: BaseUrlOption = None,
) -> None:
    """Make a short address."""
    from scanly.links.actions import add_link
    from scanly.links.model import LinkDraft
    from scanly.links.terms import PLAIN, Terms

    session = Session.of(context)
    options = TermOptions(
        opens, expires, max_scans, password, fallback, when_broken, pass_query, utm, ios, android
    )

    async def work(app: App, workspace: Workspace) -> None:
        base = app.base_url
        agreed = Terms(**options.changes(app, workspace.zone, PLAIN))
        draft = LinkDraft(url, code, host, title, tuple(tag or ()), campaign, placement, terms=agreed)
        made = await add_link(app.call(), workspace.id, draft, printed_host=base.host)
        await _mention_missing_site(app, made)
        _show_one(made, app, workspace, session)

    session.run_in_workspace(work, {"base_url": base_url})


@app.command(name="list")
def list_(
    context: typer.Context,
    search: Annotated[str, Option(help="Words in code, title, target or placement.")] = "",
    tag: Annotated[str, Option(help="Only with this tag.")] = "",
    campaign: Annotated[str, Option(help="Only of this campaign.")] = "",
    removed: Annotated[bool, Option("--removed", help="Those that were removed.")] = False,
    limit: Annotated[
        int | None, Option(min=1, help="At most so many, oldest first.", show_default="50; all with --json")
    ] = None,
    base_url: BaseUrlOption = None,
) -> None:
    """List links."""
    from scanly.links.actions import count_links, list_links
    from scanly.links.store import Filter

    session = Session.of(context)
    at_most = limit or (None if session.json else _SHOWN)
    wanted = Filter(search=search, tag=tag, campaign=campaign, removed=removed, limit=at_most)

    async def work(app: App, workspace: Workspace) -> None:
        found = await list_links(app.call(), workspace.id, wanted)
        if session.json:
            output.as_json([as_object(link, app.base_url) for link in found])
            return
        total = await count_links(app.call(), workspace.id, wanted)
        now_ms = app.clock()
        rows = [
            (link.code, link.host, link.title, link.target, terms.state(link, now_ms), "; ".join(link.tags))
            for link in found
        ]
        output.table(("code", "only on host", "title", "leads to", "on terms", "tags"), rows)
        shown = f", the first {len(found)} are shown; --limit shows more" if total > len(found) else ""
        output.tell(f"{text.count(total, 'link')}{shown}.")

    session.run_in_workspace(work, {"base_url": base_url})


@app.command()
def show(context: typer.Context, code: Code, base_url: BaseUrlOption = None) -> None:
    """Show one link."""
    from scanly.links.actions import show_link
    from scanly.links.address import Address

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = await show_link(app.call(), workspace.id, Address.parse(code))
        _show_one(found, app, workspace, session)

    session.run_in_workspace(work, {"base_url": base_url})


@app.command()
def edit(
    context: typer.Context,
    code: Code,
    target: Annotated[str | None, Option(help="Where the same printed code leads from now on.")] = None,
    title: Annotated[str | None, Option(help="A name for you.")] = None,
    tag: Annotated[list[str] | None, Option(help="Replaces all tags; may be given several times.")] = None,
    campaign: Annotated[str | None, Option(help="The campaign it belongs to.")] = None,
    placement: Annotated[str | None, Option(help="Where the printed code hangs.")] = None,
    opens: Opens = None,
    expires: Expires = None,
    max_scans: MaxScans = None,
    password: Password = None,
    fallback: Fallback = None,
    when_broken: WhenBroken = None,
    pass_query: PassQuery = None,
    utm: Utm = None,
    ios: Ios = None,
    android: Android = None,
    at: Annotated[
        str | None, Option(metavar="WHEN", help='Make the change by itself then, such as "monday 06:00".')
    ] = None,
) -> None:
    """Change where a printed code leads, how it is described, or on which terms; now or at a time to come."""
    from scanly.links.actions import show_link
    from scanly.links.address import Address
    from scanly.links.changes import edit_link, plan_change
    from scanly.links.moments import parse_moment, shown

    session = Session.of(context)
    described: dict[str, object] = {
        "target": target,
        "title": title,
        "tags": None if tag is None else tuple(tag),
        "campaign": campaign,
        "placement": placement,
    }
    options = TermOptions(
        opens, expires, max_scans, password, fallback, when_broken, pass_query, utm, ios, android
    )
    changes = {name: value for name, value in described.items() if value is not None}
    if not changes and not options.given:
        raise typer.BadParameter("Nothing to change: give --target, --title, --expires or another option")

    async def work(app: App, workspace: Workspace) -> None:
        call, address = app.call(), Address.parse(code)
        before = await show_link(call, workspace.id, address)
        wanted = changes | options.changes(app, workspace.zone, before.terms)
        if at is None:
            edited = await edit_link(call, workspace.id, address, wanted)
            await _mention_missing_site(app, edited)
            _show_one(edited, app, workspace, session)
            return
        at_ms = parse_moment(at, workspace.zone, call.now_ms, field="at")
        plan = await plan_change(call, workspace.id, address, at_ms, wanted)
        when = shown(plan.at_ms, workspace.zone)
        output.tell(f"{code} will be changed on {when} ({workspace.time_zone}): {', '.join(plan.changes)}.")
        output.tell(f"See what is planned: scanly link history {code}")

    session.run_in_workspace(work)


@app.command()
def pause(context: typer.Context, code: Code) -> None:
    """Close a link for a while; visitors are told so, or led to its fallback."""
    _edit_one(context, code, lambda now_ms: {"paused_ms": now_ms})
    output.tell(f"Open it again with: scanly link resume {code}")


@app.command()
def resume(context: typer.Context, code: Code) -> None:
    """Open a paused link again."""
    _edit_one(context, code, lambda _: {"paused_ms": None})


@app.command()
def remove(context: typer.Context, code: Code) -> None:
    """Close a link; its code stays reserved, and "restore" brings it back."""
    from scanly.links.address import Address
    from scanly.links.changes import remove_link

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        removed = await remove_link(app.call(), workspace.id, Address.parse(code))
        _show_one(removed, app, workspace, session)
        output.tell(f"Visitors are told that it is closed. Bring it back with: scanly link restore {code}")

    session.run_in_workspace(work)


@app.command()
def restore(context: typer.Context, code: Code) -> None:
    """Open a removed link again."""
    from scanly.links.address import Address
    from scanly.links.changes import restore_link

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        restored = await restore_link(app.call(), workspace.id, Address.parse(code))
        _show_one(restored, app, workspace, session)

    session.run_in_workspace(work)


def _edit_one(context: typer.Context, code: str, changes: Callable[[int], dict[str, object]]) -> None:
    from scanly.links.address import Address
    from scanly.links.changes import edit_link

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        call = app.call()
        edited = await edit_link(call, workspace.id, Address.parse(code), changes(call.now_ms))
        _show_one(edited, app, workspace, session)

    session.run_in_workspace(work)


def as_object(link: Link, base: BaseUrl) -> dict[str, object]:
    """A link in JSON; the first six keys stay for ever."""
    from scanly.core.ids import show as show_id

    return {
        "code": link.code,
        "host": link.host or base.host,
        "short_url": base.short_url(link.host, link.code),
        "target": link.target,
        "id": show_id(link.id),
        "created_at": clock.iso(link.created_ms),
        "title": link.title,
        "tags": link.tags,
        "campaign": link.campaign,
        "placement": link.placement,
        "changed_at": clock.iso(link.changed_ms),
        "removed_at": clock.iso(link.removed_ms) if link.removed_ms is not None else None,
    } | terms.as_json(link)


async def _mention_missing_site(app: App, link: Link) -> None:
    """A link may be made before the site that it leads to."""
    from scanly.sites.live.store import find_live_anywhere

    if not link.target.startswith("/s/"):
        return
    slug = link.target.split("/")[2].partition("?")[0].partition("#")[0]
    async with app.main.read() as connection:
        site = await find_live_anywhere(connection, link.host, slug, app.clock())
    if site is None or not site.hash:
        where = f"at {link.host}" if link.host else "yet"
        output.tell(f'There is no published site "{slug}" {where}: until then visitors find nothing.')


def _show_one(link: Link, app: App, workspace: Workspace, session: Session) -> None:
    shown = as_object(link, app.base_url)
    if session.json:
        output.as_json(shown)
        return
    for name in terms.as_json(link):
        del shown[name]
    shown["tags"] = "; ".join(link.tags)
    output.fields(shown | terms.as_lines(link, workspace.zone))


app.command()(routing.rules)
app.command("test")(routing.simulate)
app.command()(history.history)
app.command()(history.undo)
app.command()(exports.export)
app.command()(watch.check)
