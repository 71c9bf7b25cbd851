"""``scanly link check``: visits every address that links lead to and says which no longer answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import PARTLY_DONE, Session
from scanly.core.text import count

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.links.watching.judge import Looked

Codes = Annotated[
    list[str] | None,
    Argument(help="Codes, or host/code for links bound to a host; all when left out.", metavar="[CODE]..."),
]


def check(
    context: typer.Context,
    codes: Codes = None,
    everything: Annotated[
        bool, Option("--all", help="Show what is well, too, as --json always does.")
    ] = False,
) -> None:
    """Visit every address that links lead to, and report those that do not answer."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> bool:
        looked = await _look(app, workspace, codes or [], quiet=session.quiet)
        looked.sort(key=lambda each: (each.link.host, each.link.code))
        if session.json:
            output.as_json([_as_object(each) for each in looked])
        else:
            _show(looked, workspace.zone, everything=everything)
        return any(each.finding.verdict == "broken" for each in looked)

    if session.run_in_workspace(work):
        raise typer.Exit(PARTLY_DONE)


async def _look(app: App, workspace: Workspace, codes: list[str], *, quiet: bool) -> list[Looked]:
    from contextlib import aclosing

    from scanly.links.address import Address
    from scanly.links.watching.actions import choose_links
    from scanly.links.watching.round import look

    call, networks = app.call(), app.settings.outbound_networks
    chosen = await choose_links(call, workspace.id, [Address.parse(code) for code in codes])
    found: list[Looked] = []
    with output.progress("Links", quiet=quiet) as progress:
        async with aclosing(look(call, workspace.id, chosen, networks, progress)) as kept:
            async for looked in kept:
                found += looked
    return found


def _show(looked: list[Looked], zone: ZoneInfo, *, everything: bool) -> None:
    from scanly.links.moments import shown

    rows = [
        (
            _code(each),
            each.finding.url if each.kind == "target" else f"{each.finding.url} ({each.kind})",
            each.finding.verdict,
            each.finding.problem,
            "" if each.failing_since_ms is None else shown(each.failing_since_ms, zone),
        )
        for each in looked
        if everything or each.finding.verdict != "ok"
    ]
    if not looked:
        output.tell("No link leads to an address outside.")
        return
    if rows:
        output.table(("code", "leads to", "verdict", "what is wrong", "since"), rows)
    verdicts = [str(each.finding.verdict) for each in looked]
    links = {each.link.id for each in looked}
    counted = [f"{verdicts.count(each)} {each}" for each in ("broken", "unsure") if each in verdicts]
    what = f"{count(len(verdicts), 'address', 'addresses')} of {count(len(links), 'link')}"
    output.tell(f"{what} looked at: {', '.join(counted) or 'all answer'}.")
    broken = [each for each in looked if each.finding.verdict == "broken" and each.kind == "target"]
    if broken:
        output.tell(f"Lead one elsewhere: scanly link edit {_code(broken[0])} --target URL")


def _as_object(looked: Looked) -> dict[str, object]:
    from scanly.core.clock import iso

    found, since_ms = looked.finding, looked.failing_since_ms
    return {
        "code": _code(looked),
        "target": found.url,
        "kind": looked.kind,
        "verdict": found.verdict,
        "status": found.status,
        "problem": found.problem,
        "failing_since": None if since_ms is None else iso(since_ms),
    }


def _code(looked: Looked) -> str:
    link = looked.link
    return f"{link.host}/{link.code}" if link.host else link.code
