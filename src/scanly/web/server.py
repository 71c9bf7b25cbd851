"""One worker process: opens the installation, serves on a socket its parent opened, leaves when that dies."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, cast

import msgspec
import uvicorn

from scanly.accounts.actions import choose_workspace
from scanly.accounts.model import Workspace
from scanly.accounts.store import list_workspaces_anywhere
from scanly.analytics.led import led_on
from scanly.app import App, open_app
from scanly.core.errors import Unavailable
from scanly.core.log import Log
from scanly.core.paths import DataFolder
from scanly.core.secrets import Signer
from scanly.core.settings import Settings
from scanly.links.store import keep_default_host_anywhere
from scanly.ops import demo
from scanly.ops.duties import duties
from scanly.ops.exporting import Follower
from scanly.ops.metrics import Metrics
from scanly.scans.gate import Gate
from scanly.scans.geoip.following import FollowedPlaces
from scanly.scans.journal import Journal
from scanly.scans.recorder import Recorder
from scanly.scans.source import Source, open_links
from scanly.scans.table import LinkTable
from scanly.scans.visitor import Salts
from scanly.sites.answers.guard import Guard
from scanly.web import fastpath
from scanly.web.public import words
from scanly.web.redirect import RedirectFront
from scanly.web.request import Application, Proxies
from scanly.web.security import with_headers
from scanly.web.serving import Behind, Serving
from scanly.web.sites.access import Doorkeeper
from scanly.web.sites.cache import Cache
from scanly.web.sites.forms import Forms
from scanly.web.sites.front import PageFront
from scanly.web.sites.making import Maker
from scanly.web.sites.table import SiteTable
from scanly.web.unlock import Unlocker
from scanly.work.schedule import Runner

log = Log("scanly.server")

READY = b"ready\n"
_LOOK_EVERY_S = 0.05
_LOOK_ANYWAY_S = 1.0
_WORK_EVERY_S = 20.0
_DRAIN_S = 8


class Worker(msgspec.Struct, frozen=True):
    """What a parent tells a worker: descriptors it inherits, and whether it is the first of a demo."""

    socket_fd: int
    parent_fd: int
    ready_fd: int
    first: bool
    demo: bool


def work(folder: DataFolder, settings: Settings, worker: Worker) -> None:
    """Runs a worker until it is told to stop or its parent is gone. Raises what `open_app` raises."""
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(_work(folder, settings, worker))


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _work(folder: DataFolder, settings: Settings, worker: Worker) -> None:
    loop = asyncio.get_running_loop()
    # A parent that was killed must leave nobody behind that still answers.
    loop.add_reader(worker.parent_fd, os._exit, 0)
    async with open_app(folder, settings) as app:
        if worker.first:
            await prepare(app, with_demo=worker.demo)
        async with running(app, with_demo=worker.demo) as (front, stopping, behind):
            server = _Server(_config(front, settings))
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, _stop, server, stopping)
            listening = socket.socket(fileno=worker.socket_fd)
            server.ready = partial(_ready, worker, behind, set())
            await server.serve(sockets=[listening])


def _ready(worker: Worker, behind: Behind, loading: set[asyncio.Task[None]]) -> None:
    """Links are answered from now on; the rest follows."""
    os.write(worker.ready_fd, READY)
    loading.add(asyncio.create_task(_load(behind)))


def _build(serving: Serving) -> Application:
    from scanly.web.application import build

    return build(serving)


async def _load(behind: Behind) -> None:
    """Loads what links do not need, while they are answered."""
    await behind.load()
    await asyncio.to_thread(words.warm_up)
    # What was loaded stays for ever: looking through it again would be a pause for everybody who scans.
    gc.collect()
    gc.freeze()


def _config(front: RedirectFront, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        cast(Any, front),  # ASGI's types differ in name only
        http=fastpath.protocol(front, settings),
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_DRAIN_S,
    )


class _Server(uvicorn.Server):
    """Says when it is ready. Signals are ours: journal and databases are closed after the last answer."""

    ready: Callable[[], object]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _stop(server: uvicorn.Server, stopping: asyncio.Event) -> None:
    stopping.set()
    server.should_exit = True


async def prepare(app: App, *, with_demo: bool) -> None:
    """What a data folder needs before its first answer: a workspace, its printed host, or the demo."""
    workspace = await choose_first(app)
    async with app.main.write() as connection:
        await keep_default_host_anywhere(connection, app.base_url.host, app.clock())
    if with_demo:
        journal = Journal(app.folder.journal, app.node, app.clock)
        await demo.fill(app.call(), workspace, journal, app.base_url.host, app.media, app.folder.root)


async def choose_first(app: App) -> Workspace:
    """The oldest workspace; it is made when there is none."""
    async with app.main.read() as connection:
        known = await list_workspaces_anywhere(connection)
    return known[0] if known else await choose_workspace(app.call(), None)


@asynccontextmanager
async def running(
    app: App, *, with_demo: bool
) -> AsyncGenerator[tuple[RedirectFront, asyncio.Event, Behind]]:
    """The application with everything that keeps it up to date; leaving ends that in order."""
    metrics, stopping = Metrics(started_ms=app.clock()), asyncio.Event()
    source = await open_links(app.main, app.folder.main_db, app.generation)
    table = LinkTable(source, app.own_hosts())
    table.look()
    journal = Journal(app.folder.journal, app.node, app.clock)
    salts = Salts(app.folder.salts)
    places = FollowedPlaces(app.folder, app.settings)
    recorder = Recorder(journal, salts, places, app.make_id, app.clock)
    gate = Gate(
        recorder, app.folder.tallies, app.folder.salts, partial(led_on, app.folder, app.settings.database_url)
    )
    serving = Serving(
        app=app, table=table, metrics=metrics, journal=journal, demo=with_demo, stopping=stopping
    )
    behind = Behind(partial(_build, serving))
    inner = with_headers(behind, app.make_id)
    front = _front(app, table, recorder, gate, (salts, metrics), inner)
    repeating = duties(app.folder, app.settings, app.clock, app.call, app.events)
    runner = Runner(app.main, app.clock, app.make_id, f"node-{app.node}", repeating)
    exports = Follower(app.main, app.clock, f"node-{app.node}")
    tasks = [
        asyncio.create_task(_follow(app, source, table)),
        asyncio.create_task(_repeat(1.0, partial(_follow_places, places, recorder, table), "places")),
        asyncio.create_task(_repeat(_WORK_EVERY_S, runner.turn, "background work")),
        asyncio.create_task(_repeat(1.0, exports.turn, "standing exports")),
        asyncio.create_task(_repeat(1.0, lambda: _flush(app, metrics, journal), "metrics")),
    ]
    try:
        yield front, stopping, behind
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        journal.close()
        gate.close()
        source.close()
        await _flush(app, metrics, journal)


def _front(
    app: App,
    table: LinkTable,
    recorder: Recorder,
    gate: Gate,
    kept: tuple[Salts, Metrics],
    inner: Application,
) -> RedirectFront:
    """Links in front of sites in front of the framework."""
    salts, metrics = kept
    strict, secure = app.settings.durability == "strict", app.base_url.scheme == "https"
    unlocker = Unlocker(Signer(app.folder.secret_key, "link password"), secure=secure)
    proxies = Proxies.of(app.settings.trusted_proxies, app.settings.country_header)
    known = SiteTable(app.main, app.generation, app.clock)
    sites = PageFront(
        inner,
        table,
        known,
        Maker(known, app.main, app.media, app.base_url),
        Cache(),
        Doorkeeper(unlocker, Signer(app.folder.secret_key, "invitation"), secure),
        Forms(app.call, Guard(Signer(app.folder.secret_key, "forms")), unlocker, salts),
        recorder,
        gate,
        proxies,
        metrics,
        app.clock,
        strict=strict,
    )
    return RedirectFront(
        sites,
        table,
        recorder,
        gate,
        unlocker,
        proxies,
        metrics,
        app.make_id,
        app.clock,
        strict=strict,
        secure=secure,
    )


async def _follow(app: App, source: Source, table: LinkTable) -> None:
    """Has changed links read as soon as anybody committed one, and once a second in any case."""
    seen, waited_s = -1, 0.0
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        waited_s += _LOOK_EVERY_S
        now = app.generation.value
        if now == seen and waited_s < _LOOK_ANYWAY_S:
            continue
        waited_s = 0.0
        try:
            await source.follow()
        except Unavailable as error:
            log.warning("links could not be read again", reason=str(error))
        else:
            seen = now
            table.look()


async def _follow_places(places: FollowedPlaces, recorder: Recorder, table: LinkTable) -> None:
    """Has another place database taken up; what was made with the one before is made anew."""
    if await asyncio.to_thread(places.look):
        recorder.forget_people()
        table.version += 1


async def _flush(app: App, metrics: Metrics, journal: Journal) -> None:
    metrics.scans_dropped, metrics.scans_doubtful = journal.dropped, journal.doubtful
    metrics.flush(app.folder.nodes / f"{app.node:03d}.metrics")


async def _repeat(every_s: float, what: Callable[[], Awaitable[object]], name: str) -> None:
    while True:
        try:
            await what()
        except Exception as error:  # one failure must not end what runs for ever
            log.error("background task failed", cause=error, task=name)
        await asyncio.sleep(every_s)
