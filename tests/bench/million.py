"""A million links: how soon a server answers, how much memory it takes, and whether redirects stay as fast.

The links are written straight into the database, as an import would. wrk asks for codes drawn from all of them,
most of them rarely (Zipf), then for codes drawn evenly, which hardly any cache helps; the reference is the same
server with a thousand links.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import time
from pathlib import Path
from statistics import median

import psutil
from rig.program import PHONE, Program, Server, fresh_folder
from rig.telling import machine, proof, require, say, table, target

CONNECTIONS = 64
SERVER_CORE, CLIENT_CORE = 0, 1
FEW, MANY = 1_000, 1_000_000
DRAWN = 50_000
START_S, MEMORY_MB, MOST_LOST = 5.0, 180.0, 0.25
TARGET = "https://example.com/landing/spring?utm_source=qr&utm_campaign=poster-%d"
SCRIPT = """
local codes = {{}}
for line in io.lines("{codes}") do codes[#codes + 1] = line end
local at = 0
request = function()
  at = at % #codes + 1
  return wrk.format("GET", "/" .. codes[at])
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\n[%d, %d, %d, %d]\\n', summary.requests, summary.duration, latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--links", type=int, default=MANY)
    asked.add_argument("--rounds", type=int, default=4)
    options = asked.parse_args()
    require("wrk", "util-linux")
    machine()
    with fresh_folder() as folder:
        few = prepared(folder / "few", FEW)
        many = prepared(folder / "many", options.links)
        drawn = {
            "few": codes_file(folder / "few.txt", FEW, zipf=True),
            "usual": codes_file(folder / "usual.txt", options.links, zipf=True),
            "evenly": codes_file(folder / "evenly.txt", options.links, zipf=False),
        }
        with few.serve(core=SERVER_CORE) as small:
            began = time.monotonic()
            with many.serve(core=SERVER_CORE) as large:
                started_s = time.monotonic() - began
                idle_mb = memory_mb(large)
                measured: dict[str, list[float]] = {name: [] for name in drawn}
                for _ in range(options.rounds):
                    for name, codes in drawn.items():
                        measured[name].append(asked_for(small if name == "few" else large, folder, codes))
                busy_mb = memory_mb(large)
    tell(options.links, started_s, (idle_mb, busy_mb), measured)


def prepared(data: Path, number: int) -> Program:
    """A data folder with so many links of one workspace."""
    program = Program(data)
    program.run("link", "add", TARGET % 0, "--code", "code-0")
    began = time.monotonic()
    with sqlite3.connect(data / "scanly.db") as database:
        database.execute("PRAGMA synchronous = OFF")
        names = [row[1] for row in database.execute("PRAGMA table_info(links)")]
        columns = ", ".join(name for name in names if name not in ("id", "code", "target", "origin"))
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?) "
            f"INSERT INTO links (id, code, target, {columns}) "
            f"SELECT id + i * 7919, 'code-' || i, ? || i, {columns} FROM links, n WHERE code = 'code-0'",
            (number, TARGET.removesuffix("%d")),
        )
    database.close()
    say(f"  {number:,} links written in {time.monotonic() - began:.1f} s.")
    return program


def codes_file(path: Path, number: int, *, zipf: bool) -> Path:
    draw = random.Random(7)
    weights = [1 / (rank + 1) ** 1.05 for rank in range(number)] if zipf else None
    chosen = draw.choices(range(number), weights, k=DRAWN)
    path.write_text("".join(f"code-{each}\n" for each in chosen), encoding="utf-8")
    return path


def asked_for(server: Server, folder: Path, codes: Path) -> float:
    """Answers per second."""
    script = folder / f"{codes.stem}.lua"
    script.write_text(SCRIPT.format(codes=codes), encoding="utf-8")
    command = ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", "-d3s", "-s", str(script)]
    url = f"http://127.0.0.1:{server.port}/"
    done = subprocess.run(
        [*command, "-H", f"User-Agent: {PHONE}", url], capture_output=True, text=True, check=True
    )
    answered, duration_us, _, failed = json.loads(done.stdout.splitlines()[-1])
    proof(f"{codes.stem}: {answered:,} requests, each answered with a redirect", holds=not failed)
    time.sleep(1.5)  # so that counting is over
    return answered / duration_us * 1e6


def memory_mb(server: Server) -> float:
    """What the worker holds for itself."""
    return psutil.Process(server.parts()["worker"].pid).memory_full_info().uss / 1e6


def tell(links: int, started_s: float, memory: tuple[float, float], measured: dict[str, list[float]]) -> None:
    few = median(measured["few"])
    rows = [
        (name, f"{median(values):,.0f}", f"{median(values) / few:.2f}") for name, values in measured.items()
    ]
    table(("codes drawn", "req/s", "x few links"), rows)
    lost = 1 - median(measured["usual"]) / few
    target(f"answers {started_s:.1f} s after its start (at most {START_S:g})", met=started_s <= START_S)
    said = f"the worker holds {memory[0]:.0f} MB, {memory[1]:.0f} MB after the load (at most {MEMORY_MB:g})"
    target(f"with {links:,} links {said}", met=max(memory) <= MEMORY_MB)
    target(
        f"redirects are {max(lost, 0):.0%} slower than with few links (at most {MOST_LOST:.0%})",
        met=lost <= MOST_LOST,
    )


if __name__ == "__main__":
    main()
