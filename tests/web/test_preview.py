"""A site's file shown while it is written: a real server, asked over a real socket."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanly.sites.reading import read_site
from scanly.web.sites.preview import Preview
from tests.conftest import NOW_MS
from tests.sites.test_reading import INDIA, KIRANA


class Asked:
    """What one request was answered with."""

    def __init__(self, data: bytes) -> None:
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1").lower()
        self.status = int(self.head.split()[1])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "asha.yaml"
    path.write_text(KIRANA, encoding="utf-8")
    return path


@pytest.fixture
def port(file: Path) -> Iterator[int]:
    import uvicorn

    def read():
        return read_site(file.read_text(encoding="utf-8"), INDIA), []

    with socket.create_server(("127.0.0.1", 0)) as listening:
        taken = listening.getsockname()[1]
        shown = Preview(file, read, lambda: NOW_MS, f"http://127.0.0.1:{taken}")
        server = uvicorn.Server(uvicorn.Config(shown, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield taken
        server.should_exit = server.force_exit = True
        thread.join()


def ask(port: int, path: str, method: str = "GET") -> Asked:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        data = b""
        while piece := connection.recv(65_536):
            data += piece
    return Asked(data)


def test_the_page_is_the_real_one_with_one_line_that_waits_for_news(port):
    page = ask(port, "/")
    assert page.status == 200
    assert b"Asha Kirana Store" in page.body
    assert page.body.count(b"<script>") == 1
    assert "script-src 'sha256-" in page.head
    assert 'lang="hi"' in ask(port, "/hi").body.decode()
    assert ask(port, "/xx").status == 404


def test_faults_stand_in_the_page_s_place_until_they_are_mended(port, file):
    file.write_text(KIRANA.replace("theme: kirana", "theme: <b>kirena</b>"), encoding="utf-8")
    page = ask(port, "/")
    assert b"line 4, column 8" in page.body
    assert b"<b>kirena" not in page.body
    file.write_text(KIRANA, encoding="utf-8")
    assert b"Asha Kirana Store" in ask(port, "/").body


def test_news_comes_when_the_file_is_saved_and_not_before(port, file):
    async def wait() -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /_news HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(0.7)
        began = time.monotonic()
        file.write_text(KIRANA + "\n", encoding="utf-8")
        told = b""
        while b"data:" not in told:
            told += await asyncio.wait_for(reader.read(65_536), 5)
            assert b"data:" not in told or time.monotonic() > began
        writer.close()
        return time.monotonic() - began

    assert asyncio.run(wait()) < 2


def test_a_form_says_that_nothing_was_sent(port):
    assert b"Nothing was sent" in ask(port, "/forms/question", "POST").body
