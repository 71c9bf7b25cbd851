"""A file is loaded when it is asked for, from where it is asked for, and never in part."""

from __future__ import annotations

import asyncio
import gzip
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.scans.geoip.written import written

from scanly.core.actor import Actor, Role, folder_owner
from scanly.core.errors import Conflict, Forbidden, Invalid, LimitReached, ScanlyError, Unavailable
from scanly.core.outbound import Refused
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.scans.geoip import loading
from scanly.scans.geoip.actions import update, use_file
from scanly.scans.geoip.shelf import kept_file
from scanly.work.call import Call

LOOPBACK = ("127.0.0.0/8",)
PORT = 8080
NOW_MS = 1_795_400_000_000


@dataclass
class Mirror:
    """A web server with files by path; ``promised`` is how many bytes it announces beyond those it sends."""

    host: str
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    promised: int = 0

    def url(self, path: str) -> str:
        return f"http://{self.host}:{PORT}/{path}"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    made = Mirror(f"127.{secrets.randbelow(250) + 2}.{secrets.randbelow(250)}.{secrets.randbelow(250) + 2}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = made.files.get(self.path.lstrip("/"))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"") + made.promised))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer((made.host, PORT), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def owner(who: Actor | None = None, now_ms: int = NOW_MS) -> Call:
    class NoDatabase: ...

    return Call(who or folder_owner(), now_ms, NoDatabase(), lambda: 1)  # type: ignore[arg-type]


def updated(folder: DataFolder, url: str, networks: tuple[str, ...] = LOOPBACK) -> object:
    settings = Settings(outbound_networks=networks)
    return asyncio.run(update(owner(), folder, settings, url=url))


def test_the_file_of_a_mirror_is_put_to_use(folder: DataFolder, tmp_path: Path, mirror: Mirror) -> None:
    mirror.files["dbip.mmdb.gz"] = gzip.compress(written(tmp_path / "x.mmdb").read_bytes())
    facts = updated(folder, mirror.url("dbip.mmdb.gz"))
    assert facts is not None and kept_file(folder).exists()


def spoiled(mirror: Mirror, good: bytes) -> Iterator[tuple[Callable[[], None], type[ScanlyError], str]]:
    yield (lambda: None), Unavailable, "answers 404"
    yield (lambda: mirror.files.update(x=good[:-100])), Invalid, "breaks off"
    yield (
        (lambda: (mirror.files.update(x=good), setattr(mirror, "promised", 999))[0]),
        Unavailable,
        "breaks off",
    )


@pytest.mark.parametrize("number", range(3))
def test_what_cannot_be_loaded_leaves_the_former(
    folder: DataFolder, tmp_path: Path, mirror: Mirror, number: int
) -> None:
    good = gzip.compress(written(tmp_path / "x.mmdb").read_bytes())
    mirror.files["good"] = good
    updated(folder, mirror.url("good"))
    before = kept_file(folder).read_bytes()
    spoil, error, said = list(spoiled(mirror, good))[number]
    spoil()
    with pytest.raises(error, match=said):
        updated(folder, mirror.url("x"))
    assert kept_file(folder).read_bytes() == before


def test_private_networks_are_asked_only_where_the_settings_allow_it(
    folder: DataFolder, mirror: Mirror
) -> None:
    with pytest.raises(Refused, match="private network"):
        updated(folder, mirror.url("x"), networks=())


def test_a_file_without_end_is_not_loaded(
    folder: DataFolder, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "MAX_PACKED_BYTES", 1_000)
    monkeypatch.setattr(loading, "_LIMITS", loading.Limits(body_bytes=1_000))
    mirror.files["x"] = bytes(5_000)
    with pytest.raises(LimitReached, match="more than"):
        updated(folder, mirror.url("x"))


def test_last_month_s_file_is_taken_while_this_month_s_is_not_there(mirror: Mirror) -> None:
    mirror.files["old"] = b"content"
    urls = [mirror.url("new"), mirror.url("old")]
    assert asyncio.run(loading.load(urls, LOOPBACK)) == (mirror.url("old"), b"content")


@pytest.mark.parametrize(
    ("now_ms", "months"), [(NOW_MS, ("2026-11", "2026-10")), (1_767_312_000_000, ("2026-01", "2025-12"))]
)
def test_db_ip_is_asked_by_month(now_ms: int, months: tuple[str, str]) -> None:
    found = tuple(loading.addresses("city", now_ms))
    assert found == tuple(
        f"https://download.db-ip.com/free/dbip-city-lite-{month}.mmdb.gz" for month in months
    )


def test_this_month_s_file_is_not_loaded_twice(
    folder: DataFolder, tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    def addresses(edition: str, now_ms: int) -> Iterator[str]:
        del edition, now_ms
        yield mirror.url("this-month")

    monkeypatch.setattr("scanly.scans.geoip.actions.addresses", addresses)
    mirror.files["this-month"] = written(tmp_path / "x.mmdb").read_bytes()
    assert updated(folder, "") is not None
    mirror.files.clear()
    assert updated(folder, "") is None


def test_the_file_of_the_setting_goes_before_and_is_named(folder: DataFolder, tmp_path: Path) -> None:
    settings = Settings(geoip_file="/srv/own.mmdb")
    file = written(tmp_path / "x.mmdb")
    for work in (use_file(owner(), folder, settings, file), update(owner(), folder, settings)):
        with pytest.raises(Conflict, match=r"/srv/own\.mmdb"):
            asyncio.run(work)


def test_only_the_owner_of_the_installation_may_change_it(folder: DataFolder, tmp_path: Path) -> None:
    who = owner(Actor(Role.ADMIN, None))
    file = written(tmp_path / "x.mmdb")
    for work in (use_file(who, folder, Settings(), file), update(who, folder, Settings())):
        with pytest.raises(Forbidden):
            asyncio.run(work)
