"""Late, greedy and too many clients: in one process with deadlines that a test can wait for, and out of descriptors."""

from __future__ import annotations

import asyncio
import re
import resource
import socket
import subprocess
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import psutil
import pytest
import uvicorn
import uvloop
from uvicorn.server import ServerState

from scanly.core.settings import Settings
from scanly.web import guard
from scanly.web.admission import Deadlines, Guards, room
from scanly.web.fastpath import Connection
from scanly.web.guard import Guarded
from scanly.web.request import Receive, Scope, Send
from tests.journeys.program import REPOSITORY, Program, Running, command
from tests.web.conversation import BASE, fill

SHORT = Deadlines(head_s=0.3, body_s=0.3, idle_s=0.3, answer_s=0.3, linger_s=0.2, look_every_s=0.02)
TOGETHER = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@dataclass
class Host:
    """An application that answers with the length of the body, and what it saw."""

    guards: Guards
    port: int = 0
    bodies: list[bytes] = field(default_factory=list[bytes])
    left: int = 0
    wait_s: float = 0.0
    answer: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.wait_s)
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left += 1
                return
            body += message["body"]
            if not message["more_body"]:
                break
        self.bodies.append(body)
        said = b"%d" % len(body) if self.answer is None else self.answer
        headers = [(b"content-length", b"%d" % len(said))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})


class Client:
    """A connection; every wait ends after a while."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.began_s = time.monotonic()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def status(self) -> int:
        """Of the next answer, which is read as a whole."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)
        length = re.search(rb"content-length: (\d+)", head)
        assert length
        self.body = await self.reader.readexactly(int(length[1]))
        return int(head.split(b" ", 2)[1])

    async def ends(self) -> bytes:
        """What comes until the end."""
        try:
            return await asyncio.wait_for(self.reader.read(), 5)
        except ConnectionError:
            return b""

    async def drip(self, data: bytes, every_s: float = 0.03) -> float:
        """Sends byte after byte until it is cut off; after how long that was."""
        began_s = time.monotonic()
        for number in range(len(data)):
            self.send(data[number : number + 1])
            await asyncio.sleep(every_s)
            if self.writer.is_closing() or self.reader._buffer:  # pyright: ignore
                break
        return time.monotonic() - began_s


class Room:
    """Makes clients, and closes all of them."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.clients: list[Client] = []

    async def client(self, **options: Any) -> Client:
        made = Client(*await asyncio.open_connection("127.0.0.1", self.host.port, **options))
        self.clients.append(made)
        return made


Make = Callable[..., Guarded]
Story = Callable[[Host, Room], Awaitable[None]]


@asynccontextmanager
async def serving(guards: Guards, make: Make = Guarded) -> AsyncGenerator[tuple[Host, Room]]:
    host = Host(guards)
    config = uvicorn.Config(
        cast(Any, host), ws="none", lifespan="off", log_config=None, timeout_keep_alive=60
    )
    config.load()
    state = ServerState()
    given = {"config": config, "server_state": state, "app_state": {}}
    server = await asyncio.get_running_loop().create_server(lambda: make(guards, **given), "127.0.0.1", 0)
    host.port = server.sockets[0].getsockname()[1]
    clients = Room(host)
    try:
        yield host, clients
    finally:
        server.close()
        for one in clients.clients:
            one.writer.transport.abort()
        await server.wait_closed()
    await asyncio.sleep(0.05)
    assert not state.connections
    assert (len(guards._all), len(guards._of_address)) == (0, 0)


def told(story: Story, guards: Guards, make: Make = Guarded) -> None:
    async def whole() -> None:
        async with serving(guards, make) as (host, clients):
            await story(host, clients)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(whole())


def fast(guards: Guards, **given: Any) -> Guarded:
    """A connection whose fast path takes nothing."""
    takes_nothing = SimpleNamespace(take=lambda data, connection: False, flush=lambda: None)
    return Connection(cast(Any, takes_nothing), guards, **given)


KINDS = pytest.mark.parametrize("make", [Guarded, fast])


@KINDS
def test_headers_that_drip_are_cut_off_at_their_deadline(make: Make):
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        await asyncio.sleep(0.2)  # the deadline begins with the first byte
        assert 0.28 <= await client.drip(TOGETHER * 9) < 3
        assert (await client.status(), client.body) == (408, b"The request did not arrive in time.\n")
        assert await client.ends() == b""

    told(story, Guards(deadlines=SHORT), make)


@KINDS
def test_a_body_that_drips_is_cut_off_at_its_deadline_and_never_taken_for_whole(make: Make):
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        client.send(TOGETHER.replace(b"\r\n\r\n", b"\r\nContent-Length: 999\r\n\r\n"))
        assert 0.28 <= await client.drip(b"a" * 999) < 3
        assert await client.status() == 408
        assert await client.ends() == b""
        assert (host.bodies, host.left) == ([], 1)

    told(story, Guards(deadlines=SHORT), make)


@KINDS
@pytest.mark.parametrize("first", [b"", TOGETHER], ids=["at first", "after an answer"])
@pytest.mark.parametrize("blank", [b"", b"\r\n" * 99], ids=["silent", "blank lines"])
def test_who_asks_for_nothing_is_closed_without_a_word(make: Make, first: bytes, blank: bytes):
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        if first:
            client.send(first)
            assert await client.status() == 200
        waited_s = await client.drip(blank)
        assert await client.ends() == b""
        assert 0.28 <= time.monotonic() - client.began_s < 3 and waited_s < 3

    told(story, Guards(deadlines=SHORT), make)


def test_who_asks_again_and_again_is_never_idle():
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        for _ in range(4):
            await asyncio.sleep(0.4)
            client.send(TOGETHER)
            assert await client.status() == 200

    told(story, Guards(deadlines=Deadlines(idle_s=1.0, look_every_s=0.02)))


@pytest.mark.parametrize("body", [b"", b"a" * 300_000], ids=["no body", "more than is read ahead"])
def test_a_slow_application_is_no_fault_of_its_client(body: bytes):
    async def story(host: Host, clients: Room) -> None:
        host.wait_s = 0.7
        client = await clients.client()
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert (await client.status(), client.body) == (200, b"%d" % len(body))

    told(story, Guards(deadlines=SHORT))


def test_who_stays_after_a_refusal_is_waited_for_no_longer_than_a_moment():
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        client.send(b"nonsense\r\n\r\n")
        assert await client.status() == 400
        assert len(host.guards._all) == 1
        await asyncio.sleep(SHORT.linger_s + 0.3)
        assert not host.guards._all

    told(story, Guards(deadlines=SHORT))


class Full(asyncio.Transport):
    """A connection that always has the same number of bytes to send."""

    cut = False

    def get_write_buffer_size(self) -> int:
        return 100_000

    def is_closing(self) -> bool:
        return self.cut

    def abort(self) -> None:
        self.cut = True


@pytest.mark.parametrize("taken", [True, False])
def test_who_takes_as_much_as_comes_after_it_is_not_cut_off(taken: bool):
    async def story(host: Host, clients: Room) -> None:
        config = uvicorn.Config(cast(Any, host), ws="none", lifespan="off", log_config=None)
        connection = Guarded(host.guards, config=config, server_state=ServerState(), app_state={})
        transport = Full()
        connection.connection_made(transport)
        for second in range(100):
            connection.look(second)
            if taken and second % 50 == 0:
                connection.pause_writing()
                connection.resume_writing()
        assert transport.cut != taken
        connection.connection_lost(ConnectionResetError())

    told(story, Guards(deadlines=Deadlines(look_every_s=999)))


async def taken(connection: socket.socket) -> int:
    """How many bytes are left to be read from a connection that was reset."""
    taken_bytes = 0
    try:
        while more := await asyncio.get_running_loop().sock_recv(connection, 1_000_000):
            taken_bytes += len(more)
    except ConnectionError:
        return taken_bytes
    raise AssertionError("it was not reset")


def test_who_does_not_take_an_answer_is_cut_off_and_who_takes_it_slowly_gets_all_of_it(
    caplog: pytest.LogCaptureFixture,
):
    async def story(host: Host, clients: Room) -> None:
        host.answer = b"a" * 8_000_000
        stuck, slow = socket.socket(), socket.socket()
        loop = asyncio.get_running_loop()
        for one in (stuck, slow):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            one.setblocking(False)
            await loop.sock_connect(one, ("127.0.0.1", host.port))
            await loop.sock_sendall(one, TOGETHER * (3 if one is stuck else 1))
        began_s, came = time.monotonic(), 0
        while came < len(host.answer):
            more = await loop.sock_recv(slow, 100_000)
            assert more, f"cut off after {came} bytes"
            came += len(more)
            await asyncio.sleep(0.01)
        assert time.monotonic() - began_s > 2 * SHORT.answer_s
        assert await taken(stuck) < len(host.answer)
        assert not caplog.records
        stuck.close()
        slow.close()

    told(story, Guards(deadlines=SHORT))


@pytest.mark.parametrize(
    "body",
    [
        (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 16,
        b"1\r\na\r\n" * 400_000,
        b"1;" + b"a" * 3_000_000,
        b"0\r\nX: " + b"a" * 3_000_000,
    ],
    ids=["chunks", "tiny chunks", "an extension", "a trailer"],
)
def test_a_body_that_never_says_its_length_ends_at_a_megabyte(body: bytes):
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        assert await client.status() == 413
        assert await client.ends() == b""
        assert (host.bodies, host.left) == ([], 1)

    told(story, Guards())


def test_bodies_reach_the_application_whole():
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        form = b"password=caf%C3%A9&next=%2F"
        for body in (form, b"", b"a" * 1_000_000):
            client.send(b"POST /menu HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            assert await client.status() == 200
        client.send(TOGETHER[:9])
        await asyncio.sleep(0.01)
        client.send(TOGETHER[9:])
        assert await client.status() == 200
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send(b"5\r\nhello\r\n" * 9 + b"0\r\nX-Trailer: a\r\n\r\n" + TOGETHER)
        assert [await client.status(), await client.status()] == [200, 200]
        assert host.bodies == [form, b"", b"a" * 1_000_000, b"", b"hello" * 9, b""]

    told(story, Guards())


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (TOGETHER * 3 + b"nonsense\r\n\r\n", [200, 200, 200]),
        (TOGETHER + b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx", [200, 400]),
        (TOGETHER * 500, [200] * 101),
    ],
    ids=["nonsense", "a bad chunk", "more than may wait"],
)
def test_answers_that_are_owed_come_before_a_refusal(sent: bytes, statuses: list[int]):
    async def story(host: Host, clients: Room) -> None:
        host.wait_s = 0.001
        client = await clients.client()
        client.send(sent)
        assert [await client.status() for _ in statuses] == statuses
        assert await client.ends() == b""

    told(story, Guards())


def test_a_request_behind_an_upgrade_that_is_not_made_is_answered():
    async def story(host: Host, clients: Room) -> None:
        client = await clients.client()
        upgrade = TOGETHER.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
        client.send(upgrade + TOGETHER + upgrade + TOGETHER)
        assert [await client.status() for _ in range(4)] == [200] * 4

    told(story, Guards())


@pytest.mark.parametrize(
    ("guards", "status"),
    [(Guards(most_of_address=4, exempt=()), 429), (Guards(most=4), 503)],
    ids=["of an address", "in all"],
)
def test_beyond_the_cap_the_quiet_make_room_and_the_busy_do_not(guards: Guards, status: int):
    async def story(host: Host, clients: Room) -> None:
        waiting, asking, quiet, later = [await clients.client() for _ in range(4)]
        asking.send(TOGETHER[:9])
        host.wait_s = 2 * guard._JUST_HEARD_S
        waiting.send(TOGETHER)
        await asyncio.sleep(0.01)
        host.wait_s = 0
        await asyncio.sleep(guard._JUST_HEARD_S + 0.05)
        later.send(TOGETHER)
        assert await later.status() == 200
        new = await clients.client()
        new.send(TOGETHER)
        assert await new.status() == 200
        assert await quiet.ends() == b""
        too_many = await clients.client()
        assert await too_many.status() == status
        assert await too_many.ends() == b""
        asking.send(TOGETHER[9:])
        assert [await asking.status(), await waiting.status()] == [200, 200]

    told(story, guards)


@pytest.mark.parametrize(
    "guards",
    [Guards(most_of_address=3), Guards(most_of_address=0, exempt=())],
    ids=["this machine", "no cap"],
)
def test_who_is_not_capped_may_hold_more(guards: Guards):
    async def story(host: Host, clients: Room) -> None:
        for _ in range(9):
            client = await clients.client()
            client.send(TOGETHER)
            assert await client.status() == 200

    told(story, guards)


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("10.0.0.1", "10.0.0.2", True),  # trusted, hence nobody's
        ("127.0.0.1", "::1", True),
        ("10.1.0.1", "10.1.0.2", False),
    ],
)
def test_an_address_is_one_of_ipv4_or_a_network_of_ipv6(first: str, second: str, together: bool):
    guards = Guards.of(Settings(trusted_proxies=("10.0.0.0/16",)))
    origins = [guards._origin(cast(Any, SimpleNamespace(client=(each, 1)))) for each in (first, second)]
    assert (origins[0] == origins[1]) == together
    assert (origins[0] == b"") == (first in ("10.0.0.1", "127.0.0.1"))


@pytest.mark.parametrize(
    ("descriptors", "connections"), [(1_024, 924), (200, 100), (20, 16), (1_048_576, 50_000)]
)
def test_descriptors_are_kept_for_everything_else(descriptors: int, connections: int):
    assert room(descriptors) == connections


def test_a_fault_with_one_connection_is_logged_and_spares_the_others(caplog: pytest.LogCaptureFixture):
    async def story(host: Host, clients: Room) -> None:
        faulty, sound = await clients.client(), await clients.client()
        for one in (faulty, sound):
            one.send(TOGETHER)
            assert await one.status() == 200
        next(iter(host.guards._all)).look = lambda now_s: 1 / 0  # pyright: ignore
        assert [await faulty.ends(), await sound.ends()] == [b"", b""]
        assert [record.message for record in caplog.records] == ["a connection is closed because of a fault"]

    told(story, Guards(deadlines=SHORT))


@contextmanager
def stopped_at_the_end(program: Program) -> Iterator[Running]:
    server = program.serve()
    yield server
    assert server.stop() == 0
    assert server.process.stdout is not None
    server.process.stdout.close()


def test_descriptors_that_run_out_stop_nobody_for_long(tmp_path: Path):
    class Cramped(Program):
        def start(self, *arguments: object) -> subprocess.Popen[str]:
            shell = ["/bin/sh", "-c", 'ulimit -S -n 150 && ulimit -H -n 200 && exec "$@"', "sh"]
            return subprocess.Popen(
                [*shell, *command(), *map(str, arguments)],
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=REPOSITORY,
            )

    program = Cramped(tmp_path / "data", tmp_path)
    asyncio.run(fill(program.data))
    program.env["SCANLY_BASE_URL"] = BASE
    with stopped_at_the_end(program) as running:
        parent = psutil.Process(running.process.pid)
        worker = next(each for each in parent.children(recursive=True) if "_work" in each.cmdline())
        assert worker.rlimit(resource.RLIMIT_NOFILE) == (200, 200)
        flood = [socket.create_connection(("127.0.0.1", running.port), timeout=5) for _ in range(300)]
        refused = [one for one in flood if is_closed_or_full(one)]
        assert 190 <= len(refused) <= 210
        used_s = sum(worker.cpu_times()[:2])
        time.sleep(1.1)
        assert sum(worker.cpu_times()[:2]) - used_s < 0.3
        # Those that say nothing make room.
        assert running.get("/menu", Host="go.example.com")[0] == 302
        for one in flood:
            one.close()
        assert running.get("/menu", Host="go.example.com")[0] == 302
        assert worker.is_running()


def is_closed_or_full(connection: socket.socket) -> bool:
    connection.settimeout(0.005)
    try:
        return connection.recv(12) in (b"", b"HTTP/1.1 503")
    except TimeoutError:
        return False
    except ConnectionError:
        return True
