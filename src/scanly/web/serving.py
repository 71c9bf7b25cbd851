"""What the handlers of a worker share, and the application behind the front, which is loaded beside the work.

The framework takes half a second to load. Links need none of it, so they are answered meanwhile, and whoever asks
for something else waits that long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from scanly.app import App
from scanly.ops.metrics import Metrics
from scanly.scans.journal import Journal
from scanly.scans.table import LinkTable
from scanly.web.request import Application, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Serving:
    """What the handlers of one worker share."""

    app: App
    table: LinkTable
    metrics: Metrics
    journal: Journal
    demo: bool
    stopping: asyncio.Event


@dataclass(slots=True)
class Behind:
    """An application that ``make`` makes in a thread, once, when it is first needed or loaded ahead."""

    make: Callable[[], Application]
    _loading: asyncio.Task[Application] | None = None
    _loaded: list[Application] = field(default_factory=list[Application])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        application = self._loaded[0] if self._loaded else await self.load()
        await application(scope, receive, send)

    async def load(self) -> Application:
        """Returns when it is there. Raises what ``make`` raises; the next request tries again."""
        if self._loading is None or (self._loading.done() and self._loading.exception() is not None):
            self._loading = asyncio.create_task(asyncio.to_thread(self.make))
        application = await asyncio.shield(self._loading)
        self._loaded[:] = [application]
        return application
