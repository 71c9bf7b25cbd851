"""Codes that outlive the server: a real Scanly exports what it knows and is stopped; others answer every code."""

from __future__ import annotations

import asyncio
import functools
import http.client
import http.server
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scanly.accounts.actions import choose_workspace
from scanly.app import open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links import actions, changes, passwords
from scanly.links.exports import Plan, Reason, StaticLink, formats, joint, pages, static
from scanly.links.model import Link, LinkDraft
from scanly.links.terms import Rule, Terms
from tests.conftest import missing
from tests.journeys.program import Program, Running, eventually, free_port
from tests.links.test_exports import HOSTS as HOSTILE_HOSTS
from tests.links.test_exports import LINK, first_that_fits, read_cloudflare, read_netlify, targets

pytestmark = pytest.mark.journey

HOST, OLD, BOUND = "go.example.com", "old.example.com", "menu.example.org"
QUERY = "v=1&w=%20x"
FALLBACK = "https://example.com/later"
SECRET = "https://secret.example/"
PAST_MS, FUTURE_MS = 1_600_000_000_000, 4_000_000_000_000
RULES = (Rule(1, "phones", {"device": "phone"}, f"{SECRET}phones"),)
GONE = ""


@dataclass(frozen=True)
class Case:
    """A link, and where its copy leads; `GONE` for a closed page. ``live`` says that Scanly answers the same."""

    code: str
    target: str
    leads_to: str
    terms: Terms = field(default_factory=Terms)
    host: str = ""
    live: bool = True


def plain(code: str, target: str, **fields: Any) -> Case:
    return Case(code, target, target, **fields)


def gated(code: str, *, live: bool = False, **terms: Any) -> list[Case]:
    return [
        Case(code, SECRET + code, GONE, Terms(**terms), live=live),
        Case(f"{code}-fb", SECRET + code, FALLBACK, Terms(**terms, fallback=FALLBACK), live=live),
    ]


PASSED_ON = Terms(pass_query=True)
CASES = [
    plain("menu", "https://example.com/small"),
    plain("Menu", "https://example.com/Capital"),
    plain("mENU", "https://example.com/odd?x=1"),
    plain("menu", "https://example.org/bound", host=BOUND),
    plain("only-bound", "https://example.org/only", host=BOUND),
    plain("query", "https://example.com/find?q=a%20b&c=%C3%A9;d#part?2"),
    plain("signs", "https://example.com/a'b;c&d=$e(f)!*,:@~(1)?q=$1%25&r=$host#$uri"),
    plain("port", "http://example.com:8080/x/:splat/*"),
    Case(
        "unicode",
        "https://bücher.example/é/नमस्ते",
        "https://xn--bcher-kva.example/%C3%A9/%E0%A4%A8%E0%A4%AE%E0%A4%B8%E0%A5%8D%E0%A4%A4%E0%A5%87",
    ),
    plain("long", "https://example.com/?" + "$a=%C3%A9&" * 190 + "z=1"),
    Case(
        "utm",
        "https://example.com/p#f",
        "https://example.com/p?utm_source=a+b#f",
        Terms(utm={"source": "a b"}),
    ),
    plain("pass", "https://example.com/p", terms=PASSED_ON),
    plain("pass-more", "https://example.com/p?x=1#f?g", terms=PASSED_ON),
    plain("pass-route", "https://example.com/p#/r?s", terms=PASSED_ON),
    plain("opened", "https://example.com/opened", terms=Terms(opens_ms=PAST_MS)),
    Case(
        "rules", "https://example.com/default", "https://example.com/default", Terms(rules=RULES), live=False
    ),
    Case("rules-fb", f"{SECRET}default", FALLBACK, Terms(rules=RULES, fallback=FALLBACK), live=False),
    *gated("password", password=passwords.keep("open sesame")),
    *gated("limited", max_scans=3),
    *gated("ends", expires_ms=FUTURE_MS),
    *gated("expired", expires_ms=PAST_MS, live=True),
    *gated("later", opens_ms=FUTURE_MS, live=True),
    *gated("paused", paused_ms=PAST_MS, live=True),
    Case("removed", f"{SECRET}removed", GONE),
]
UNKNOWN = ["/", "/MENU", "/nothing", "/menu/more", "/menu%20=menu%20L%20https://evil.example", "/codes-1.map"]


def hosts_of(case: Case) -> tuple[str, ...]:
    return (case.host,) if case.host else (HOST, OLD)


def with_query(case: Case) -> str:
    """Where the copy leads a visitor who brings a query."""
    if not case.terms.pass_query:
        return case.leads_to
    before, character, fragment = joint(case.leads_to)
    return f"{before}{character}{QUERY}{fragment}"


Answer = tuple[int, dict[str, str], bytes]


def ask(port: int, host: str, path: str, method: str = "GET") -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(
        method, path, headers={"Host": host, "Accept-Language": "en", "User-Agent": "Mozilla/5.0 (X11)"}
    )
    response = connection.getresponse()
    answer = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    connection.close()
    return answer


def furnish(data: Path) -> None:
    """Every kind of link, as a program makes them."""

    async def work() -> None:
        async with open_app(DataFolder(data), Settings(base_url=f"https://{HOST}")) as app:
            workspace = await choose_workspace(app.call(), None)
            drafts = [LinkDraft(case.target, case.code, case.host, terms=case.terms) for case in CASES]
            for host in (OLD, HOST):
                part = drafts[:1] if host == OLD else drafts[1:]
                made = await actions.add_links(app.call(), workspace.id, part, printed_host=host)
                assert not [link for link in made if not isinstance(link, Link)]
            await changes.remove_link(app.call(), workspace.id, actions.Address("", "removed"))

    asyncio.run(work())


@dataclass
class Left:
    """What is there after Scanly has gone: an export in each format, and what Scanly itself had answered."""

    folder: Path
    live: dict[tuple[str, str], Answer]
    reports: dict[str, Any]


@pytest.fixture(scope="module")
def public() -> Iterator[Path]:
    """A folder that servers can read which do not run as root."""
    folder = Path(tempfile.mkdtemp(prefix="scanly-outlive-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def left(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    home = tmp_path_factory.mktemp("home")
    program = Program(home / "data", home)
    furnish(program.data)
    server = program.serve("--base-url", f"https://{HOST}")
    try:
        live = {
            (host, case.code): ask(server.port, host, f"/{case.code}")
            for case in CASES
            for host in hosts_of(case)
        }
        reports: dict[str, Any] = {}
        for name in formats():
            done = program.run("link", "export", "--as", name, public / name, "--json")
            assert done.status == 0, done.err
            reports[name] = done.json
        follow(program, server, public / "standing")
    finally:
        assert server.stop() == 0
        assert server.process.stdout is not None
        server.process.stdout.close()
    assert server.refuses()
    return Left(public, live, reports)


def follow(program: Program, server: Running, folder: Path) -> None:
    """A standing export, an edit, and what nginx says of it."""
    begun = program.run("link", "export", "--as", "nginx", folder, "--standing", "--quiet")
    assert begun.status == 0, begun.err
    with nginx(folder) as port:
        assert ask(port, HOST, "/menu")[1]["location"] == "https://example.com/small"
        assert program.run("link", "edit", "menu", "--target", "https://example.com/edited").status == 0
        assert eventually(lambda: b"/edited" in (folder / "codes-3.map").read_bytes(), within_s=5)
    with nginx(folder) as port:
        assert ask(port, HOST, "/menu")[1]["location"] == "https://example.com/edited"
        assert ask(server.port, HOST, "/menu")[1]["location"] == "https://example.com/edited"
    assert program.run("link", "export", folder, "--stop").status == 0


@contextmanager
def served(port: int, command: list[object], **environment: str) -> Iterator[int]:
    """A program that listens on the port for as long as it is needed."""
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed below
    process = subprocess.Popen(
        [str(part) for part in command], stdout=log, stderr=log, env={**os.environ, **environment}
    )
    try:
        up = eventually(lambda: process.poll() is not None or is_up(port), within_s=15)
        log.seek(0)
        assert up and process.poll() is None, log.read()
        yield port
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def is_up(port: int) -> bool:
    try:
        ask(port, "localhost", "/")
    except OSError:
        return False
    return True


def found(program: str) -> str:
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if path is None:
        missing(program)
    return str(path)


@contextmanager
def nginx(export: Path) -> Iterator[int]:
    """With the whole server block as it is written, but for its port."""
    program, port = found("nginx"), free_port()
    with tempfile.TemporaryDirectory() as folder:
        whole = (export / "scanly.conf").read_text()
        assert whole.count("    listen ") == 2
        whole = whole.replace("    listen [::]:80;\n", "").replace("listen 80;", f"listen 127.0.0.1:{port};")
        Path(folder, "site.conf").write_text(whole)
        user = "user root;" if os.geteuid() == 0 else ""
        Path(folder, "nginx.conf").write_text(
            f"daemon off; {user} worker_processes 1; pid {folder}/pid; error_log stderr; events {{ }}\n"
            f"http {{ access_log off; include {folder}/site.conf; }}\n"
        )
        with served(port, [program, "-p", folder, "-c", f"{folder}/nginx.conf", "-e", "stderr"]):
            yield port


@contextmanager
def caddy(export: Path) -> Iterator[int]:
    """With the links as they are written, in a site without certificates; the whole file must be readable, too."""
    program, port = found("caddy"), free_port()
    with tempfile.TemporaryDirectory() as folder:
        private = {"HOME": folder, "XDG_DATA_HOME": folder, "XDG_CONFIG_HOME": folder}
        subprocess.run(
            [program, "adapt", "--config", export / "Caddyfile"],
            check=True,
            capture_output=True,
            env={**os.environ, **private},
        )
        Path(folder, "Caddyfile").write_text(
            f"{{\n\tadmin off\n\tauto_https off\n}}\n:{port} {{\n\tbind 127.0.0.1\n\timport {export}/links.caddy\n}}\n"
        )
        with served(
            port, [program, "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"], **private
        ):
            yield port


@contextmanager
def apache(export: Path) -> Iterator[int]:
    """With the virtual host as it is written, but for its port."""
    program, port = found("apache2"), free_port()
    modules = Path("/usr/lib/apache2/modules")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        loaded = {"mpm_event": "mpm_event", "authz_core": "authz_core"}
        loaded |= {name: name for name in ("alias", "headers", "rewrite")}
        lines = [f"LoadModule {name}_module {modules}/mod_{name}.so" for name in loaded]
        whole = (export / "scanly.conf").read_text()
        assert whole.count("*:80>") == 1
        Path(folder, "site.conf").write_text(whole.replace("*:80>", f"*:{port}>"))
        user = ["User www-data", "Group www-data"] if os.geteuid() == 0 else []
        rest = [
            f"ServerRoot {folder}",
            f"DefaultRuntimeDir {folder}",
            f"PidFile {folder}/pid",
            f"ErrorLog {folder}/log",
            f"Listen 127.0.0.1:{port}",
            "ServerName localhost",
            "ServerLimit 1",
            f"Include {folder}/site.conf",
        ]
        Path(folder, "apache.conf").write_text("\n".join([*lines, *user, *rest]) + "\n")
        with served(port, [program, "-DFOREGROUND", "-f", f"{folder}/apache.conf"]):
            yield port


SERVERS: dict[str, Callable[[Path], Any]] = {"nginx": nginx, "caddy": caddy, "apache": apache}


def told(answer: Answer) -> tuple[int, str]:
    return answer[0], answer[1].get("location", "")


@pytest.mark.parametrize("name", SERVERS)
def test_after_scanly_another_server_answers_every_code(name: str, left: Left):
    with SERVERS[name](left.folder / name) as port:
        for case in CASES:
            for host in hosts_of(case):
                for asked in (host, host.upper(), f"{host}:8080", f"{host}."):
                    check_answers(port, asked, case)
            if case.live:
                for host in hosts_of(case):
                    assert told(ask(port, host, f"/{case.code}")) == told(left.live[host, case.code]), case
        for path in UNKNOWN:
            for method in ("GET", "HEAD"):
                status, headers, body = ask(port, HOST, path, method)
                assert (status, headers.get("location")) == (404, None), path
                assert headers["cache-control"] == "no-store"
                assert (b"There is nothing at this address" in body) == (method == "GET")
        for host, code in ((HOST, "only-bound"), (BOUND, "Menu"), ("other.example", "menu")):
            assert ask(port, host, f"/{code}")[0] == 404, f"{host} has no code {code}"


def check_answers(port: int, host: str, case: Case) -> None:
    for query in ("", QUERY):
        path = f"/{case.code}" + (f"?{query}" if query else "")
        for method in ("GET", "HEAD"):
            answer = _, headers, body = ask(port, host, path, method)
            assert headers["cache-control"] == "no-store"
            if case.leads_to:
                assert told(answer) == (302, with_query(case) if query else case.leads_to), (host, path)
            else:
                assert told(answer) == (410, ""), (host, path)
                assert headers["content-type"] == "text/html; charset=utf-8"
                assert (b"This code is closed" in body) == (method == "GET")


def test_no_file_of_any_export_holds_what_is_behind_a_gate(left: Left):
    files = [path for path in left.folder.rglob("*") if path.is_file()]
    assert len(files) > 100
    assert not [path for path in files if b"secret.example" in path.read_bytes()]
    assert any(b"example.com/small" in path.read_bytes() for path in files), "they do hold something"


@pytest.mark.parametrize("name", formats())
def test_the_report_counts_every_code_and_names_what_can_do_less(name: str, left: Left):
    report = left.reports[name]
    default = [case for case in CASES if not case.host]
    leading = len([case for case in default if case.leads_to])
    assert {each["host"]: (each["codes"], each["lead_on"]) for each in report["hosts"]} == {
        HOST: (len(default), leading),
        OLD: (len(default), leading),
        BOUND: (2, 2),
    }
    less = {each["code"]: each["answer"] for each in report["left_out"]}
    queries = {} if name in SERVERS else {"pass": "target", "pass-more": "target", "pass-route": "target"}
    assert less == queries | {
        "password": "closed page",
        "password-fb": "fallback",
        "limited": "closed page",
        "limited-fb": "fallback",
        "ends": "closed page",
        "ends-fb": "fallback",
        "later": "closed page",
        "later-fb": "fallback",
        "rules": "target",
        "rules-fb": "fallback",
    }


@pytest.mark.parametrize("name", formats())
def test_every_export_says_what_to_do_with_it(name: str, left: Left):
    text = (left.folder / name / "README.txt").read_text()
    assert HOST in text and "1. " in text
    assert not re.search(r"[^\x00-\x7f]", text), "any editor shows it"


@contextmanager
def handed_out(folder: Path) -> Iterator[int]:
    """The simplest server there is."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 - the name it is called by

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.browser
def test_plain_pages_lead_a_browser_on_without_a_script(chromium: Any, left: Left):
    for host in (HOST, BOUND):
        context = chromium.new_context(java_script_enabled=False)
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.fulfill(body="there"))
        page = context.new_page()
        with handed_out(left.folder / "html" / host) as port:
            for case in [case for case in CASES if host in hosts_of(case)]:
                page.goto(f"http://127.0.0.1:{port}/{case.code}", wait_until="commit")
                if case.leads_to:
                    page.wait_for_url(lambda url: "127.0.0.1" not in url)
                    assert page.url == as_browsers_write(case.leads_to)
                else:
                    page.wait_for_load_state()
                    assert page.title() == "This code is closed"
            assert ask(port, host, "/menu/", "HEAD")[0] == 200
            assert (left.folder / "html" / host / "404.html").exists()
        context.close()


def as_browsers_write(address: str) -> str:
    """Browsers escape the apostrophe in a query. Source: WHATWG URL, special-query percent-encode set."""
    before, mark, rest = address.partition("?")
    query, hash_, fragment = rest.partition("#")
    return before + mark + query.replace("'", "%27") + hash_ + fragment


def test_netlify_answers_every_code(left: Left):
    rules = read_netlify((left.folder / "netlify" / "_redirects").read_text())
    for case in CASES:
        for host in hosts_of(case):
            to, status = first_that_fits(rules, host, f"/{case.code}") or ("", 0)
            if case.leads_to:
                assert (to.replace("%3A", ":"), status) == (case.leads_to, 302)
            else:
                assert status == 404
                assert "This code is closed" in (left.folder / "netlify" / to.removeprefix("/")).read_text()
    assert first_that_fits(rules, HOST, "/only-bound") is None
    assert first_that_fits(rules, BOUND, "/Menu") == ("/404.html", 404)


def test_cloudflare_answers_every_code(left: Left):
    for case in CASES:
        folder = left.folder / "cloudflare" / (case.host or HOST)
        rules = read_cloudflare((folder / "_redirects").read_text())
        page = folder / case.code / "index.html"
        if page.exists():
            assert f"/{case.code}" not in rules
            assert ("This code is closed" in page.read_text()) == (not case.leads_to)
        else:
            assert rules[f"/{case.code}"] == case.leads_to
    assert (left.folder / "cloudflare" / HOST / "port" / "index.html").exists(), "its target is not encrypted"


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])  # each starts three servers
@given(st.lists(targets(), min_size=60, max_size=120), st.booleans())
def test_no_target_can_say_anything_to_a_server(public: Path, addresses: list[str], passed_on: bool):
    """Whatever an address holds: the server reads its files, and leads there and nowhere else."""
    links = [
        StaticLink(HOSTILE_HOSTS, f"c{number:03}", static_target(address), Reason.NONE, passed_on)
        for number, address in enumerate(addresses)
    ]
    for name, server in SERVERS.items():
        export = public / "hostile" / name
        shutil.rmtree(export, ignore_errors=True)
        plan = Plan(str(export), HOSTILE_HOSTS, (), {"en": pages.closed("en")}, pages.missing(["en"]))
        for path, piece in formats()[name].files(plan, iter(links)):
            (export / path).parent.mkdir(parents=True, exist_ok=True)
            with (export / path).open("ab") as file:
                file.write(piece)
        with server(export) as port:
            for link in links:
                location = ask(port, HOSTILE_HOSTS[0], f"/{link.code}")[1].get("location")
                wanted = apache_says(link.target) if name == "apache" else {link.target}
                assert location in wanted


def apache_says(target: str) -> set[str]:
    """It leaves out a question mark or an ampersand that nothing comes after."""
    without_empty_query = re.sub(r"\?(?=#|$)", "", target, count=1)
    forms = {target, without_empty_query}
    return forms | {form[:-1] for form in forms if form.endswith(("?", "&"))}


def static_target(address: str) -> str:
    return static(replace(LINK, target=address), HOSTILE_HOSTS, 0).target
