"""Archives: a round trip between engines loses nothing, and a hostile one changes nothing."""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import subprocess
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from sqlalchemy import text
from tests.ops.conftest import DAY
from tests.ops.former import make_former

from scanly.accounts.actions import choose_workspace
from scanly.analytics.alerts.model import Told
from scanly.analytics.counting.names import rules_version
from scanly.analytics.counting.packed import CAMPAIGN, LINK
from scanly.analytics.events.batch import EventStore
from scanly.analytics.flush import open_store
from scanly.app import App
from scanly.core.errors import Conflict, Invalid
from scanly.core.settings import Settings
from scanly.links.store import changed_since_anywhere
from scanly.media.actions import keep, list_media
from scanly.media.model import Picture
from scanly.ops.archive import Report, export, import_archive

House = Any
# In the order in which PostgreSQL keeps names.
TERMS = (
    '{"rules":[{"id":7,"name":"Hindi","when":{"language":"hi"},"target":"https://example.com/hi"}],'
    '"fallback":"https://example.com/closed","expires_ms":4000000000000}'
)

TOLD = msgspec.json.encode(
    Told("Much", "more", 5, "day", "menu", "2024-10-04", "2024-10-04", "2024-10-04", 0, 9)
).decode()


def events_of(app: App) -> Callable[[], AbstractContextManager[EventStore]]:
    return partial(open_store, app.folder, app.settings.database_url)


def write(house: House, target: Path, workspace: int | None = None) -> dict[str, int]:
    async def work(app: App) -> dict[str, int]:
        return await export(app.main, app.events, app.media, target, workspace_id=workspace)  # pyright: ignore

    return house.run(work)


def read(house: House, source: Path, *, dry_run: bool = False) -> Report:
    async def work(app: App) -> Report:
        return await import_archive(
            app.main, events_of(app), app.media, source, dry_run=dry_run, make_id=app.make_id
        )

    return house.run(work)


def keep_logo(house: House) -> str:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(file, "PNG")
    name = f"{hashlib.sha256(file.getvalue()).hexdigest()[:32]}.png"
    (house.folder.media / name).write_bytes(file.getvalue())
    return name


@pytest.fixture
def archive(house: House, tmp_path: Path) -> Path:
    """Two links, thirty scans, a person, a saved code and a picture."""
    logo = keep_logo(house)
    house.furnish()
    house.ingest()
    ((workspace, link),) = house.rows("main", "SELECT workspace_id, min(id) FROM links GROUP BY 1")
    with sqlite3.connect(house.folder.main_db) as main:
        main.execute("UPDATE workspaces SET logo = ?", (logo,))
        main.execute("UPDATE links SET terms = ? WHERE code = 'menu'", (TERMS,))
        main.execute(
            "INSERT INTO people VALUES (7, ?, 'Asha', 'asha@example.com', 'editor', 1)", (workspace,)
        )
        code = (
            9,
            workspace,
            link,
            "url",
            "https://go.example.com/menu",
            "Menu",
            "",
            '{"dark":"#112233"}',
            "own 1",
        )
        main.execute("INSERT INTO goals VALUES (11, ?, 'Menus', 'scan', ?, '', '', 1)", (workspace, link))
        rule = (12, workspace, "Much", "more", 5, "day", "code", link, "", 20_000, 1, 1)
        main.execute("INSERT INTO alert_rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rule)
        for rule_id in (12, 13):
            main.execute("INSERT INTO alerts VALUES (?, 'day', 20000, ?, 5, ?)", (rule_id, workspace, TOLD))
        main.execute(
            "INSERT INTO printers VALUES (?, 'Office', 'A4', 310, -220, 1200, -900, 5)", (workspace,)
        )
        main.execute("INSERT INTO qr_codes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'row 1', 1)", code)
    target = tmp_path / "café.scanly"
    assert write(house, target)["scans"] == 30
    return target


def test_an_archive_moves_everything_into_an_empty_installation_of_either_engine(
    house: House, empty_house: House, archive: Path, database_url: str
) -> None:
    empty_house.settings = Settings(database_url=database_url)
    dry = read(empty_house, archive, dry_run=True)
    assert empty_house.contents()["links"] == []
    report = read(empty_house, archive)
    assert (report.links, report.scans, report.pictures, dry.scans) == (2, 30, 1, 30)
    assert (
        str(report) == "Imported Café: 2 links, 1 QR code, 0 sites, 0 answers, 30 scans, 1 file of pictures."
    )
    there, here = house.contents(), empty_house.contents()
    assert here == there
    assert len(here["scans"]) == 30
    assert sum(sum(row[7:12]) for row in here["rollups"] if row[0] == LINK) == 30
    assert len(list(empty_house.folder.media.iterdir())) == 1

    async def changed(app: App) -> int:
        async with app.main.read() as connection:
            return len((await changed_since_anywhere(connection, 0))[1])

    assert empty_house.run(changed) == 2, "a running server is told of every link"


def keep_photo(house: House) -> Picture:
    async def work(app: App) -> Picture:
        workspace = await choose_workspace(app.call(), None)
        file = io.BytesIO()
        Image.new("RGB", (300, 200), "teal").save(file, "PNG")
        return await keep(app.call(), workspace.id, app.media, file.getvalue(), "photo.png")

    return house.run(work)


def test_pictures_travel_with_their_files_and_without_those_that_are_lost(
    house: House, empty_house: House, archive: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keep_photo(house)
    lost, *others = kept.variants
    (house.folder.media / lost.file).unlink()
    counts = write(house, tmp_path / "again")
    assert (counts["pictures"], counts["sqlar"]) == (1, 1 + len({each.file for each in others}))
    assert "A file of a picture is lost" in caplog.text
    assert read(empty_house, tmp_path / "again").links == 2

    async def listed(app: App) -> list[Picture]:
        return await list_media(app.call(), (await choose_workspace(app.call(), None)).id)

    assert empty_house.run(listed) == [kept]
    there, here = (
        {path.name: path.read_bytes() for path in each.folder.media.iterdir()}
        for each in (house, empty_house)
    )
    assert here == there


def test_an_archive_of_before_there_were_pictures_is_read(empty_house: House, archive: Path) -> None:
    with closing(sqlite3.connect(archive)) as database:
        database.execute("DROP TABLE pictures")
    assert read(empty_house, archive).links == 2


@pytest.mark.parametrize(
    "change",
    [
        "name = '../../etc/passwd'",
        "width = 0",
        "variants = '[]'",
        "variants = 'nonsense'",
        "variants = replace(variants, '.png', '.html')",
        "variants = replace(variants, '\"png\"', '\"svg\"')",
        "variants = replace(variants, '\"width\":300', '\"width\":-300')",
        "workspace_id = 1",
    ],
)
def test_pictures_that_nobody_could_have_kept_are_refused(
    house: House, empty_house: House, archive: Path, tmp_path: Path, change: str
) -> None:
    keep_photo(house)
    write(house, tmp_path / "again")
    with closing(sqlite3.connect(tmp_path / "again")) as database, database:
        assert database.execute(f"UPDATE pictures SET {change}").rowcount == 1
    with pytest.raises(Invalid):
        read(empty_house, tmp_path / "again")
    assert not any(empty_house.folder.media.iterdir())


def test_an_archive_of_before_there_were_terms_is_read(
    house: House, empty_house: House, archive: Path
) -> None:
    with closing(sqlite3.connect(archive)) as database:
        database.execute("ALTER TABLE links DROP COLUMN terms")
    assert read(empty_house, archive).links == 2
    assert empty_house.rows("main", "SELECT count(*) FROM links WHERE terms IS NULL") == [(2,)]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("nonsense", "terms: cannot be used"),
        ('{"max_scans":0}', "max_scans"),
        ('{"password":"plain text"}', "is not kept as a password is"),
        ('{"fallback":"javascript:1"}', "fallback"),
        ('{"rules":[{"id":1,"name":"a","when":{"moon":"full"},"target":"https://a.example"}]}', "moon"),
        ('{"rules":[{"id":1,"name":"a","when":{"country":"IN"},"target":"javascript:1"}]}', "javascript"),
    ],
)
def test_terms_that_nobody_could_have_set_are_refused(
    empty_house: House, archive: Path, terms: str, said: str
) -> None:
    with closing(sqlite3.connect(archive)) as database, database:
        database.execute("UPDATE links SET terms = ? WHERE code = 'menu'", (terms,))
    before = empty_house.contents()
    with pytest.raises(Invalid, match=said):
        read(empty_house, archive)
    assert empty_house.contents() == before


def test_visitors_of_today_who_come_again_after_an_import_are_not_counted_twice(
    house: House, empty_house: House, archive: Path
) -> None:
    read(empty_house, archive)
    keys = "SELECT day, count(*) FROM seen GROUP BY day ORDER BY day"
    assert empty_house.rows("events", keys) == house.rows("events", keys)


@pytest.mark.parametrize("kept_since_day", [0, DAY + 30], ids=["scans are kept", "scans end sooner here"])
def test_an_archive_of_before_there_were_rollups_is_counted(
    house: House, empty_house: House, archive: Path, database_url: str, kept_since_day: int
) -> None:
    """Whoever counts now finds the same, but for campaigns of that time, which nobody had noted."""
    make_former(archive)
    empty_house.settings = Settings(database_url=database_url)
    empty_house.contents()

    async def keep(app: App) -> None:
        async with app.events.write() as connection:
            state = {"name": "raw_since", "value": kept_since_day}
            await connection.execute(text("INSERT INTO states VALUES (:name, :value)"), state)

    empty_house.run(keep)
    assert read(empty_house, archive).scans == 30
    there, here = house.contents(), empty_house.contents()
    assert here["rollups"] == [row for row in there["rollups"] if row[0] != CAMPAIGN]
    assert [row[:8] for row in here["scans"]] == [row[:8] for row in there["scans"]]
    assert {row[10] for row in here["scans"]} == {rules_version()}


def test_scans_whose_ids_are_taken_here_get_the_next_free_ones(
    house: House, empty_house: House, archive: Path
) -> None:
    empty_house.furnish(codes=("other",), scans=1, name="Other")
    empty_house.ingest()
    (taken,) = house.rows("events", "SELECT min(id) FROM scans")[0]
    with sqlite3.connect(empty_house.folder.events_db) as events:
        events.execute("UPDATE scans SET id = ?", (taken,))
    read(empty_house, archive)
    assert empty_house.rows("events", "SELECT count(*), count(DISTINCT id) FROM scans") == [(31, 31)]
    (moved,) = empty_house.rows("events", "SELECT min(id) FROM scans WHERE subject > 1")[0]
    assert taken < moved < taken + 4096


def test_the_archive_of_one_workspace_holds_nothing_of_another(
    house: House, tmp_path: Path, archive: Path
) -> None:
    house.furnish(codes=("lunch",), scans=6, name="Client")
    house.ingest()
    (client,) = house.rows("main", "SELECT id FROM workspaces WHERE name = 'Client'")[0]
    counts = write(house, tmp_path / "client.scanly", client)
    assert {
        name: counts[name] for name in ("workspaces", "links", "people", "qr_codes", "scans", "sqlar")
    } == {
        "workspaces": 1,
        "links": 1,
        "people": 0,
        "qr_codes": 0,
        "scans": 6,
        "sqlar": 0,
    }
    with sqlite3.connect(tmp_path / "client.scanly") as database:
        assert not any("Café" in line or "menu" in line for line in database.iterdump())


def test_the_pictures_can_be_unpacked_with_sqlite_alone(
    archive: Path, house: House, needs: Callable[[str], str], tmp_path: Path
) -> None:
    subprocess.run(
        [needs("sqlite3"), archive, "-Axf", archive], cwd=tmp_path, check=True, capture_output=True
    )
    (name,) = (path.name for path in house.folder.media.iterdir())
    assert (tmp_path / "media" / name).read_bytes() == (house.folder.media / name).read_bytes()


def test_codes_that_are_taken_are_all_listed_and_nothing_is_imported(
    archive: Path, empty_house: House
) -> None:
    empty_house.furnish(codes=("menu", "window", "own"), scans=0, name="Other")
    before = empty_house.contents()
    with pytest.raises(Conflict, match=r"2 codes of the archive are taken here: /menu, /window\."):
        read(empty_house, archive)
    assert empty_house.contents() == before
    assert not any(empty_house.folder.media.iterdir())


def test_a_workspace_of_the_same_name_is_a_conflict(house: House, archive: Path) -> None:
    before = house.contents()
    with pytest.raises(Conflict, match='"Café" already'):
        read(house, archive)
    assert house.contents() == before


def test_what_a_killed_import_left_is_not_counted_twice(
    house: House, empty_house: House, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def nothing(*_: object) -> Iterator[None]:
        yield from ()

    with monkeypatch.context() as patch:
        patch.setattr("scanly.ops.archive_import._make", killed)
        patch.setattr("scanly.ops.archive_import.clear", nothing)
        with pytest.raises(KeyboardInterrupt):
            read(empty_house, archive)
    assert len(empty_house.contents()["scans"]) == 30, "or this test proves nothing"
    assert empty_house.contents()["links"] == []
    read(empty_house, archive)
    assert empty_house.contents() == house.contents()


HOSTILE = {
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON links BEGIN DELETE FROM links; END",
    "a view": "CREATE VIEW v AS SELECT load_extension('x')",
    "a view in the place of a table": "DROP TABLE people; CREATE VIEW people AS SELECT * FROM workspaces",
    "another table": "CREATE TABLE extra (a)",
    "a missing table": "DROP TABLE rollups",
    "a virtual table": "CREATE VIRTUAL TABLE f USING fts5(a)",
    "an index that computes": "CREATE INDEX i ON links (upper(code))",
    "another column": "ALTER TABLE links ADD COLUMN more TEXT",
    "a column that computes": "ALTER TABLE people ADD COLUMN x TEXT AS (upper(name))",
    "two rows about itself": "INSERT INTO about SELECT * FROM about",
    "another format": "UPDATE about SET format = 2",
    "a script as target": "UPDATE links SET target = 'javascript:alert(1)'",
    "a reserved code": "UPDATE links SET code = 'login' WHERE code = 'menu'",
    "no code": "UPDATE links SET code = '' WHERE code = 'menu'",
    "a host in capitals": "UPDATE links SET host = 'GO.example.com'",
    "tags that are none": "UPDATE links SET tags = '{}'",
    "a link of nobody": "UPDATE links SET workspace_id = 1",
    "scans of no link": "UPDATE scans SET link_id = 1",
    "scans of no agent": "DELETE FROM agents",
    "a day that is none": "UPDATE scans SET day = '2026-02-31'",
    "an unknown kind": "UPDATE scans SET kind = 'ghost' WHERE kind = 'bot'",
    "a flag that is none": "UPDATE scans SET flags = 256",
    "an hour that is none": "UPDATE scans SET hour = 25",
    "a count below zero": "UPDATE rollups SET scans = -1",
    "a count that cannot be added up": "UPDATE rollups SET bot = 70000000",
    "more visitors than scans": "UPDATE rollups SET visitors = scans + 1",
    "rollups of another scope": "UPDATE rollups SET scope = 'all' WHERE scope = 'host' OR scope = 'workspace'",
    "rollups of no link": "UPDATE rollups SET link_id = rowid WHERE scope = 'link'",
    "rollups of another workspace": "UPDATE rollups SET workspace_id = 1",
    "a campaign without a name": "UPDATE rollups SET name = '' WHERE scope = 'campaign'",
    "counts that are none": "UPDATE rollups SET counted = '[]'",
    "a value that more visited than scanned": """UPDATE rollups SET counted = '{"country":{"IN":[1,2]}}'""",
    "a value below zero": """UPDATE rollups SET counted = '{"country":{"IN":[-1,-1]}}'""",
    "a value of nobody": """UPDATE rollups SET counted = '{"country":{"IN":[0,0]}}'""",
    "a value that is not known": """UPDATE rollups SET counted = '{"country":{"":[1,1]}}'""",
    "a day of the week that is none": """UPDATE rollups SET counted = '{"moment":{"day 25":[1,1]}}'""",
    "an outcome that is none": """UPDATE rollups SET counted = '{"outcome":{"person flew":1}}'""",
    "an agent that is none": """UPDATE rollups SET counted = '{"agent":{"[1]":[1,1]}}'""",
    "a link that is none": """UPDATE rollups SET counted = '{"link":{"x":[1,1]}}'""",
    "clicks by people": """UPDATE rollups SET counted = '{"clicked":{"a/1":[1,1]}}'""",
    "a goal of nothing": "UPDATE goals SET what = 'wish'",
    "a goal of another workspace": "UPDATE goals SET workspace_id = 1",
    "a rule of alerts that never ends": "UPDATE alert_rules SET every = 'moment'",
    "an alert that tells nothing": "UPDATE alerts SET told = '{}'",
    "a printer of another workspace": "UPDATE printers SET workspace_id = 1",
    "a printer that is off by more than any": "UPDATE printers SET nudge_x_um = 5001",
    "a printer that shrinks to a half": "UPDATE printers SET scale_y_ppm = -500000",
    "a printer without a name": "UPDATE printers SET name = ' '",
    "a role above all": "UPDATE people SET role = 'root'",
    "a style that cannot be drawn": 'UPDATE qr_codes SET style = \'{"dark": "url(x)"}\'',
    "a host name that is none": "UPDATE default_hosts SET host = 'a b'",
    "a logo elsewhere": "UPDATE workspaces SET logo = '../../etc/passwd'",
    "a path out of the folder": "UPDATE sqlar SET name = 'media/../../evil.png'",
    "an absolute path": "UPDATE sqlar SET name = '/etc/passwd'",
    "another picture than named": "UPDATE sqlar SET data = zeroblob(5), sz = 5",
    "a picture that grows without end": "UPDATE sqlar SET data = bomb()",
    "a picture that is too large": "UPDATE sqlar SET sz = 99999999",
    "a value of 20 MB": "UPDATE links SET title = hex(zeroblob(10000000))",
}


def test_an_archive_that_breaks_a_rule_is_refused_and_nothing_changes(
    archive: Path, empty_house: House, tmp_path: Path
) -> None:
    async def work(app: App) -> list[str]:
        accepted: list[str] = []
        for name, script in HOSTILE.items():
            attack = tmp_path / "attack"
            shutil.copyfile(archive, attack)
            with closing(sqlite3.connect(attack)) as database:
                database.create_function("bomb", 0, lambda: zlib.compress(bytes(5_000_000)))
                database.executescript(script)
            try:
                await import_archive(
                    app.main, events_of(app), app.media, attack, dry_run=False, make_id=app.make_id
                )
            except Invalid:
                continue
            accepted.append(name)
        return accepted

    assert empty_house.run(work) == []
    assert empty_house.contents()["workspaces"] == []
    assert empty_house.rows("events", "SELECT count(*) FROM scans") == [(0,)]
    assert not any(empty_house.folder.media.iterdir())


@pytest.mark.parametrize("data", [b"", b"not a database", b"SQLite format 3\0" + bytes(4096)])
def test_a_file_that_is_no_archive_is_refused(data: bytes, tmp_path: Path, empty_house: House) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(Invalid):
        read(empty_house, tmp_path / "x")
    with pytest.raises(Invalid, match="no file"):
        read(empty_house, tmp_path / "missing")


def test_an_export_that_fails_leaves_no_file(house: House, tmp_path: Path) -> None:
    house.furnish(scans=0)
    with pytest.raises(Exception, match="no such workspace"):
        write(house, tmp_path / "x.scanly", 12345)
    assert not list(tmp_path.glob("*x.scanly*"))
