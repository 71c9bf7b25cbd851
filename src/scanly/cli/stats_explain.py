"""``scanly stats explain``: what happened, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from scanly.cli import output
from scanly.cli.session import Session
from scanly.cli.stats_funnel import count_first, period_of
from scanly.cli.stats_show import subject_of

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App


def explain(
    context: typer.Context,
    code: Annotated[
        str, Argument(help="One code, or a site; every link when left out.", metavar="[CODE|SITE]")
    ] = "",
    since: Annotated[str, Option(help="A date, or 30d for the last thirty days, today included.")] = "30d",
    until: Annotated[str, Option(help="The last day.", show_default="today")] = "",
    tag: Annotated[str, Option(help="Only links with this tag.")] = "",
    campaign: Annotated[str, Option(help="Only links of this campaign.")] = "",
    placement: Annotated[str, Option(help="Only links that hang there.")] = "",
    host: Annotated[str, Option(help="Only links bound to this host.")] = "",
    language: Annotated[str, Option(help="en or hi.", show_default="the workspace's")] = "",
    flush: Annotated[bool, Option("--flush", help="Wait until every scan so far has been counted.")] = False,
) -> None:
    """What happened, in plain words: busy, odd and silent days, the best hours, and what comes next."""
    session = Session.of(context)
    narrowed = (tag, campaign, placement, host)
    if code and any(narrowed):
        raise typer.BadParameter("Name a code, or what links share (--tag, --campaign …), not both")

    async def work(app: App, workspace: Workspace) -> None:
        from scanly.analytics.explain import explain as explain_numbers
        from scanly.analytics.reports.question import Question
        from scanly.analytics.words.wording import check_language

        said_in = check_language(language) if language else workspace.language
        await count_first(app, wanted=flush)
        subject = await subject_of(app, workspace, code, narrowed)
        period = period_of(app, workspace, since, until)
        question = Question(workspace, period, subject=subject, language=said_in)
        found = await explain_numbers(app.call(), workspace.id, question, app.events)
        if session.json:
            output.as_json(found)
            return
        for sentence in found.sentences:
            output.say(sentence)

    session.run_in_workspace(work)
