"""``scanly stats goals``: what people are hoped to do, and how many did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session, group
from scanly.cli.stats_funnel import Flush, Since, Until, count_first, percent, period_of
from scanly.core.text import count

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.goals.model import Goal, GoalReport, What
    from scanly.app import App

app = group()

_BAR_CHARS = 30

Name = Annotated[str, Argument(help="The goal's name.", show_default=False)]
View = Annotated[str, Option(help="Count views of this site.", metavar="SITE")]
Click = Annotated[str, Option(help="Count clicks on this site.", metavar="SITE")]
Form = Annotated[str, Option(help="Count forms sent from this site.", metavar="SITE")]
Scan = Annotated[str, Option(help="Count scans of this code.", metavar="CODE")]
ScanTag = Annotated[str, Option(help="Count scans of all codes with this tag.", metavar="TAG")]


@app.command()
def add(
    context: typer.Context,
    name: Name,
    view: View = "",
    click: Click = "",
    form: Form = "",
    scan: Scan = "",
    scan_tag: ScanTag = "",
    block: Annotated[str, Option(help="Only clicks or forms of this block, or block/key of one link.")] = "",
) -> None:
    """Say what you hope that people do."""
    from scanly.analytics.goals.actions import add_goal

    session = Session.of(context)
    what, of = _counted(view=view, click=click, form=form, scan=scan, scan_tag=scan_tag)

    async def work(app: App, workspace: Workspace) -> None:
        goal = await add_goal(app.call(), workspace.id, name, what, of, block)
        _made(session, goal, f'Goal "{goal.name}" made.')

    session.run_in_workspace(work)


@app.command(name="list")
def list_(context: typer.Context) -> None:
    """List all goals."""
    from scanly.analytics.goals.actions import list_goals

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = await list_goals(app.call(), workspace.id)
        if session.json:
            output.as_json([_as_object(goal) | {"subject": subject} for goal, subject in found])
        elif found:
            output.table(("goal", "counts"), [(goal.name, subject) for goal, subject in found])
        else:
            output.tell("There is no goal yet. Make one: scanly stats goals add NAME --form SITE.")

    session.run_in_workspace(work)


@app.command()
def show(
    context: typer.Context, name: Name, since: Since = "30d", until: Until = "", flush: Flush = False
) -> None:
    """How often a goal was reached, by whom and when."""
    from scanly.analytics.goals.report import goal_report

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        await count_first(app, wanted=flush)
        days = period_of(app, workspace, since, until)
        report = await goal_report(app.call(), workspace.id, workspace, name, days, app.events)
        if session.json:
            output.as_json(report)
        else:
            _tell(report)

    session.run_in_workspace(work)


@app.command()
def edit(
    context: typer.Context,
    name: Name,
    rename: Annotated[str, Option(help="Another name.", metavar="NAME")] = "",
    of: Annotated[str, Option(help="Another site or code; tag:TAG for a tag.", metavar="CODE|SITE")] = "",
    block: Annotated[str | None, Option(help='Another block; "" for all.', show_default=False)] = None,
) -> None:
    """Rename a goal, or count the same of something else."""
    from scanly.analytics.goals.actions import edit_goal

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        goal = await edit_goal(app.call(), workspace.id, name, rename=rename, of=of, part=block)
        _made(session, goal, f'Goal "{goal.name}" changed.')

    session.run_in_workspace(work)


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Forget a goal; what was counted stays."""
    from scanly.analytics.goals.actions import remove_goal

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        goal = await remove_goal(app.call(), workspace.id, name)
        _made(session, goal, f'Goal "{goal.name}" removed.')

    session.run_in_workspace(work)


def _counted(*, view: str, click: str, form: str, scan: str, scan_tag: str) -> tuple[What, str]:
    """What is counted, and of what. Raises BadParameter unless exactly one option says so."""
    given: list[tuple[What, str]] = [
        ("view", view),
        ("click", click),
        ("lead", form),
        ("scan", scan),
        ("scan", f"tag:{scan_tag}" if scan_tag else ""),
    ]
    said: list[tuple[What, str]] = [(what, of) for what, of in given if of]
    if len(said) != 1:
        raise typer.BadParameter("Give one of --view, --click, --form, --scan and --scan-tag")
    return said[0]


def _made(session: Session, goal: Goal, sentence: str) -> None:
    if session.json:
        output.as_json(_as_object(goal))
    else:
        output.tell(sentence)


def _as_object(goal: Goal) -> dict[str, object]:
    return {"name": goal.name, "what": goal.what, "block": goal.part, "tag": goal.tag}


def _tell(report: GoalReport) -> None:
    most = max((day.reached for day in report.days), default=0)
    rows = [
        (
            day.key,
            day.reached,
            "" if day.people is None else day.people,
            "█" * round(day.reached / most * _BAR_CHARS) if most else "",
        )
        for day in report.days
    ]
    output.table(("day", "reached", "people", ""), rows, numbers=("reached", "people"))
    by = "" if report.people is None else f" by {count(report.people, 'visitor')}"
    output.say(
        f"{report.name} ({report.subject}): reached {count(report.reached, 'time')}{by}, {report.since} to "
        f"{report.until} ({report.time_zone}); {count(report.before, 'time')} in the period before."
    )
    if report.rate:
        whose = "visits" if report.people is None else "people"
        output.say(
            f"Conversion: {percent(report.rate)}, {report.rate.some:,} of {report.rate.of:,} {whose} "
            f"with {report.out_of}."
        )
    for note in report.notes:
        output.say(note)
