"""What a file costs, from the text of a short address to its name in a folder: ours, and those of zint and segno.

CPU time, user and system, of whole runs into fresh folders of one file system, in memory where there is room, because
a busy disk costs more than any of them. The makers take their turns on the same addresses at the same level with the
same quiet zone; the best of the rounds counts, as it was disturbed the least. zint is C and starts once for all codes;
ours is timed in a process that has the library loaded, and once more as `scanly qr bulk` with its start, its database
and its report, unproved: `proof.py` tells what a proof costs. segno takes a sample. The figures to be quoted are those
of `--codes 10000`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import string
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import segno
from rig.program import Program, fresh_folder
from rig.telling import machine, proof, require, say, table, target

from scanly.codes.render import Drawing, render
from scanly.qr.drawing import artwork_of, make_symbol, write
from scanly.qr.payloads import FREE
from scanly.qr.proof import read
from scanly.qr.style import Style
from scanly.qr.symbol import LEVELS, Level

PREFIX, ALPHABET = "https://go.example.com/", string.ascii_letters + string.digits
MOST_OF_ZINT, MOST_OF_PLAIN, MOST_FOR_PNG = 1.3, 3.0, 2.0
SEGNO_SHARE, READ_BACK = 20, 5
QR_CODE = "58"
MEMORY, ROOM_BYTES = Path("/dev/shm"), 64_000
FORMATS = (".svg", ".png", ".pdf")

# Writes a file for each text into a folder that is there and empty; their names are the texts' numbers.
Maker = Callable[[Sequence[str], Path], None]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--codes", type=int, default=2_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    require("zint")
    machine()
    dice = random.Random(options.seed)
    texts = [PREFIX + "".join(dice.choices(ALPHABET, k=7)) for _ in range(options.codes)]
    with fresh_folder(beneath=in_memory(options.codes)) as folder:
        say(f"  into {folder.parent}")
        Program(folder / "data").run("workspace", "list")  # makes the databases, which a user has by then
        for level in ("M", "H"):
            compare(texts, level, options.rounds, folder)


def in_memory(codes: int) -> Path | None:
    """A file system in memory that has room for so many files."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > codes * ROOM_BYTES
    return MEMORY if roomy else None


def compare(texts: Sequence[str], level: Level, rounds: int, folder: Path) -> None:
    costs_us, symbol = best_us(makers(level, folder / "data"), texts, rounds, folder)
    zint_us, plain_us, rounded_us, dots_us, png_us, *_ = costs_us.values()
    rows = [
        (who, f"{us:,.0f}", f"{us / zint_us:.2f}", f"{us / plain_us:.2f}") for who, us in costs_us.items()
    ]
    table((f"{len(texts):,} files, {symbol}", "CPU µs", "to zint", "to plain"), rows)
    told = (
        ("plain SVG in {:.2f} times the CPU of zint", plain_us / zint_us, MOST_OF_ZINT),
        ("styled SVG in {:.2f} times that of plain SVG", max(rounded_us, dots_us) / plain_us, MOST_OF_PLAIN),
        ("PNG in {:.2f} times that of plain SVG", png_us / plain_us, MOST_FOR_PNG),
    )
    for sentence, ratio, most in told:
        target(f"{sentence.format(ratio)} (at most {most:g})", met=ratio <= most)


def makers(level: Level, data: Path) -> Mapping[str, Maker]:
    plain = Style(level=level, boost=False)
    rounded = Style(
        level=level,
        boost=False,
        module_shape="rounded",
        eye_shape="rounded",
        pupil_shape="rounded",
        dark="linear(45, #003366, #663399)",
    )
    dots = Style(level=level, boost=False, module_shape="dots")
    return {
        "zint --batch, SVG": partial(by_zint, level),
        "plain SVG": partial(by_library, plain, "svg"),
        "rounded, gradient, SVG": partial(by_library, rounded, "svg"),
        "dots, SVG": partial(by_library, dots, "svg"),
        "plain PNG, 300 dpi": partial(by_library, plain, "png"),
        "plain PDF": partial(by_library, plain, "pdf"),
        "plain SVG, whole or not there": partial(by_renderer, plain),
        "plain SVG, scanly qr bulk": partial(by_bulk, level, Program(data)),
        f"segno, SVG, every {SEGNO_SHARE}th": partial(by_segno, level),
    }


def by_zint(level: Level, texts: Sequence[str], folder: Path) -> None:
    source = folder / "texts.txt"
    source.write_text("".join([f"{text}\n" for text in texts]), encoding="utf-8")
    kind = ("--barcode", QR_CODE, "--secure", str(LEVELS.index(level) + 1), "--quietzones")
    places = ("--filetype", "SVG", "--input", str(source), "--output", str(folder / "~~~~~.svg"))
    subprocess.run(("zint", "--batch", *kind, *places), check=True)


def by_library(style: Style, format_: str, texts: Sequence[str], folder: Path) -> None:
    for number, text in enumerate(texts, 1):
        file = write(artwork_of(make_symbol(text, style), style), format_)
        (folder / f"{number:05}.{format_}").write_bytes(file)


def by_renderer(style: Style, texts: Sequence[str], folder: Path) -> None:
    """As `scanly qr bulk` does, in this process: written beside, renamed, hashed."""
    for number, text in enumerate(texts, 1):
        render(Drawing(text, style, FREE, ("svg",), folder, f"{number:05}", verify=False))


def by_bulk(level: Level, program: Program, texts: Sequence[str], folder: Path) -> None:
    source = folder / "texts.csv"
    lines = [f"{number:05},{text}\n" for number, text in enumerate(texts, 1)]
    source.write_text("".join(("name,target\n", *lines)), encoding="utf-8")
    look = ("--ecc", level, "--look", "boost=false")
    program.run("qr", "bulk", source, "-o", folder, "--static", "--no-verify", *look)


def by_segno(level: Level, texts: Sequence[str], folder: Path) -> None:
    for number in range(1, len(texts) + 1, SEGNO_SHARE):
        symbol = segno.make_qr(texts[number - 1], error=level, boost_error=False, mode="byte")
        symbol.save(str(folder / f"{number:05}.svg"))


def best_us(
    all_makers: Mapping[str, Maker], texts: Sequence[str], rounds: int, folder: Path
) -> tuple[dict[str, float], str]:
    """CPU microseconds a file in each maker's best round, and the symbol that all of them made."""
    best = dict.fromkeys(all_makers, float("inf"))
    symbols: set[str] = set()
    faults: list[str] = []
    for turn in range(rounds):
        for name, make in all_makers.items():
            out = folder / f"files-{turn}"
            out.mkdir()
            before_s = spent_s()
            make(texts, out)
            cost_s = spent_s() - before_s
            made = sorted(path for path in out.iterdir() if path.suffix in FORMATS)
            best[name] = min(best[name], cost_s / len(made) * 1e6)
            faults += [name] * (len(made) != (len(texts[::SEGNO_SHARE]) if "segno" in name else len(texts)))
            for path in made[:: max(1, len(made) // READ_BACK)]:
                (found,) = read(path.read_bytes(), path.suffix[1:], strength="quick")
                faults += [f"{name}, {path.name}"] * (found.content != texts[int(path.stem) - 1])
                symbols.add(found.symbol)
            shutil.rmtree(out)
    proof(f"each made all files, and some of each read as they should {faults or ''}", holds=not faults)
    proof(f"the symbols are all {' and '.join(symbols)}", holds=len(symbols) == 1)
    return best, symbols.pop()


def spent_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


if __name__ == "__main__":
    main()
