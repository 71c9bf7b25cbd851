"""``scanly stats funnel``: how many go on from a scan to a page, a click and a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.journeys.funnel import Funnel
    from scanly.analytics.journeys.rates import Rate
    from scanly.analytics.reports.period import Period
    from scanly.app import App

Code = Annotated[
    str,
    Argument(help="A site, or a code that leads to one; all of them when left out.", metavar="[CODE|SITE]"),
]
Since = Annotated[str, Option(help="A date, or 30d for the last thirty days, today included.")]
Until = Annotated[str, Option(help="The last day.", show_default="today")]
Flush = Annotated[bool, Option("--flush", help="Wait until every scan so far has been counted.")]


def funnel(
    context: typer.Context, code: Code = "", since: Since = "30d", until: Until = "", flush: Flush = False
) -> None:
    """How many go on from a scan to a page, a click and a form."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.about import named
        from scanly.analytics.journeys.actions import funnel as read_funnel

        await count_first(app, wanted=flush)
        async with app.main.read() as connection:
            about = await named(connection, workspace.id, code)
        days = period_of(app, workspace, since, until)
        found = await read_funnel(app.call(), workspace.id, workspace, about, days, app.events)
        if session.json:
            output.as_json(found)
        else:
            _show(found)

    session.run_in_workspace(work)


async def count_first(app: App, *, wanted: bool) -> None:
    """Waits until every scan so far has been counted."""
    import asyncio

    from scanly.analytics.flush import flush

    if wanted:
        await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)


def period_of(app: App, workspace: Workspace, since: str, until: str) -> Period:
    """The days that are meant, in the workspace's zone. Raises Invalid."""
    from scanly.analytics.reports.period import parse_period
    from scanly.core.clock import at

    return parse_period(since, until, at(app.clock(), workspace.zone).date())


def percent(rate: Rate | None) -> str:
    """``12.5 % (8.0–18.9)``: the rate, and the 95 % interval."""
    if rate is None:
        return ""
    return f"{rate.ratio:.1%} ({rate.low * 100:.1f}–{rate.high * 100:.1f})".replace("%", " %")


def _show(found: Funnel) -> None:
    rows = [
        (
            step.name,
            step.count,
            "" if step.people is None else step.people,
            percent(step.of_before),
            percent(step.of_first),
        )
        for step in found.steps
    ]
    names = ("step", "count", "people", "of the step before", "of the first step")
    output.table(names, rows, numbers=names[1:])
    output.say(f"{found.subject}, {found.since} to {found.until} ({found.time_zone}).")
    for note in found.notes:
        output.say(note)
