"""Who scans ten thousand times is one visitor; what strangers make up stays small and harmless."""

from __future__ import annotations

import re
import socket
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from scanly.analytics.counting.numbering import FRESH_TEXTS
from tests.bench.rig.load import doubled
from tests.journeys.program import PHONE, Program

pytestmark = pytest.mark.journey

HITS, AT_ONCE = 10_000, 50
MARKUP = "<img/src=x/onerror=alert(1)><script>alert(1)</script>"
# What a terminal would obey: a colour, a title, a line that is written over, words that turn the direction.
ORDERS = "\x1b[31m\x1b]0;owned\x07\x9b2J\r\u202e"
FORMULA = '=HYPERLINK("//evil.example")'


def flood(port: int, path: str, headers: Sequence[str]) -> Counter[str]:
    """Asks once with each block of header lines over one connection, many at once; how often which status came."""
    found = Counter[str]()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for first in range(0, len(headers), AT_ONCE):
            some = headers[first : first + AT_ONCE]
            asked = "".join(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{each}\r\n\r\n" for each in some)
            connection.sendall(asked.encode("utf-8", "surrogateescape"))
            data = b""
            while data.count(b"\r\n\r\n") < len(some):
                more = connection.recv(1_000_000)
                assert more, "closed by the server"
                data += more
            found.update(re.findall(r"HTTP/1\.1 (\d+)", data.decode()))
    return found


def table_sizes(program: Program) -> dict[str, int]:
    with closing(sqlite3.connect(program.data / "events.db")) as events:
        names = ("scans", "agents", "words", "profiles")
        return {name: events.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def test_ten_thousand_scans_of_one_phone_are_one_visitor_and_all_recorded(program: Program) -> None:
    program.run("link", "add", "https://example.com/", "--code", "menu")
    server = program.serve()
    assert flood(server.port, "/menu", [f"User-Agent: {PHONE}"] * HITS) == {"302": HITS}
    said = program.run("stats", "menu", "--flush", "--json").json
    assert (said["recorded"], said["scans"], said["visitors"]) == (HITS, HITS, 1)
    assert table_sizes(program) | {"words": 0} == {"scans": HITS, "agents": 2, "profiles": 1, "words": 0}
    assert doubled(program.data) == 0


def test_ten_thousand_made_up_phones_fill_no_table_and_stop_nobody(program: Program) -> None:
    program.run("link", "add", "https://example.com/", "--code", "menu")
    server = program.serve()
    made_up = [
        f"User-Agent: Mozilla/5.0 (Linux; Android 13; X{n}) Chrome/{n}.0 Mobile\r\nReferer: https://x{n}.example/{n}"
        for n in range(HITS)
    ]
    assert flood(server.port, "/menu?utm_source=s", made_up) == {"302": HITS}
    began_s = time.monotonic()
    assert server.get("/menu")[0] == 302
    assert time.monotonic() - began_s < 1
    said = program.run("stats", "menu", "--by", "browser", "--flush", "--json").json
    assert (said["recorded"], said["scans"]) == (HITS + 1, HITS + 1)
    sizes = table_sizes(program)
    assert sizes["scans"] == HITS + 1
    assert sizes["agents"] <= FRESH_TEXTS + 5
    assert sizes["words"] <= 8 * FRESH_TEXTS
    assert (program.data / "events.db").stat().st_size < 20_000_000
    assert sum(row["scans"] for row in said["rows"]) == HITS + 1
    assert doubled(program.data) == 0


def shown(program: Program, *arguments: object) -> str:
    done = program.run("stats", *arguments)
    assert done.status == 0, done.err
    return done.out


@pytest.fixture
def poisoned(program: Program) -> Program:
    """Scans with markup, orders for a terminal and formulas in whatever a stranger can send."""
    program.run("link", "add", "https://example.com/", "--code", "menu")
    server = program.serve()
    for odd in (MARKUP, ORDERS, FORMULA):
        header = re.sub(r"[\x00-\x1f]", "", odd)  # a server that is sent these says no
        words = "&".join(
            f"utm_{name}=" + "".join(f"%{byte:02x}" for byte in odd.encode())
            for name in ("source", "medium", "campaign", "term", "content")
        )
        sent = (
            f"User-Agent: Mozilla/5.0 (Linux; Android 13; {header}) Chrome/121 Mobile\r\n"
            f"Referer: https://evil.example/{header}\r\nAccept-Language: {header}"
        )
        flood(server.port, f"/menu?{words}", [sent] * 3)
        flood(
            server.port, f"/menu?{words}", [f"User-Agent: {PHONE}\r\nReferer: https://evil.example/{header}"]
        )
    assert shown(program, "menu", "--flush", "--json")
    return program


DIMENSIONS = ("referrer", "campaign", "model")


def test_what_strangers_send_is_text_in_every_report(
    poisoned: Program, tmp_path: Path, needs: Callable[[str], str], chromium: Any
) -> None:
    pages: list[str] = []
    for by in DIMENSIONS:
        table = shown(poisoned, "menu", "--by", by)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", table), (by, table)
        page, cells = tmp_path / f"{by}.html", tmp_path / f"{by}.csv"
        shown(poisoned, "menu", "--by", by, "--html", page, "--csv", cells)
        pages.append(page.read_text("utf-8"))
        assert not re.search(r"<(?:script|img/src)", pages[-1]), by
        for line in cells.read_text("utf-8").splitlines():
            assert not re.match(r'"?[=+\-@\t]', line), line
        assert orders_in_a_browser(chromium, page) == []
    assert "&lt;script&gt;" in "".join(pages), "the markup was shown somewhere"
    pdf = tmp_path / "report.pdf"
    shown(poisoned, "menu", "--pdf", pdf)
    read = subprocess.run([needs("pdftotext"), pdf, "-"], capture_output=True, check=True)
    assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", read.stdout.decode())
    assert b"/JavaScript" not in pdf.read_bytes() and b"/Launch" not in pdf.read_bytes()


def orders_in_a_browser(chromium: Any, path: Path) -> list[str]:
    """What a page made a browser do besides showing it."""
    page, done = chromium.new_page(), list[str]()
    page.on("dialog", lambda dialog: (done.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: done.append(request.url))
    page.goto(path.as_uri())
    found = page.locator("script, img[onerror]").count()
    page.close()
    return [url for url in done if not url.startswith(("file:", "data:"))] + ["script"] * found
