"""``scanly stats``: what the printed codes brought in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output, site_stats
from scanly.cli.session import Session
from scanly.core import clock, text

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.report import Question, Report
    from scanly.app import App
    from scanly.sites.model import Known

_BAR_CHARS = 30


class Dimension(StrEnum):
    """`analytics.report.DIMENSIONS`, known without loading it; a test compares them."""

    CODE = "code"
    DAY = "day"
    KIND = "kind"
    OUTCOME = "outcome"
    PLACEMENT = "placement"
    CAMPAIGN = "campaign"


def stats(
    context: typer.Context,
    code: Annotated[
        str, Argument(help="One code, or a site; every link when left out.", metavar="[CODE|SITE]")
    ] = "",
    since: Annotated[str, Option(help="A date, or 30d for the last thirty days, today included.")] = "30d",
    until: Annotated[str, Option(help="The last day.", show_default="today")] = "",
    by: Annotated[
        Dimension | None, Option(help="One row for each.", show_default="code, or day for one code")
    ] = None,
    tag: Annotated[str, Option(help="Only links with this tag.")] = "",
    campaign: Annotated[str, Option(help="Only links of this campaign.")] = "",
    flush: Annotated[bool, Option("--flush", help="Wait until every scan so far has been counted.")] = False,
) -> None:
    """Scans, visitors and robots, in the workspace's time zone."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        import asyncio

        from scanly.analytics.flush import flush as count_everything
        from scanly.analytics.report import report

        if flush:
            await asyncio.to_thread(count_everything, app.folder, app.settings.database_url, app.clock)
        site = await _site(app, workspace, code)
        if site is not None:
            if by or tag or campaign:
                raise typer.BadParameter("A site is reported whole: leave out --by, --tag and --campaign")
            await site_stats.show(app, workspace, site, (since, until), session)
            return
        question = await _question(app, workspace, code, (since, until), by, (tag, campaign))
        answer = await report(app.call(), workspace.id, question, app.events)
        if session.json:
            output.as_json(answer)
        else:
            _show(answer)

    session.run_in_workspace(work)


async def _site(app: App, workspace: Workspace, named: str) -> Known | None:
    """The site that is meant: said so, or because there is no such code."""
    from scanly.links.address import Address
    from scanly.links.store import get_link
    from scanly.sites.actions import show_site
    from scanly.sites.store import find_site

    said = named.startswith(("site:", "/s/"))
    address = Address.parse(named.removeprefix("site:").removeprefix("/s/")) if named else None
    if address is None:
        return None
    if said:
        shown = await show_site(app.call(), workspace.id, host=address.host, slug=address.code)
        return shown.site
    async with app.main.read() as connection:
        if await get_link(connection, workspace.id, address.host, address.code):
            return None
        return await find_site(connection, workspace.id, address.host, address.code)


async def _question(
    app: App,
    workspace: Workspace,
    code: str,
    days: tuple[str, str],
    by: Dimension | None,
    narrowed: tuple[str, str],
) -> Question:
    from scanly.analytics.period import parse_period
    from scanly.analytics.report import Question
    from scanly.links.actions import show_link
    from scanly.links.address import Address
    from scanly.links.store import Filter

    call = app.call()
    today = clock.at(call.now_ms, workspace.zone).date()
    period = parse_period(*days, today)
    link = await show_link(call, workspace.id, Address.parse(code)) if code else None
    dimension = by or (Dimension.DAY if code else Dimension.CODE)
    tag, campaign = narrowed
    return Question(workspace, period, dimension.value, link, Filter(tag=tag, campaign=campaign))


def _show(answer: Report) -> None:
    # Where people are not told apart (kinds, outcomes), every visit has its bar.
    sizes = [row.recorded if row.visitors is None else row.scans for row in answer.rows]
    most = max(sizes, default=0)
    columns = ("title",) if any(row.title for row in answer.rows) else ()
    rows = [
        (
            row.key,
            *((row.title,) if columns else ()),
            row.scans,
            "" if row.visitors is None else row.visitors,
            row.recorded,
            "█" * round(size / most * _BAR_CHARS) if most else "",
        )
        for row, size in zip(answer.rows, sizes, strict=True)
    ]
    if rows:
        output.table(
            (answer.by, *columns, "scans", "visitors", "recorded", ""),
            rows,
            numbers=("scans", "visitors", "recorded"),
        )
    what = f"{answer.code}: " if answer.code else ""
    output.say(
        f"{what}{text.count(answer.scans, 'scan')} by {text.count(answer.visitors, 'visitor')}, "
        f"{answer.since} to {answer.until} ({answer.time_zone})."
    )
    others = {kind: number for kind, number in answer.by_kind.items() if kind != "person" and number}
    if others:
        output.say(
            "Not counted as scans: "
            + ", ".join(f"{number:,} {kind}" for kind, number in others.items())
            + "."
        )
    if answer.visitors and answer.since != answer.until:
        output.say("Visitors are added up by day: somebody who came on two days counts twice.")
    if answer.silent and not answer.code:
        output.say(f"{answer.silent:,} of {text.count(answer.links, 'link')} had no visit.")
