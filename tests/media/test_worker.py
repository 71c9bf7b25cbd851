"""The process that reads strangers' pictures, asked as it is asked when a picture is kept."""

import io
import subprocess
import sys
import zipfile

import msgspec
import pytest
from PIL import Image

from scanly.core.errors import Invalid
from scanly.media import worker
from scanly.media.encoding import Made
from scanly.media.files import kind_of
from scanly.media.model import MAX_BYTES
from tests.media.pictures import chunk, drawing, gif, heic, opened, photo, png, saved, webp, zeros

NO_PICTURE = "It is not a picture that pages can show"
DAMAGED = "damaged, or not all of it is there"
SOUND = saved(photo(300, 200), "JPEG")
# The peak of a process counts what its parent had before: so a small one stands between.
MEASURE = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "scanly", "_picture"], stdin=sys.stdin, stdout=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.buffer.write(done.stdout)
sys.stderr.write(f"{used.ru_maxrss // 1024} {used.ru_utime + used.ru_stime}")
"""


def measured(data: bytes) -> tuple[Made, int, float]:
    """The answer, the peak of memory in MB, and seconds of the processor."""
    done = subprocess.run([sys.executable, "-c", MEASURE], input=data, capture_output=True, check=True)
    megabytes, seconds = done.stderr.split()[-2:]
    return msgspec.msgpack.decode(done.stdout, type=Made), int(megabytes), float(seconds)


def jpeg_with_much_beside() -> bytes:
    """A small photo behind nine megabytes of notes that contradict themselves."""
    notes = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0" * 5_000
    segment = b"\xff\xe1\xff\xff" + notes[:65_533].ljust(65_533, b"\0")
    return SOUND[:2] + segment * 140 + SOUND[2:]


# What it is, and what is said of it; None where the picture is sound and everything else is left behind.
BOMBS = {
    "50,000 x 50,000 in two kilobytes": (png(50_000, 50_000, pixels=zeros(2)), "50,000 x 50,000 pixels"),
    "one row too many": (png(8_000, 5_001, pixels=b"x"), "8,000 x 5,001 pixels. 40 megapixels are the limit"),
    "pixels that never end": (png(10, 10, pixels=zeros(200)), None),
    "a profile that never ends": (png(10, 10, chunk(b"iCCP", b"x\0\0" + zeros(200))), NO_PICTURE),
    "a note that never ends": (png(10, 10, chunk(b"zTXt", b"x\0\0" + zeros(200))), NO_PICTURE),
    "nine thousand notes": (png(10, 10, chunk(b"zTXt", b"x\0\0" + zeros(1)) * 9_000), NO_PICTURE),
    "notes of nine megabytes": (jpeg_with_much_beside(), None),
    "half a million frames": (gif(500_000), "more than 200 frames"),
    "a canvas of four gigapixels": (gif(1)[:6] + b"\xff" * 4 + gif(1)[10:], "65,535 x 65,535 pixels"),
    "a WebP of 268 megapixels": (webp(16_383, 16_383), NO_PICTURE),
    "entities that multiply": (
        drawing("&b;", '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'),
        "declares entities",
    ),
    "a drawing that uses itself": (drawing('<g id="a"><use xlink:href="#a"/></g>'), "refers to itself"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_is_answered_with_a_sentence(name):
    data, said = BOMBS[name]
    assert len(data) <= MAX_BYTES
    made, megabytes, seconds = measured(data)
    if said is None:
        assert made.files
    else:
        assert said in str(made.problems[0]) and not made.files
    assert megabytes <= 150
    assert seconds <= 2


def hidden_in(picture: bytes) -> bytes:
    """A picture with an archive behind it."""
    file = io.BytesIO(picture)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>")
    return file.getvalue()


SCRIPT = b"<script>alert(1)</script><?php system('id') ?>"
POLYGLOTS = {
    "a page": (b"<!doctype html>" + SCRIPT, NO_PICTURE),
    "a page that mentions svg": (b"<html><body>svg" + SCRIPT, "<script> is a program"),
    "a page behind the first bytes of a GIF": (b"GIF89a" + SCRIPT, NO_PICTURE),
    "a page behind the first bytes of a PNG": (b"\x89PNG\r\n\x1a\n" + SCRIPT, NO_PICTURE),
    "a page behind the first bytes of a JPEG": (b"\xff\xd8\xff\xe0" + SCRIPT, NO_PICTURE),
    "a page behind the first bytes of a WebP": (b"RIFF\0\0\0\0WEBP" + SCRIPT, NO_PICTURE),
    "a PDF": (b"%PDF-1.7\n" + SCRIPT, NO_PICTURE),
    "a program": (b"\x7fELF" + bytes(500), NO_PICTURE),
    "a bitmap of Windows": (saved(photo(20, 20), "BMP"), NO_PICTURE),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", NO_PICTURE),
    "a HEIC photo": (heic(), "is a HEIC picture"),
    "half a photo": (SOUND[: len(SOUND) // 2], DAMAGED),
    "nothing": (b"", NO_PICTURE),
    "zeros": (bytes(5_000), NO_PICTURE),
    "a script behind a JPEG": (SOUND + SCRIPT, None),
    "a script in a comment of a JPEG": (saved(photo(99, 99), "JPEG", comment=SCRIPT), None),
    "a script in a note of a PNG": (png(10, 10, chunk(b"tEXt", b"Comment\0" + SCRIPT)), None),
    "an archive behind a PNG": (hidden_in(png(10, 10)), None),
    "a script in a comment of a GIF": (saved(Image.new("P", (9, 9)), "GIF", comment=SCRIPT), None),
    "a script behind a WebP": (saved(photo(99, 99), "WEBP") + SCRIPT, None),
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_looks_like_two_things_comes_out_as_one_picture_or_not_at_all(name):
    data, said = POLYGLOTS[name]
    if said:
        with pytest.raises(Invalid, match=rf"^(line 1, )?photo\.png: .*{said}"):
            worker.make(data, "photo.png")
        return
    for file in worker.make(data, "photo.png").files:
        assert kind_of(file.data) == file.kind
        assert opened(file.data).size == (file.width, file.height)
        assert not any(mark in file.data for mark in (b"script", b"<?php", b"evil", b"PK\x03\x04"))


def test_a_file_that_is_too_heavy_is_refused_before_anything_reads_it(monkeypatch):
    monkeypatch.setattr(worker, "_asked", None)
    with pytest.raises(Invalid, match=r"photo\.jpg: It has more than 10 MB"):
        worker.make(SOUND.ljust(MAX_BYTES + 1, b"\0"), "photo.jpg")


EVIL = """
import sys
from scanly.media import worker
from scanly.media.encoding import Encoded
file = Encoded(9, 9, "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
sys.stdout.buffer.write(worker.msgspec.msgpack.encode(worker.Made(9, 9, (file,))))
"""


@pytest.mark.parametrize(
    "program",
    ["while True: pass", "bytearray(10**12)", "import os; os.abort()", "print('no answer')", "", EVIL],
    ids=["endless", "memory", "crash", "nonsense", "silence", "a script"],
)
def test_whatever_becomes_of_the_process_a_sentence_says_so(program, monkeypatch):
    monkeypatch.setattr(worker, "program", lambda: [sys.executable, "-c", program])
    monkeypatch.setattr(worker, "_WALL_S", 0.5 if program.startswith("while") else 20)
    with pytest.raises(Invalid, match=r"logo\.png: It takes too much time or memory to open"):
        worker.make(SOUND, "logo.png")


def test_the_process_is_held_to_its_limits_and_told_no_secrets(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("SCANLY_DATABASE_URL", "secret")
    looks = (
        "import os, resource as r, sys\n"
        "from scanly.media import worker\n"
        "def look(data):\n"
        "    limits = [r.getrlimit(each) for each in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)]\n"
        "    secrets = [key for key in os.environ if key.startswith(('AWS_', 'SCANLY_'))]\n"
        "    return worker.Made(problems=(worker.Problem('', repr((limits, secrets))),))\n"
        "worker.encode = look\n"
        "sys.exit(worker.answer())\n"
    )
    monkeypatch.setattr(worker, "program", lambda: [sys.executable, "-c", looks])
    with pytest.raises(Invalid) as refused:
        worker.make(SOUND, "x")
    limits, secrets = eval(refused.value.problems[0].message)
    assert secrets == []
    assert [most for _, most in limits] == [2**30, 5, 32 * 2**20, 0]
