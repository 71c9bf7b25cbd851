"""``scanly leads``: what visitors sent from pages: questions, wishes for a time, bookings, feedback."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import lead_files, output, site_files
from scanly.cli.session import Session, group
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.core.ids import AnswerId
    from scanly.sites.answers.model import Status
    from scanly.sites.answers.store import Wanted

app = group()

_SHOWN = 50

Ids = Annotated[
    list[str], Argument(help="Ids as scanly leads list shows them.", metavar="ID...", show_default=False)
]
Site = Annotated[str, Option(help="Only of this site: its name, or its file.")]
Host = Annotated[str, Option(help="The host that the site is bound to.")]
StatusOption = Annotated[str, Option(help="Only those that are new, seen, done or spam.")]


@app.command(name="list")
def list_(
    context: typer.Context,
    site: Site = "",
    host: Host = "",
    status: StatusOption = "",
    limit: Annotated[int | None, Option(min=1, help="At most so many.", show_default=False)] = None,
) -> None:
    """List what came, newest first."""
    from scanly.sites.answers.actions import count_leads, list_leads

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        most = limit or (None if session.json else _SHOWN)
        wanted = await _wanted(app, workspace, site, host, status, most)
        found = await list_leads(app.call(), workspace.id, wanted)
        if session.json:
            output.as_json([lead_files.as_object(lead, workspace.zone) for lead in found])
            return
        number = await count_leads(app.call(), workspace.id, wanted)
        output.table(lead_files.LISTED, [lead_files.line(lead, workspace.zone) for lead in found])
        more = f", the first {len(found)} are shown; --limit shows more." if number > len(found) else "."
        output.tell(f"{count(number, 'answer')}{more}")

    session.run_in_workspace(work)


@app.command()
def show(context: typer.Context, lead: Annotated[str, Argument(metavar="ID", show_default=False)]) -> None:
    """Show all of one answer."""
    from scanly.sites.answers.actions import show_lead

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = await show_lead(app.call(), workspace.id, _ids([lead])[0])
        if session.json:
            output.as_json(lead_files.as_object(found, workspace.zone))
        else:
            output.fields(lead_files.as_record(found, workspace.zone))

    session.run_in_workspace(work)


@app.command()
def export(
    context: typer.Context,
    out: Annotated[
        Path, Option("-o", "--out", help="The file to write: .csv, .xlsx or .json.", show_default=False)
    ],
    site: Site = "",
    host: Host = "",
    status: StatusOption = "",
) -> None:
    """Write everything that came into a file, for a spreadsheet or another program."""
    from scanly.sites.answers.actions import list_leads

    session = Session.of(context)
    write = lead_files.writer(out)

    async def work(app: App, workspace: Workspace) -> None:
        wanted = await _wanted(app, workspace, site, host, status, None)
        found = await list_leads(app.call(), workspace.id, wanted)
        write(found, workspace.zone)
        if session.json:
            output.as_json({"file": str(out), "answers": len(found)})
        else:
            output.tell(f"{count(len(found), 'answer')} written to {out}.")

    session.run_in_workspace(work)


@app.command()
def status(
    context: typer.Context,
    leads: Ids,
    to: Annotated[str, Option("--to", help="new, seen, done or spam.", show_default=False)],
) -> None:
    """Say how far you are with answers."""
    from scanly.sites.answers.actions import mark_leads

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        marked = await mark_leads(app.call(), workspace.id, _ids(leads), _status(to))
        if session.json:
            output.as_json([lead_files.as_object(lead, workspace.zone) for lead in marked])
        else:
            output.tell(f"{count(len(marked), 'answer')} marked as {to}.")

    session.run_in_workspace(work)


@app.command()
def remove(context: typer.Context, leads: Ids) -> None:
    """Remove answers for good; a booked time is free again."""
    from scanly.core.ids import show as shown
    from scanly.sites.answers.actions import remove_leads

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        removed = await remove_leads(app.call(), workspace.id, _ids(leads))
        if session.json:
            output.as_json([shown(lead.answer.id) for lead in removed])
        else:
            output.tell(f"{count(len(removed), 'answer')} removed.")

    session.run_in_workspace(work)


@app.command()
def pin(
    context: typer.Context,
    site: Annotated[str, Argument(help="The site's name, or its file.", metavar="SITE", show_default=False)],
    block: Annotated[str, Argument(help="The id of the stamp card's block.", metavar="BLOCK")] = "loyalty",
    host: Host = "",
) -> None:
    """Set the PIN with which the staff marks stamps; it is read from the terminal or the input."""
    from scanly.sites.answers.actions import set_pin

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        slug, bound = site_files.slug_of(Path(site), workspace), site_files.host_of(app, host)
        await set_pin(app.call(), workspace.id, host=bound, slug=slug, block_id=block, pin=_asked_pin())
        output.tell(
            f'The PIN of "{block}" is set. Scan a card with the phone of the shop, and type it there.'
        )

    session.run_in_workspace(work)


async def _wanted(
    app: App, workspace: Workspace, site: str, host: str, status: str, limit: int | None
) -> Wanted:
    from scanly.sites.actions import show_site
    from scanly.sites.answers.store import Wanted

    site_id = None
    if site:
        slug, bound = site_files.slug_of(Path(site), workspace), site_files.host_of(app, host)
        site_id = (await show_site(app.call(), workspace.id, host=bound, slug=slug)).site.id
    return Wanted(site_id, _status(status) if status else None, limit)


def _ids(texts: list[str]) -> list[AnswerId]:
    from scanly.core.ids import AnswerId, read

    return [AnswerId(read(text)) for text in texts]


def _status(text: str) -> Status:
    from scanly.core.errors import Invalid
    from scanly.core.text import nearest
    from scanly.sites.answers.model import STATUSES

    for known in STATUSES:
        if known == text.strip().lower():
            return known
    hint = nearest(text, STATUSES) or f"It is one of {', '.join(STATUSES)}."
    raise Invalid.field("status", f'"{text[:40]}" is not known.', hint=hint)


def _asked_pin() -> str:
    """Read without showing it, or as the first line of the input."""
    if sys.stdin.isatty():
        return str(typer.prompt("PIN", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().strip()
