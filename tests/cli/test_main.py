"""The common options, the exit statuses, and where output goes."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest
import typer

from scanly.cli import commands
from scanly.cli.main import main
from scanly.cli.session import hoisted

HEAVY = "litestar uvicorn sqlalchemy aiosqlite asyncpg alembic PIL reportlab rich jinja2 segno asyncio"
HELP = """
import sys
from scanly.cli.main import main
status = main(sys.argv[1:])
print(*sorted(set({heavy!r}.split()) & set(sys.modules)), file=sys.stderr)
sys.exit(status)
"""
COMMANDS = {
    "": (
        "qr link print placement site leads media stats workspace user serve doctor config geoip privacy backup export"
        " import"
    ),
    "qr": "make bulk reprint check types styles",
    "link": "add list show edit pause resume remove restore rules test history undo export check",
    "print": "sheet poster tent card sticker flyer designs templates stocks check calibrate",
    "site": "new starters check preview publish schedule unpublish list history rollback export invite guests uninvite",
    "media": "add list remove",
    "stats": "show explain watch funnel goals cohorts recount alerts",
    "stats goals": "add list show edit remove",
    "stats alerts": "rules add edit remove",
    "leads": "list show export status remove pin",
    "workspace": "add edit list show",
    "user": "add edit remove list",
    "backup": "create list verify restore",
    "import": "archive",
}
URL = "https://example.com/menu"


def program(*arguments, **more):
    return subprocess.run([sys.executable, "-m", "scanly", *map(str, arguments)], timeout=60, **more)


@pytest.mark.parametrize("group", COMMANDS)
def test_help_lists_every_command(scanly, group):
    done = scanly(*group.split(), "--help")
    assert done.status == 0
    listed = done.out.partition("Show this message and exit.")[2]
    assert re.findall(r"^  (\w+)  +\w", listed, re.MULTILINE) == COMMANDS[group].split()


@pytest.mark.parametrize("group", ["", "qr", "print"])
def test_help_is_shown_without_loading_what_only_work_needs(group):
    done = subprocess.run(
        [sys.executable, "-c", HELP.format(heavy=HEAVY), *group.split(), "--help"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_nothing_at_all_is_answered_with_help(scanly):
    done = scanly()
    assert "The server:" in done.out
    assert "Traceback" not in done.err


def test_the_version_is_shown(scanly):
    done = scanly("--version")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("scanly ")


@pytest.mark.parametrize(
    ("given", "moved"),
    [
        ("link list --json", "--json link list"),
        ("link --data d list --quiet", "--data d --quiet link list"),
        ("link list --data=d --workspace=w", "--data=d --workspace=w link list"),
        ("link add -- --json", "link add -- --json"),
        ("link list --workspace", "--workspace link list"),
    ],
)
def test_common_options_may_stand_anywhere(given, moved):
    assert hoisted(given.split()) == moved.split()


def test_common_options_work_after_the_command(scanly, tmp_path):
    scanly("workspace", "add", "Ben")
    scanly("workspace", "add", "Asha")
    assert scanly("link", "add", URL, "--code", "menu", "--workspace", "Ben").status == 0
    for arguments in (
        ("--workspace=Ben", "--json", "link", "list"),
        ("link", "list", "--json", "--workspace", "ben"),
    ):
        assert [link["code"] for link in scanly(*arguments).json] == ["menu"]
    assert scanly("link", "list", "--json", "--workspace", "Asha").json == []
    assert scanly("workspace", "list", "--json", "--data", tmp_path / "other").json == []


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ("link add https://example.com/", 0),
        ("link show nothing", 1),
        ("link shwo", 2),
        ("link add", 2),
        ("link add https://example.com/ --colour red", 2),
        ("link list --limit 0", 2),
        ("link edit menu", 2),
        ("stats --by weather", 2),
        ("link list --workspace", 2),
        ("qr bulk {bad} -o {out} --base-url https://go.example.com", 3),
        ("qr check {bad}", 3),
    ],
)
def test_the_exit_status_says_how_it_went(scanly, tmp_path, arguments, status):
    bad = tmp_path / "bad.csv"
    bad.write_text("code,target\nmenu,https://example.com/\nwindow,javascript:alert(1)\n")
    done = scanly(*arguments.format(bad=bad, out=tmp_path / "out").split())
    assert done.status == status, done.err
    if status in (1, 2):
        assert done.out == ""
        assert done.err.startswith("scanly: ")
        assert done.err.count("\n") == 1
        assert "Traceback" not in done.err


def test_json_is_the_only_thing_on_stdout(scanly, tmp_path):
    out = tmp_path / "menu.svg"
    base = ("--base-url", "https://go.example.com")
    made = scanly("link", "add", URL, "--code", "menu", "--tag", "a", "--tag", "b", "--json", *base).json
    assert made["short_url"] == "https://go.example.com/menu"
    assert (made["code"], made["host"], made["target"]) == ("menu", "go.example.com", URL)
    assert made["tags"] == ["a", "b"]
    assert set(made) >= {"id", "created_at"}
    for arguments in (
        ("link", "list"), ("link", "show", "menu"), ("link", "edit", "menu", "--title", "Menu"),
        ("link", "remove", "menu"), ("link", "restore", "menu"), ("workspace", "list"), ("workspace", "show"),
        ("user", "add", "asha@example.com", "--name", "Asha"), ("user", "list"), ("config",), ("stats",),
        ("stats", "menu", "--flush"), ("qr", "make", URL, "-o", out), ("qr", "check", out), ("qr", "types"),
        ("backup", "create"), ("backup", "list"),
    ):  # fmt: skip
        done = scanly(*arguments, "--json")
        assert done.status == 0, done.err
        assert done.json
        assert "\x1b" not in done.out + done.err


def test_quiet_says_nothing_but_results_and_errors(scanly, tmp_path):
    done = scanly("qr", "make", URL, "-o", tmp_path / "menu.svg", "--quiet")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert scanly("link", "show", "nothing", "--quiet").err.startswith("scanly: ")


def test_a_trace_is_shown_only_on_request(scanly):
    assert "Traceback" not in scanly("link", "show", "nothing").err
    assert "Traceback" in scanly("link", "show", "nothing", "--debug").err


def test_what_nobody_foresaw_is_one_sentence(scanly, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("scanly.ops.backup.list_backups", broken)
    done = scanly("backup", "list")
    assert done.status == 1
    assert "ZeroDivisionError('on purpose')" in done.err
    assert "--debug" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("no_color", [False, True])
def test_escape_sequences_go_only_to_a_terminal_that_wants_colour(scanly, installation, no_color):
    scanly("link", "add", URL, "--code", "menu", "--title", "Menu")
    main_end, other_end = pty.openpty()
    env = dict(os.environ, TERM="xterm-256color", COLUMNS="80") | ({"NO_COLOR": ""} if no_color else {})
    done = program("link", "list", stdout=other_end, stderr=subprocess.PIPE, env=env)
    os.close(other_end)
    shown = os.read(main_end, 100_000)
    os.close(main_end)
    assert done.returncode == 0
    assert b"Menu" in shown
    if no_color:
        assert b"\x1b[3" not in shown
        assert b"\x1b[9" not in shown
    assert "\x1b" not in scanly("link", "list").out


def test_what_a_stranger_wrote_cannot_steer_the_terminal(scanly, installation):
    scanly("link", "add", URL, "--code", "menu")
    refused = scanly("link", "edit", "menu", "--title", "\x1b]0;owned\a\x9b31m")
    assert refused.status == 1
    shown = [scanly("link", "show", "menu\x1b[31m"), scanly("link", "add", "\x1b[31m"), scanly("\x1b[31m")]
    assert all("\x1b" not in done.out + done.err for done in [refused, *shown])

    async def slip_in(app):
        from sqlalchemy import text

        async with app.main.write() as connection:
            await connection.execute(text("UPDATE links SET title = :title"), {"title": "a\x1b[31mb"})

    installation.run(slip_in)
    for arguments in (("link", "list"), ("link", "show", "menu"), ("stats",)):
        done = scanly(*arguments)
        assert done.status == 0
        assert "\x1b" not in done.out + done.err
    assert r"a\x1b[31mb" in scanly("link", "list").out


def test_bytes_that_are_no_text_are_refused_in_a_sentence(installation):
    arguments = [b"link", b"add", URL.encode(), b"--title", b"caf\xe9"]
    command = [sys.executable, "-m", "scanly", "--data", installation.folder.root, *arguments]
    done = subprocess.run(command, capture_output=True)
    assert done.returncode == 1
    assert b"title" in done.stderr
    assert b"unexpected" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_result_that_could_not_be_written_is_a_failure(scanly, installation):
    scanly("link", "add", URL, "--code", "menu")
    with Path("/dev/full").open("w") as full:
        done = program(
            "--data", installation.folder.root, "link", "list", "--json", stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_ctrl_c_ends_a_run_with_130_and_leaves_only_whole_files(tmp_path, installation):
    source, out = tmp_path / "many.csv", tmp_path / "out"
    rows = [f"c{number},https://example.com/{number}" for number in range(30_000)]
    source.write_text("\n".join(["code,target", *rows]))
    command = [sys.executable, "-m", "scanly", "--data", installation.folder.root, "qr", "bulk", source]
    running = subprocess.Popen(
        [*command, "-o", out, "--base-url", "https://go.example.com", "--no-verify"], stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and len(list(out.glob("**/*.svg"))) < 20:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert said.decode().splitlines()[-1] == "scanly: Interrupted."
    assert b"Traceback" not in said
    made = list(out.glob("**/*.svg"))
    assert len(made) >= 20
    assert all(
        file.read_bytes().endswith(b"</svg>\n") or file.read_bytes().endswith(b"</svg>") for file in made
    )
    # What --resume goes on from is the only thing unfinished.
    assert {file.name for file in out.glob("**/*.part")} <= {"results.csv.part", "manifest.csv.part"}
    assert not (out / "results.csv").exists()


def test_a_commands_line_in_the_help_is_the_one_the_command_has_itself():
    for section in commands.COMMANDS.values():
        for name, entry in section.items():
            itself = getattr(import_module(f"scanly.cli.{entry.file}"), entry.name)
            assert commands.load(name, entry).name == name
            assert isinstance(itself, typer.Typer) or itself.__doc__ == entry.help


def test_a_group_without_a_command_shows_its_help(capsys):
    assert main([]) == 0
    assert main(["backup"]) == 0
    shown = capsys.readouterr().out
    assert "Keep and move:" in shown
    assert "verify" in shown
