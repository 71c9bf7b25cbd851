from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager

import pytest

from scanly.app import App, open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.links.address import Address
from scanly.links.changes import remove_link
from scanly.qr.proof import confirm
from scanly.web.public import image, static
from scanly.web.public.live import PING, Live, event
from scanly.web.request import Application
from scanly.web.server import choose_first, prepare, running
from tests.web.asking import Site

BASE = "https://go.example.com"
LOGO = "0123456789abcdef0123456789abcdef.png"
DRAWING = "0123456789abcdef0123456789abcdee.svg"


@asynccontextmanager
async def served(folder: DataFolder, *, with_demo: bool) -> AsyncGenerator[tuple[Application, App]]:
    async with open_app(folder, Settings(base_url=BASE, host="127.0.0.1")) as app:
        await prepare(app, with_demo=with_demo)
        if with_demo:
            workspace = await choose_first(app)
            await remove_link(app.call(), workspace.id, Address.parse("table-12"))
            (folder.media / LOGO).write_bytes(b"a picture")
            (folder.media / DRAWING).write_text("<svg/>")
        async with running(app, with_demo=with_demo) as (front, *_):
            yield front, app


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from _site(tmp_path_factory, with_demo=True)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from _site(tmp_path_factory, with_demo=False)


def _site(tmp_path_factory: pytest.TempPathFactory, *, with_demo: bool) -> Iterator[Site]:
    with asyncio.Runner() as loop:
        context = served(DataFolder(tmp_path_factory.mktemp("data")), with_demo=with_demo)
        front, _ = loop.run(context.__aenter__())
        yield Site(loop, front)
        loop.run(context.__aexit__(None, None, None))


# path, status, media type, caching
ANSWERS = (
    ("/", 200, "text/html; charset=utf-8", "no-store"),
    ("/table-7+", 200, "text/html; charset=utf-8", "no-store"),
    ("/table-7.svg", 200, "image/svg+xml", "public, max-age=300"),
    ("/table-7.png?size=40mm", 200, "image/png", "public, max-age=300"),
    ("/table-7.eps", 200, "application/postscript", "public, max-age=300"),
    ("/table-7.svg?style=ocean", 200, "image/svg+xml", "public, max-age=300"),
    ("/table-7.pdf", 200, "application/pdf", "public, max-age=300"),
    ("/table-12+", 410, "text/html; charset=utf-8", "no-store"),
    ("/table-12.svg", 410, "text/html; charset=utf-8", "no-store"),
    (f"/media/{LOGO}", 200, "image/png", "public, max-age=31536000, immutable"),
    (f"/media/{DRAWING}", 200, "image/svg+xml", "public, max-age=31536000, immutable"),
    (static.address("site.css"), 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
    (static.address("htmx.js"), 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
    ("/static/site.css?v=old", 200, "text/css; charset=utf-8", "no-cache"),
    ("/favicon.ico", 200, "image/svg+xml", "public, max-age=86400"),
    ("/robots.txt", 200, "text/plain; charset=utf-8", "public, max-age=300"),
    ("/nobody", 404, "text/html; charset=utf-8", "no-store"),
    ("/nobody+", 404, "text/html; charset=utf-8", "no-store"),
    ("/nobody.svg", 404, "text/html; charset=utf-8", "no-store"),
    ("/table-7.gif", 404, "text/html; charset=utf-8", "no-store"),
    ("/media/scanly.db", 404, "text/html; charset=utf-8", "no-store"),
    ("/static/vendor.json", 404, "text/html; charset=utf-8", "no-store"),
    ("/table-7.svg?size=9999mm", 400, "text/plain; charset=utf-8", "no-store"),
    ("/table-7.svg?style=ocaen", 400, "text/plain; charset=utf-8", "no-store"),
    ("/table-7.svg?style=../../own.toml", 400, "text/plain; charset=utf-8", "no-store"),
)


@pytest.mark.parametrize(("path", "status", "kind", "caching"), ANSWERS, ids=[one[0] for one in ANSWERS])
def test_an_address_answers_get_and_head_alike(
    cafe: Site, path: str, status: int, kind: str, caching: str
) -> None:
    got = cafe.ask(path)
    assert (got.status, got.headers["content-type"], got.headers["cache-control"]) == (status, kind, caching)
    assert got.body
    assert int(got.headers["content-length"]) == len(got.body)
    assert "default-src 'none'" in got.headers["content-security-policy"]
    head = cafe.ask(path, "HEAD")
    assert got.headers.pop("x-request-id") != head.headers.pop("x-request-id")
    assert (head.status, head.headers) == (status, got.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../base.html",
        "/static/..%2fbase.html",
        "/static/%2e%2e/base.html",
        "/static/",
        "/static/site.css/x",
        "/media/../scanly.db",
        "/media/..%2fscanly.db",
        f"/media/{LOGO}.part",
        "/media/0123456789abcdef0123456789abcdef.svg",
    ],
)
def test_no_path_leads_out_of_a_folder(cafe: Site, path: str) -> None:
    assert cafe.ask(path).status == 404


def test_a_large_picture_in_a_style_is_no_larger_than_a_stranger_may_cost(cafe: Site) -> None:
    body = cafe.ask("/counter.png?size=200mm&style=ocean").body
    confirm(body, "png", f"{BASE}/counter")
    width = int.from_bytes(body[16:20], "big")
    assert 1_000 < width < 1_300


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "eps"])
def test_a_codes_picture_leads_to_its_short_address(cafe: Site, ending: str) -> None:
    confirm(cafe.ask(f"/counter.{ending}?size=25mm").body, ending, f"{BASE}/counter")


def test_a_picture_that_a_browser_has_is_not_sent_again(cafe: Site) -> None:
    etag = cafe.ask("/counter.svg").headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = cafe.ask("/counter.svg", if_none_match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
    assert cafe.ask("/counter.svg", if_none_match='"other"').status == 200
    assert cafe.ask("/counter.svg?size=31mm").headers["etag"] != etag


@pytest.mark.parametrize("text", ["", "9.9mm", "201", "30cm", "-30mm", "1e2mm", "30mm ", "nan", "٣٠mm"])
def test_a_size_that_is_none_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(image.Invalid, match="is not a size between 10mm and 200mm"):
        image.size_mm(text)


def test_static_files_are_packed_for_those_who_can_unpack(cafe: Site) -> None:
    plain, packed = cafe.ask("/static/htmx.js"), cafe.ask("/static/htmx.js", accept_encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in plain.headers


def test_a_preview_speaks_the_visitors_language_and_counts_nothing(cafe: Site) -> None:
    page = cafe.ask("/table-7+", accept_language="hi-IN").body.decode()
    assert '<html lang="hi">' in page
    assert f'href="{BASE}/table-7"' in page
    assert "https://<strong>go.example.com</strong>/s/chai-corner" in page


@pytest.mark.parametrize(("language", "dish"), [("en", "Misal pav"), ("hi", "मिसल पाव")])
def test_the_codes_lead_to_the_cafes_page_in_the_visitors_language(
    cafe: Site, language: str, dish: str
) -> None:
    path = cafe.ask("/table-7").headers["location"]
    page = cafe.ask(path if language == "en" else f"{path}/{language}").body.decode()
    assert f'lang="{language}"' in page and dish in page
    assert page.count("<form") == 2 and "<picture>" not in page and ".svg" in page


def test_the_front_page_shows_codes_commands_and_todays_places(cafe: Site) -> None:
    page = cafe.ask("/").body.decode()
    assert page.count("<svg xmlns") == 3
    assert page.count('<tr id="row-') == 15
    assert "<span>scanly</span> <span>stats</span> <span>table-7</span>" in page
    assert 'href="/s/chai-corner">Open' in page and "/chai-corner.yaml</code>" in page


def test_a_plain_server_shows_no_cafe(plain: Site) -> None:
    assert b"Scanly is running" in plain.ask("/").body
    assert b"https://go.example.com" in plain.ask("/").body
    assert plain.ask("/_live").status == plain.ask("/s/chai-corner").status == 404


def test_live_numbers_are_sent_when_they_change_and_read_once_for_everybody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scanly.web.public.live.READ_EVERY_S", 0.1)
    monkeypatch.setattr("scanly.web.public.live._LOOK_EVERY_S", 0.01)
    monkeypatch.setattr("scanly.web.public.live._PING_EVERY_S", 0.15)
    reads = 0

    async def story() -> list[list[bytes]]:
        stopping = asyncio.Event()

        async def read() -> bytes:
            nonlocal reads
            reads += 1
            return b"one" if reads < 3 else b"two\nlines"

        live = Live(read, stopping)

        async def listen() -> list[bytes]:
            return [message async for message in live.stream()]

        asyncio.get_running_loop().call_later(0.55, stopping.set)
        return await asyncio.wait_for(asyncio.gather(*(listen() for _ in range(20))), 3)

    for heard in asyncio.run(story()):
        assert [message for message in heard if message != PING] == [
            b"data: one\n\n",
            b"data: two\ndata: lines\n\n",
        ]
        assert heard.count(PING) >= 1
    assert 3 <= reads <= 7


def test_a_listener_who_leaves_does_not_end_the_reading_for_the_others() -> None:
    reads = 0

    async def story() -> bytes:
        begun, stopping = asyncio.Event(), asyncio.Event()

        async def read() -> bytes:
            nonlocal reads
            reads += 1
            begun.set()
            await asyncio.sleep(0.05)
            return b"whole"

        live = Live(read, stopping)
        first = asyncio.create_task(anext(live.stream()))
        await begun.wait()
        second = asyncio.create_task(anext(live.stream()))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.wait_for(second, 1)

    assert asyncio.run(story()) == event(b"whole")
    assert reads == 1


def test_live_numbers_stand_still_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from scanly.core.errors import Unavailable

    monkeypatch.setattr("scanly.web.public.live.READ_EVERY_S", 0.02)
    monkeypatch.setattr("scanly.web.public.live._LOOK_EVERY_S", 0.01)
    answers = iter([b"one", Unavailable("The database is busy."), b"two"])

    async def story() -> list[bytes]:
        stopping = asyncio.Event()

        async def read() -> bytes:
            answer = next(answers, b"two")
            if isinstance(answer, Exception):
                raise answer
            return answer

        asyncio.get_running_loop().call_later(0.3, stopping.set)
        return [message async for message in Live(read, stopping).stream()]

    assert asyncio.run(story()) == [event(b"one"), event(b"two")]
