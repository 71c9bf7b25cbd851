"""One look at where the links of a workspace lead: read some, visit their addresses, keep what was found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scanly.core.ids import LinkId, WorkspaceId
from scanly.links.model import Link
from scanly.links.watching.actions import Chosen, keep_findings, read_links
from scanly.links.watching.judge import Finding, Looked, doubted, leads_of
from scanly.links.watching.visit import Scout, scouting
from scanly.work.call import Call

# What is kept in one transaction, and at most lost by a kill.
AT_ONCE = 100

Progress = Callable[[int, int], None]


def _nowhere(_done: int, _total: int) -> None:
    return None


def _always() -> bool:
    return True


@dataclass(slots=True)
class _Known:
    """What was found in this look by address, so that each is visited once, and whether anybody answered."""

    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])
    answered: bool = False

    def add(self, finding: Finding) -> None:
        self.findings[finding.url] = finding
        self.answered = self.answered or finding.status > 0

    def whole(self, links: Iterable[Link]) -> list[Link]:
        """Those of the links of which every address was visited."""
        return [link for link in links if all(lead.url in self.findings for lead in leads_of(link))]

    def judged(self) -> Mapping[str, Finding]:
        return self.findings if self.answered else doubted(self.findings)


async def look(
    call: Call,
    workspace_id: WorkspaceId,
    chosen: Chosen,
    networks: Sequence[str],
    progress: Progress = _nowhere,
    in_time: Callable[[], bool] = _always,
) -> AsyncGenerator[list[Looked]]:
    """Looks at the chosen links and yields what was found as it is kept, until it is no longer ``in_time``.

    ``progress`` is told how many of how many links are done. What was found before an interruption is kept.
    """
    known = _Known()
    async with scouting(networks, chosen.ours) as scout:
        for start in range(0, len(chosen.ids), AT_ONCE):
            if not in_time():
                return
            some = chosen.ids[start : start + AT_ONCE]

            def told(whole: int, before: int = start) -> None:
                progress(before + whole, len(chosen.ids))

            yield await _look_at(call, workspace_id, some, known, scout, told)
            told(len(some))


async def _look_at(
    call: Call,
    workspace_id: WorkspaceId,
    ids: Sequence[LinkId],
    known: _Known,
    scout: Scout,
    told: Callable[[int], None],
) -> list[Looked]:
    links = await read_links(call, workspace_id, ids)

    def seen(finding: Finding) -> None:
        known.add(finding)
        told(len(known.whole(links)))

    addresses = dict.fromkeys(lead.url for link in links for lead in leads_of(link))
    try:
        await scout.visit([url for url in addresses if url not in known.findings], seen)
    finally:
        done = [link.id for link in known.whole(links)]
        looked = await keep_findings(call, workspace_id, done, known.judged())
    return looked
