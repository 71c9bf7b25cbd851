"""Pictures as a browser gets them: the last line of defence, tried with what no cleaning would let through."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from scanly.app import open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.web.server import running
from tests.web.asking import Answer, ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ADDRESS = "/media/0123456789abcdef0123456789abcdef.svg"
EVIL = (
    '<svg xmlns="http://www.w3.org/2000/svg"><title>quiet</title>'
    '<image href="https://evil.example/x.png"/><style>@import "https://evil.example/x.css";</style>'
    '<script>document.querySelector("title").textContent = "ran"</script></svg>'
)


@pytest.fixture(scope="module")  # before the browser, beside which no other event loop runs
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    folder.create()
    (folder.media / ADDRESS.removeprefix("/media/")).write_text(EVIL)

    async def get() -> Answer:
        async with (
            open_app(folder, Settings(base_url="https://go.example.com")) as app,
            running(app, with_demo=False) as (front, *_),
        ):
            return await ask(front, ADDRESS)

    return asyncio.run(get())


def test_every_picture_says_what_it_is_and_may_do_nothing(answer: Answer) -> None:
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.browser
@pytest.mark.parametrize("guarded", [True, False])
def test_a_drawing_that_is_opened_by_itself_can_run_and_load_nothing(
    answer: Answer, chromium: Browser, guarded: bool
) -> None:
    headers = dict(answer.headers)
    if not guarded:
        del headers["content-security-policy"]
    asked: list[str] = []
    page = chromium.new_page()
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.route("**/*", lambda route: route.fulfill(status=200, headers=headers, body=answer.body))
    page.goto(f"https://go.example.com{ADDRESS}")
    page.wait_for_load_state("networkidle")
    said = page.locator("title").first.text_content() if not guarded else None
    harmed = [url for url in asked if "evil" in url]
    page.close()
    if guarded:
        assert harmed == []
    else:
        assert said == "ran" and harmed, "or this drawing does no harm anywhere"
