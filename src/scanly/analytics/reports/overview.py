"""What fits on one page, or in one workbook: totals against the period before, days, and every dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scanly.accounts.policy import permitted
from scanly.analytics.reports.answer import Overview, Report
from scanly.analytics.reports.breakdowns import UNKNOWN, Breakdown
from scanly.analytics.reports.query import Reading, links_of
from scanly.analytics.reports.question import Question
from scanly.analytics.reports.report import read, words
from scanly.core.ids import WorkspaceId
from scanly.db.engine import Database
from scanly.work.call import Call

# Longer periods are drawn by months.
_MOST_DAYS = 400
_SERIES = ("day", "week", "month")
# Hours and weekdays are said by the heat map.
_LEFT_OUT = (*_SERIES, "hour", "weekday")
_OF_LINKS = ("code", "placement", "host")


@permitted("stats.show")
async def overview(
    call: Call,
    workspace_id: WorkspaceId,
    question: Question,
    events: Database,
    *,
    sentences: Sequence[str] = (),
    attribution: str = "",
) -> Overview:
    """What the page says of the question's subject and period, compared with the days before. Raises Invalid.

    ``sentences`` and ``attribution`` (of the file of places) are passed on.
    """
    before = question.before or question.period.before()
    asked = replace(question, by="day", before=before)
    known = words(asked.subject)
    first = "day" if len(asked.period) <= _MOST_DAYS else "month"
    rest = [way for name, way in known.items() if name not in _LEFT_OUT and _can_be_told(asked, way)]
    async with call.db.read() as connection:
        links = await links_of(connection, workspace_id, asked)
    async with events.read() as connection:
        days = (await read(connection, workspace_id, Reading(asked, [known[first]], links)))[0]
        if asked.where:
            # Each dimension meets those that are asked for by itself.
            apart = [await read(connection, workspace_id, Reading(asked, [way], links)) for way in rest]
            sections = [found for some in apart for found in some]
        else:
            sections = await read(connection, workspace_id, Reading(asked, rest, links))
    return Overview(
        title=_title(asked),
        workspace=asked.workspace.name,
        language=asked.language,
        days=days,
        sections=_telling(sections),
        sentences=sentences,
        attribution=attribution,
    )


def _title(question: Question) -> str:
    link = question.subject.link
    return (link.title if link else "") or question.subject.words or question.workspace.name


def _can_be_told(question: Question, way: Breakdown) -> bool:
    return way.narrows is not None or not question.where


def _telling(sections: Sequence[Report]) -> list[Report]:
    """Those that say more than that nothing is known, or that it is all one code, or what another says."""
    codes = [row.scans for section in sections if section.by == "code" for row in section.rows]
    found: list[Report] = []
    for section in sections:
        known = [row for row in section.rows if row.key != UNKNOWN and (row.scans or row.recorded)]
        each_its_own = section.by == "placement" and [row.scans for row in section.rows] == codes
        if len(known) > (1 if section.by in _OF_LINKS else 0) and not each_its_own:
            found.append(section)
    return found
