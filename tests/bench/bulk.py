"""What a spreadsheet of codes costs, against segno making the same symbols; and what a kill in the middle leaves.

`scanly qr bulk` makes links, draws SVG files, reads each of them back and writes its report; segno only makes the
symbols, in memory. CPU seconds of all processes; segno is measured on an even sample, half of it before and half
after. Then a run is killed at random moments and resumed: no link may be there twice, every file must read as its
row says, results and manifest must name each once. The figure to be quoted is that of `--rows 10000`, which takes
longer than is usual here; `--rows 100000 --zip` proves that memory stays where it is, and `--pdf` the same of a PDF.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import random
import resource
import signal
import sqlite3
import subprocess
import time
import zipfile
from pathlib import Path

import psutil
import segno
from rig.program import Program, fresh_folder
from rig.telling import machine, proof, say, table, target

from scanly.core.errors import Invalid
from scanly.qr.proof import confirm

BASE_URL = "https://go.example.com"
TARGET_RATIO, TARGET_MB = 3.0, 200.0
LOOK_EVERY_S = 0.02


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=8_000)
    asked.add_argument("--sample", type=int, default=600, help="symbols that segno makes")
    asked.add_argument("--kill-rows", type=int, default=800, help="rows of the run that is killed")
    asked.add_argument("--kills", type=int, default=3)
    one_file = asked.add_mutually_exclusive_group()
    one_file.add_argument(
        "--zip", dest="suffix", action="store_const", const=".zip", help="into one ZIP file"
    )
    one_file.add_argument(
        "--pdf", dest="suffix", action="store_const", const=".pdf", help="into one PDF file"
    )
    asked.add_argument("--seed", type=int, default=time.time_ns() % 10_000)
    options = asked.parse_args()
    machine()
    with fresh_folder() as folder:
        (folder / "whole").mkdir()
        (folder / "killed").mkdir()
        measure_cost(folder / "whole", options.rows, options.sample, options.suffix or "")
        prove_resume(folder / "killed", options.kill_rows, options.kills, random.Random(options.seed))
        say(f"  (moments of the kills: --seed {options.seed})")


def measure_cost(folder: Path, rows: int, sample: int, suffix: str) -> None:
    program, out = Program(folder / "data"), folder / f"out{suffix}"
    source = _spreadsheet(folder / "rows.csv", rows)
    program.run("workspace", "list")  # makes the databases, which a user has by then
    # The same length and alphabet as the short addresses to come.
    guessed = [f"{BASE_URL}/{random.Random(row).randrange(16**7):07x}" for row in range(sample // 2)]
    before_s = _segno_s(guessed)
    cpu_s, largest_mb, all_mb = _measured(program, source, out)
    made = [row["short_url"] for row in _table(out, "results.csv")]
    proof(f"{rows:,} rows became codes", holds=len(made) == rows and all(made))
    listed = [row["content"] for row in _table(out, "manifest.csv")]
    proof("the manifest has a line for each, in their order", holds=listed == made)
    after_s = _segno_s(made[:: max(1, rows // (sample // 2))][: sample // 2])
    theirs_ms = (before_s + after_s) / (sample // 2 * 2) * 1e3
    ours_ms = cpu_s / rows * 1e3
    cells = [
        ("segno, symbols alone", f"{theirs_ms:.2f}", f"{theirs_ms * rows / 1e3:.1f}"),
        ("scanly qr bulk", f"{ours_ms:.2f}", f"{cpu_s:.1f}"),
    ]
    table((f"{rows:,} rows", "CPU ms/row", "CPU s"), cells)
    ratio = ours_ms / theirs_ms
    target(f"{ratio:.2f} times the CPU of segno (at most {TARGET_RATIO:g})", met=ratio <= TARGET_RATIO)
    peaks = f"{largest_mb:.0f} MB in the largest process, {all_mb:.0f} MB in all"
    target(f"{peaks} (below {TARGET_MB:g})", met=all_mb < TARGET_MB)


def _spreadsheet(path: Path, rows: int) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("target", "title"))
        writer.writerows(
            (f"https://shop.example/item/{row}?shelf={row % 40}", f"Item {row}") for row in range(rows)
        )
    return path


def _segno_s(addresses: list[str]) -> float:
    before = time.process_time()
    for address in addresses:
        segno.make(address, error="m", micro=False)
    return time.process_time() - before


def _start(program: Program, source: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    return program.start("qr", "bulk", source, "-o", out, "--base-url", BASE_URL, "--quiet", *more)


def _measured(program: Program, source: Path, out: Path) -> tuple[float, float, float]:
    """CPU seconds of the whole run, and the peaks in MB of its largest process and of the sum of all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = _start(program, source, out)
    largest_mb = all_mb = 0.0
    while process.poll() is None:
        peaks = _peaks_mb(process.pid)
        largest_mb, all_mb = max(largest_mb, *peaks), max(all_mb, sum(peaks))
        time.sleep(LOOK_EVERY_S)
    _, words = process.communicate()
    if process.returncode:
        raise SystemExit(f"The run ended with {process.returncode}. {words or ''}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, largest_mb, all_mb


def _peaks_mb(pid: int) -> list[float]:
    """The most memory that each living process of a run has had so far, as the kernel remembers it."""
    peaks = [0.0]
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            lines = [line.split() for line in status.splitlines() if line.startswith("VmHWM:")]
            peaks += [int(line[1]) * 1.024e-3 for line in lines]
    except (psutil.NoSuchProcess, OSError):
        pass  # it has just ended
    return peaks


def _table(out: Path, name: str) -> list[dict[str, str]]:
    """The lines of results or manifest, wherever they are."""
    if out.suffix == ".zip":
        with zipfile.ZipFile(out) as archive:
            text = archive.read(name).decode()
    else:
        path = out.with_suffix(f".{name}") if out.suffix == ".pdf" else out / name
        text = path.read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def prove_resume(folder: Path, rows: int, kills: int, dice: random.Random) -> None:
    program, out = Program(folder / "data"), folder / "out"
    source = _spreadsheet(folder / "rows.csv", rows)
    moments = sorted(dice.randrange(rows // 50, rows) for _ in range(kills))
    killed = sum(_killed_at(program, source, out, files=moment) for moment in moments)
    proof(
        f"killed {killed} times, when {', '.join(map(str, moments))} files were there", holds=killed == kills
    )
    resumed = _start(program, source, out, "--resume")
    resumed.communicate()
    proof("the last resumed run ended well", holds=resumed.returncode == 0)
    made = _table(out, "results.csv")
    lines = {row["line"] for row in made}
    proof(f"each of {rows:,} rows is in the report once", holds=len(made) == len(lines) == rows)
    database = sqlite3.connect(program.data / "scanly.db")
    (links,) = database.execute("SELECT count(*) FROM links").fetchone()
    database.close()
    codes = {row["code"] for row in made}
    proof(f"{links:,} links for {rows:,} rows: none twice", holds=links == len(codes) == rows)
    files = list(out.glob("*.svg"))
    wrong = [row["files"] for row in made if not _reads_as(out / row["files"], row["short_url"])]
    proof(f"{len(files):,} files, each reads as its row says", holds=len(files) == rows and not wrong)
    listed = [(line["line"], line["file"], line["sha256"]) for line in _table(out, "manifest.csv")]
    true = [(row["line"], row["files"], _sha256(out / row["files"])) for row in made]
    proof("the manifest names each of them once, with its hash", holds=listed == true)


def _killed_at(program: Program, source: Path, out: Path, files: int) -> bool:
    """Whether the run lived long enough to be killed when there were so many files."""
    process = _start(program, source, out, "--resume")
    while process.poll() is None and len(list(out.glob("*.svg"))) < files:
        time.sleep(LOOK_EVERY_S)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _reads_as(file: Path, content: str) -> bool:
    try:
        confirm(file.read_bytes(), "svg", content)
    except (OSError, Invalid):
        return False
    return True


if __name__ == "__main__":
    main()
