"""``scanly stats alerts``: what fired, and the rules that say what should."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.core.text import count

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scanly.accounts.model import Workspace
    from scanly.analytics.alerts.model import Alert, AlertKind, Every, Rule
    from scanly.app import App

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True, add_completion=False)


class Period(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class Digest(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"


Name = Annotated[str, Argument(help="The rule's name.", show_default=False)]
_MORE = Option(min=0, show_default=False, metavar="N", help="When there are more than N scans in the period.")
_LESS = Option(min=1, show_default=False, metavar="N", help="When there are less than N scans in the period.")
_SILENT = Option(min=1, show_default=False, metavar="D", help="When nobody scanned for D whole days.")
_IN = Option("--in", help="The period that --more and --less look at.", show_default="day")
_CODE = Option(help="Only this code or site.", metavar="CODE|SITE")


@app.callback()
def alerts(
    context: typer.Context,
    since: Annotated[str, Option(help="A date, or 30d for the last thirty days, today included.")] = "30d",
) -> None:
    """What fired, the latest first; nothing is sent by mail yet."""
    if context.invoked_subcommand:
        return
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.alerts.actions import list_alerts
        from scanly.analytics.alerts.periods import start_ms
        from scanly.cli.stats_funnel import period_of

        first, _ = period_of(app, workspace, since, "").numbers
        found = await list_alerts(app.call(), workspace.id, start_ms("day", first, workspace.zone))
        if session.json:
            output.as_json([_as_object(alert) for alert in found])
        else:
            _show(found, workspace.zone)

    session.run_in_workspace(work)


@app.command()
def rules(context: typer.Context) -> None:
    """List the rules."""
    from scanly.analytics.alerts.actions import list_rules
    from scanly.analytics.alerts.model import in_words

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        found = await list_rules(app.call(), workspace.id)
        if session.json:
            output.as_json([_rule_object(rule) | {"subject": subject} for rule, subject in found])
        elif found:
            rows = [
                (rule.name, in_words(rule, subject), "firing" if rule.firing else "")
                for rule, subject in found
            ]
            output.table(("rule", "fires at", ""), rows)
        else:
            output.tell("There is no rule yet. Make one: scanly stats alerts add NAME --silent 3.")

    session.run_in_workspace(work)


@app.command()
def add(
    context: typer.Context,
    name: Name,
    more: Annotated[int | None, _MORE] = None,
    less: Annotated[int | None, _LESS] = None,
    silent: Annotated[int | None, _SILENT] = None,
    digest: Annotated[Digest | None, Option(help="A summary every day or week.", show_default=False)] = None,
    period: Annotated[Period | None, _IN] = None,
    code: Annotated[str, _CODE] = "",
    tag: Annotated[str, Option(help="Only links with this tag.")] = "",
    campaign: Annotated[str, Option(help="Only links of this campaign.")] = "",
) -> None:
    """Make a rule."""
    session = Session.of(context)
    kind, number, every = _wanted(more, less, silent, digest, period)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.about import chosen
        from scanly.analytics.alerts.actions import add_rule
        from scanly.analytics.alerts.model import Rule

        async with app.main.read() as connection:
            about = await chosen(connection, workspace.id, code, tag, campaign)
        draft = Rule(0, name, kind, number, every, about)
        rule = await add_rule(app.call(), workspace.id, draft)
        _made(session, rule, f'Rule "{rule.name}" made. A running server judges it every five minutes.')

    session.run_in_workspace(work)


@app.command()
def edit(
    context: typer.Context,
    name: Name,
    rename: Annotated[str, Option(help="Another name.", metavar="NAME")] = "",
    number: Annotated[
        int | None, Option("--number", help="Another number of scans, or of silent days.", show_default=False)
    ] = None,
    period: Annotated[Period | None, Option("--in", help="Another period.", show_default=False)] = None,
    code: Annotated[str, _CODE] = "",
    tag: Annotated[str, Option(help="Only links with this tag.")] = "",
    campaign: Annotated[str, Option(help="Only links of this campaign.")] = "",
) -> None:
    """Change a rule; it is judged by that from now on."""
    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.about import chosen
        from scanly.analytics.alerts.actions import edit_rule

        changes: dict[str, object] = {"name": rename} if rename else {}
        if number is not None:
            changes["number"] = number
        if period is not None:
            changes["every"] = period.value
        if code or tag or campaign:
            async with app.main.read() as connection:
                changes["about"] = await chosen(connection, workspace.id, code, tag, campaign)
        rule = await edit_rule(app.call(), workspace.id, name, changes)
        _made(session, rule, f'Rule "{rule.name}" changed.')

    session.run_in_workspace(work)


@app.command()
def remove(context: typer.Context, name: Name) -> None:
    """Remove a rule; what it fired stays listed."""
    from scanly.analytics.alerts.actions import remove_rule

    session = Session.of(context)

    async def work(app: App, workspace: Workspace) -> None:
        rule = await remove_rule(app.call(), workspace.id, name)
        _made(session, rule, f'Rule "{rule.name}" removed.')

    session.run_in_workspace(work)


def _wanted(
    more: int | None, less: int | None, silent: int | None, digest: Digest | None, period: Period | None
) -> tuple[AlertKind, int, Every]:
    """What a rule looks for. Raises BadParameter unless exactly one option says so."""
    numbers: list[tuple[AlertKind, int | None]] = [("more", more), ("less", less), ("silent", silent)]
    said: list[tuple[AlertKind, int]] = [(kind, number) for kind, number in numbers if number is not None]
    if len(said) + (digest is not None) != 1:
        raise typer.BadParameter("Give one of --more, --less, --silent and --digest")
    if period and (digest or silent is not None):
        raise typer.BadParameter("--in goes with --more or --less")
    if digest:
        return "digest", 0, "day" if digest is Digest.DAILY else "week"
    kind, number = said[0]
    return kind, number, "day" if period is None else period.value


def _made(session: Session, rule: Rule, sentence: str) -> None:
    if session.json:
        output.as_json(_rule_object(rule))
    else:
        output.tell(sentence)


def _rule_object(rule: Rule) -> dict[str, object]:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "number": rule.number,
        "every": rule.every,
        "about": rule.about.kind,
        "firing": rule.firing,
    }


def _as_object(alert: Alert) -> dict[str, object]:
    import msgspec

    from scanly.core.clock import iso

    return {"at": iso(alert.at_ms), **msgspec.to_builtins(alert.told)}


def _show(found: list[Alert], zone: ZoneInfo) -> None:
    from scanly.analytics.alerts.model import told_in_words
    from scanly.links.moments import shown

    if not found:
        output.say("No alert.")
        return
    for alert in found:
        output.say(f"{shown(alert.at_ms, zone)}  {alert.told.rule}: {told_in_words(alert.told)}")
    output.tell(f"{count(len(found), 'alert')}.")
