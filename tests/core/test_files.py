import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scanly.core.errors import Unavailable
from scanly.core.files import unwritable, write_whole

FULL = """
import resource, signal, sys
from pathlib import Path
from scanly.core.errors import Unavailable
from scanly.core.files import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), b"new" * 1000)
except Unavailable as error:
    print(error)
"""


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "menu.svg"
    for data in (b"old", b"new", b""):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert os.listdir(tmp_path) == ["menu.svg"]


def test_where_the_new_file_does_not_fit_the_old_one_stays(tmp_path):
    path = tmp_path / "menu.svg"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True)
    assert f"{path} cannot be written: File too large." in done.stdout
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["menu.svg"]


def test_an_interrupted_write_leaves_nothing_behind(tmp_path, monkeypatch):
    path = tmp_path / "menu.svg"
    path.write_bytes(b"old")

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["menu.svg"]


@pytest.mark.parametrize("name", ["missing/menu.svg", "file/menu.svg", "folder"])
def test_a_place_that_cannot_be_written_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=f"{name} cannot be written: "):
        write_whole(tmp_path / name, b"new")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "Make room on the disk"),
        (errno.EACCES, "Check the permissions of shelf"),
        (errno.EROFS, "Write elsewhere."),
    ],
)
def test_what_to_do_about_it_is_told(number, told):
    error = unwritable(Path("shelf/menu.pdf"), OSError(number, os.strerror(number)))
    assert str(error).startswith("shelf/menu.pdf cannot be written: ") and told in str(error)


def test_a_pipe_or_device_is_written_to_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, b"new")
    reader.join(5)
    assert read == [b"new"]
    assert pipe.is_fifo()


def test_several_may_write_the_same_file_at_the_same_moment(tmp_path):
    path, failed, ready = tmp_path / "picture.webp", list[Exception](), threading.Barrier(8)

    def write():
        ready.wait()
        try:
            for _ in range(50):
                write_whole(path, b"the same" * 1000, durable=False)
        except Exception as error:
            failed.append(error)

    writers = [threading.Thread(target=write) for _ in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert failed == []
    assert path.read_bytes() == b"the same" * 1000
    assert os.listdir(tmp_path) == ["picture.webp"]
