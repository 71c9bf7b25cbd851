"""Requests that nobody sends by chance, to a real server in both modes, and the status that each deserves."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from scanly.web import application
from scanly.web.public import routes
from tests.journeys.program import Program, Running
from tests.web.conversation import BASE, HOST, MENU, answer, fill, get, is_closed

CHUNKED = b"Transfer-Encoding: chunked\r\n"
UPGRADE = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
LAST_CHUNK = b"0\r\n\r\n"
LONG = b"a" * 5_000_000


class Hostile(NamedTuple):
    """What is sent, and the status that it gets; with ``stays`` the connection answers the next request, too."""

    sent: bytes
    status: int
    stays: bool = False


def post(body: bytes, kind: bytes = b"application/json", target: bytes = b"/nothing") -> bytes:
    more = b"Content-Type: %b\r\nContent-Length: %d\r\n" % (kind, len(body))
    return get(target, more, start=b"POST") + body


def fields(number: int) -> bytes:
    """A request with that many header fields."""
    already = MENU.count(b"\r\n") - 2
    return get(more=b"".join(b"X%d: a\r\n" % each for each in range(number - already)))


def chunks(body: bytes, more: bytes = b"") -> bytes:
    return get(more=CHUNKED + more) + body


LIMITS = {
    "64 fields": Hostile(fields(64), 302, stays=True),
    "65 fields": Hostile(fields(65), 431),
    "10,000 fields": Hostile(fields(10_000), 431),
    "15 kB of headers": Hostile(get(more=b"X: " + LONG[:15_000] + b"\r\n"), 302, stays=True),
    "17 kB of headers": Hostile(get(more=b"X: " + LONG[:17_000] + b"\r\n"), 431),
    "5 MB of headers": Hostile(get(more=b"X: " + LONG + b"\r\n"), 431),
    "a header name of 17 kB": Hostile(get(more=LONG[:17_000] + b": a\r\n"), 431),
    "a header that does not end": Hostile(get(more=b"X: " + LONG)[:-4], 431),
    "a target of 8 kB": Hostile(get(b"/" + LONG[:8_191]), 404, stays=True),
    "a target beyond 8 kB": Hostile(get(b"/" + LONG[:8_192]), 414),
    "a query beyond 8 kB": Hostile(get(b"/menu?" + LONG[:9_000]), 414),
    "a target that does not end": Hostile(b"GET /" + LONG, 414),
    "a body of 1 MB": Hostile(post(LONG[:1_000_000]), 405, stays=True),
    "a body beyond 1 MB": Hostile(post(LONG[:1_000_001]), 413),
    "a gigabyte announced": Hostile(get(more=b"Content-Length: 1000000000\r\n", start=b"POST"), 413),
    "a gigabyte announced to HEAD": Hostile(get(more=b"Content-Length: 1000000000\r\n", start=b"HEAD"), 413),
}
FRAMING = {
    "a length and an encoding": Hostile(get(more=b"Content-Length: 5\r\n" + CHUNKED) + LAST_CHUNK, 400),
    "an encoding and a length": Hostile(chunks(LAST_CHUNK, b"Content-Length: 5\r\n"), 400),
    "two lengths": Hostile(get(more=b"Content-Length: 1\r\nContent-Length: 2\r\n") + b"ab", 400),
    "the same length twice": Hostile(get(more=b"Content-Length: 1\r\n" * 2) + b"a", 400),
    "a list of lengths": Hostile(get(more=b"Content-Length: 1, 1\r\n") + b"a", 400),
    "a signed length": Hostile(get(more=b"Content-Length: +1\r\n") + b"a", 400),
    "a length below zero": Hostile(get(more=b"Content-Length: -1\r\n"), 400),
    "an endless length": Hostile(get(more=b"Content-Length: " + b"9" * 100 + b"\r\n"), 400),
    "an unknown encoding": Hostile(get(more=b"Transfer-Encoding: gzip, chunked\r\n") + LAST_CHUNK, 400),
    "identity": Hostile(get(more=b"Transfer-Encoding: identity\r\n"), 400),
    "identity, then chunks": Hostile(
        get(more=b"Transfer-Encoding: identity\r\n" + CHUNKED) + LAST_CHUNK, 400
    ),
    "chunked twice": Hostile(get(more=CHUNKED * 2) + LAST_CHUNK, 400),
    "nearly chunked": Hostile(get(more=b"Transfer-Encoding: xchunked\r\n") + LAST_CHUNK, 400),
    "chunked in capitals": Hostile(get(more=b"Transfer-Encoding: CHUNKED\r\n") + LAST_CHUNK, 302, stays=True),
    "chunks in HTTP/1.0": Hostile(chunks(LAST_CHUNK).replace(b"HTTP/1.1", b"HTTP/1.0"), 400),
    "a folded header": Hostile(get(more=b"X: a\r\n b\r\n"), 400),
    "a folded first header": Hostile(b"GET /menu HTTP/1.1\r\n " + HOST + b"\r\n", 400),
    "bare line feeds": Hostile(MENU.replace(b"\r\n", b"\n"), 400),
    "a bare line feed at the end": Hostile(MENU[:-2] + b"\n\n", 400),
    "a bare carriage return": Hostile(get(more=b"X: a\rHost: evil.example\r\n"), 400),
    "a header without a name": Hostile(get(more=b": a\r\n"), 400),
    "a header without a colon": Hostile(get(more=b"X\r\n"), 400),
    "a space before the colon": Hostile(get(more=b"X : a\r\n"), 400),
    "trailers that would be headers": Hostile(
        chunks(b"1\r\na\r\n0\r\nHost: evil.example\r\n\r\n"), 302, stays=True
    ),
    "a request hidden behind an upgrade": Hostile(
        get(more=UPGRADE + b"Content-Length: %d\r\n" % len(MENU)) + MENU, 400
    ),
    "chunks behind an upgrade": Hostile(chunks(LAST_CHUNK, UPGRADE), 400),
    "HTTP/2.0": Hostile(MENU.replace(b"HTTP/1.1", b"HTTP/2.0"), 505),
    "HTTP/1.2": Hostile(MENU.replace(b"HTTP/1.1", b"HTTP/1.2"), 400),
    "HTTP/0.9": Hostile(b"GET /menu\r\n\r\n", 505),
    "HTTP/2 without asking": Hostile(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": Hostile(b"\x16\x03\x01\x02\x00\x01\x00", 400),
    "a tunnel": Hostile(b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "an address that is none": Hostile(get(b"http://[/menu"), 400),
}
CONTENT = {
    "deep JSON": Hostile(post(b"[" * 200_000), 405, stays=True),
    "JSON that is no UTF-8": Hostile(post(b'"\xff\xfe"'), 405, stays=True),
    "JSON with NUL and lone surrogates": Hostile(post(b'{"a": "\0\\ud800"}'), 405, stays=True),
    "an unknown charset": Hostile(post(b"{}", b"application/json; charset=nonsense"), 405, stays=True),
    "multipart without boundary": Hostile(post(b"--x\r\n", b"multipart/form-data"), 405, stays=True),
    "a flood of parts": Hostile(
        post(b"--x\r\n" * 9_000, b"multipart/form-data; boundary=x"), 405, stays=True
    ),
    "a form of nonsense": Hostile(
        post(b"a=%ff&;=%;&\0" * 999, b"application/x-www-form-urlencoded", b"/menu"), 405, stays=True
    ),
    "NUL": Hostile(get(b"/menu%00"), 404, stays=True),
    "percent signs that encode nothing": Hostile(get(b"/%zz%"), 404, stays=True),
    "a path that is no UTF-8": Hostile(get(b"/%ff%fe%C0%AF%ED%A0%80"), 404, stays=True),
    "a path that climbs": Hostile(get(b"/static/..%2f..%2f..%2fetc/passwd"), 404, stays=True),
    "a path that climbs in dots": Hostile(get(b"/static/../../../etc/passwd"), 404, stays=True),
    "many parameters": Hostile(get(b"/nothing?" + b"a=1&" * 2_000), 404, stays=True),
    "many parameters of a link": Hostile(get(b"/menu?" + b"utm_source=1&" * 600), 302, stays=True),
    "a query that is no UTF-8": Hostile(get(b"/nothing?%ff=%zz&a[b]=&=%00"), 404, stays=True),
    "languages that are none": Hostile(
        get(b"/nothing", host=HOST + b"Accept-Language: \xff\xfe,;q=,en;q=NaN\r\n"), 404, stays=True
    ),
    "a language of 9 kB": Hostile(
        b"GET /gone HTTP/1.1\r\n" + HOST + b"Accept-Language: " + b"a-" * 4_500 + b"\r\n\r\n", 410, stays=True
    ),
    "an agent that is no UTF-8": Hostile(
        b"GET /menu HTTP/1.1\r\n" + HOST + b"User-Agent: \xff\r\nReferer: \xff://[\r\n\r\n", 302, stays=True
    ),
    "cookies that are none": Hostile(
        get(b"/", b"Cookie: \xff=\xfe; a; =; " + b"a=b; " * 999 + b"\r\n"), 200, True
    ),
    "ranges that are none": Hostile(
        get(b"/healthz", b"Range: bytes=9-1,abc\r\nIf-Range: \xff\r\n"), 200, True
    ),
    "a range of a link": Hostile(get(more=b"Range: bytes=5-\r\n"), 302, stays=True),
    "conditions that are none": Hostile(
        get(b"/healthz", b"If-None-Match: \xff\r\nIf-Modified-Since: never\r\n"), 200, stays=True
    ),
    "a body that is not gzip": Hostile(
        get(b"/nothing", b"Content-Encoding: gzip\r\nContent-Length: 2\r\n", start=b"PUT") + b"ab", 405, True
    ),
    "a Host that is no UTF-8": Hostile(get(host=b"Host: \xff\r\n"), 400, stays=True),
    "OPTIONS *": Hostile(get(b"*", start=b"OPTIONS"), 204, stays=True),
    **{
        f"{method} {target}": Hostile(get(target.encode(), start=method.encode()), 405, stays=True)
        for method in ("TRACE", "PATCH", "DELETE", "PURGE", "PROPFIND", "QUERY", "SOURCE")
        for target in ("/menu", "/nothing", "/healthz", "/")
    },
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("filled")
    asyncio.run(fill(root / "data"))
    return root


@pytest.fixture(scope="module", params=["auto", "off"])
def server(request: pytest.FixtureRequest, filled: Path) -> Iterator[Running]:
    shutil.copytree(filled / "data", filled / request.param)
    program = Program(filled / request.param, filled)
    program.env |= {"SCANLY_FAST_PATH": request.param, "SCANLY_BASE_URL": BASE}
    running = program.serve()
    yield running
    assert running.stop() == 0
    assert running.process.stdout is not None
    running.process.stdout.close()


def status_of(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=name) for name, one in (LIMITS | FRAMING | CONTENT).items()]
)
def test_whatever_is_sent_gets_the_status_that_it_deserves(server: Running, case: Hostile):
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        try:
            connection.sendall(case.sent)
        except ConnectionError:
            assert len(case.sent) > 1_000_000  # it was answered and left before all of it came
        reply = answer(connection, head=case.sent.startswith(b"HEAD"))
        assert status_of(reply) == case.status
        if case.stays:
            connection.sendall(MENU)
            assert status_of(answer(connection, head=False)) == 302
        else:
            assert b"\r\nconnection: close\r\n" in reply and b"\r\ncontent-type: text/plain" in reply
            assert is_closed(connection, within_s=2)


def test_whatever_can_be_got_can_be_asked_for_its_head(server: Running):
    handlers = [*routes.HANDLERS, application.healthz, application.readyz, application.figures]
    methods = [cast(Any, handler).http_methods for handler in handlers]
    assert all("HEAD" in each for each in methods if "GET" in each)
    for path in ("/", "/healthz", "/readyz", "/robots.txt", "/nothing", "/gone"):
        replies = [server.get(path, method=each, Host="go.example.com") for each in ("GET", "HEAD")]
        (status, headers, body), (head_status, head_headers, head_body) = replies
        assert (status, headers["content-length"]) == (head_status, head_headers["content-length"]), path
        assert body and not head_body
