"""The program on a fresh data folder, and a café's spreadsheet."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.program import REPOSITORY, Program


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "data", tmp_path)
    yield made
    for server in made.servers:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
            try:
                server.process.wait(12)
            except subprocess.TimeoutExpired:
                server.process.kill()
        assert server.process.stdout is not None
        server.process.stdout.close()


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    """The café's spreadsheet, as the examples have it."""
    copied = tmp_path / "tables.csv"
    shutil.copy(REPOSITORY / "examples" / "menu" / "tables.csv", copied)
    return copied
