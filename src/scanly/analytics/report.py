"""What ``scanly stats`` says, as one value for every output: totals, then rows of one dimension."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from scanly.accounts.model import Workspace
from scanly.accounts.policy import permitted
from scanly.analytics import store
from scanly.analytics.period import Period
from scanly.analytics.store import Total
from scanly.core.clock import day_of
from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.engine import Database
from scanly.links import store as links
from scanly.links.model import Link
from scanly.scans.model import LANDED, Kind
from scanly.work.call import Call

By = Literal["code", "day", "kind", "outcome", "placement", "campaign"]
DIMENSIONS: tuple[By, ...] = ("code", "day", "kind", "outcome", "placement", "campaign")
EVERYTHING = links.Filter()


class Row(msgspec.Struct, frozen=True):
    """One value of the dimension. ``visitors`` is None where people cannot be told apart by it."""

    key: str
    scans: int
    visitors: int | None
    recorded: int
    title: str = ""


class Report(msgspec.Struct, frozen=True):
    """``recorded`` counts visits of every kind and outcome, ``scans`` people who were sent on."""

    code: str
    since: str
    until: str
    time_zone: str
    recorded: int
    scans: int
    visitors: int
    by_kind: Mapping[str, int]
    by: By
    rows: Sequence[Row]
    links: int
    silent: int


@dataclass(frozen=True, slots=True)
class Question:
    """What to report. ``link`` narrows it to one; ``wanted`` to the links a filter finds."""

    workspace: Workspace
    period: Period
    by: By
    link: Link | None = None
    wanted: links.Filter = EVERYTHING


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything a report is computed from."""

    totals: Sequence[Total]
    by_link_and_day: Mapping[tuple[LinkId, int], int]
    by_day: Mapping[int, int]
    links: Mapping[LinkId, Link]


@permitted("stats.show")
async def report(call: Call, workspace_id: WorkspaceId, question: Question, events: Database) -> Report:
    """The report. Visitors of several days are the sum of each day's: nobody is followed across days."""
    facts = await _read(call, workspace_id, question, events)
    people = [total for total in facts.totals if _is_scan(total)]
    kinds = Counter[Kind]()
    for total in facts.totals:
        kinds[total.kind] += total.scans
    visited = {total.link_id for total in facts.totals}
    return Report(
        code=question.link.code if question.link else "",
        since=question.period.since.isoformat(),
        until=question.period.until.isoformat(),
        time_zone=question.workspace.time_zone,
        recorded=sum(total.scans for total in facts.totals),
        scans=sum(total.scans for total in people),
        visitors=sum(facts.by_day.values()),
        by_kind={kind.word: kinds[kind] for kind in Kind},
        by=question.by,
        rows=_ROWS[question.by](question, facts),
        links=len(facts.links),
        silent=len(facts.links.keys() - visited),
    )


async def _read(call: Call, workspace_id: WorkspaceId, question: Question, events: Database) -> _Facts:
    async with call.db.read() as connection:
        if question.link:
            chosen = [question.link]
        else:
            chosen = await links.list_links(connection, workspace_id, question.wanted)
            if question.wanted == EVERYTHING:
                chosen += await links.list_links(connection, workspace_id, links.Filter(removed=True))
    known = {link.id: link for link in chosen}
    whole = question.link is None and question.wanted == EVERYTHING
    days = question.period.numbers
    async with events.read() as connection:
        some = None if whole else list(known)
        found = await store.list_totals(connection, workspace_id, days, some)
        visitors = await store.list_visitors(connection, workspace_id, days, list(known))
        by_day = (
            await store.workspace_visitors(connection, workspace_id, days) if whole else _per_day(visitors)
        )
    return _Facts(found, visitors, by_day, known)


def _is_scan(total: Total) -> bool:
    return total.kind is Kind.PERSON and total.outcome in LANDED


def _per_day(visitors: Mapping[tuple[LinkId, int], int]) -> dict[int, int]:
    days = Counter[int]()
    for (_, day), number in visitors.items():
        days[day] += number
    return dict(days)


def _sums(totals: Iterable[Total], key: Callable[[Total], str]) -> dict[str, tuple[int, int]]:
    """Scans and recorded visits by key."""
    scans, recorded = Counter[str](), Counter[str]()
    for total in totals:
        recorded[key(total)] += total.scans
        if _is_scan(total):
            scans[key(total)] += total.scans
    return {name: (scans[name], number) for name, number in recorded.items()}


def _by_day(question: Question, facts: _Facts) -> list[Row]:
    sums = _sums(facts.totals, lambda total: day_of(total.day).isoformat())
    visitors = {day_of(day).isoformat(): number for day, number in facts.by_day.items()}
    names = [day.isoformat() for day in question.period.days()]
    return [
        Row(name, sums.get(name, (0, 0))[0], visitors.get(name, 0), sums.get(name, (0, 0))[1])
        for name in names
    ]


def _by_link(
    name_of: Callable[[Link], str], title_of: Callable[[Link], str]
) -> Callable[[Question, _Facts], list[Row]]:
    """Rows by something a link has; the people of several links are added up."""

    def rows(_: Question, facts: _Facts) -> list[Row]:
        def key(link_id: LinkId) -> str:
            link = facts.links.get(link_id)
            return name_of(link) if link else "?"

        visitors = Counter[str]()
        for (link_id, _day), number in facts.by_link_and_day.items():
            visitors[key(link_id)] += number
        titles = {name_of(link): title_of(link) for link in facts.links.values()}
        sums = _sums(facts.totals, lambda total: key(total.link_id))
        found = [
            Row(name, scans, visitors[name], recorded, titles.get(name, ""))
            for name, (scans, recorded) in sums.items()
        ]
        return sorted(found, key=lambda row: (-row.scans, -row.recorded, row.key))

    return rows


def _by_word(word_of: Callable[[Total], str]) -> Callable[[Question, _Facts], list[Row]]:
    def rows(_: Question, facts: _Facts) -> list[Row]:
        sums = _sums(facts.totals, word_of)
        found = [Row(name, scans, None, recorded) for name, (scans, recorded) in sums.items()]
        return sorted(found, key=lambda row: -row.recorded)

    return rows


def _address(link: Link) -> str:
    return f"{link.host}/{link.code}" if link.host else link.code


_ROWS: Mapping[By, Callable[[Question, _Facts], list[Row]]] = {
    "day": _by_day,
    "code": _by_link(_address, lambda link: link.title),
    "placement": _by_link(lambda link: link.placement, lambda _: ""),
    "campaign": _by_link(lambda link: link.campaign, lambda _: ""),
    "kind": _by_word(lambda total: total.kind.word),
    "outcome": _by_word(lambda total: total.outcome.word),
}
