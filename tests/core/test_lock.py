import subprocess
import sys
from pathlib import Path

import pytest

from scanly.core.errors import Unavailable
from scanly.core.lock import FileLock, lease_node

HOLD = """
import sys
from pathlib import Path
from scanly.core.lock import FileLock, lease_node
path = Path(sys.argv[1])
node, lock = lease_node(path) if sys.argv[2] == "node" else (0, FileLock(path, shared=sys.argv[2] == "shared"))
print(node if sys.argv[2] == "node" else lock.acquire(), flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process that holds a lock until it is told to end, or killed; ``said`` is what it got."""

    def __init__(self, path: Path, what: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path), what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def hold():
    holders: list[Holder] = []

    def start(path: Path, what: str = "exclusive") -> Holder:
        holders.append(Holder(path, what))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.returncode is None:
            holder.kill()


def test_a_lock_is_held_against_other_processes_until_its_holder_is_killed(tmp_path, hold):
    path = tmp_path / "server.lock"
    holder = hold(path)
    assert holder.said == "True"
    assert not FileLock(path).acquire()
    with pytest.raises(Unavailable, match=r"server\.lock is held by another process"), FileLock(path):
        pass
    holder.kill()
    with FileLock(path) as lock:
        assert not FileLock(path).acquire(wait_s=0.05)
        lock.release()
        assert FileLock(path).acquire()


def test_shared_locks_exclude_only_exclusive_ones(tmp_path, hold):
    path = tmp_path / "journal.lock"
    assert hold(path, "shared").said == "True"
    with FileLock(path, shared=True):
        assert not FileLock(path).acquire()


def test_a_child_that_inherited_the_descriptor_keeps_the_lock(tmp_path):
    path = tmp_path / "server.lock"
    lock = FileLock(path)
    assert lock.acquire()
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[lock.fd])
    lock.release()
    assert not FileLock(path).acquire()
    child.communicate()
    assert FileLock(path).acquire()


def test_a_child_that_was_not_given_the_descriptor_does_not_keep_the_lock(tmp_path):
    lock = FileLock(tmp_path / "server.lock")
    assert lock.acquire()
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False)
    lock.release()
    try:
        assert FileLock(lock.path).acquire()
    finally:
        child.communicate()


def test_the_holder_is_noted_for_the_others_message(tmp_path):
    lock = FileLock(tmp_path / "server.lock")
    assert lock.noted() == ""
    assert lock.acquire()
    lock.note("1234567")
    lock.note("89")
    assert FileLock(lock.path).noted() == "89"


def test_processes_lease_distinct_nodes_and_a_killed_one_frees_its_own(tmp_path, hold):
    folder = tmp_path / "nodes"
    first, second = hold(folder, "node"), hold(folder, "node")
    mine, lock = lease_node(folder)
    assert {first.said, second.said, str(mine)} == {"0", "1", "2"}
    first.kill()
    assert str(lease_node(folder)[0]) == first.said
    lock.release()


def test_when_every_node_is_taken_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("scanly.core.lock.NODES", 2)
    kept = [lease_node(tmp_path) for _ in range(2)]
    with pytest.raises(Unavailable, match="already using this data folder"):
        lease_node(tmp_path)
    assert len(kept) == 2


def test_a_folder_that_cannot_be_written_is_named():
    with pytest.raises(Unavailable, match="/proc/1/fdinfo"):
        FileLock(Path("/proc/1/fdinfo/server.lock")).acquire()
