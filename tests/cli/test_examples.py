"""What the examples' pages show is what the commands on them print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_page_about_routing_shows_what_its_last_command_prints(scanly):
    page = (EXAMPLES / "routing" / "README.md").read_text(encoding="utf-8")
    commands, shown = re.findall(r"^```(?:sh|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    *before, last = [shlex.split(line)[1:] for line in commands.splitlines()]
    for arguments in before:
        assert scanly(*arguments).status == 0
    assert scanly(*last).out == shown


def test_the_page_about_codes_shows_what_its_first_command_prints(scanly, tmp_path, monkeypatch):
    page = (EXAMPLES / "codes" / "README.md").read_text(encoding="utf-8")
    first, shown, second = re.findall(r"^```(?:sh|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    done = scanly(*shlex.split(first)[1:])
    assert (done.status, done.err + done.out) == (3, shown)
    for file in sorted((tmp_path / "out").glob("*.svg")):
        (reading,) = scanly("qr", "check", file, "--json").json
        assert reading["grade"] in ("A", "B"), (file.name, reading["problems"])
    assert scanly(*shlex.split(second)[1:]).status == 0
    assert {path.name for path in (tmp_path / "again").iterdir()} == {"menu.svg", "menu.pdf"}
