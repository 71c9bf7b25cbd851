"""Reads what a question needs: from the rollups, or from raw scans where two dimensions meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanly.analytics import store
from scanly.analytics.counting.packed import LINK_OF_GROUP, Part
from scanly.analytics.reports.breakdowns import Breakdown, Facts
from scanly.analytics.reports.narrowing import narrowed, wanted
from scanly.analytics.reports.question import EVERY_LINK, Question
from scanly.analytics.reports.raw.reading import read_people
from scanly.analytics.reports.slices import EVERYTHING, Scope, Slice, Sums
from scanly.core.errors import Invalid
from scanly.core.ids import LinkId, WorkspaceId
from scanly.db.engine import Connection
from scanly.links import store as links
from scanly.links.model import Link
from scanly.links.store import Filter

if TYPE_CHECKING:
    from scanly.analytics.reports.period import Period


async def links_of(connection: Connection, workspace_id: WorkspaceId, question: Question) -> list[Link]:
    """The links that are asked about, also those that were removed; none of a site."""
    subject = question.subject
    if subject.link:
        return [subject.link]
    if subject.site:
        return []
    asked = subject.wanted
    found = [await links.list_links(connection, workspace_id, each) for each in (asked, _removed(asked))]
    return [link for some in found for link in some]


def _removed(asked: Filter) -> Filter:
    return Filter(
        search=asked.search,
        tag=asked.tag,
        campaign=asked.campaign,
        placement=asked.placement,
        host=asked.host,
        removed=True,
    )


def scope_of(question: Question) -> Scope | None:
    """The one scope that answers; None where links are merged."""
    subject, asked = question.subject, question.subject.wanted
    if subject.link:
        return Scope("link", subject.link.id)
    if subject.site:
        return Scope("site", subject.site.id)
    if asked == EVERY_LINK:
        return EVERYTHING
    if asked.host and asked == Filter(host=asked.host):  # links bound to none are no group of their own
        return Scope("host", asked.host)
    if asked == Filter(campaign=asked.campaign):
        return Scope("campaign", asked.campaign)
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read for one report or several: ``ways`` are all the breakdowns that are made of it."""

    question: Question
    ways: Sequence[Breakdown]
    links: Sequence[Link]

    @property
    def scopes(self) -> list[Scope]:
        scope = scope_of(self.question)
        return [scope] if scope else [Scope("link", link.id) for link in self.links]

    def from_raw(self) -> bool:
        """Whether two dimensions meet. Raises Invalid where people cannot be narrowed down at all."""
        some = wanted(self.question)
        if some and any(way.narrows is None for way in self.ways):
            raise Invalid.field(
                "by", f"{self.question.by} cannot be told of some people.", hint="Leave out --where."
            )
        if len(some) > 1:
            return True
        return any(
            not way.narrows and way.counted != each.dimension.NUMBER for each in some for way in self.ways
        )

    async def facts(self, connection: Connection, workspace_id: WorkspaceId, period: Period) -> Facts:
        """All that is known of a period."""
        if self.from_raw():
            found = await read_people(connection, workspace_id, self, period)
            sums, texts = Sums(found.slices), found.texts
            numbers: Mapping[int, LinkId] = {int(link.id): link.id for link in self.links}
        else:
            sums = Sums(await self._rollups(connection, workspace_id, period))
            texts = await self._texts(connection, workspace_id, sums)
            numbers = await self._numbers(connection, workspace_id, sums)
        known = {link.id: link for link in self.links}
        pages = self.question.subject.site is not None
        return Facts(period, sums, texts, known, numbers, self.question.language, pages=pages)

    async def _rollups(
        self, connection: Connection, workspace_id: WorkspaceId, period: Period
    ) -> Sequence[Slice]:
        some = wanted(self.question)
        parts: set[Part] = {part for way in self.ways for part in way.parts}
        parts |= {each.dimension.PART for each in some}
        daily = any(way.daily for way in self.ways)
        slices = await store.read_slices(
            connection, workspace_id, self.scopes, period.numbers, sorted(parts), months=not daily
        )
        for each in some:
            values = Sums(slices).values([each.dimension.NUMBER])
            slices = narrowed(slices, each, await store.texts(connection, workspace_id, values))
        return slices

    async def _texts(
        self, connection: Connection, workspace_id: WorkspaceId, sums: Sums
    ) -> Mapping[int, str]:
        counted = {way.counted for way in self.ways} - {0, LINK_OF_GROUP}
        return await store.texts(connection, workspace_id, sums.values(counted))

    async def _numbers(
        self, connection: Connection, workspace_id: WorkspaceId, sums: Sums
    ) -> Mapping[int, LinkId]:
        if all(way.counted != LINK_OF_GROUP for way in self.ways):
            return {}
        return await store.link_ids(connection, workspace_id, sums.values([LINK_OF_GROUP]))
