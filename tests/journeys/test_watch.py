"""A target dies, its visitors land on the fallback; it comes back, and so do they."""

from __future__ import annotations

import secrets
import signal
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scanly.cli.main import main
from scanly.core.outbound import Limits
from scanly.links.watching import visit
from tests.journeys.program import Program, Running, eventually

pytestmark = pytest.mark.journey

BASE = "https://go.example.com"
LOOPBACK = "127.0.0.0/8"
HTTP, HTTPS = 8080, 8443


@dataclass
class Site:
    """Somebody's web server: a status by path, an address to be sent to, or no answer at all (0)."""

    host: str
    pages: dict[str, int | str] = field(default_factory=dict[str, "int | str"])
    asked: Counter[str] = field(default_factory=Counter[str])
    agents: set[str] = field(default_factory=set[str])
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, *, tls: bool = False) -> str:
        return f"https://{self.host}:{HTTPS}/{path}" if tls else f"http://{self.host}:{HTTP}/{path}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.lstrip("/")
        self.asked[path] += 1
        self.agents.add(handler.headers["user-agent"])
        answer = self.pages.get(path, 200)
        if answer == 0:
            self.over.wait(60)
            return
        handler.send_response(302 if isinstance(answer, str) else answer)
        if isinstance(answer, str):
            handler.send_header("Location", answer)
        handler.end_headers()
        handler.wfile.write(b"<h1>Hello</h1>")


@contextmanager
def listening(site: Site, port: int, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.answer(self)

        def log_message(self, *_: object) -> None:
            return None

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            return None  # who asks may break off

    server = Quiet((site.host, port), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        site.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    """On an address of its own: only a few ports are ever asked, and other tests may use them, too."""
    made = Site(f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250)}.{secrets.randbelow(250) + 2}")
    with listening(made, HTTP):
        yield made


@pytest.fixture
def forged(site: Site, needs: Callable[[str], str], tmp_path: Path) -> Iterator[None]:
    """The same server with a certificate that nobody vouches for."""
    made = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout a.key -out a.pem -subj /CN=a"
    subprocess.run([needs("openssl"), "req", *made.split()], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "a.pem", tmp_path / "a.key")
    with listening(site, HTTPS, context):
        yield


@pytest.fixture
def program(program: Program, monkeypatch: pytest.MonkeyPatch, log_put_back: None) -> Program:
    """It may ask this machine; commands of this process, too, have its data folder."""
    program.env["SCANLY_OUTBOUND_NETWORKS"] = LOOPBACK
    monkeypatch.setenv("SCANLY_OUTBOUND_NETWORKS", LOOPBACK)
    monkeypatch.setenv("SCANLY_DATA", str(program.data))
    return program


def add(code: str, target: str, *more: str) -> None:
    """In this process: to start another one for each link would take most of the time."""
    assert main(["link", "add", target, "--code", code, "--base-url", BASE, *more]) == 0


def location(server: Running, code: str) -> str:
    status, headers, _ = server.get(f"/{code}", Host="go.example.com")
    assert status == 302
    return headers["location"]


@pytest.mark.usefixtures("forged")
def test_visitors_of_a_broken_link_land_on_the_fallback_until_its_target_is_mended(
    program: Program, site: Site
):
    site.pages |= {"menu": 404, "quiet": 410, "moved": site.url("good"), "circle": site.url("circle")}
    site.pages |= {"back": f"{BASE}/good", "robots": 403}
    spare = site.url("spare")
    meanwhile = ("--fallback", spare, "--when-broken", "fallback", "--utm", "source=x")
    add("menu", site.url("menu"), *meanwhile)
    add("quiet", site.url("quiet"), "--fallback", spare)
    for code in ("moved", "circle", "back", "robots"):
        add(code, site.url(code))
    add("forged", site.url("", tls=True))
    add("private", "http://10.1.2.3/")
    server = program.serve("--base-url", BASE)
    site.pages["menu?utm_source=x"] = 404
    assert location(server, "menu") == site.url("menu?utm_source=x")

    checked = program.run("link", "check", "--json")
    assert checked.status == 3, checked.err
    by_kind = {(row["code"], row["kind"]): row for row in checked.json}
    said = {key: (row["verdict"], row["status"], row["problem"]) for key, row in by_kind.items()}
    assert said == {
        ("menu", "target"): ("broken", 404, "it answers 404 Not Found"),
        ("menu", "fallback"): ("ok", 200, ""),
        ("quiet", "target"): ("broken", 410, "it answers 410 Gone"),
        ("quiet", "fallback"): ("ok", 200, ""),
        ("moved", "target"): ("ok", 200, ""),
        ("circle", "target"): ("broken", 0, "it redirects in a circle"),
        ("back", "target"): (
            "broken",
            0,
            "it leads back to a short address of this installation, in a circle",
        ),
        ("robots", "target"): ("unsure", 403, "it answers 403 Forbidden, maybe to robots only"),
        ("forged", "target"): ("broken", 0, "the certificate is from an unknown authority"),
        ("private", "target"): ("unsure", 0, "it was not looked at: it leads into a private network"),
    }
    assert all((row["failing_since"] is not None) == (row["verdict"] == "broken") for row in checked.json)
    assert site.asked["spare"] == 1 and site.asked["robots"] == 1, "each address is visited once"
    assert site.asked["menu?utm_source=x"] == 2, "what fails is visited once more"
    assert site.agents == {visit.USER_AGENT}

    # The next visitor, and only where the owner wants it so.
    assert eventually(lambda: location(server, "menu") == spare, within_s=2)
    assert location(server, "quiet") == site.url("quiet")
    shown = program.run("link", "show", "menu", "--json").json
    assert shown["broken_at"] == by_kind["menu", "target"]["failing_since"]
    assert program.run("link", "history", "menu", "--json").json == {"changes": [], "planned": []}
    doctor = program.run("doctor", "--json").json
    assert any(each["sentence"].startswith("5 links lead to a broken target") for each in doctor)

    site.pages["menu?utm_source=x"] = 200
    mended = program.run("link", "check", "menu")
    assert mended.status == 0 and "2 addresses of 1 link looked at: all answer." in mended.err
    assert eventually(lambda: location(server, "menu") == site.url("menu?utm_source=x"), within_s=2)


def test_without_the_setting_nobody_in_a_private_network_is_asked(program: Program, site: Site):
    del program.env["SCANLY_OUTBOUND_NETWORKS"]
    add("menu", site.url("menu"))
    looked = program.run("link", "check")
    assert looked.status == 0 and not site.asked
    assert "menu" in looked.out and "unsure" in looked.out and "private network" in looked.out
    assert "1 address of 1 link looked at: 1 unsure." in looked.err


def test_a_look_can_be_interrupted_and_what_it_found_is_kept(program: Program, site: Site):
    site.pages["slow"] = 0
    add("good", site.url("good"))
    add("slow", site.url("slow"))
    process = program.start("link", "check")
    assert eventually(lambda: site.asked["slow"] > 0 and site.asked["good"] > 0, within_s=15)
    time.sleep(0.3)  # for the answer to be read
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=5)
    assert (process.returncode, out) == (130, "scanly: Interrupted.\n")
    said = [each for each in program.run("doctor", "--json").json if each["check"] == "targets"]
    assert [each["level"] for each in said] == ["ok"] and "At the last look" in said[0]["sentence"]


def test_a_target_that_keeps_its_visitors_waiting_or_fails_is_broken(
    program: Program, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(visit, "AGAIN_AFTER_S", 0.1)
    monkeypatch.setattr(visit, "LIMITS", Limits(total_s=0.5, body_bytes=0))
    site.pages |= {"slow": 0, "sick": 500}
    for code in ("slow", "sick", "good"):
        add(code, site.url(code))
    add("closed", f"http://{site.host.rpartition('.')[0]}.1:{HTTP}/")
    capsys.readouterr()
    assert main(["link", "check"]) == 3
    said = capsys.readouterr()
    rows = {line.split()[0]: line for line in said.out.splitlines() if line.strip()}
    assert "broken" in rows["slow"] and "it does not answer within 0.5 s" in rows["slow"]
    assert "broken" in rows["sick"] and "it answers 500 Internal Server Error" in rows["sick"]
    assert "broken" in rows["closed"] and "the connection is refused" in rows["closed"]
    assert "good" not in rows
    assert "4 addresses of 4 links looked at: 3 broken." in said.err
    assert "scanly link edit closed --target URL" in said.err
    assert main(["link", "check", "good", "--all"]) == 0
    assert "good" in capsys.readouterr().out
