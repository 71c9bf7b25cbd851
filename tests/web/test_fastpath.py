"""The fast path and the front behind it: one table of conversations, the same bytes and the same scans in both."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import httptools
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from scanly.app import App, open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans import journal
from scanly.scans.model import Outcome
from scanly.web import fastpath
from scanly.web.admission import Deadlines
from scanly.web.guard import Guarded
from scanly.web.redirect import RedirectFront
from scanly.web.request import Told, canonical_host
from scanly.web.server import running
from tests.journeys.program import Program
from tests.web.asking import ask
from tests.web.conversation import BASE, HOST, MENU, PAGE, PHONE, ROBOT, Case, Server, fill, get, post

LENGTH = b"Content-Length: %d\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
BROTLI = b"Accept-Encoding: gzip, br\r\n"


CASES = {
    "plain": Case([(MENU, 1)], 1),
    "two in turn": Case([(MENU, 1), (MENU, 1)], 2),
    "three at once": Case([(MENU * 3, 3)], 3),
    "split": Case([(MENU[:30], 0), (MENU[30:60], 0), (MENU[60:], 1)], 1),
    "split before its last byte": Case([(MENU[:-1], 0), (MENU[-1:], 1), (MENU, 1)], 2),
    "one and a half": Case([(MENU + MENU[:40], 1), (MENU[40:], 1), (MENU, 1)], 3),
    "HTTP/1.0": Case([(MENU.replace(b"HTTP/1.1", b"HTTP/1.0"), 1)], 1, closes=True),
    "Connection: close": Case([(get(more=b"Connection: close\r\n"), 1)], 1, closes=True),
    "Proxy-Connection: close": Case([(get(more=b"Proxy-Connection: close\r\n"), 1)], 1, closes=True),
    "Connection: keep-alive": Case([(get(more=b"Connection: keep-alive\r\n"), 1), (MENU, 1)], 2),
    "HEAD": Case([(get(start=b"HEAD"), 1), (MENU, 1)], 1),
    "POST": Case([(get(start=b"POST", more=LENGTH % 2) + b"hi", 1), (MENU, 1)], 1),
    "a body": Case([(get(more=LENGTH % 5) + b"hello", 1), (MENU, 1)], 2),
    "a body that comes later": Case([(get(more=LENGTH % len(MENU)), 1), (MENU, 0), (MENU, 1)], 2),
    "a body that looks like a request": Case([(get(more=LENGTH % len(MENU)) + MENU, 1), (MENU, 1)], 2),
    "chunks": Case([(get(more=CHUNKED) + b"5\r\nhello\r\n0\r\n\r\n", 1), (MENU, 1)], 2),
    "chunks that hold a request": Case(
        [(get(more=CHUNKED) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(MENU), MENU), 1), (MENU, 1)], 2
    ),
    "chunks and a length": Case([(get(more=CHUNKED + LENGTH % 4) + b"0\r\n\r\n" + MENU, 1)], 0, closes=True),
    "miss, then hit": Case([(get(b"/nothing"), 1), (MENU, 1)], 1),
    "miss and hit at once": Case([(get(b"/nothing") + MENU, 2)], 1),
    "app, hit, app": Case([(get(b"/healthz"), 1), (MENU, 1), (get(b"/healthz"), 1)], 1),
    "query": Case([(get(b'/menu?utm_source=poster&utm_medium=qr&x=%20"<>?y'), 1), (get(b"/menu?"), 1)], 2),
    "fragment": Case([(get(b"/menu?a#b"), 1), (get(b"/menu#b"), 1)], 2),
    "query beyond ASCII": Case([(get(b"/menu?a=\xc3\xa9"), 1)], 0, closes=True),
    "two Hosts": Case([(get(more=HOST), 1), (MENU, 1)], 1),
    "no Host": Case([(get(host=b""), 1), (MENU, 1)], 1),
    "empty Host": Case([(get(host=b"Host:\r\n"), 1), (get(host=b"Host: \r\n"), 1)], 0),
    "foreign Host": Case([(get(host=b"Host: evil.example\r\n"), 1), (MENU, 1)], 1),
    "Host in other spellings": Case([(get(host=b"HOST: GO.Example.com.:443\r\n"), 1)], 1),
    "another host's link": Case([(get(host=b"Host: shop.example\r\n"), 1)], 1),
    "bare line feeds": Case([(MENU.replace(b"\r\n", b"\n"), 1)], 0, closes=True),
    "folded header": Case([(get(more=b"X-Folded: a\r\n b\r\n"), 1)], 0, closes=True),
    "space before the colon": Case([(get(more=b"X-Odd : a\r\n"), 1)], 0, closes=True),
    "spaces around a value": Case([(get(host=b"Host:\t go.example.com \r\n"), 1), (MENU, 1)], 2),
    "space after a value": Case([(MENU.replace(b"Phone/1.0\r", b"Phone/1.0 \r"), 1), (MENU, 1)], 2),
    "agent beyond ASCII": Case([(get(host=HOST + b"X-Agent: \xe0\xa4\xa8\r\n"), 1)], 1),
    "two of a header": Case([(get(more=b"User-Agent: Second/2\r\n"), 1)], 1),
    "absolute form": Case([(get(b"http://go.example.com/menu"), 1)], 1),
    "lower-case method": Case([(get(start=b"get"), 1)], 0, closes=True),
    "NUL in the path": Case([(get(b"/me\0nu"), 1)], 0, closes=True),
    "NUL in a header": Case([(get(more=b"X-Nul: a\0b\r\n"), 1)], 0, closes=True),
    "percent-encoded path": Case([(get(b"/%6Denu"), 1)], 1),
    "a long header": Case([(get(more=b"X-Long: " + b"a" * 12_000 + b"\r\n"), 1), (MENU, 1)], 2),
    "a header beyond what is allowed": Case(
        [(get(more=b"X-Long: " + b"a" * 100_000 + b"\r\n"), 1)], 0, closes=True
    ),
    "more fields than are allowed": Case(
        [(get(more=b"".join(b"X%d: a\r\n" % number for number in range(61))), 1)], 0, closes=True
    ),
    "prefetch": Case([(get(more=b"Sec-Purpose: prefetch;prerender\r\n"), 1)], 1),
    "upgrade": Case([(get(more=b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), 1), (MENU, 1)], 2),
    "expect": Case([(get(more=b"Expect: 100-continue\r\n"), 1)], 1),
    "removed": Case([(get(b"/gone"), 1), (MENU, 1)], 2),
    "a rule that holds": Case([(get(b"/ruled"), 1), (MENU, 1), (get(b"/ruled"), 1)], 3),
    "a rule for a query": Case([(get(b"/ruled?ref=7&utm_medium=x"), 1), (get(b"/ruled?ref=8"), 1)], 2),
    "a rule that closes": Case([(get(b"/ruled?close=1"), 1), (MENU, 1)], 2),
    "ruled and plain at once": Case([(get(b"/ruled") + MENU + get(b"/ruled?close=1") + MENU, 4)], 4),
    "a limit": Case([(get(b"/limited") + get(b"/limited"), 2), (get(b"/limited"), 1)], 3),
    "a limit asked by HEAD": Case([(get(b"/unused", start=b"HEAD"), 1), (get(b"/unused"), 1)], 1),
    "a limit and a robot": Case([(ROBOT.replace(b"/menu", b"/once"), 1), (get(b"/once"), 1)], 2),
    "a limit and a prefetch": Case([(get(b"/prefetched", b"Purpose: prefetch\r\n"), 1)], 1),
    "a password": Case([(get(b"/locked"), 1), (MENU, 1)], 2),
    "a wrong password": Case([(post(b"/locked", b"password=nonsense"), 1), (MENU, 1)], 1),
    "the password": Case([(post(b"/locked?a=1", b"password=open+sesame"), 1)], 0),
    "a form for a link without one": Case([(post(b"/menu", b"password=x"), 1), (MENU, 1)], 1),
    "a confirmation": Case([(post(b"/confirmed", b"confirm=yes"), 1), (get(b"/confirmed"), 1)], 2),
    "paused": Case([(get(b"/paused"), 1), (MENU, 1)], 2),
    "paused with a fallback": Case([(get(b"/elsewhere?x=1"), 1), (MENU, 1)], 2),
    "not yet open": Case([(get(b"/later"), 1), (MENU, 1)], 2),
    "ended": Case([(get(b"/ended"), 1), (MENU, 1)], 2),
    "query passed on": Case([(get(b"/passing?b=2&a=3&b=%20"), 1), (get(b"/passing"), 1)], 2),
    "preview": Case([(get(b"/menu+"), 1), (get(b"/limited+"), 1), (get(b"/locked+"), 1)], 0),
    "a page, then again": Case([(PAGE, 1), (PAGE, 1), (PAGE, 1)], 3),
    "a page in Brotli": Case([(get(b"/s/asha", BROTLI), 1), (get(b"/s/asha?a=1", BROTLI), 1)], 2),
    "a page in gzip": Case([(get(b"/s/asha/hi", b"Accept-Encoding: gzip\r\n"), 1)], 1),
    "a page and a link at once": Case([(PAGE, 1), (PAGE + MENU + PAGE, 3)], 4),
    "a page by HEAD": Case([(PAGE, 1), (get(b"/s/asha", start=b"HEAD"), 1)], 1),
    "a page that is known": Case([(PAGE, 1), (get(b"/s/asha", b"If-None-Match: *\r\n"), 1), (PAGE, 1)], 3),
    "a page with a slash": Case([(get(b"/s/asha/"), 1), (PAGE, 1)], 1),
    "a page of another host": Case([(PAGE, 1), (get(b"/s/asha", host=b"Host: shop.example\r\n"), 1)], 1),
    "a page with a password": Case([(get(b"/s/locked"), 1), (get(b"/s/locked"), 1)], 0),
    "a page that is not there": Case([(get(b"/s/nobody"), 1), (get(b"/s/asha/fr"), 1)], 0),
    "a page fetched ahead": Case([(PAGE, 1), (get(b"/s/asha", b"Sec-Purpose: prefetch\r\n"), 1)], 2),
    "blank lines before": Case([(b"\r\n\r\n" + MENU, 1), (b"\r\n", 0), (MENU, 1)], 2),
    "never finished": Case([(MENU, 1), (MENU[:-2], 0)], 1),
    "leaves before its answer": Case([(MENU, 0)], 1),
    "leaves with three unanswered": Case([(MENU * 3, 0)], 3),
}


@pytest.fixture(scope="module")
def modes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two servers with the same links and salts: with the fast path, and without."""
    root = tmp_path_factory.mktemp("modes")
    asyncio.run(fill(root / "auto"))
    shutil.copytree(root / "auto", root / "off")
    programs: list[Program] = []
    made: list[Server] = []
    for name in ("auto", "off"):
        program = Program(root / name, root)
        program.env |= {"SCANLY_FAST_PATH": name, "SCANLY_BASE_URL": BASE}
        made.append(Server(program.serve().port, DataFolder(root / name)))
        programs.append(program)
    yield made[0], made[1]
    for program in programs:
        for server in program.servers:
            assert server.stop() == 0
            assert server.process.stdout is not None
            server.process.stdout.close()


@pytest.mark.parametrize("name", CASES)
def test_both_ways_give_the_same_answers_and_record_the_same(modes: tuple[Server, Server], name: str):
    fast, plain = modes
    case = CASES[name]
    assert fast.tell(case) == plain.tell(case)
    scans = fast.new_scans(case.scans)
    assert len(scans) == case.scans
    assert scans == plain.new_scans(case.scans)


class Wire(asyncio.Transport):
    """A connection without its socket; ``sent`` is what the other end would get."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.gone = False

    def write(self, data: object) -> None:
        if self.gone:
            raise RuntimeError("unable to perform operation; the handler is closed")
        self.sent += cast(bytes, data)

    def is_closing(self) -> bool:
        return self.gone

    def close(self) -> None:
        self.gone = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0


@dataclass
class Desk:
    """A running application, and connections to its fast path."""

    app: App
    front: RedirectFront
    make: Callable[..., fastpath.Connection]
    keep_alive_s: float = 60

    def connect(self) -> tuple[fastpath.Connection, Wire]:
        config = uvicorn.Config(cast(Any, self.front), log_config=None, lifespan="off", ws="none")
        config.timeout_keep_alive = cast(int, self.keep_alive_s)
        connection = self.make(config=config, server_state=ServerState(), app_state={})
        wire = Wire()
        connection.connection_made(wire)
        return connection, wire


@asynccontextmanager
async def desk(root: Path, durability: Literal["normal", "strict"] = "normal") -> AsyncGenerator[Desk]:
    async with (
        open_app(await fill(root), Settings(base_url=BASE, durability=durability)) as app,
        running(app, with_demo=False) as (front, *_),
    ):
        yield Desk(app, front, fastpath.protocol(front, app.settings))


def test_the_scans_of_a_turn_share_one_write_and_are_answered_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def story() -> None:
        async with desk(tmp_path) as one:
            pairs = [one.connect() for _ in range(3)]
            happened: list[str] = []
            write = os.write
            monkeypatch.setattr(os, "write", lambda fd, data: happened.append("file") or write(fd, data))
            for connection, wire in pairs:
                monkeypatch.setattr(wire, "write", lambda data: happened.append("answer"))
                connection.data_received(MENU)
            assert happened == []
            await asyncio.sleep(0)
            assert happened == ["file", "answer", "answer", "answer"]
            metrics = one.front.metrics
            assert (metrics.requests, metrics.scans_recorded, metrics.answers[0]) == (3, 3, 3)

    asyncio.run(story())


@pytest.mark.parametrize("durability", ["normal", "strict"])
def test_a_page_in_memory_is_answered_before_asgi(tmp_path: Path, durability: Literal["normal", "strict"]):
    async def story() -> None:
        async with desk(tmp_path, durability) as one:
            answers = one.front.metrics.answers
            # Whatever is written meanwhile (a duty of the server's) makes the page be looked up once more.
            for _ in range(20):
                for _ in range(2):
                    await ask(one.front, "/s/asha")
                before = answers[Outcome.VIEW]
                connection, wire = one.connect()
                connection.data_received(PAGE)
                if not connection.tasks:
                    break
                await asyncio.wait(connection.tasks)
            assert not connection.tasks
            for _ in range(500):
                await asyncio.sleep(0.01 * (not wire.sent))
            assert wire.sent.startswith(b"HTTP/1.1 200 OK\r\n") and wire.sent.endswith(b"</html>")
            assert answers[Outcome.VIEW] == before + 1

    asyncio.run(story())


def test_answers_keep_the_order_of_requests_that_come_in_one_turn(tmp_path: Path):
    async def story() -> None:
        async with desk(tmp_path) as one:
            connection, wire = one.connect()
            for target in (b"/menu", b"/menu", b"/nothing", b"/menu"):
                connection.data_received(get(target))
            await asyncio.gather(*connection.tasks)
            await asyncio.sleep(0)
            assert re.findall(rb"HTTP/1.1 (\d+)", wire.sent) == [b"302", b"302", b"404", b"302"]
            connection.data_received(MENU)
            connection.data_received(b"nonsense, which uvicorn answers at once\r\n\r\n")
            assert re.findall(rb"HTTP/1.1 (\d+)", wire.sent)[4:] == [b"302", b"400"]

    asyncio.run(story())


def test_a_client_that_leaves_keeps_nobody_from_an_answer_and_is_recorded(tmp_path: Path):
    async def story() -> None:
        async with desk(tmp_path) as one:
            (leaving, wire), (staying, other) = one.connect(), one.connect()
            leaving.data_received(MENU)
            staying.data_received(MENU)
            wire.close()
            leaving.connection_lost(ConnectionResetError())
            await asyncio.sleep(0)
            assert (wire.sent, other.sent[:12]) == (b"", b"HTTP/1.1 302")
            assert one.front.metrics.scans_recorded == 2

    asyncio.run(story())


def test_on_a_full_disk_visitors_are_answered_and_the_scans_counted_as_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    async def story() -> None:
        async with desk(tmp_path) as one:
            pairs = [one.connect() for _ in range(2)]
            monkeypatch.setattr(os, "write", full)
            for connection, _ in pairs:
                connection.data_received(MENU)
            await asyncio.sleep(0)
            monkeypatch.undo()
            assert all(wire.sent.startswith(b"HTTP/1.1 302") for _, wire in pairs)
            assert one.front.metrics.scans_recorded == 0
            pairs[0][0].data_received(MENU)
            await asyncio.sleep(0)
            assert one.front.metrics.scans_recorded == 1

    asyncio.run(story())


def same(answer: bytes) -> bytes:
    """Without what differs from one answer to the next, and what a closed connection adds."""
    return re.sub(rb"(?<=x-request-id: )\w+|connection: close\r\n", b"", answer)


async def answered(wire: Wire, number: int) -> list[bytes]:
    """The statuses of so many answers; waits for them."""
    for _ in range(500):
        if wire.sent.count(b"HTTP/1.1 ") >= number:
            break
        await asyncio.sleep(0.01)
    return re.findall(rb"HTTP/1.1 (\d+)", wire.sent)


def test_strictly_nobody_is_led_on_before_the_scan_is_on_disk_and_answers_keep_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    happened: list[str] = []
    sync = journal.fdatasync

    def slow(fd: int) -> None:
        time.sleep(0.05)
        sync(fd)
        happened.append("disk")

    async def story() -> None:
        async with desk(tmp_path, "strict") as one:
            connection, wire = one.connect()
            other, other_wire = one.connect()
            monkeypatch.setattr(journal, "fdatasync", slow)
            write = wire.write
            monkeypatch.setattr(wire, "write", lambda data: (happened.append("answer"), write(data)))
            connection.data_received(MENU)
            other.data_received(MENU)
            connection.data_received(get(b"/nothing"))
            connection.data_received(MENU + MENU)
            assert wire.sent == b"" and other_wire.sent == b""
            assert await answered(wire, 4) == [b"302", b"404", b"302", b"302"]
            assert await answered(other_wire, 1) == [b"302"]
            assert happened[0] == "disk"
            metrics = one.front.metrics
            assert (metrics.scans_recorded, metrics.answers[0]) == (4, 4)

    asyncio.run(story())


def test_strictly_a_scan_that_the_disk_does_not_take_is_answered_with_a_wish_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(fd: int) -> None:
        raise OSError(5, "Input/output error")

    async def story() -> None:
        async with desk(tmp_path, "strict") as one:
            (fast, wire), (front, front_wire) = one.connect(), one.connect()
            with monkeypatch.context() as failing:
                failing.setattr(journal, "fdatasync", broken)
                fast.data_received(MENU)
                front.data_received(get(more=b"Connection: close\r\n"))
                for each in (wire, front_wire):
                    assert await answered(each, 1) == [b"503"]
                    assert b"\r\nlocation" not in each.sent and b"no-store" in each.sent
                assert same(wire.sent) == same(front_wire.sent)
            assert one.front.metrics.answers[0] == 0
            fast.data_received(MENU)
            assert await answered(wire, 2) == [b"503", b"302"]

    asyncio.run(story())


def test_strictly_a_stopping_server_answers_what_waits_for_the_disk(tmp_path: Path):
    async def story() -> None:
        async with desk(tmp_path, "strict") as one:
            connection, wire = one.connect()
            connection.data_received(MENU)
            connection.shutdown()
            assert wire.sent == b""
            assert await answered(wire, 1) == [b"302"]
            assert wire.gone

    asyncio.run(story())


def test_a_stopping_server_answers_what_waits_before_it_closes(tmp_path: Path):
    async def story() -> None:
        async with desk(tmp_path) as one:
            connection, wire = one.connect()
            connection.data_received(MENU)
            connection.shutdown()
            assert wire.sent.startswith(b"HTTP/1.1 302") and wire.gone

    asyncio.run(story())


def test_a_connection_is_closed_when_nothing_came_for_the_keep_alive_time(tmp_path: Path):
    async def story() -> None:
        async with desk(tmp_path) as one:
            one.make.args[1].deadlines = Deadlines(idle_s=0.2, look_every_s=0.02)
            connection, wire = one.connect()
            for _ in range(6):  # longer than the time, but never idle for so long
                connection.data_received(MENU)
                await asyncio.sleep(0.06)
            assert not wire.gone
            await asyncio.sleep(0.25)
            assert wire.gone
            assert wire.sent.count(b"HTTP/1.1 302") == 6

    asyncio.run(story())


def test_a_client_that_does_not_read_is_left_to_uvicorn(tmp_path: Path):
    async def story() -> None:
        async with desk(tmp_path) as one:
            connection, wire = one.connect()
            connection.pause_writing()
            connection.data_received(MENU)
            await asyncio.sleep(0.02)
            assert wire.sent == b""
            connection.resume_writing()
            await asyncio.sleep(0.02)
            assert wire.sent.count(b"HTTP/1.1 302") == 1

    asyncio.run(story())


def test_more_callers_than_are_remembered_are_still_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fastpath, "_CALLERS_KEPT", 2)

    async def story() -> None:
        async with desk(tmp_path) as one:
            connection, _ = one.connect()
            for number in (1, 2, 3, 1, 3):
                agent = b"User-Agent: Phone/%d\r\n" % number
                connection.data_received(b"GET /menu HTTP/1.1\r\n" + HOST + agent + b"\r\n")
            await asyncio.sleep(0)
            agents = [scan["agent"] for scan in Server(0, one.app.folder).new_scans(5)]
            assert agents == [f"Phone/{number}" for number in (1, 2, 3, 1, 3)]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("settings", "fast"),
    [
        (Settings(), True),
        (Settings(fast_path="off"), False),
        (Settings(trusted_proxies=("10.0.0.0/8",)), False),
    ],
)
def test_the_fast_path_is_on_unless_it_is_switched_off_or_behind_proxies(settings: Settings, fast: bool):
    async def story() -> None:
        made = fastpath.protocol(cast(RedirectFront, None), settings)
        assert made.func is (fastpath.Connection if fast else Guarded)

    asyncio.run(story())


def test_a_uvicorn_that_is_built_otherwise_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(HttpToolsProtocol, "_unset_keepalive_if_required")

    async def story() -> None:
        assert fastpath.protocol(cast(RedirectFront, None), Settings()) == "httptools"

    asyncio.run(story())


class Judge:
    """What httptools, which reads for uvicorn, finds in a block of headers."""

    def __init__(self, block: bytes) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = 0
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(b"GET / HTTP/1.1\r\n" + block)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_message_complete(self) -> None:
        self.complete += 1


ODD = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b":",
        b"\0",
        b"\x7f",
        b"\x80",
        b"\xff",
        b"(",
        b"\r\n a",
        b"\r\n\r\n",
        HOST,
    ]
)


@given(st.data())
def test_what_the_fast_path_reads_from_headers_is_what_httptools_reads(data: st.DataObject):
    block = HOST + PHONE + b"Purpose:prefetch\r\n\r\n"
    for _ in range(data.draw(st.integers(0, 2))):
        start = data.draw(st.integers(0, len(block)))
        end = start + data.draw(st.integers(0, 2))
        block = block[:start] + data.draw(ODD | st.binary(max_size=1)) + block[end:]
    caller = fastpath.read_headers(block)
    if caller is None:
        return
    judge = Judge(block)
    assert judge.complete == 1 and judge.parser.should_keep_alive() and not judge.parser.should_upgrade()
    headers = dict(judge.headers)
    assert len(headers) == len(judge.headers)
    assert (caller.host, caller.told) == (canonical_host(headers[b"host"]), Told.by(headers))
