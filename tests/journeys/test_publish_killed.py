"""``site publish`` killed at any moment: visitors see the old page or the new one, whole, and the next one works."""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.journeys.program import Program, Running, eventually

pytestmark = pytest.mark.journey

ROUNDS = 12
FILE = """
site: asha
title: Asha Kirana
languages: [en, hi]
blocks:
  - name-board: {{name: "Asha No {number}", cover: {{file: shop.png, decorative: true}}}}
  - opening-hours: {{mon-sun: "00:00-23:59"}}
"""
_NAME = re.compile(rb"Asha No (\d+)")
_MEDIA = re.compile(rb"[0-9a-f]{32}\.(?=png|webp|avif|jpg)")


class Visitor(threading.Thread):
    """Opens the page again and again; ``faults`` are answers that were no whole page, or an older one than before."""

    def __init__(self, server: Running, form: bytes) -> None:
        super().__init__()
        self.server, self.form = server, form
        self.stopping = threading.Event()
        self.faults: list[str] = []
        self.looks = self.newest = 0

    def run(self) -> None:
        while not self.stopping.wait(0.05):
            status, _, body = self.server.get("/s/asha")
            self.looks += 1
            number = number_of(body)
            if status != 200 or form_of(body) != self.form:
                self.faults.append(f"{status}: {body[:200]!r}")
            elif number < self.newest:
                self.faults.append(f"{number} after {self.newest}")
            self.newest = max(number, self.newest)

    def stop(self) -> None:
        self.stopping.set()
        self.join()


def number_of(body: bytes) -> int:
    """Which of the pages it is; all its mentions say the same."""
    numbers = {int(found) for found in _NAME.findall(body)}
    return numbers.pop() if len(numbers) == 1 else -1


def form_of(body: bytes) -> bytes:
    """What all the pages have in common."""
    return _MEDIA.sub(b"PICTURE.", _NAME.sub(b"Asha", body))


def write(folder: Path, number: int) -> Path:
    """The page with this number, and a picture of its own."""
    Image.new("RGB", (300, 200), (number, 90, 90)).save(folder / "shop.png")
    (folder / "asha.yaml").write_text(FILE.format(number=number), encoding="utf-8")
    return folder / "asha.yaml"


def publish_and_kill(program: Program, file: Path, after_s: float) -> None:
    process = program.start("site", "publish", file)
    time.sleep(after_s)
    # The frozen program is a process that waits for another one, which would go on alone.
    started = psutil.Process(process.pid)
    for each in [started, *started.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def live_number(program: Program) -> int:
    """What the database says is live; whatever hangs on it is whole."""
    with closing(sqlite3.connect(program.data / "scanly.db")) as main:
        ((content, pictures),) = main.execute(
            "SELECT content, pictures FROM sites JOIN site_releases ON site_releases.id = sites.release_id"
        ).fetchall()
        kept = main.execute("SELECT variants FROM pictures").fetchall()
    for variants in (
        *(json.loads(text) for (text,) in kept),
        *(each["variants"] for each in json.loads(pictures).values()),
    ):
        for each in variants:
            data = (program.data / "media" / each["file"]).read_bytes()
            assert hashlib.sha256(data).hexdigest()[:32] == each["file"].partition(".")[0]
    return number_of(content.encode())


def test_visitors_see_a_whole_page_whenever_its_publishing_is_killed(program: Program, tmp_path: Path):
    began = time.monotonic()
    assert program.run("site", "publish", write(tmp_path, 0)).status == 0
    reach_s = time.monotonic() - began
    server = program.serve()
    visitor = Visitor(server, form_of(server.get("/s/asha")[2]))
    visitor.start()
    published = [0]
    for number in range(1, ROUNDS + 1):
        publish_and_kill(program, write(tmp_path, number), reach_s * random.uniform(0.4, 1.2))
        live = live_number(program)
        assert live in (published[-1], number)
        assert eventually(lambda live=live: visitor.newest == live, within_s=2), (visitor.newest, live)
        # Toward the moment at which it is decided.
        reach_s *= 0.9 if live == number else 1.1
        published += [live] if live == number else []
    assert program.run("site", "publish", write(tmp_path, ROUNDS + 1)).status == 0
    published.append(ROUNDS + 1)
    assert eventually(lambda: visitor.newest == ROUNDS + 1, within_s=2)
    visitor.stop()
    assert visitor.faults == [] and visitor.looks > ROUNDS
    assert 2 < len(published) < ROUNDS + 2, "all kills came too early, or too late"
    assert history(program) == published
    told = {(each["check"], each["level"]) for each in program.run("doctor", "--json").json}
    assert {("sites", "ok"), ("database", "ok")} <= told and ("sites", "error") not in told


def history(program: Program) -> list[int]:
    """What became live, in order; nothing stands beside it in the database, and the outbox tells the same."""
    told = [each["release"] for each in reversed(program.run("site", "history", "asha", "--json").json)]
    (site,) = program.run("site", "list", "--json").json
    assert site["release"] == told[-1]
    with closing(sqlite3.connect(program.data / "scanly.db")) as main:
        known = dict(main.execute("SELECT hash, content FROM site_releases").fetchall())
        outbox = main.execute("SELECT count(*) FROM outbox WHERE event LIKE 'site%'").fetchone()
        assert main.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert set(told) == set(known)
    assert outbox == (len(told),)
    return [number_of(known[each].encode()) for each in told]
