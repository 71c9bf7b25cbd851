"""Visits addresses through the one way out, a few at a time, and says what each answer means."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from scanly import __version__
from scanly.core.log import Log
from scanly.core.outbound import Limits, Outbound, Refused, Unreachable, look_up
from scanly.links.loops import leads_to
from scanly.links.watching.judge import LOOP, Finding, Verdict, host_of, judge

AT_ONCE = 8
PER_HOST = 2
AGAIN_AFTER_S = 3.0
# Redirects as browsers follow them. Of a page only that it is there matters: an endless one is well, too.
LIMITS = Limits(hops=20, body_bytes=0)
# A name that lists of robots know, so that no statistics take it for a person.
USER_AGENT = f"ScanlyLinkCheckerBot/{__version__} (checks where its owner's links lead)"

_log = Log("scanly.links")


@dataclass(frozen=True, slots=True)
class Scout:
    """Visits addresses for one look; ``ours`` are the hosts at which links are answered."""

    outbound: Outbound
    ours: frozenset[str]

    async def visit(self, urls: Iterable[str], seen: Callable[[Finding], None]) -> None:
        """Tells ``seen`` what was found of each address; one that fails is visited once more before that."""
        failed: list[str] = []

        async def first(url: str) -> None:
            finding = await self._look(url)
            if finding.verdict is Verdict.BROKEN and finding.problem != LOOP:
                failed.append(url)
            else:
                seen(finding)

        async def again(url: str) -> None:
            seen(await self._look(url))

        await _each(urls, first)
        if failed:
            await asyncio.sleep(AGAIN_AFTER_S)
            await _each(failed, again)

    async def _look(self, url: str) -> Finding:
        if leads_to(url, self.ours):
            return Finding(url, 0, LOOP, Verdict.BROKEN)
        try:
            outcome = await self.outbound.get(url)
        except (Refused, Unreachable) as error:
            outcome = error
        except Exception as error:  # one odd address must not end the look at all others
            # Not the error itself, whose text may hold the address.
            _log.error("An address could not be looked at.", kind=type(error).__name__)
            return Finding(url, 0, "it could not be looked at", Verdict.UNSURE)
        return judge(url, outcome, self.ours)


@asynccontextmanager
async def scouting(networks: Sequence[str], ours: frozenset[str]) -> AsyncGenerator[Scout]:
    """A scout that reaches ``networks`` although they are private, and never asks ``ours``."""

    async def resolve(name: str) -> Sequence[str]:
        # A redirect to ourselves is a loop whatever the answer, which would be counted as a scan.
        if leads_to(f"http://{name}", ours):
            raise OSError
        return await look_up(name)

    outbound = Outbound(allowed_networks=networks, limits=LIMITS, user_agent=USER_AGENT, resolve=resolve)
    async with outbound:
        yield Scout(outbound, ours)


async def _each(urls: Iterable[str], what: Callable[[str], Awaitable[None]]) -> None:
    """Does something with each address: so many at once, and fewer of them on one host."""
    at_once = asyncio.Semaphore(AT_ONCE)
    by_host: dict[str, deque[str]] = {}
    for url in urls:
        by_host.setdefault(host_of(url), deque()).append(url)

    async def lane(waiting: deque[str]) -> None:
        while waiting:
            url = waiting.popleft()
            async with at_once:
                await what(url)

    async with asyncio.TaskGroup() as lanes:
        for waiting in by_host.values():
            for _ in range(min(PER_HOST, len(waiting))):
                lanes.create_task(lane(waiting))
