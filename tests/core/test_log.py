import json
import logging
from pathlib import Path

import pytest

from scanly.core.log import Log, configure

pytestmark = pytest.mark.usefixtures("log_put_back")


def test_a_json_line_is_one_object_with_moment_level_sentence_and_fields(capsys):
    configure("info", "json")
    Log("scanly.test").warning("a disk is full", path=Path("/data"), free=0, name="a\nb\x1b[31m")
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("at").endswith("Z")
    assert said == {
        "level": "warning",
        "event": "a disk is full",
        "path": "/data",
        "free": 0,
        "name": "a\nb\x1b[31m",
    }
    assert "\x1b" not in line


def test_a_text_line_shows_control_characters_instead_of_sending_them(capsys):
    configure("info", "text")
    Log("scanly.test").info("a file was read", name="a\nb\x1b[31m\x9bc")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(r" info    a file was read name=a\x0ab\x1b[31m\x9bc")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_cause_is_shown_with_its_trace_and_cannot_steer_the_terminal(capsys, form):
    configure("info", form)
    try:
        raise ValueError("bad \x1b[31m news")
    except ValueError as error:
        Log("scanly.test").error("it failed", cause=error)
    said = capsys.readouterr().err
    assert "test_log.py" in said
    assert "news" in said
    assert "\x1b" not in said


def test_libraries_are_heard_only_when_they_warn(capsys):
    configure("debug", "text")
    logging.getLogger("asyncio").info("noise")
    logging.getLogger("alembic.runtime").info("noise")
    logging.getLogger("asyncio").warning("trouble")
    said = capsys.readouterr().err
    assert "noise" not in said
    assert "trouble" in said


def test_less_important_messages_stay_away(capsys):
    configure("warning", "text")
    Log("scanly.test").info("all is well")
    assert capsys.readouterr().err == ""
