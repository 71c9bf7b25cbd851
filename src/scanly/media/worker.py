"""A process for one picture, with little memory and time: this same program, run again to read a stranger's file.

What a picture does to its decoder, it does there. Nothing is passed on but the answer.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

import msgspec

from scanly.core.errors import Invalid, Problem
from scanly.core.paths import program
from scanly.core.settings import environment
from scanly.media.drawing import is_clean
from scanly.media.encoding import Made, encode
from scanly.media.model import MAX_BYTES
from scanly.media.pixels import FIELD

COMMAND = "_picture"
_CPU_S = 5
_WALL_S = 60.0  # its seconds of the processor may be long in coming
_MEMORY_BYTES = 1024 * 1024 * 1024
_ANSWER_BYTES = 32 * 1024 * 1024
_SECRET = ("SCANLY_", "AWS_")
_SMALLER = "Make the picture smaller and save it as JPEG."


def make(data: bytes, name: str) -> Made:
    """The files of a picture; waits for the process that makes them. Raises Invalid for the field ``name``."""
    if len(data) > MAX_BYTES:
        message = f"It has more than {MAX_BYTES // 1024**2} MB."
        raise Invalid.field(
            name, message, hint="A page is to open on a slow phone; make the picture smaller."
        )
    made = _asked(data)
    if made is None:
        raise Invalid.field(name, "It takes too much time or memory to open.", hint=_SMALLER)
    if made.problems:
        raise Invalid(
            problems=tuple(Problem(name, one.message, one.hint, one.where) for one in made.problems)
        )
    return made


def _asked(data: bytes) -> Made | None:
    """What the process answers; None when it was stopped before. Files, because their sizes can be limited."""
    known = {key: value for key, value in environment().items() if not key.startswith(_SECRET)}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
        given.write(data)
        given.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - this very program
                [*program(), COMMAND],
                stdin=given,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env=known,
                timeout=_WALL_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        answer.seek(0)
        return _believed(answer.read()) if done.returncode == 0 else None


def _believed(answer: bytes) -> Made | None:
    """What was answered, unless it is none of ours: a decoder may have been subverted."""
    try:
        made = msgspec.msgpack.decode(answer, type=Made)
    except msgspec.MsgspecError:
        return None
    return made if all(one.kind != "svg" or is_clean(one.data) for one in made.files) else None


def answer() -> int:
    """The process itself: a picture on stdin, `Made` on stdout. Returns the exit status."""
    from PIL import Image

    _confine()
    Image.MAX_IMAGE_PIXELS = None  # judged by ourselves, with a sentence that says so
    try:
        made = encode(sys.stdin.buffer.read(MAX_BYTES))
    except Invalid as error:
        made = Made(problems=error.problems)
    except MemoryError:
        made = Made(problems=(Problem(FIELD, "It takes too much memory to open.", _SMALLER),))
    sys.stdout.buffer.write(msgspec.msgpack.encode(made))
    sys.stdout.buffer.flush()
    return 0


def _confine() -> None:
    import resource

    for limit, value in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, _ANSWER_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
