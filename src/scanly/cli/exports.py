"""``scanly link export``: links as files for other servers, so that printed codes outlive this one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import PARTLY_DONE, Session
from scanly.core import text

if TYPE_CHECKING:
    from scanly.app import App
    from scanly.ops.exporting import Outcome

_LISTED = 30
_ANSWERS = {
    "target": "the export leads everybody to its target",
    "fallback": "the export leads to its fallback",
    "closed page": "the export says that it is closed",
    "nothing": "the export leaves it out, as Scanly does",
}


def export(
    context: typer.Context,
    folder: Annotated[Path, Argument(help="A new or empty folder, or one written before.", metavar="DIR")],
    format: Annotated[  # noqa: A002 - the name of the option's value
        str, Option("--as", help="nginx, caddy, apache, netlify, cloudflare or html.", show_default=False)
    ] = "",
    standing: Annotated[
        bool, Option("--standing", help="Write it again after every change, while the server runs.")
    ] = False,
    stop: Annotated[bool, Option("--stop", help="End that; the files stay as they are.")] = False,
) -> None:
    """Write all links as files for another server. Without --workspace, those of all workspaces."""
    from scanly.links.exports import MISSING
    from scanly.ops.exporting import Order, begin_standing, end_standing, export_links

    if standing and stop:
        raise typer.BadParameter("Give --standing or --stop, not both.")
    if not format and not stop:
        raise typer.BadParameter("Say for what: --as nginx, caddy, apache, netlify, cloudflare or html.")
    session = Session.of(context)

    async def work(app: App) -> bool:
        from scanly.accounts.actions import choose_workspace

        if stop:
            stood = await end_standing(app.main, folder)
            output.tell(f"{folder} {'no longer follows' if stood else 'did not follow'} the links.")
            return True
        chosen = await choose_workspace(app.call(), session.workspace) if session.workspace else None
        order = Order(folder, format, chosen.id if chosen else None)
        write = begin_standing if standing else export_links
        outcome = await write(app.main, order, app.clock())
        _show(outcome, format, session, standing=standing)
        return not any(loss.reason in MISSING for loss in outcome.left_out)

    if not session.run(work):
        raise typer.Exit(PARTLY_DONE)


def _show(outcome: Outcome, name: str, session: Session, *, standing: bool) -> None:
    if session.json:
        output.as_json(_as_object(outcome, name, standing=standing))
        return
    columns = ("host", "codes", "lead on", "closed", "can do less")
    rows = [(each.host, each.codes, each.lead_on, each.closed, each.less) for each in outcome.hosts]
    output.table(columns, rows, numbers=columns[1:])
    for note in outcome.notes:
        output.tell(note)
    for loss in outcome.left_out[:_LISTED]:
        code = f"{loss.host}/{loss.code}" if loss.host else loss.code
        output.tell(f"{code} {loss.reason.value}: {_ANSWERS[loss.answer]}.")
    if len(outcome.left_out) > _LISTED:
        output.tell(f"… and {len(outcome.left_out) - _LISTED:,} more; --json lists them all.")
    if outcome.left_out:
        output.tell(f"{text.count(len(outcome.left_out), 'link')} can do less without Scanly.")
    output.tell(f"Written to {outcome.folder}; README.txt in it says what to do.")
    if standing:
        output.tell("The server writes it again after every change.")


def _as_object(outcome: Outcome, name: str, *, standing: bool) -> dict[str, object]:
    return {
        "folder": str(outcome.folder),
        "format": name,
        "standing": standing,
        "hosts": [
            {
                "host": each.host,
                "codes": each.codes,
                "lead_on": each.lead_on,
                "closed": each.closed,
                "less": each.less,
            }
            for each in outcome.hosts
        ],
        "left_out": [
            {
                "host": each.host,
                "code": each.code,
                "reason": each.reason.name.lower(),
                "answer": each.answer,
            }
            for each in outcome.left_out
        ],
        "notes": list(outcome.notes),
    }
