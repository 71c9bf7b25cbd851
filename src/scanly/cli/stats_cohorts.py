"""``scanly stats cohorts``: who came back, as far as the workspace tells people apart."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.cli.stats_funnel import Flush, Since, Until, count_first, period_of
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.journeys.cohorts import Cell, Cohorts
    from scanly.app import App


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"


def cohorts(
    context: typer.Context,
    code: Annotated[
        str, Argument(help="One code, or a site; every code when left out.", metavar="[CODE|SITE]")
    ] = "",
    since: Since = "30d",
    until: Until = "",
    by: Annotated[Unit, Option(help="Rows and columns are days, or weeks.")] = Unit.DAY,
    flush: Flush = False,
) -> None:
    """Who came back how long after the first scan, where people are told apart for a week or a month."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.about import named
        from scanly.analytics.journeys.actions import cohorts as read_cohorts

        await count_first(app, wanted=flush)
        async with app.main.read() as connection:
            about = await named(connection, workspace.id, code)
        days = period_of(app, workspace, since, until)
        found = await read_cohorts(app.call(), workspace.id, workspace, about, (days, by.value), app.events)
        if session.json:
            output.as_json(found)
        else:
            _show(found)

    session.run_in_workspace(work)


def _show(found: Cohorts) -> None:
    if found.rows:
        columns = [f"+{number + 1}" for number in range(len(found.average))]
        lines = [(row.key, row.people, *map(_percent, row.cells)) for row in found.rows]
        whole = sum(row.people for row in found.rows)
        lines.append(("all", whole, *map(_percent, found.average)))
        names = (f"first {found.by}", "people", *columns)
        output.table(names, lines, numbers=names[1:])
    first, returning = (sum(getattr(day, name) for day in found.days) for name in ("first", "returning"))
    output.say(
        f"{found.subject}: {count(first, 'visitor')} for the first time, {count(returning, 'return')} on a later day, "
        f"{found.since} to {found.until} ({found.time_zone})."
    )
    output.say(f"A column says which share came back so many {found.by}s after their first day.")
    for note in found.notes:
        output.say(note)


def _percent(cell: Cell | None) -> str:
    return "" if cell is None else f"{cell.back / cell.of:.0%}"
