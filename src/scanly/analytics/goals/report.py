"""How often a goal was reached: by whom, of how many who could have, by day, and against the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanly.accounts.model import Workspace
from scanly.accounts.policy import permitted
from scanly.analytics import store
from scanly.analytics.about import About, find_about, site_behind
from scanly.analytics.counting.packed import CLICKED, OUTCOME_OF_KIND, SENT, Part
from scanly.analytics.counting.packed import OUTCOMES as OUTCOMES_A_KIND
from scanly.analytics.goals.finding import describe, find_goal
from scanly.analytics.goals.model import OUTCOMES, Day, Goal, GoalReport, What
from scanly.analytics.journeys import store as journeys
from scanly.analytics.journeys.rates import Rate, rate
from scanly.analytics.journeys.store import Deed
from scanly.analytics.reports.period import Period
from scanly.analytics.reports.slices import EVERYTHING, Scope, Slice
from scanly.core.clock import day_of
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Connection, Database
from scanly.links import store as links
from scanly.scans.model import Kind, Outcome
from scanly.work.call import Call

_OF_PART: Mapping[What, int] = {"click": CLICKED, "lead": SENT}
_OUT_OF: Mapping[What, str] = {
    "scan": "scans of all codes",
    "view": "scans of codes that lead there",
    "click": "views of the page",
    "lead": "views of the page",
}


@dataclass(frozen=True, slots=True)
class _Way:
    """What is counted, and what is looked at for how many could have done it; None: all of the workspace."""

    goal: Goal
    scopes: Sequence[Scope]
    basis: Sequence[Scope]
    subjects: Sequence[int] = field(default=())
    basis_subjects: Sequence[int] | None = ()

    @property
    def basis_outcomes(self) -> tuple[Outcome, ...]:
        return OUTCOMES["view" if self.goal.what in _OF_PART else "scan"]


@permitted("stats.show")
async def goal_report(
    call: Call, workspace_id: WorkspaceId, workspace: Workspace, name: str, period: Period, events: Database
) -> GoalReport:
    """The report. How often comes from the rollups, people from single scans as long as those are kept."""
    async with call.db.read() as connection:
        goal = await find_goal(connection, workspace_id, name)
        subject = await describe(connection, workspace_id, goal)
        way = await _way(connection, workspace_id, goal)
    async with events.read() as connection:
        reached = await _reached(connection, workspace_id, way, period.numbers)
        before = await _reached(connection, workspace_id, way, period.before().numbers)
        apart = workspace.privacy != "none"
        kept = await store.raw_since(connection, workspace_id) <= period.numbers[0]
        people, share = None, None
        if apart and kept:
            people, share = await _people(connection, workspace_id, way, period.numbers)
        else:
            share = await _share_of_visits(connection, workspace_id, way, period.numbers, reached)
    first, last = period.numbers
    return GoalReport(
        name=goal.name,
        what=goal.what,
        subject=subject,
        since=period.since.isoformat(),
        until=period.until.isoformat(),
        time_zone=workspace.time_zone,
        reached=sum(reached.values()),
        people=None if people is None else sum(people.values()),
        before=sum(before.values()),
        out_of=_OUT_OF[goal.what],
        rate=share,
        days=[
            Day(day_of(day).isoformat(), reached.get(day, 0), None if people is None else people.get(day, 0))
            for day in range(first, last + 1)
        ],
        notes=_notes(apart=apart, kept=kept),
    )


async def _way(connection: Connection, workspace_id: WorkspaceId, goal: Goal) -> _Way:
    if goal.what == "scan":
        ids = [goal.subject_id]
        if goal.tag:
            tagged = await links.list_links(connection, workspace_id, links.Filter(tag=goal.tag))
            ids = [link.id for link in tagged]
        return _Way(goal, [Scope("link", each) for each in ids], [EVERYTHING], ids, None)
    mine = [Scope("site", goal.subject_id)]
    if goal.what != "view":
        return _Way(goal, mine, mine, [goal.subject_id], [goal.subject_id])
    everything = await find_about(connection, workspace_id, About())
    sites = [site for site in everything.sites if site.id == goal.subject_id]
    leading = [link.id for link in everything.links if site_behind(link, sites)]
    return _Way(goal, mine, [Scope("link", each) for each in leading], [goal.subject_id], leading)


async def _reached(
    connection: Connection, workspace_id: WorkspaceId, way: _Way, days: tuple[int, int]
) -> dict[int, int]:
    """How often by people, by local day."""
    goal = way.goal
    parts: tuple[Part, ...] = ()
    if goal.what in _OF_PART:
        parts = ("parts",) if goal.part else ("time",)
    slices = await store.read_slices(connection, workspace_id, way.scopes, days, parts)
    wanted = await _wanted(connection, workspace_id, goal, slices)
    found: dict[int, int] = {}
    for each in slices:
        number = each.scans
        if goal.what in _OF_PART:
            dimension = _OF_PART[goal.what] if goal.part else OUTCOME_OF_KIND
            counts = each.counts.get(dimension, {})
            number = sum(count for value, count in counts.items() if value in wanted)
        if number:
            found[each.first] = found.get(each.first, 0) + number
    return found


async def _wanted(
    connection: Connection, workspace_id: WorkspaceId, goal: Goal, slices: Sequence[Slice]
) -> set[int]:
    """The values of the dimension that count."""
    if goal.what not in _OF_PART:
        return set()
    if not goal.part:
        return {Kind.PERSON * OUTCOMES_A_KIND + outcome for outcome in OUTCOMES[goal.what]}
    dimension = _OF_PART[goal.what]
    numbers = {number for each in slices for number in each.counts.get(dimension, {})}
    texts = await store.texts(connection, workspace_id, numbers)
    return {number for number, text in texts.items() if text == goal.part or text.startswith(f"{goal.part}/")}


async def _people(
    connection: Connection, workspace_id: WorkspaceId, way: _Way, days: tuple[int, int]
) -> tuple[dict[int, int], Rate | None]:
    """People by day, and their share of those who could have."""
    numbers = [*(await store.subject_numbers(connection, workspace_id, way.subjects)).values()]
    did = Deed(OUTCOMES[way.goal.what], way.goal.part)
    people = await journeys.people_by_day(connection, workspace_id, numbers, days, did)
    basis: Sequence[int] | None = way.basis_subjects
    if basis is not None:
        basis = [*(await store.subject_numbers(connection, workspace_id, basis)).values()]
    could = (basis, Deed(way.basis_outcomes))
    of, some = await journeys.people_who(connection, workspace_id, days, could, (numbers, did))
    return people, rate(some, of)


async def _share_of_visits(
    connection: Connection,
    workspace_id: WorkspaceId,
    way: _Way,
    days: tuple[int, int],
    reached: Mapping[int, int],
) -> Rate | None:
    """Of visits; None where one visit can bring more than one, so that no share can be said."""
    slices = await store.read_slices(connection, workspace_id, way.basis, days)
    of, some = sum(each.scans for each in slices), sum(reached.values())
    return rate(some, of) if some <= of else None


def _notes(*, apart: bool, kept: bool) -> list[str]:
    if not apart:
        return ["This workspace does not tell visitors apart, so the rate is of visits, not of people."]
    if not kept:
        return [
            "Single scans of this period are no longer all kept, so the rate is of visits, not of people."
        ]
    return ["People count once a day. The rate is of people who did both on the same day."]
