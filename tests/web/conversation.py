"""Conversations with a server over real sockets, byte for byte, and what it recorded of them."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from scanly.app import open_app
from scanly.core.clock import now_ms
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.actions import add_link
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.links.model import LinkDraft
from scanly.links.passwords import keep
from scanly.links.terms import PLAIN, Rule, Terms
from scanly.scans.journal import segment_path, segments_of
from scanly.scans.model import Scan
from scanly.scans.segments import nodes_of, read
from scanly.scans.visitor import Salts, Window
from scanly.sites.actions import Order, publish
from scanly.sites.model import Block, Site
from scanly.web.server import choose_first, prepare

BASE = "https://go.example.com"
HOST = b"Host: go.example.com\r\n"
PHONE = b"User-Agent: Phone/1.0\r\nAccept-Language: hi-IN,hi;q=0.9\r\nReferer: https://a.example/b?c\r\n"


def get(target: bytes = b"/menu", more: bytes = b"", *, host: bytes = HOST, start: bytes = b"GET") -> bytes:
    return start + b" " + target + b" HTTP/1.1\r\n" + host + PHONE + more + b"\r\n"


MENU = get()
PAGE = get(b"/s/asha")
ROBOT = MENU.replace(b"Phone/1.0", b"Googlebot/2.1")


def post(target: bytes, body: bytes) -> bytes:
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n" % len(body)
    return get(target, form, start=b"POST") + body


class Case(NamedTuple):
    """What is sent, each with the number of answers to wait for; the scans recorded; whether it ends there."""

    steps: list[tuple[bytes, int]]
    scans: int
    closes: bool = False


@dataclass
class Server:
    """A server, and what it recorded until now."""

    port: int
    folder: DataFolder
    seen: int = 0

    def tell(self, case: Case) -> list[bytes]:
        """What came back in each step, without what differs from one second to the next."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            came: list[bytes] = []
            for sent, answers in case.steps:
                connection.sendall(sent)
                came.append(b"".join(answer(connection, head=sent[:4] == b"HEAD") for _ in range(answers)))
                if not answers:
                    time.sleep(0.01)  # so that the next bytes are a read of their own
            if case.steps[-1][1]:
                assert is_closed(connection, within_s=5 if case.closes else 0.02) == case.closes
        return came

    def new_scans(self, number: int) -> list[dict[str, object]]:
        """What was recorded since the last time, without ids; waits for ``number`` and looks for more."""
        deadline = time.monotonic() + 5
        while len(found := self._scans()) < self.seen + number and time.monotonic() < deadline:
            time.sleep(0.005)
        new, self.seen = found[self.seen :], len(found)
        return [msgspec.structs.asdict(scan) | {"id": 0} for scan in new]

    def _scans(self) -> list[Scan]:
        journal = self.folder.journal
        return [
            scan
            for node in nodes_of(journal)
            for number in segments_of(journal, node)
            for scan in read(segment_path(journal, node, number), 0, 10_000, closed=False).scans
        ]


def answer(connection: socket.socket, *, head: bool) -> bytes:
    """One whole answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(1)
        assert more, f"closed after {data!r}"
        data += more
    if data.startswith(b"HTTP/1.1 100"):
        return data + answer(connection, head=head)
    length = re.search(rb"content-length: (\d+)", data)
    left = int(length[1]) if length and not head else 0
    while left:
        data += (more := connection.recv(left))
        assert more, f"closed after {data!r}"
        left -= len(more)
    name = re.search(rb"x-request-id: (\w+)", data)
    data = data.replace(name[1], b"ID") if name else data
    data = re.sub(rb"(set-cookie: scanly_)\w+=[0-9a-f.]+", rb"\1PROOF", data)
    return re.sub(rb"(?<=\r\ndate: )\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT(?=\r\n)", b"DATE", data)


def is_closed(connection: socket.socket, *, within_s: float) -> bool:
    connection.settimeout(within_s)
    try:
        more = connection.recv(100)
    except TimeoutError:
        return False
    assert not more, more
    return True


CONDITIONAL = {
    "ruled": Terms(
        rules=(
            Rule(1, "closed", {"query": {"close": "1"}}, closed=True),
            Rule(2, "seventh", {"query": {"ref": "7"}, "os": "android"}, "https://never.example/"),
            Rule(3, "by query", {"query": {"ref": "7"}}, "https://example.com/seven"),
            Rule(4, "Hindi", {"any": [{"language": "hi"}, {"device": "tv"}]}, "https://example.com/hi"),
        ),
        utm={"source": "poster"},
    ),
    "limited": Terms(max_scans=2),
    "unused": Terms(max_scans=1),
    "once": Terms(max_scans=1),
    "prefetched": Terms(max_scans=1),
    "confirmed": Terms(max_scans=1),
    "locked": Terms(password=keep("open sesame")),
    "paused": Terms(paused_ms=1_795_400_000_000),
    "elsewhere": Terms(paused_ms=1_795_400_000_000, fallback="https://example.com/instead"),
    "later": Terms(opens_ms=4_000_000_000_000),
    "ended": Terms(expires_ms=1_700_000_000_000),
    "passing": Terms(pass_query=True, utm={"medium": "qr"}),
}


async def fill(root: Path) -> DataFolder:
    """A data folder with links, and the salts with which visitors are told apart today and tomorrow."""
    folder = DataFolder(root)
    async with open_app(folder, Settings(base_url=BASE)) as app:
        await prepare(app, with_demo=False)
        workspace = await choose_first(app)
        for code, host in (("menu", ""), ("gone", ""), ("menu", "shop.example")):
            draft = LinkDraft(
                f"https://{'target.example' if host else 'example.com'}/caf%C3%A9?a=1#top",
                code,
                host,
                campaign="Diwali" if host else "",
                terms=Terms(utm={"source": "poster", "campaign": "lamps"}) if host else PLAIN,
            )
            await add_link(app.call(), workspace.id, draft, printed_host="go.example.com")
        await remove_link(app.call(), workspace.id, Address.parse("gone"))
        for code, terms in CONDITIONAL.items():
            draft = LinkDraft("https://example.com/target?a=1", code, terms=terms)
            await add_link(app.call(), workspace.id, draft, printed_host="go.example.com")
        for slug, password in (("asha", ""), ("locked", "open sesame")):
            made = Site(
                slug, "Asha", ("en", "hi"), blocks=(Block("name-board", "name-board", {"name": "Asha"}),)
            )
            await publish(app.call(), workspace.id, Order(made, "", password=password))
    today = now_ms() // 86_400_000
    for day in (today, today + 1):
        Salts(folder.salts).of(Window(day))
    return folder
