"""Every starter in a real browser, in three languages, as a phone and its readers have it; axe judges each."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sites import judges
from tests.sites.judges import Judged
from tests.sites.sketches import BASE

from scanly.sites.starters import list_starters

pytestmark = pytest.mark.browser

NAMES = [made.name for made in list_starters()]
BROKEN = b"""<!doctype html><html lang="en" dir="ltr"><title>x</title><style>p{color:#999;inline-size:50rem}</style>
<body><h1>One</h1><h1>Two</h1><p onclick="go()">Pale words, and too wide.</p><img src="https://other.example/a.png">
<a href="/x"><b>x</b></a><button>Go</button><script>1</script></body></html>"""


@pytest.mark.parametrize("name", NAMES)
def test_a_starter_keeps_the_contract_of_pages(chromium: Any, name: str) -> None:
    pages = [_page(name, language) for language in ("en", "hi", "ar")]
    with judges.visited(chromium, pages) as page:
        assert [fault for each in pages for fault in _faults(page, each)] == []


def test_the_judges_see_what_is_wrong(chromium: Any) -> None:
    wrong = Judged("/wrong", BROKEN, "default-src 'none'; style-src 'unsafe-inline'")
    with judges.visited(chromium, [wrong]) as page:
        told = "\n".join(_faults(page, wrong))
    for fault in (
        "one h1",
        "handler",
        "script",
        "not 44",
        "not 24",
        "Content Security Policy",
        "https://other.example/",
        "color-contrast",
        "image-alt",
        "goes sideways",
    ):
        assert fault in told


def _page(name: str, language: str) -> Judged:
    wanted = judges.starter(name, *dict.fromkeys((language, "en")))
    return judges.judged(wanted, language, f"/s/{name}-{language}")


def _faults(page: Any, each: Judged) -> list[str]:
    found = list[str]()
    page.heard.clear()
    page.asked.clear()
    page.goto(BASE + each.path, wait_until="load")
    found += judges.faults_of_contract(page)
    found += judges.faults_of_access(page)
    page.emulate_media(color_scheme="dark")
    found += judges.faults_of_access(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    found += [f"goes sideways by {px} px" for px in [judges.sideways_px(page)] if px]
    judges.double_text(page)
    found += [f"goes sideways by {px} px with large text" for px in [judges.sideways_px(page)] if px]
    page.set_viewport_size(judges.PHONE["viewport"])
    return [f"{each.path}: {fault}" for fault in found]
