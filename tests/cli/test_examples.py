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
