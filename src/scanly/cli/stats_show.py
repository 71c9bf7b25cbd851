"""``scanly stats``: the report about everything, a code, a site, or links that share a word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output, site_stats, stats_files, stats_lines
from scanly.cli.session import Session
from scanly.core import clock

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.analytics.reports.question import Question, Subject
    from scanly.app import App
    from scanly.sites.model import Known

# Of more rows than these a terminal shows the rest as one.
_ROWS_SHOWN = 40


def show(
    context: typer.Context,
    code: Annotated[
        str, Argument(help="One code, or a site; every link when left out.", metavar="[CODE|SITE]")
    ] = "",
    since: Annotated[
        str, Option(help="A date, 30d, 4w or 12m (up to --until), yesterday, this-month, last-month …")
    ] = "30d",
    until: Annotated[str, Option(help="The last day.", show_default="today")] = "",
    by: Annotated[
        str,
        Option(
            metavar="WORD",
            help="One row for each day, week, month, hour, weekday, code, placement, kind, country, city, "
            "device, browser, referrer …, or a heatmap of weekday and hour.",
            show_default="code, or day for one code or site",
        ),
    ] = "",
    where: Annotated[
        list[str] | None, Option(metavar="WORD=VALUE", help="Only people such as browser=Safari; repeatable.")
    ] = None,
    tag: Annotated[str, Option(help="Only links with this tag.")] = "",
    campaign: Annotated[str, Option(help="Only links of this campaign.")] = "",
    placement: Annotated[str, Option(help="Only links that hang there.")] = "",
    host: Annotated[str, Option(help="Only links bound to this host.")] = "",
    site: Annotated[str, Option(help="A site, also when a code has its name.")] = "",
    compare: Annotated[bool, Option("--compare", help="Compare with as many days before.")] = False,
    compare_to: Annotated[str, Option(metavar="DATE", help="Compare with as many days from DATE on.")] = "",
    limit: Annotated[int | None, Option(min=1, help="So many rows; the rest is one.")] = None,
    csv: Annotated[str, Option(metavar="FILE", help="Write the rows; - is standard output.")] = "",
    xlsx: Annotated[Path | None, Option(metavar="FILE", help="Write a workbook of everything.")] = None,
    html: Annotated[Path | None, Option(metavar="FILE", help="Write a page with charts.")] = None,
    pdf: Annotated[Path | None, Option(metavar="FILE", help="Write one printed page with charts.")] = None,
    language: Annotated[
        str, Option(help="Of the page and the workbook.", show_default="the workspace's")
    ] = "",
    flush: Annotated[bool, Option("--flush", help="Wait until every scan so far has been counted.")] = False,
) -> None:
    """Scans, visitors and robots, in the workspace's time zone."""
    session = Session.of(context)
    files = stats_files.Files(csv, xlsx, html, pdf)
    narrowed = (tag, campaign, placement, host)
    if sum(map(bool, (code, site, any(narrowed)))) > 1:
        raise typer.BadParameter(
            "Name a code, a site, or what links share (--tag, --campaign …), not two of them"
        )
    named = code or (f"site:{site.removeprefix('site:')}" if site else "")

    async def work(app: App, workspace: Workspace) -> None:
        if flush:
            await _flush(app)
        subject = await subject_of(app, workspace, named, narrowed)
        question = _question(app, workspace, subject, (since, until), (by, where or []), limit)
        question = _compared(question, compare=compare, to=compare_to)
        if files.wanted:
            await stats_files.write(app, question, files, language or workspace.language, session)
        elif subject.site:
            await site_stats.show(app, question, session)
        else:
            await _show(app, question, session)

    session.run_in_workspace(work)


async def _flush(app: App) -> None:
    import asyncio

    from scanly.analytics.flush import flush

    await asyncio.to_thread(flush, app.folder, app.settings.database_url, app.clock)


async def _show(app: App, question: Question, session: Session) -> None:
    from dataclasses import replace

    from msgspec import structs

    from scanly.analytics.reports.report import report

    if not session.json:
        question = replace(question, limit=question.limit or _ROWS_SHOWN)
    answer = await report(app.call(), question.workspace.id, question, app.events)
    answer = structs.replace(answer, notes=[*answer.notes, *stats_lines.attributions(app, question.by)])
    if session.json:
        output.as_json(answer)
    else:
        stats_lines.show(answer)


async def subject_of(
    app: App, workspace: Workspace, named: str, narrowed: tuple[str, str, str, str]
) -> Subject:
    """What is asked about. Raises NotFound that names the nearest."""
    from scanly.analytics.reports.question import Subject
    from scanly.cli.site_files import host_of
    from scanly.links.actions import show_link
    from scanly.links.address import Address
    from scanly.links.store import Filter

    if named:
        site = await _site(app, workspace, named)
        if site:
            return Subject(site=site)
        return Subject(link=await show_link(app.call(), workspace.id, Address.parse(named)))
    tag, campaign, placement, host = narrowed
    bound = host_of(app, host) if host else None
    return Subject(wanted=Filter(tag=tag, campaign=campaign, placement=placement, host=bound))


async def _site(app: App, workspace: Workspace, named: str) -> Known | None:
    """The site that is meant: said so, or because there is no such code."""
    from scanly.links.address import Address
    from scanly.links.store import get_link
    from scanly.sites.actions import show_site
    from scanly.sites.store import find_site

    said = named.startswith(("site:", "/s/"))
    address = Address.parse(named.removeprefix("site:").removeprefix("/s/"))
    if said:
        shown = await show_site(app.call(), workspace.id, host=address.host, slug=address.code)
        return shown.site
    async with app.main.read() as connection:
        if await get_link(connection, workspace.id, address.host, address.code):
            return None
        return await find_site(connection, workspace.id, address.host, address.code)


def _question(
    app: App,
    workspace: Workspace,
    subject: Subject,
    days: tuple[str, str],
    rows: tuple[str, list[str]],
    limit: int | None,
) -> Question:
    """Raises Invalid, and wrong use for words that are none."""
    from scanly.analytics.reports.narrowing import wanted
    from scanly.analytics.reports.period import parse_period
    from scanly.analytics.reports.question import Question
    from scanly.analytics.reports.report import way_of
    from scanly.core.errors import Invalid

    since, until = days
    period = parse_period(since, until, clock.at(app.clock(), workspace.zone).date())
    by, where = rows
    default = "day" if subject.link or subject.site else "code"
    some = [_where(each) for each in where]
    question = Question(workspace, period, by or default, subject, some, limit=limit)
    try:
        way_of(question)
        wanted(question)
    except Invalid as error:
        raise typer.BadParameter(str(error)) from error
    return question


def _where(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not value.strip():
        raise typer.BadParameter(f'"{text}" is not like browser=Safari', param_hint="--where")
    return name.strip(), value.strip()


def _compared(question: Question, *, compare: bool, to: str) -> Question:
    from dataclasses import replace

    from scanly.analytics.reports.period import parse_day

    if not compare and not to:
        return question
    since = parse_day("compare-to", to, question.period.until, last=False) if to else None
    return replace(question, before=question.period.before(since))
