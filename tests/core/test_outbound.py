"""The one way out, against real servers: where it must not lead, how much it may cost, what it says when it fails."""

from __future__ import annotations

import asyncio
import functools
import gzip
import ipaddress
import itertools
import socket
import ssl
import subprocess
import sys
import time
import tracemalloc
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scanly.core.errors import Invalid, ScanlyError
from scanly.core.outbound import Fetched, Limits, Outbound, Refused, Resolve, Unreachable

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\n\r\nok"
GZIP = HEAD + b"Content-Encoding: gzip\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LOOPBACK = ("127.0.0.0/8",)
# Stands for the public internet in tests: loopback for the kernel, but not the canary's address.
OUTSIDE = "127.0.0.2"
# Knows no authority; to load the system's for each of hundreds of requests would take most of the time.
UNTRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Writing = Callable[[asyncio.StreamWriter], Awaitable[None]]
Answers = bytes | dict[str, bytes] | Writing


def live(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Runs a test and its servers in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


@dataclass
class Server:
    """``connections`` counts from the first packet on; ``heads`` are the requests as they came."""

    host: str
    port: int = 0
    connections: int = 0
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    @property
    def paths(self) -> list[str]:
        return [head.split(" ")[1] for head in self.heads]

    def header(self, name: str, request: int = 0) -> str | None:
        pairs = [line.partition(": ") for line in self.heads[request].split("\r\n")[1:]]
        return next((value for key, _, value in pairs if key.lower() == name), None)


@asynccontextmanager
async def serving(
    answers: Answers, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Server]:
    """Answers with bytes, the same for all or by path, or with whatever a coroutine writes."""
    server, tasks = Server(host), list[asyncio.Task[None] | None]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        tasks.append(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            server.heads.append(head.decode("latin-1"))
            server.bodies.append(await reader.readexactly(int(server.header("content-length", -1) or 0)))
            if callable(answers):
                await answers(writer)
            else:
                writer.write(answers[server.paths[-1]] if isinstance(answers, dict) else answers)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async with await asyncio.start_server(answer, host, port, ssl=tls) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        try:
            yield server
        finally:
            for task in filter(None, tasks):
                task.cancel()
            await asyncio.gather(*filter(None, tasks), return_exceptions=True)


@asynccontextmanager
async def canary_and_outside(answers: Answers) -> AsyncGenerator[tuple[Server, Server]]:
    """Two servers on one port; only the address of the second is allowed by `outwards`."""
    async with serving(OK) as canary, serving(answers, OUTSIDE, canary.port) as outside:
        yield canary, outside


def client(server: Server | None = None, **options: object) -> Outbound:
    """As Scanly has it; with a server, one that may connect to that server's address only."""
    given: dict[str, object] = {"tls": UNTRUSTING}
    if server is not None:
        given |= {"ports": (server.port, 80, 443), "allowed_networks": (f"{server.host}/32",)}
    return Outbound(**(given | options))


async def fetch(url: str, server: Server | None = None, **options: object) -> Fetched:
    async with client(server, **options) as http:
        return await http.get(url)


async def refusal(url: str, server: Server | None = None, **options: object) -> str:
    """The reason."""
    with pytest.raises(Refused) as caught:
        await fetch(url, server, **options)
    return caught.value.reason


async def failure(url: str, server: Server | None = None, **options: object) -> str:
    """The reason."""
    with pytest.raises(Unreachable) as caught:
        await fetch(url, server, **options)
    return caught.value.reason


def moved(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


def to(*addresses: str) -> Resolve:
    return lambda name: asyncio.sleep(0, addresses)


def failing(error: Exception) -> Resolve:
    async def resolve(name: str) -> tuple[str, ...]:
        raise error

    return resolve


def words(text: str) -> list[str]:
    return text.split()


# ---- Where it must not lead

# Written for browsers, for C's inet_aton, for careless parsers; every name among them resolves to 127.0.0.1 here.
INWARD_HOSTS = words("""
127.0.0.1 127.0.0.1. 127.1 127.0.1 127.0.0.1.. 2130706433 0x7f000001 0x7F.0.0.1 0x7f.1 0177.0.0.1 017700000001
0177.0.0.01 00177.0.0.1 127.0.0.0x1 0x7f.0x0.0x0.0x1 127.000.000.001 4294967296 0 0.0.0.0 00 0x0 0.0 127.127.127.127
localhost localhost. LOCALHOST LocalHost a.localhost localhost.localdomain ip6-localhost 127.0.0.1.nip.example
metadata.google.internal intranet router.lan xn--lcalhost-54a [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1]
[::ffff:7f00:1] [::127.0.0.1] [::7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1]
[64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1] [fe80::1%25lo] [fe80::1%lo] [fc00::1] [fd00:ec2::254]
[ff02::1] [::1%lo] [::ffff:0:127.0.0.1] ①②⑦.⓪.⓪.① １２７.0.0.1 127。0。0。1 127．0．0．1 ｌｏｃａｌｈｏｓｔ ⑴27.0.0.1
𝟏𝟐𝟕.𝟎.𝟎.𝟏 ١٢٧.٠.٠.١ %31%32%37.0.0.1 127%2e0%2e0%2e1 localhost%00 127.0.0.1%23 localhost%2f 127.0.0.1%20
user@127.0.0.1 user:word@localhost example.com@127.0.0.1 127.0.0.1%40example.com example.com#@127.0.0.1
127.0.0.1\\@example.com example.com\\@127.0.0.1 169.254.169.254 168.63.129.16 100.100.100.200 192.0.0.192 10.0.0.1
172.16.0.1 192.168.0.1 198.18.0.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
""")
INWARD_URLS = words("""
http:127.0.0.1:{p}/ http:/127.0.0.1:{p}/ http:///127.0.0.1:{p}/ http:////127.0.0.1:{p}/ http:\\\\127.0.0.1:{p}/
http:/\\127.0.0.1:{p}/ //127.0.0.1:{p}/ 127.0.0.1:{p} localhost:{p}/ http://127.0.0.1:0{p}/ http://127.0.0.1:+{p}/
http://127.0.0.1:{p}:80/ http://127.0.0.1:80:{p}/ http://[127.0.0.1]:{p}/ http://[::1:{p}/ http://::1:{p}/
https://127.0.0.1:{p}/ HTTP://127.0.0.1:{p}/ hTTps://localhost:{p}/ http://127.0.0.1:65536/ http://127.0.0.1:99999999/
http://?@127.0.0.1:{p}/ http://#@127.0.0.1:{p}/ http://@127.0.0.1:{p}/ http://:@127.0.0.1:{p}/ http://:{p}/ http://.:{p}/
ftp://127.0.0.1:{p}/ file:///etc/passwd gopher://127.0.0.1:{p}/_GET dict://127.0.0.1:{p}/ ws://127.0.0.1:{p}/
wss://localhost:{p}/ unix:///run/docker.sock http+unix://127.0.0.1:{p}/ url:http://127.0.0.1:{p}/
javascript:fetch('http://127.0.0.1:{p}') data:text/plain,hello
""")


@live
async def test_no_spelling_of_an_inward_address_reaches_the_canary():
    """The resolver answers 127.0.0.1 to every name, as an attacker's would."""
    async with serving(OK) as canary:
        urls = [f"http://{host}:{{p}}/" for host in INWARD_HOSTS] + INWARD_URLS
        urls += [" http://127.0.0.1:{p}/ ", "http://127.0.0.1\t:{p}/", "", "\0"]
        assert len(set(urls)) >= 50
        async with client(canary, allowed_networks=(), resolve=to("127.0.0.1")) as http:
            for url in (url.replace("{p}", str(canary.port)) for url in urls):
                for asking in (http.get(url), http.head(url), http.post(url, b"x")):
                    with pytest.raises(Refused):
                        await asking
        assert canary.connections == 0
        await fetch(canary.url, canary)
        assert canary.connections == 1, "the canary does not sing when it is touched"


@live
async def test_localhost_is_refused_with_the_resolver_of_the_system():
    assert await refusal("http://localhost/") == "it leads into a private network"


# IANA's special-purpose registries, and what is not in them but leads inward all the same.
INWARD_NETWORKS = words("""
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16
fc00::/7 fe80::/10 fec0::/10 ff00::/8 64:ff9b::10.0.0.0/104 64:ff9b::127.0.0.0/104 64:ff9b::169.254.0.0/112
""")
PUBLIC_ADDRESSES = words("""
1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
223.255.255.255 168.63.129.15 168.63.129.17 2001:200:: 2606:4700:4700::1111 2a00:1450:4001:81b::200e
64:ff9b::8.8.8.8
""")


@pytest.mark.parametrize("network", INWARD_NETWORKS)
@live
async def test_no_address_of_the_special_networks_is_asked(network):
    span = ipaddress.ip_network(network)
    for address in {span[0], span[-1], span[span.num_addresses // 2]}:
        assert (
            await refusal("http://name.example/", resolve=to(str(address)))
            == "it leads into a private network"
        )


@live
async def test_an_address_at_a_network_card_is_refused_although_its_network_is_allowed():
    for address in ("fe80::1%1", "fe80::1%lo"):
        assert await refusal("http://name.example/", resolve=to(address), allowed_networks=["fe80::/10"])


@live
async def test_public_addresses_are_connected_to_as_they_were_checked(monkeypatch):
    import httpx2

    asked = list[tuple[str, str]]()

    class Wire(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            asked.append((request.url.host, request.headers["host"]))
            return httpx2.Response(204, stream=httpx2.ByteStream(b""))

    monkeypatch.setattr(httpx2, "AsyncHTTPTransport", Wire)
    for address in PUBLIC_ADDRESSES:
        await fetch("http://name.example/", resolve=to(address))
    assert asked == [(str(ipaddress.ip_address(one)), "name.example") for one in PUBLIC_ADDRESSES]


@live
async def test_one_inward_address_among_others_is_enough_to_refuse():
    async with canary_and_outside(OK) as (canary, outside):
        for addresses in itertools.permutations((OUTSIDE, "127.0.0.1", "127.0.0.3")):
            assert await refusal(f"http://name.example:{outside.port}/", outside, resolve=to(*addresses))
        assert canary.connections == outside.connections == 0


def alternating(first: str, second: str) -> tuple[Resolve, list[str]]:
    """A resolver that changes its mind at every question, and the questions."""
    asked = list[str]()

    async def resolve(name: str) -> tuple[str, ...]:
        asked.append(name)
        return (first if len(asked) % 2 else second,)

    return resolve, asked


@live
async def test_a_name_that_changes_between_check_and_connection_never_leads_inward():
    """100 tries; what is allowed and what is not share a port, so a second look-up would hit the canary."""
    async with canary_and_outside(OK) as (canary, outside):
        resolve, asked = alternating(OUTSIDE, "127.0.0.1")
        async with client(outside, resolve=resolve) as http:
            for _ in range(50):
                assert (await http.get(f"http://name.example:{outside.port}/")).status == 200
                with pytest.raises(Refused):
                    await http.get(f"http://name.example:{outside.port}/")
        assert (canary.connections, outside.connections, len(asked)) == (0, 50, 100)


@live
async def test_a_name_that_changes_from_a_documentation_address_to_loopback_never_leads_inward():
    async with serving(OK) as canary:
        resolve, _ = alternating("203.0.113.1", "127.0.0.1")
        limits = Limits(connect_s=0.2, total_s=0.4)
        async with client(
            canary, allowed_networks=["203.0.113.0/24"], limits=limits, resolve=resolve
        ) as http:
            tries = [http.get(f"http://name.example:{canary.port}/") for _ in range(100)]
            got = await asyncio.gather(*tries, return_exceptions=True)
        assert {type(one) for one in got} == {Refused, Unreachable}
        assert canary.connections == 0


INWARD_REDIRECTS = words("""
http://127.0.0.1:{p}/ //127.0.0.1:{p}/ HTTP://127.0.0.1:{p} http://inward.example:{p}/ http://localhost:{p}/
http://2130706433:{p}/ http://0x7f.1:{p}/ http://[::ffff:127.0.0.1]:{p}/ http://[64:ff9b::7f00:1]:{p}/
http://user@127.0.0.1:{p}/ http:\\\\127.0.0.1:{p}/ https://127.0.0.1:{p}/ http://[::1 http://outside.example:22/
file:///etc/passwd ftp://127.0.0.1:{p}/ gopher://127.0.0.1:{p}/ javascript:alert(1)
""")


@pytest.mark.parametrize("location", INWARD_REDIRECTS)
@live
async def test_a_redirect_inward_is_refused_at_that_hop(location):
    async def resolve(name: str) -> list[str]:
        return [OUTSIDE if name == "outside.example" else "127.0.0.1"]

    answers = {"/": moved("/next")}
    async with canary_and_outside(answers) as (canary, outside):
        answers["/next"] = moved(location.replace("{p}", str(canary.port)))
        assert await refusal(f"http://outside.example:{outside.port}/", outside, resolve=resolve)
        assert outside.paths == ["/", "/next"]
        assert canary.connections == 0


async def never(name: str) -> list[str]:
    raise AssertionError(f"{name} was looked up")


@pytest.mark.parametrize("port", [22, 25, 53, 110, 2375, 5432, 6379, 9200, 11211, 27017])
@live
async def test_ports_that_are_not_the_webs_are_not_asked(port):
    assert await refusal(f"http://name.example:{port}/", resolve=never) == f"port {port} is not allowed"


@live
async def test_an_address_of_more_than_8192_characters_is_not_asked():
    assert await refusal("http://name.example/" + "x" * 8192, resolve=never)


@live
async def test_proxies_and_credentials_in_the_environment_are_ignored(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with canary_and_outside(OK) as (canary, outside):
        for name in ("http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, canary.url)
        assert (await fetch(outside.url, outside)).status == 200
        assert (canary.connections, outside.connections) == (0, 1)
        assert outside.header("authorization") is None


# ---- How much it may cost


def bomb() -> bytes:
    """64 MB of zeros in 64 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()


def endless(start: bytes, part: bytes, pause_s: float = 0) -> Writing:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return write


MUCH = bytes(65_536)
# What the server does, and how much of the body is taken; none where there is no answer in time.
HOSTILE: dict[str, tuple[Answers, int | None]] = {
    "a body without end": (endless(HEAD + b"\r\n", MUCH), 100_000),
    "chunks without end": (endless(CHUNKED, b"10000\r\n" + MUCH + b"\r\n"), 100_000),
    "ten promised gigabytes": (endless(HEAD + b"Content-Length: 10000000000\r\n\r\n", MUCH), 100_000),
    "a gzip bomb": (GZIP + bomb(), 100_000),
    "a bomb in a bomb": (GZIP.replace(b"gzip", b"gzip, gzip") + gzip.compress(bomb()), 0),
    "more after the end of gzip": (endless(GZIP + gzip.compress(b"hello"), MUCH), 5),
    "gzip that unpacks to nothing": (endless(GZIP + gzip.compress(b"")[:10], b"\0\0\0\xff\xff" * 13_000), 0),
    "headers without end": (endless(HEAD, b"X-More: and more\r\n" * 100), None),
    "one header without end": (endless(HEAD + b"X-More: ", b"x" * 65_536), None),
    "interim answers without end": (endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100), None),
    "trailers without end": (endless(CHUNKED + b"0\r\n", b"X-More: and more\r\n" * 100), None),
    "headers in drops": (endless(HEAD + b"X-More: ", b"x", 0.02), None),
    "a body in drops": (endless(HEAD + b"\r\n", b"x", 0.02), None),
    "chunks in drops": (endless(CHUNKED, b"1\r\nx\r\n", 0.02), None),
    "silence": (endless(b"", b"", 0.02), None),
}


@pytest.mark.parametrize("what", HOSTILE)
@live
async def test_a_hostile_server_costs_little_time_and_memory(what):
    answers, body_bytes = HOSTILE[what]
    limits = Limits(total_s=0.4, body_bytes=100_000)
    async with serving(answers) as server, client(server, limits=limits) as http:
        tracemalloc.start()
        began, before_bytes = time.monotonic(), tracemalloc.get_traced_memory()[0]
        got: Fetched | ScanlyError
        try:
            got = await http.get(server.url)
        except Unreachable as error:
            got = error
        took_s, peak_bytes = time.monotonic() - began, tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert took_s < 1.5
    assert peak_bytes - before_bytes < 5_000_000
    if body_bytes is None:
        assert isinstance(got, Unreachable)
    else:
        assert isinstance(got, Fetched) and (len(got.body), got.whole) == (body_bytes, False)


@live
async def test_a_body_in_parts_of_one_byte_leaves_turns_to_others():
    async with serving(CHUNKED + b"1\r\nx\r\n" * 5_000 + b"0\r\n\r\n") as server:
        fetching = asyncio.create_task(fetch(server.url, server))
        turns = 0
        while not fetching.done():
            await asyncio.sleep(0)
            turns += bool(server.heads)
        assert len((await fetching).body) == 5_000 and turns > 5_000


@live
async def test_the_time_is_for_all_hops_together():
    numbers = itertools.count()

    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(moved(f"/{next(numbers)}"))

    async with serving(slowly) as server:
        reason = await failure(server.url, server, limits=Limits(total_s=0.8, hops=50))
        assert reason == "it does not answer within 0.8 s"
        assert 2 <= len(server.heads) <= 3


@live
async def test_the_body_of_a_redirect_is_not_waited_for():
    async def on(writer: asyncio.StreamWriter) -> None:
        if server.paths[-1] == "/":
            await endless(b"HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n", b"x", 0.02)(writer)
        writer.write(OK)

    async with serving(on) as server:
        assert (await fetch(server.url, server, limits=Limits(total_s=1))).url == f"{server.url}next"


# ---- What it brings back


@live
async def test_redirects_are_followed_and_the_chain_is_told():
    long = "/" + "long" * 1_000
    answers = {
        "/a?x=1": moved("b/c"),
        "/b/c": moved("../d?y=%20#part"),
        "/d?y=%20": b"",
        "/%C3%A9%20%C3%BC": b"",
        "/": moved(long),
        long: OK,
    }
    async with serving(answers) as server:
        answers["/d?y=%20"] = moved(f"//other.example:{server.port}/é ü")
        answers["/%C3%A9%20%C3%BC"] = moved(f"http://OTHER.example:{server.port}")
        one, other = f"http://name.example:{server.port}", f"http://other.example:{server.port}"
        answer = await fetch(f"{one}/a?x=1#top", server, resolve=to("127.0.0.1"))
        assert (answer.status, answer.body, answer.whole) == (200, b"ok", True)
        paths = list(answers)
        assert answer.chain == (*(one + path for path in paths[:3]), *(other + path for path in paths[3:]))
        assert answer.url == answer.chain[-1]
        assert server.paths == paths
        assert server.header("host", 5) == f"other.example:{server.port}"


CIRCLE = "it redirects in a circle"


@pytest.mark.parametrize(
    ("answers", "asked", "reason"),
    [
        ({"/": moved("/a"), "/a": moved("/b"), "/b": moved("/a")}, 3, CIRCLE),
        ({"/": moved("#again")}, 1, CIRCLE),
        ({"/": moved("")}, 1, CIRCLE),
        (
            {"/": moved("/1")} | {f"/{n}": moved(f"/{n + 1}") for n in range(1, 9)},
            6,
            "it redirects more than 5 times",
        ),
    ],
)
@live
async def test_redirects_without_end_are_not_followed_for_long(answers, asked, reason):
    async with serving(answers) as server:
        assert await failure(server.url, server) == reason
        assert len(server.heads) == asked


@live
async def test_a_path_that_looks_like_a_host_stays_a_path():
    async with canary_and_outside(OK) as (canary, outside):
        here = f"127.0.0.1:{canary.port}"
        for path in (f"//{here}/x", f"/@{here}/", "/http://127.0.0.1/", f"/?//@{here}/"):
            await fetch(f"http://name.example:{canary.port}{path}", outside, resolve=to(OUTSIDE))
            assert outside.paths[-1] == path
        assert canary.connections == 0


@live
async def test_no_cookie_is_kept_and_scanly_says_who_asks():
    answers = {"/": moved("/next").replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n\r\n"), "/next": OK}
    async with serving(answers) as server:
        await fetch(server.url, server)
        assert [server.header("cookie", request) for request in (0, 1)] == [None, None]
        agent = str(server.header("user-agent"))
        assert agent.startswith("Scanly/") and agent.endswith(" (+link check)")


@live
async def test_the_callers_headers_stay_with_the_host_that_they_were_meant_for():
    async with serving(OK, OUTSIDE) as other:
        answers = {"/": moved("/same"), "/same": moved(other.url)}
        async with serving(answers) as server:
            ports = [server.port, other.port]
            async with client(server, ports=ports, allowed_networks=LOOPBACK) as http:
                headers = {"Authorization": "Bearer secret", "HOST": "evil.example", "Connection": "x"}
                await http.get(server.url, headers=headers)
            assert [server.header("authorization", request) for request in (0, 1)] == ["Bearer secret"] * 2
            assert server.header("host") == f"127.0.0.1:{server.port}"
            assert server.header("connection") == "close"
            assert other.connections == 1 and other.header("authorization") is None


@live
async def test_what_is_posted_arrives_once_and_follows_no_redirect():
    async with serving(moved("/elsewhere")) as server, client(server, user_agent="Hook/1") as http:
        headers = {"Content-Type": "application/json", "X-Signature": "abc", "Content-Length": "1"}
        answer = await http.post(server.url, b'{"a": 1}', headers=headers)
        assert (answer.status, answer.chain) == (302, (server.url,))
        for value in ("a\r\nX-Injected: b", "\N{SNOWMAN}"):
            with pytest.raises(Refused, match="its headers cannot be sent"):
                await http.post(server.url, b"", headers={"X-Bad": value})
        assert server.bodies == [b'{"a": 1}'] and server.heads[0].startswith("POST / ")
        assert (server.header("x-signature"), server.header("user-agent")) == ("abc", "Hook/1")


@pytest.mark.parametrize(
    ("raw", "body", "whole"),
    [
        (GZIP + gzip.compress(b"hello"), b"hello", True),
        (GZIP + gzip.compress(b"hello")[:-4], b"hello", False),
        (GZIP.replace(b"gzip", b"br") + b"hello", b"", False),
        (GZIP.replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"), b"", True),
        (HEAD + b"\r\n" + b"x" * 1_000_000, b"x" * 1_000_000, True),
        (HEAD + b"\r\n" + b"x" * 1_000_001, b"x" * 1_000_000, False),
        (b"HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 4\r\n\r\ngone", b"gone", True),
    ],
    ids=["gzip", "torn gzip", "not asked for", "nothing", "the limit", "more", "not found"],
)
@live
async def test_a_body_is_unpacked_and_known_to_be_whole(raw, body, whole):
    async with serving(raw) as server, client(server) as http:
        answer, told = await http.get(server.url), await http.head(server.url)
        assert (answer.body, answer.whole) == (body, whole)
        assert answer.status == int(raw.split(b" ")[1])
        assert answer.headers.get("x-a") == ("b" if b"X-A" in raw else None)
        assert (told.status, told.body, told.whole) == (answer.status, b"", True)
        assert server.heads[1].startswith("HEAD / ")


# ---- What it says when it fails


@pytest.mark.parametrize(
    ("resolve", "reason"),
    [
        (failing(socket.gaierror(socket.EAI_NONAME, "no")), "the name does not exist"),
        (failing(socket.gaierror(socket.EAI_AGAIN, "no")), "the name cannot be looked up just now"),
        (failing(UnicodeError("label too long")), "the name does not exist"),
        (to("not an address"), "the name does not exist"),
        (to(), "the name has no address"),
        (lambda name: asyncio.sleep(5, ()), "the name is not found within 0.1 s"),
    ],
)
@live
async def test_a_name_that_is_not_found_is_told_as_such(resolve, reason):
    async with client(resolve=resolve, limits=Limits(connect_s=0.1)) as http:
        with pytest.raises(Unreachable) as caught:
            await http.get("http://name.example/")
    assert caught.value.reason == reason
    assert str(caught.value) == f'"http://name.example/" gave no answer: {reason}.'


DAMAGED = "its answer is damaged or breaks off"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (b"", DAMAGED),
        (b"220 mail.example ESMTP\r\n", DAMAGED),
        (HEAD + b"Content-Length: 9\r\n\r\nshort", DAMAGED),
        (GZIP + b"this is not packed", DAMAGED),
        (endless(b"", b"", 0.02), "it does not answer within 0.4 s"),
    ],
    ids=["nothing", "mail", "too short", "not gzip", "silence"],
)
@live
async def test_an_answer_that_is_none_is_told_as_such(answers, reason):
    async with serving(answers) as server:
        assert await failure(server.url, server, limits=Limits(connect_s=0.2, total_s=0.4)) == reason


@live
async def test_a_closed_port_is_told_and_the_next_address_of_the_name_is_tried():
    async with serving(OK, OUTSIDE) as server:
        url, options = f"http://name.example:{server.port}/", {"allowed_networks": LOOPBACK}
        closed = "127.0.0.3", "127.0.0.4"
        assert await failure(url, server, resolve=to(*closed), **options) == "the connection is refused"
        assert (await fetch(url, server, resolve=to(*closed, OUTSIDE), **options)).status == 200


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, made with the openssl program."""

    openssl: str
    folder: Path

    def run(self, arguments: str) -> None:
        subprocess.run([self.openssl, *arguments.split()], cwd=self.folder, check=True, capture_output=True)

    def request(self, arguments: str) -> None:
        self.run(f"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes {arguments}")

    def trusting(self) -> ssl.SSLContext:
        self.request("-x509 -keyout ca.key -out ca.pem -subj /CN=authority -days 9")
        return ssl.create_default_context(cafile=str(self.folder / "ca.pem"))

    def serving(self, names: list[str | None], days: int = 9) -> ssl.SSLContext:
        """For good.example; ``names`` gets what clients ask for."""
        self.request("-keyout a.key -out a.csr -subj /CN=a -addext subjectAltName=DNS:good.example")
        self.run(
            f"x509 -req -in a.csr -CA ca.pem -CAkey ca.key -copy_extensions copy -days {days} -out a.pem"
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "a.pem", self.folder / "a.key")
        context.sni_callback = lambda _, name, __: names.append(name)
        return context


@pytest.fixture
def authority(needs: Callable[[str], str], tmp_path: Path) -> Authority:
    return Authority(needs("openssl"), tmp_path)


@live
async def test_tls_and_host_go_by_the_name_while_the_connection_goes_to_the_checked_address(
    authority, monkeypatch
):
    trusting, names = authority.trusting(), list[str | None]()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.folder / "ca.pem"))
    async with serving(OK, tls=authority.serving(names)) as server:
        url = f"https://good.example:{server.port}/"
        # Nobody answers at the second address: an error of the first is not tried away.
        options = {"allowed_networks": LOOPBACK, "resolve": to("127.0.0.1", "127.0.0.3")}
        assert (await fetch(url, server, tls=trusting, **options)).status == 200
        assert names == ["good.example"]
        assert server.header("host") == f"good.example:{server.port}"
        for changed, tls, reason in (
            (url, None, "is from an unknown authority"),
            (url, UNTRUSTING, "is from an unknown authority"),
            (url.replace("good", "bad"), trusting, "is not valid for that name"),
            (url.replace("good.example", "127.0.0.1"), trusting, "is not valid for that address"),
        ):
            assert await failure(changed, server, tls=tls, **options) == f"the certificate {reason}"
        assert len(server.heads) == 1


@live
async def test_an_expired_certificate_is_told_as_such(authority):
    trusting = authority.trusting()
    async with serving(OK, tls=authority.serving([], days=-1)) as server:
        url = f"https://good.example:{server.port}/"
        reason = await failure(url, server, tls=trusting, resolve=to("127.0.0.1"))
        assert reason == "the certificate has expired"


@pytest.mark.parametrize(
    ("said", "reason"), [(OK, "no secure connection can be made"), (b"", "it does not answer within 0.2 s")]
)
@live
async def test_a_server_that_does_not_speak_tls_is_told_as_such(said, reason):
    done = asyncio.Event()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await done.wait()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as listening:
        server = Server("127.0.0.1", listening.sockets[0].getsockname()[1])
        limits = Limits(connect_s=0.2, total_s=1)
        assert await failure(f"https://127.0.0.1:{server.port}/", server, limits=limits) == reason
        done.set()


def test_an_allowed_network_that_is_none_is_told_at_once():
    for network in ("10.0.0.1/8", "private", "10.0.0.0/33"):
        with pytest.raises(Invalid, match=r"allowed_networks: .* Write it like 10\.0\.0\.0/8"):
            Outbound(allowed_networks=[network])


def test_the_library_is_loaded_when_it_is_first_used():
    program = "import sys, scanly.core.outbound; print({'httpx2', 'httpcore2', 'anyio'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
