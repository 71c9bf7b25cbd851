"""Several nodes store into one database, and are killed at any moment: every scan once, every count exact."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.analytics.test_killed import journaled, start, wait_for_more

from scanly.analytics.flush import flush
from scanly.analytics.ingest import caught_up
from scanly.core.clock import now_ms
from scanly.core.paths import DataFolder
from scanly.scans.journal import segments_of
from scanly.scans.segments import nodes_of

NODES = 2
ROUNDS = int(os.environ.get("ROUNDS", "10"))


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def folders(tmp_path: Path) -> list[DataFolder]:
    """A data folder for each node; processes of all of them have different numbers."""
    made = [DataFolder(tmp_path / f"node-{number}") for number in range(NODES)]
    for folder in made:
        folder.create()
    for folder in made[1:]:
        folder.nodes.rmdir()
        folder.nodes.symlink_to(made[0].nodes)
    return made


def test_nodes_that_are_killed_at_any_moment_lose_no_answered_scan_and_count_none_twice(
    house: Any, database_url: str, folders: list[DataFolder]
) -> None:
    dice = random.Random()
    answers = {folder.root: folder.root / "answers" for folder in folders}

    def opened(folder: DataFolder) -> Callable[[], int]:
        return lambda: sum(len(segments_of(folder.journal, node)) for node in nodes_of(folder.journal))

    with ExitStack() as running:
        for folder in folders:  # one of each goes on all the time
            running.enter_context(killed(start("write", folder.root, str(answers[folder.root]))))
            running.enter_context(killed(start("ingest", folder.root, database_url)))
        for _ in range(ROUNDS):
            folder = dice.choice(folders)
            role = dice.choice(["write", "ingest", "ingest"])
            done = opened(folder) if role == "write" else lambda: len(house.counted_ids())
            before = done()
            argument = database_url if role == "ingest" else str(answers[folder.root])
            with killed(start(role, folder.root, argument)) as process:
                wait_for_more(done, before)
                time.sleep(dice.uniform(0, 0.1))
                assert process.poll() is None, f"{role} ended by itself"
    for folder in folders:
        flush(folder, database_url, now_ms)
    answered = {int(line) for path in answers.values() for line in path.read_text().splitlines()}
    counted: list[int] = house.counted_ids()
    assert len(answered) > 100 * ROUNDS
    assert answered <= set(counted)
    # Journals that are stored for good may be gone already.
    assert {one for folder in folders for one in journaled(folder.journal)} <= set(counted)
    assert len(counted) - len(answered) <= ROUNDS + NODES  # one in flight at each kill of a writer
    assert house.ask("SELECT * FROM arrivals") == []
    told = [each for (ids,) in house.ask("SELECT ids FROM feed") for each in msgspec.msgpack.decode(ids)]
    assert sorted(told) == counted
    house.assert_counts_agree()
    assert all(caught_up(folder.journal, house.store()) for folder in folders)


class killed:  # noqa: N801 - reads as what becomes of it
    """A process that is killed at the end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
