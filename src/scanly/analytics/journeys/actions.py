"""What people can ask about journeys: a funnel, and who came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanly.accounts.model import WINDOW_DAYS, Workspace
from scanly.accounts.policy import permitted
from scanly.analytics import store
from scanly.analytics.about import About, Found, find_about, site_behind
from scanly.analytics.counting.packed import OUTCOME_OF_KIND, OUTCOMES
from scanly.analytics.journeys import store as journeys
from scanly.analytics.journeys.cohorts import (
    By,
    Cohorts,
    Span,
    average_of,
    columns_of,
    length_of,
    newcomers_of,
    rows_of,
)
from scanly.analytics.journeys.funnel import STEPS, Funnel, StepName, steps_of
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.slices import Scope
from scanly.core.clock import day_of, local_day
from scanly.core.errors import Invalid
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Connection, Database
from scanly.scans.model import Kind, Outcome
from scanly.work.call import Call

_CLICKED, _SENT = (Kind.PERSON * OUTCOMES + outcome for outcome in (Outcome.CLICK, Outcome.LEAD))
NAMELESS = (
    "This workspace does not tell visitors apart, so steps are counts and have no rates. "
    "To change that: scanly workspace edit NAME --privacy daily."
)
_ONE_DAY = (
    "People are told apart within one day: whoever scans today and sends a form tomorrow is not followed."
)
_PRESSED = "Sending a form counts as a click, too, when people are followed."


@permitted("stats.show")
async def funnel(
    call: Call,
    workspace_id: WorkspaceId,
    workspace: Workspace,
    about: About,
    period: Period,
    events: Database,
) -> Funnel:
    """The funnel of a site, of a link that leads to one, or of all of them.

    Counts come from the rollups, which are kept for ever; people from single scans, as long as those are kept.
    Raises Invalid for a link that leads to no site, or where there is none; NotFound.
    """
    async with call.db.read() as connection:
        found = await _way(connection, workspace_id, about)
    names = STEPS if found.links else STEPS[1:]
    link_ids, site_ids = [each.id for each in found.links], [each.id for each in found.sites]
    days = period.numbers
    async with events.read() as connection:
        counts = await _counts(connection, workspace_id, link_ids, site_ids, days)
        kept = await store.raw_since(connection, workspace_id) <= days[0]
        people = None
        if kept and workspace.privacy != "none":
            numbers = [
                *(await store.subject_numbers(connection, workspace_id, [*link_ids, *site_ids])).values()
            ]
            people = await journeys.people_by_step(connection, workspace_id, numbers, days, names)
    return Funnel(
        found.title,
        period.since.isoformat(),
        period.until.isoformat(),
        workspace.time_zone,
        steps_of(names, counts, people),
        _notes(workspace, names, found, kept=kept),
    )


async def _way(connection: Connection, workspace_id: WorkspaceId, about: About) -> Found:
    """The sites that a funnel ends at, and the links that lead to them."""
    found = await find_about(connection, workspace_id, about)
    everything = await find_about(connection, workspace_id, About())
    if about.kind == "code":
        site = site_behind(found.links[0], everything.sites)
        if site is None:
            hint = f"Lead it to one: scanly link edit {found.title} --target site:NAME."
            raise Invalid(f"{found.title} does not lead to a page of yours, so it has no funnel.", hint=hint)
        return Found(about, found.title, found.links, (site,))
    if not found.sites:
        raise Invalid("There is no page, and so no funnel.", hint="Make one: scanly site starters.")
    leading = tuple(link for link in everything.links if site_behind(link, found.sites))
    return Found(about, found.title, leading, found.sites)


async def _counts(
    connection: Connection,
    workspace_id: WorkspaceId,
    link_ids: Sequence[int],
    site_ids: Sequence[int],
    days: tuple[int, int],
) -> Mapping[StepName, int]:
    scopes = [Scope("link", each) for each in link_ids] + [Scope("site", each) for each in site_ids]
    counts: dict[StepName, int] = dict.fromkeys(STEPS, 0)
    for found in await store.read_slices(connection, workspace_id, scopes, days, ("time",)):
        if found.scope.kind == "link":
            counts["scan"] += found.scans
            continue
        outcomes = found.counts.get(OUTCOME_OF_KIND, {})
        counts["view"] += found.scans
        counts["click"] += outcomes.get(_CLICKED, 0)
        counts["lead"] += outcomes.get(_SENT, 0)
    return counts


def _notes(workspace: Workspace, names: Sequence[StepName], found: Found, *, kept: bool) -> list[str]:
    notes: list[str] = []
    if "scan" not in names:
        of = f"{found.title} " if found.about.kind == "site" else "any page "
        notes.append(f"No code leads to {of}by its target, so the first step is a view.")
    if workspace.privacy == "none":
        notes.append(NAMELESS)
    elif not kept:
        notes.append(
            "Single scans of this period are no longer all kept, so steps are counts and have no rates."
        )
    else:
        notes += [_ONE_DAY, _PRESSED]
    return notes


@permitted("stats.show")
async def cohorts(
    call: Call,
    workspace_id: WorkspaceId,
    workspace: Workspace,
    about: About,
    asked: tuple[Period, By],
    events: Database,
) -> Cohorts:
    """Who came back, by the first day on which they came.

    Raises Invalid where the workspace tells people apart for too short a time, or single scans are no longer kept.
    """
    (period, by), days = asked, WINDOW_DAYS[workspace.privacy]
    _raise_unless_followed(workspace, by, days)
    async with call.db.read() as connection:
        found = await find_about(connection, workspace_id, about)
    ids = [each.id for each in (found.links or found.sites)]
    async with events.read() as connection:
        span = _span(call, workspace, period, await store.raw_since(connection, workspace_id))
        numbers = [*(await store.subject_numbers(connection, workspace_id, ids)).values()]
        first = span.since // days * days
        present = await journeys.presences(connection, workspace_id, numbers, (first, span.until), days)
    same = [each for each in present if length_of(each.first, days) == days]
    rows = rows_of(same, span, by)
    return Cohorts(
        found.title,
        day_of(span.since).isoformat(),
        period.until.isoformat(),
        workspace.time_zone,
        by,
        days,
        rows,
        average_of(rows),
        newcomers_of(same, span),
        _limits(days, changed=len(same) < len(present), shortened=span.since > period.numbers[0]),
    )


def _span(call: Call, workspace: Workspace, period: Period, kept: int) -> Span:
    """The period, from the first window of which all scans are kept. Raises Invalid when it ends before that."""
    days = WINDOW_DAYS[workspace.privacy]
    since, until = period.numbers
    since = max(since, -(-kept // days) * days if kept > since // days * days else since)
    if since > until:
        raise Invalid(
            "Single scans of these days are no longer all kept, so nobody can be seen to come back.",
            hint=f"Ask for days from {day_of(since)} on.",
        )
    return Span(days, since, until, local_day(call.now_ms, workspace.zone) - 1)


def _raise_unless_followed(workspace: Workspace, by: By, days: int) -> None:
    if days == 1:
        apart = "at all" if workspace.privacy == "none" else "for longer than a day"
        raise Invalid(
            f"This workspace does not tell visitors apart {apart}, so nobody can be seen to come back.",
            hint="To know them for 7 or 30 days from now on: scanly workspace edit NAME --privacy weekly (or monthly).",
        )
    if columns_of(days, by) < 1:
        raise Invalid.field(
            "by",
            f"people are known for {days} days only, and no second week is among them.",
            hint="Use --by day.",
        )


def _limits(days: int, *, changed: bool, shortened: bool) -> list[str]:
    notes = [
        f"People can be known again for at most {days} days, in windows that begin every {days} days.",
        "When a window ends its key is destroyed: whoever comes in the next one is counted as new.",
        "Only scans since the workspace chose this level are counted here.",
    ]
    if changed:
        notes.append("Windows of another length, from before the privacy level was changed, are left out.")
    if shortened:
        notes.append("Single scans from before the first day shown are no longer all kept.")
    return notes
