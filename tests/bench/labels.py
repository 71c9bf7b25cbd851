"""What sheets of labels cost, against the least that can be written by hand; how they are read back; photos on them.

The labels have a code and a caption each, 24 on a page. The first table measures the work itself, from spreadsheet to
finished file, without the start of programs; `--against` takes another reference, a program that is called as
FILE FONT OUT LABELS and prints "encode X s, write Y s". The second measures the command as it is typed, with its start
and all that it keeps in the database. Every figure is the best of the rounds; peaks are those of the largest process.
The figures to be quoted are those of `--many 100000`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import string
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image
from rig.program import COMMAND, Program, fresh_folder
from rig.telling import machine, proof, say, table, target

from scanly.core.paths import asset

BASE_URL = "https://go.example.com"
# As long as a short address, so that all codes have the same size.
TARGETS = "https://to.example.com"
SHEET = ("--stock", "A4:3x8", "--base-url", BASE_URL)
FONT = asset("fonts", "regular", "NotoSans-Regular.ttf")
RIG = Path(__file__).parent / "rig"
MOST_RATIO, MOST_MB, MOST_PEAK_MB, MOST_GROWTH_MB, MOST_PROOF_S = 1.5, 5.0, 120.0, 10.0, 180.0
PHOTO_PX = (1632, 1224)
NAMES = ("दुकान के सामने की मेज़", "नमस्ते दुनिया", "आम की चटनी", "ताज़ी रोटी", "मसाला चाय", "हरी मिर्च का अचार")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took; ``said`` is what it printed."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    said: str


@dataclass(frozen=True, slots=True)
class Result:
    """A file of labels and what it took."""

    what: str
    cpu_s: float
    peak_mb: float
    file: Path

    @property
    def mb(self) -> float:
        return self.file.stat().st_size / 1e6

    def cells(self, reference: Result) -> tuple[str, ...]:
        with pikepdf.open(self.file) as pdf:
            pages = len(pdf.pages)
        ratio = f"{self.cpu_s / reference.cpu_s:.2f}"
        return self.what, f"{self.cpu_s:.2f}", ratio, f"{self.mb:.2f}", f"{self.peak_mb:.0f}", f"{pages:,}"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--labels", type=int, default=10_000)
    asked.add_argument("--many", type=int, default=30_000, help="labels that must not need more memory")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--mixed", type=int, default=1_000, help="labels in Hindi, with EAN-13 and a style")
    asked.add_argument("--photos", type=int, default=200, help="labels with a photo each")
    asked.add_argument("--jobs", type=int, default=2, help="processes that read back")
    asked.add_argument("--against", type=Path, metavar="FILE", help="another reference")
    options = asked.parse_args()
    machine()
    with fresh_folder() as folder:
        program = Program(folder / "data")
        program.run("workspace", "list")  # makes the databases, which a user has by then
        rows = _spreadsheet(folder / "rows.csv", options.labels)
        many = _spreadsheet(folder / "many.csv", options.many)
        measure_work(folder, rows, many, options)
        measure_commands(program, folder, rows, options)
        measure_reading(program, folder, rows, options)
        measure_mixed(program, folder, options)
        measure_photos(program, folder, options.photos)


def measure_work(folder: Path, rows: Path, many: Path, options: argparse.Namespace) -> None:
    say(f"The work itself, {options.labels:,} labels")
    ways: dict[str, Callable[[Path], Result]] = {
        "written by hand": lambda out: _timed(
            "written by hand", [RIG / "handwritten.py", rows, FONT, out], out, float
        ),
        "press.sheets": lambda out: _timed("press.sheets", [RIG / "sheets.py", rows, out, "row"], out, float),
        "press.sheets, stacks": lambda out: _timed(
            "press.sheets, stacks", [RIG / "sheets.py", rows, out, "stack"], out, float
        ),
    }
    reference = "written by hand"
    if options.against:
        reference = options.against.name
        ways[reference] = lambda out: _timed(
            reference, [options.against, FONT, out, options.labels], out, _both_seconds
        )
    best = _best(ways, folder, options.rounds)
    more = [
        _timed(f"{options.many:,} {order}", [RIG / "sheets.py", many, folder / f"{order}.pdf", order],
               folder / f"{order}.pdf", float)
        for order in ("row", "stack")
    ]  # fmt: skip
    columns = ("", "CPU s", "ratio", "MB", "peak MB", "pages")
    table(columns, (each.cells(best[reference]) for each in (*best.values(), *more)))
    ours = best["press.sheets"]
    ratio = ours.cpu_s / best[reference].cpu_s
    target(f"{ratio:.2f} times the CPU of {reference} (at most {MOST_RATIO:g})", met=ratio <= MOST_RATIO)
    target(f"{ours.mb:.2f} MB (at most {MOST_MB:g})", met=ours.mb <= MOST_MB)
    target(f"{ours.peak_mb:.0f} MB in memory (at most {MOST_PEAK_MB:g})", met=ours.peak_mb <= MOST_PEAK_MB)
    for one, usual in zip(more, (ours, best["press.sheets, stacks"]), strict=True):
        growth_mb = one.peak_mb - usual.peak_mb
        sentence = f"{one.what}: {growth_mb:+.0f} MB of memory (at most {MOST_GROWTH_MB:g} more)"
        target(sentence, met=growth_mb <= MOST_GROWTH_MB)


def measure_commands(program: Program, folder: Path, rows: Path, options: argparse.Namespace) -> None:
    say(f"scanly print sheet, {options.labels:,} labels, without reading back")
    one = _spreadsheet(folder / "one.csv", 1)
    ways: dict[str, Callable[[Path], Result]] = {
        "one label: the start": lambda out: _printed(program, one, out, "--static", "--no-verify"),
        "the content itself": lambda out: _printed(program, rows, out, "--static", "--no-verify"),
        # A link is made once: the same spreadsheet would find them there the next time.
        "short addresses, SQLite": lambda out: _printed(
            Program(folder / f"data-{out.stem}-{time.monotonic_ns()}"), rows, out, "--no-verify"
        ),
    }
    best = _best(ways, folder, options.rounds)
    columns = ("", "CPU s", "ratio", "MB", "peak MB", "pages")
    table(columns, (each.cells(best["the content itself"]) for each in best.values()))


def measure_reading(program: Program, folder: Path, rows: Path, options: argparse.Namespace) -> None:
    say(f"Reading {options.labels:,} labels back with {options.jobs} jobs")
    plain = _run(_command(rows, folder / "plain.pdf", "--static", "--no-verify"), program.environment())
    read = _run(
        _command(rows, folder / "read.pdf", "--static", "--jobs", options.jobs), program.environment()
    )
    _tell_proof(read, options.labels)
    took_s = read.wall_s - plain.wall_s
    target(f"{took_s:.0f} s more than without (below {MOST_PROOF_S:g})", met=took_s < MOST_PROOF_S)


def measure_mixed(program: Program, folder: Path, options: argparse.Namespace) -> None:
    say(f"{options.mixed:,} labels with Hindi, EAN-13 and a styled code, read back")
    dice = random.Random(2)
    source = folder / "mixed.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("target", "name", "gtin"))
        for number in range(options.mixed):
            name = f"{dice.choice(NAMES)} {number}"
            writer.writerow((f"https://shop.example/{number}", name, _gtin(f"890{dice.randrange(10**9):09}")))
    look = ("--barcode", "ean13:{gtin}", "--shape", "rounded", "--eyes", "circle", "--dark", "#1b3a6b")
    more = ("--static", "--jobs", options.jobs, *look)
    out = folder / "mixed.pdf"
    cost = _run(_command(source, out, *more), program.environment())
    _tell_proof(cost, 2 * options.mixed)
    say(f"  {cost.cpu_s:.1f} s CPU, {out.stat().st_size / 1e6:.2f} MB, {cost.peak_mb:.0f} MB in memory")


def measure_photos(program: Program, folder: Path, photos: int) -> None:
    say(f"{photos:,} labels with a photo of {PHOTO_PX[0] * PHOTO_PX[1] / 1e6:.1f} megapixels each")
    pictures_mb = sum(_photo(folder / f"photo{number}.jpg", number) for number in range(photos)) / 1e6
    peaks: list[float] = []
    for number in (photos // 5, photos):
        source, out = folder / f"photos{number}.csv", folder / f"photos{number}.pdf"
        with source.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("target", "name", "photo"))
            writer.writerows(
                (f"https://shop.example/{each}", f"No. {each}", f"photo{each}.jpg") for each in range(number)
            )
        more = ("--static", "--no-verify", "--image", "{photo}", "--convert-rgb")
        cost = _run(_command(source, out, *more), program.environment())
        peaks.append(cost.peak_mb)
        say(
            f"  {number:4} photos: {cost.cpu_s:.1f} s CPU, {cost.peak_mb:.0f} MB in memory, "
            f"{out.stat().st_size / 1e6:.0f} MB"
        )
    say(f"  the photos themselves are {pictures_mb:.0f} MB of JPEG")
    growth_mb = peaks[1] - peaks[0]
    target(f"{growth_mb:+.0f} MB for five times the photos (at most {MOST_GROWTH_MB:g} more)",
           met=growth_mb <= MOST_GROWTH_MB)  # fmt: skip


def _spreadsheet(path: Path, rows: int) -> Path:
    dice = random.Random(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("target", "name"))
        for _ in range(rows):
            address = f"{TARGETS}/{''.join(dice.choices(string.ascii_letters + string.digits, k=7))}"
            writer.writerow((address, address.removeprefix("https://")))
    return path


def _gtin(digits: str) -> str:
    """With its check digit."""
    weighed = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def _photo(path: Path, number: int) -> int:
    """A picture with as much in it as a photo has, and its size in bytes."""
    width, height = PHOTO_PX
    dice = random.Random(number)
    coarse = Image.frombytes("RGB", (width // 8, height // 8), dice.randbytes(width // 8 * (height // 8) * 3))
    coarse.resize(PHOTO_PX, Image.Resampling.BICUBIC).save(path, quality=85)
    return path.stat().st_size


def _best(ways: dict[str, Callable[[Path], Result]], folder: Path, rounds: int) -> dict[str, Result]:
    """The cheapest run of each way; the rounds go over all ways in turn, so that each has its share of a busy hour."""
    found: dict[str, Result] = {}
    for _ in range(rounds):
        for number, (what, way) in enumerate(ways.items()):
            result = way(folder / f"way{number}.pdf")
            if what not in found or result.cpu_s < found[what].cpu_s:
                found[what] = Result(what, result.cpu_s, result.peak_mb, result.file)
    return found


def _timed(what: str, script: Sequence[object], out: Path, seconds: Callable[[str], float]) -> Result:
    """A script that says how much CPU its work took."""
    cost = _run([sys.executable, *map(str, script)], dict(os.environ))
    return Result(what, seconds(cost.said), cost.peak_mb, out)


def _both_seconds(said: str) -> float:
    return sum(float(each) for each in re.findall(r"(?:encode|write) ([0-9.]+) s", said))


def _printed(program: Program, rows: Path, out: Path, *more: str) -> Result:
    if not program.data.exists():
        program.run("workspace", "list")
    cost = _run(_command(rows, out, *more), program.environment())
    return Result("", cost.cpu_s, cost.peak_mb, out)


def _command(rows: Path, out: Path, *more: object) -> list[str]:
    words = ("print", "sheet", rows, "-o", out, *SHEET, "--text", "{name}", *more, "--json")
    return [*COMMAND, *map(str, words)]


def _run(command: Sequence[str], environment: dict[str, str]) -> Cost:
    """Runs a program to its end. Raises SystemExit when it fails."""
    before = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}. {said[:600]}")
    wall_s = time.monotonic() - before
    return Cost(used.ru_utime + used.ru_stime, wall_s, used.ru_maxrss * 1.024e-3, said)


def _tell_proof(cost: Cost, symbols: int) -> None:
    """What was read back, and what the second decoder took where it missed a code at first."""
    told: dict[str, Any] = json.loads(cost.said)["proof"]
    proof(f"{told['read']:,} of {symbols:,} symbols read by zxing-cpp", holds=told["read"] == symbols)
    say(f"  {told['by_zbar']:,} codes by zbar, too; {_retried(told['reread'])}")


def _retried(reread: Iterable[dict[str, Any]]) -> str:
    took = Counter(each["module_px"] for each in reread)
    if not took:
        return "none was missed at first"
    tries = (
        f"{number} in vain" if px is None else f"{number} with {px:g} pixels a module"
        for px, number in sorted(took.items(), key=lambda item: item[0] or 1e9)
    )
    return f"missed at first: {', '.join(tries)}"


if __name__ == "__main__":
    main()
