import json
import logging
import sys
from io import StringIO
from pathlib import Path

import pytest

from scanly.core.log import Log, LogFormat, configure


@pytest.fixture
def written(monkeypatch):
    """Configures logging as a process does; what it wrote so far."""
    root, ours = logging.getLogger(), logging.getLogger("scanly")
    before = root.handlers[:], root.level, ours.level
    root.handlers = []
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)

    def start(form: LogFormat, level: str = "info") -> StringIO:
        configure(level, form)
        return stream

    yield start
    root.handlers, level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)


def test_a_json_line_is_one_object_with_moment_level_sentence_and_fields(written):
    stream = written("json")
    Log("scanly.test").warning("a disk is full", path=Path("/data"), free=0, name="a\nb\x1b[31m")
    (line,) = stream.getvalue().splitlines()
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


def test_a_text_line_shows_control_characters_instead_of_sending_them(written):
    stream = written("text")
    Log("scanly.test").info("a file was read", name="a\nb\x1b[31m\x9bc")
    (line,) = stream.getvalue().splitlines()
    assert line.endswith(r" info    a file was read name=a\x0ab\x1b[31m\x9bc")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_cause_is_shown_with_its_trace_and_cannot_steer_the_terminal(written, form):
    stream = written(form)
    try:
        raise ValueError("bad \x1b[31m news")
    except ValueError as error:
        Log("scanly.test").error("it failed", cause=error)
    said = stream.getvalue()
    assert "test_log.py" in said
    assert "news" in said
    assert "\x1b" not in said


def test_libraries_are_heard_only_when_they_warn(written):
    stream = written("text", "debug")
    logging.getLogger("asyncio").info("noise")
    logging.getLogger("alembic.runtime").info("noise")
    logging.getLogger("asyncio").warning("trouble")
    assert "noise" not in stream.getvalue()
    assert "trouble" in stream.getvalue()


def test_less_important_messages_stay_away(written):
    stream = written("text", "warning")
    Log("scanly.test").info("all is well")
    assert stream.getvalue() == ""
