"""What people get wrong: each is answered with one sentence that names it and says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import missing

from scanly.core.lock import FileLock

BASE = ("--base-url", "https://go.example.com")
URL = "https://example.com/menu"


def failed(done) -> str:
    """The one line that a failed command wrote."""
    assert done.status == 1, (done.out, done.err)
    assert done.out == ""
    assert done.err.count("\n") == 1, done.err
    assert "Traceback" not in done.err
    assert "unexpected" not in done.err
    return done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "no header row"),
        (b"code,title\nmenu,Menu\n", "target"),
        (b"code,traget\nmenu,https://example.com/\n", 'Did you mean "traget"'),
        (b"target,url\nhttps://a.example,https://b.example\n", "target"),
        (b"target,Target\nhttps://a.example,https://b.example\n", "target"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "tables.csv"),
        (b"PK\x03\x04 not a workbook", "tables.csv"),
        (bytes(range(256)) * 40, "tables.csv"),
    ],
    ids=["empty", "blank", "no-target", "misspelt", "twice", "same", "picture", "zip", "bytes"],
)
def test_a_file_that_is_no_table_of_codes_is_named_with_what_is_wrong(scanly, tmp_path, content, said):
    source = tmp_path / "tables.csv"
    source.write_bytes(content)
    assert said in failed(scanly("qr", "bulk", source, "-o", tmp_path / "out", *BASE))
    assert scanly("link", "list", "--json").json == []


def test_a_file_that_is_not_there_is_named(scanly, tmp_path):
    assert "nothing.csv" in failed(
        scanly("qr", "bulk", tmp_path / "nothing.csv", "-o", tmp_path / "out", *BASE)
    )
    assert "nothing.png" in scanly("qr", "check", tmp_path / "nothing.png").out


def test_a_place_that_cannot_be_written_is_named_before_links_are_made(scanly, tmp_path):
    (tmp_path / "file").touch()
    source = tmp_path / "tables.csv"
    source.write_text(f"code,target\nmenu,{URL}\n")
    assert "file" in failed(scanly("qr", "bulk", source, "-o", tmp_path / "file" / "out", *BASE))
    assert "file/menu.svg cannot be written" in failed(
        scanly("qr", "make", URL, "-o", tmp_path / "file" / "menu.svg")
    )
    assert "Not a directory" in failed(scanly("link", "list", "--data", tmp_path / "file"))
    assert scanly("link", "list", "--json").json == []


LINKS = {
    ("--code", "login"): '"login" is reserved',
    ("--code", "_x"): "is reserved",
    ("--code", "a b"): "cannot be a code",
    ("--code", "menu"): '"menu" is taken',
    ("--host", "a b"): "is not a host name",
    ("--base-url", "go.example.com"): "is not a web address",
    ("--base-url", "https://go.example.com/x"): "something after the host",
    ("--tag", "a|b"): "cannot be a tag",
    ("--title", "a\x1b[2J"): "control characters",
    ("--workspace", "Nobody"): 'There is no workspace "Nobody"',
}
TARGETS = (
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "data:text/html,x",
    "example.com",
    "https://a.example/\x07",
    "https://user@a.example",
    "https://",
    "\u202ehttps://a.example",
)


def test_a_link_that_cannot_be_is_refused(scanly):
    assert scanly("link", "add", URL, "--code", "menu").status == 0
    for arguments, said in LINKS.items():
        assert said in failed(scanly("link", "add", URL, *arguments))
    assert len(scanly("link", "list", "--json").json) == 1


def test_a_target_that_leads_nowhere_good_is_refused(scanly):
    scanly("link", "add", URL, "--code", "menu")
    for target in TARGETS:
        added, edited = scanly("link", "add", target), scanly("link", "edit", "menu", "--target", target)
        for said in (failed(added), failed(edited)):
            assert "target" in said
            assert said.strip().isprintable()
    assert [link["target"] for link in scanly("link", "list", "--json").json] == [URL]


@pytest.mark.parametrize("base", [(), ("--base-url", "http://[::1]")])
def test_dynamic_codes_are_not_printed_with_an_address_no_phone_can_open(scanly, tmp_path, base):
    source, out = tmp_path / "tables.csv", tmp_path / "menu.svg"
    source.write_text(f"target\n{URL}\n")
    make = ("qr", "make", URL, "--dynamic", "-o", out, *base)
    bulk = ("qr", "bulk", source, "-o", tmp_path / "out", *base)
    for command in (make, bulk):
        assert "Phones cannot open http://" in failed(scanly(*command))
    assert not out.exists()
    assert scanly("link", "list", "--json").json == []
    assert scanly(*make, "--allow-local").status == 0
    assert scanly(*bulk, "--allow-local").status == 0
    assert len(scanly("link", "list", "--json").json) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "menu.bmp"), "bmp"),
        (("--size", "wide", "-o", "menu.svg"), '"wide" is not a size'),
        (("--ecc", "Z", "-o", "menu.svg"), "Z"),
        (("--dark", "red", "-o", "menu.svg"), "red"),
        (("--border", "-1", "-o", "menu.svg"), "-1"),
        (("--dpi", "0", "-o", "menu.png"), "0"),
        (("--light", "#000001", "-o", "menu.svg"), "#000001"),
        (("--type", "wfi", "-o", "menu.svg"), 'Did you mean "wifi"'),
        (("-o", "missing/menu.svg"), "missing/menu.svg"),
    ],
)
def test_a_code_that_cannot_be_drawn_leaves_no_link_behind(scanly, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert said in failed(scanly("qr", "make", URL, "--dynamic", *BASE, *arguments))
    assert os.listdir(tmp_path) == ["data"]
    assert scanly("link", "list", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("workspace", "add", "A", "--time-zone", "Asia/Kolkatta"), 'Did you mean "Asia/Kolkata"'),
        (("workspace", "add", "A", "--colours", "red"), "#9a4b00"),
        (("workspace", "add", "A", "--privacy", "some"), "daily, weekly, monthly or none"),
        (("workspace", "add", "A", "--logo", "/nothing.png"), "/nothing.png cannot be read"),
        (("workspace", "show", "Nobody"), 'There is no workspace "Nobody"'),
        (("user", "add", "asha", "--name", "Asha"), "asha@example.com"),
        (("user", "remove", "asha@example.com"), "asha@example.com is not in this workspace"),
        (("stats", "--since", "yesterday-ish"), "yesterday-ish"),
        (("stats", "nothing"), 'There is no code "nothing"'),
        (("import", "archive", "/nothing.db"), "/nothing.db"),
    ],
)
def test_other_mistakes_are_answered_in_one_sentence(scanly, arguments, said):
    assert said in failed(scanly(*arguments))


def test_an_unknown_setting_is_named_wherever_it_stands(scanly, installation, monkeypatch):
    installation.folder.settings_file.write_text('basurl = "https://go.example.com"\n')
    for command in (("link", "list"), ("config",), ("serve",)):
        assert 'There is no setting "basurl"' in failed(scanly(*command))
    installation.folder.settings_file.write_text("port = \n")
    assert "scanly.toml cannot be read" in failed(scanly("link", "list"))
    installation.folder.settings_file.unlink()
    monkeypatch.setenv("SCANLY_BASURL", "https://go.example.com")
    assert 'There is no setting "SCANLY_BASURL" (environment). Did you mean "SCANLY_BASE_URL"?' in failed(
        scanly("link", "list")
    )


def test_a_second_server_on_the_same_folder_names_the_first(scanly, installation):
    lock = FileLock(installation.folder.server_lock)
    assert lock.acquire()
    lock.note(str(os.getpid()))
    said = failed(scanly("serve", "--port", "0"))
    assert f"(process {os.getpid()})" in said
    assert "--data DIR" in said
    lock.release()


def test_data_of_a_newer_version_is_left_alone(scanly, installation):
    async def age(app):
        from sqlalchemy import text

        async with app.main.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    installation.run(age)
    assert "written by a newer version of Scanly" in failed(scanly("link", "list"))


def test_a_database_that_is_damaged_is_called_so(scanly, installation):
    for file in installation.folder.root.glob("scanly.db*"):
        file.unlink()
    installation.folder.main_db.write_bytes(b"no database " * 1000)
    assert "The database file is damaged. Restore a backup" in failed(scanly("link", "list"))


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 400 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        missing("the right to mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_named_and_leaves_nothing_half_done(scanly, tmp_path, small_disk):
    (small_disk / "filler").write_bytes(bytes(390_000))
    (small_disk / "menu.svg").write_text("old")
    said = failed(scanly("qr", "make", "x" * 900, "-o", small_disk / "menu.svg", "--size", "100mm"))
    assert "menu.svg cannot be written: No space left on device" in said
    assert (small_disk / "menu.svg").read_text() == "old"
    assert sorted(os.listdir(small_disk)) == ["filler", "menu.svg"]
    assert "full" in failed(scanly("link", "list", "--data", small_disk / "data"))


def test_a_folder_that_may_only_be_read_is_named(scanly, installation, small_disk):
    subprocess.run([sys.executable, "-m", "scanly", "--data", small_disk / "data", "config"], check=True)
    (small_disk / "data").mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert "cannot be made: Read-only file system" in failed(
        scanly("link", "list", "--data", small_disk / "data")
    )
