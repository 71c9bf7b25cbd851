import errno
import os
import struct
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core import shared
from scanly.core.errors import Unavailable
from scanly.core.shared import SharedCounts

MOST = 2**64 - 1
HEADER = struct.Struct("<8sQQQ")

# Counts keys first .. first + several - 1, so many rounds; says each key when it has been counted.
COUNT = """
import sys
from pathlib import Path
from scanly.core.shared import SharedCounts
path, first, several, rounds = Path(sys.argv[1]), *map(int, sys.argv[2:5])
counts = SharedCounts(path)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(rounds):
    for key in range(first, first + several):
        print(key, counts.add(key), flush=len(sys.argv) > 5)
"""
# Dies of SIGKILL just before the n-th call of a function, in the middle of growing.
DIE = """
import os, signal, sys
from pathlib import Path
from scanly.core import shared
counts = shared.SharedCounts(Path(sys.argv[1]))
where, left = sys.argv[2], [int(sys.argv[3])]

def deadly(known):
    def call(*arguments):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return known(*arguments)
    return call

if where == "replace":
    Path.replace = deadly(Path.replace)
elif where == "make":
    shared._make = deadly(shared._make)
elif where == "number":
    number = shared._NUMBER
    class Deadly:
        unpack_from = number.unpack_from
        pack_into = staticmethod(deadly(number.pack_into))
    shared._NUMBER = Deadly
elif where == "slot":
    slot = shared._SLOT
    class Deadly:
        size, iter_unpack = slot.size, slot.iter_unpack
        pack_into = staticmethod(deadly(slot.pack_into))
    shared._SLOT = Deadly
elif where == "held":
    with counts.held():
        os.kill(os.getpid(), signal.SIGKILL)
for key in range(int(sys.argv[4]), 10**6):
    print(key, counts.add(key), flush=True)
"""


@pytest.fixture
def counts(tmp_path):
    made = SharedCounts(tmp_path / "counts")
    yield made
    made.close()


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def together(processes: list[subprocess.Popen[str]]) -> list[list[list[int]]]:
    """Lets all begin at once; what each said."""
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * len(processes)
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [[list(map(int, line.split())) for line in each.splitlines()] for each in said]


# Keys that collide in a table of 1,024 slots and those that are spread; 0 and the highest share a slot by design.
KEYS = st.integers(1, 6) | st.integers(1, MOST - 1) | st.sampled_from([2**63, 2**54, 1 << 32, -5])
STEPS = st.lists(
    st.tuples(st.just("add"), KEYS, st.just(0))
    | st.tuples(st.just("put"), KEYS, st.integers(0, MOST - 1))
    | st.tuples(st.just("get"), KEYS, st.just(0))
    | st.tuples(st.just("many"), st.integers(0, 2**40), st.integers(1, 900))
    | st.tuples(st.just("open again"), KEYS, st.just(0)),
    max_size=30,
)


@settings(deadline=timedelta(seconds=10), max_examples=60)
@given(STEPS)
def test_counts_are_what_a_dict_would_hold(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("model") / "counts"
    counts, other = SharedCounts(path), SharedCounts(path)
    model: dict[int, int] = {}
    for what, key, number in steps:
        if what == "add" and model.get(key, 0) < MOST:
            model[key] = model.get(key, 0) + 1
            assert counts.add(key) == model[key]
        elif what == "put":
            counts.put(key, number)
            model[key] = number
        elif what == "get":
            assert counts.get(key) == other.get(key) == model.get(key)
        elif what == "many":
            with other.held():
                for each in range(key, key + number):
                    other.put(each + 10, each)
                    model[each + 10] = each
        elif what == "open again":
            counts.close()
            counts = SharedCounts(path)
    for key, count in model.items():
        assert counts.get(key) == other.get(key) == count, key
    counts.close()
    other.close()


def test_a_key_that_was_never_counted_is_not_there_however_full_it_is(counts, tmp_path):
    for key in range(1, 5_000):
        assert counts.get(key) is None
        assert counts.add(key) == 1
    assert {counts.get(key) for key in range(1, 5_000)} == {1}
    assert {counts.get(key) for key in range(5_000, 9_000)} == {None}
    magic, slots, used, moved = HEADER.unpack((tmp_path / "counts").read_bytes()[: HEADER.size])
    assert (magic, used, moved) == (b"SCANLYC1", 4_999, 0)
    assert used < slots * 0.61
    assert (tmp_path / "counts").stat().st_mode & 0o777 == 0o600


def test_counts_are_still_there_when_everybody_has_left(tmp_path):
    for expected in (1, 2, 3):
        counts = SharedCounts(tmp_path / "counts")
        assert counts.add(7) == expected
        counts.close()


def test_two_processes_that_count_the_same_keys_through_growth_lose_nothing(tmp_path, counts):
    said = together([start(COUNT, tmp_path / "counts", 1, 1_500, 2) for _ in range(2)])
    assert sum(map(len, said)) == 6_000
    for key in range(1, 1_501):
        assert counts.get(key) == 4
    answers = sorted((key, count) for each in said for key, count in each)
    assert answers == [(key, count) for key in range(1, 1_501) for count in (1, 2, 3, 4)]


def test_four_processes_that_count_different_keys_through_growth_lose_nothing(tmp_path, counts):
    firsts = (1, 1_001, 2_001, 3_001)
    together([start(COUNT, tmp_path / "counts", first, 1_000, 1) for first in firsts])
    assert {counts.get(key) for key in range(1, 4_001)} == {1}
    assert counts.get(4_001) is None


def acknowledged(process: subprocess.Popen[str]) -> dict[int, int]:
    said = process.communicate(timeout=60)[0]
    assert process.returncode == -9
    return {int(key): int(count) for key, count in (line.split() for line in said.splitlines())}


# A table of 1,024 slots grows at the 616th key.
DEATHS = [("held", 0), ("make", 0), ("replace", 0), *(("slot", at) for at in (0, 300)),
          *(("number", at) for at in range(1_840, 1_858))]  # fmt: skip


@pytest.mark.parametrize(("where", "at"), DEATHS, ids=lambda each: str(each))
def test_who_is_killed_anywhere_leaves_the_others_counting_on_in_one_table(tmp_path, counts, where, at):
    counts.add(10**9)
    known = acknowledged(start(DIE, tmp_path / "counts", where, at, 1))
    newcomer = SharedCounts(tmp_path / "counts")
    for key in range(1, max(known, default=0) + 2):
        # The one that was being counted may be there or not: nobody was told.
        assert counts.get(key) in ((known[key],) if key in known else (None, 0, 1))
    for key in range(1, 2_000):
        one, other = counts.add(key), newcomer.add(key)
        assert other == one + 1
        assert one - 1 in ((known[key],) if key in known else (0, 1))
    assert counts.get(10**9) == newcomer.get(10**9) == 1
    newcomer.close()


def test_who_is_killed_while_it_counts_is_never_counted_less_than_it_was_told(tmp_path, counts):
    process = start(COUNT, tmp_path / "counts", 1, 400, 10**6, "flush")
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("\n")
    process.stdin.flush()
    lines = [process.stdout.readline() for _ in range(3_000)]
    for key in range(1, 401):
        counts.add(key)
    process.kill()
    lines += process.stdout.readlines()
    process.communicate()
    # Told in order: the newest word about a key is the highest.
    told = dict(map(int, line.split()) for line in lines if line.endswith("\n"))
    ahead = [counts.get(key) - told[key] for key in range(1, 401)]
    # One more where this process counted after the other's last turn; and one that the other died before it told.
    assert set(ahead) <= {0, 1, 2}
    assert ahead.count(2) <= 1
    assert min(counts.get(key) for key in range(1, 401)) >= max(told.values()) - 1


def whole(slots: int, size: int | None = None, magic: bytes = b"SCANLYC1") -> bytes:
    """A file that begins like a table."""
    return HEADER.pack(magic, slots, 0, 0).ljust(64 + 16 * slots if size is None else size, b"\0")


@pytest.mark.parametrize(
    "content",
    [b"", b"SCANLYC1", whole(1_024)[:-1], whole(1_024) + b"\0", whole(1_024, magic=b"SCANLYC2"), whole(0),
     whole(1), whole(2**60, 16_448), b"PK\x03\x04" * 5_000, bytes(16_448), b"\xff" * 16_448],
    ids=["empty", "header", "short", "long", "version", "none", "one", "huge", "zip", "nothing", "ones"],
)  # fmt: skip
def test_a_file_that_is_no_table_is_replaced_by_an_empty_one(tmp_path, content):
    path = tmp_path / "counts"
    path.write_bytes(content)
    counts = SharedCounts(path)
    assert counts.get(1) is None
    assert [counts.add(key) for key in range(1, 2_000)] == [1] * 1_999
    counts.close()


def test_a_table_whose_head_was_older_than_its_slots_when_the_power_went_neither_hangs_nor_forgets(tmp_path):
    path = tmp_path / "counts"
    counts = SharedCounts(path)
    for key in range(1, 600):
        counts.add(key)
    counts.close()
    raw = bytearray(path.read_bytes())
    raw[16:32] = struct.pack("<QQ", 3, 1)  # it has taken three, and has moved
    path.write_bytes(raw)
    counts = SharedCounts(path)
    assert {counts.get(key) for key in range(1, 600)} == {1}
    for key in range(1, 1_500):
        counts.add(key)
    assert counts.get(599) == 2
    assert counts.get(1_499) == 1
    counts.close()


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["posix_fallocate", "replace"])
def test_a_full_disk_is_named_and_the_table_goes_on_with_what_it_has(counts, tmp_path, monkeypatch, call):
    for key in range(1, 616):
        counts.add(key)
    other = SharedCounts(tmp_path / "counts")
    with monkeypatch.context() as patched:
        patched.setattr(*((Path, call) if call == "replace" else (os, call)), full)
        for key in (616, 617):
            with pytest.raises(Unavailable, match=r"counts cannot be used: No space left on device"):
                counts.add(key)
        assert counts.add(1) == 2
        assert other.get(616) is None
        assert other.add(1) == 3
    assert [counts.add(key) for key in range(616, 3_000)] == [1] * (3_000 - 616)
    assert other.get(1) == counts.get(1) == 3
    assert other.get(2_999) == 1
    other.close()


def test_without_room_for_the_first_table_it_is_said_and_no_descriptor_stays_open(tmp_path, monkeypatch):
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "posix_fallocate", full)
    for _ in range(3):
        with pytest.raises(Unavailable, match="No space left"):
            SharedCounts(tmp_path / "counts")
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(Unavailable, match="No such file or directory"):
        SharedCounts(tmp_path / "missing" / "counts")


def test_what_was_read_stays_true_until_it_is_written_while_it_is_held(tmp_path, counts):
    """Two processes lead on exactly ten people."""
    code = (
        COUNT.rsplit("for _ in", 1)[0]
        + """
for _ in range(300):
    with counts.held():
        led_on = counts.get(first) or 0
        if led_on < several:
            counts.put(first, led_on + 1)
            print(1, 1)
"""
    )
    said = together([start(code, tmp_path / "counts", 5, 10, 0) for _ in range(2)])
    assert sum(map(len, said)) == counts.get(5) == 10


def test_an_error_while_it_is_held_lets_the_others_in(tmp_path, counts):
    with pytest.raises(ZeroDivisionError), counts.held():
        raise ZeroDivisionError
    other = SharedCounts(tmp_path / "counts")
    assert other.add(1) == 1
    assert counts.add(1) == 2
    other.close()


def test_the_words_of_the_file_are_written_in_one_piece():
    """A number that is packed byte by byte can be seen, or be left by who is killed, half written."""
    assert shared._NUMBER.format == "@Q"
    assert shared._START % 8 == shared._SLOT.size % 8 == 0
