"""What it costs to start: help in CPU time, a server until it answers, and the memory of one that rests.

CPU seconds, because they do not depend on who else uses the machine. Memory is told twice: RSS counts what
processes share in each of them, PSS shares it out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import psutil
from rig.program import COMMAND, Program, Server, fresh_folder
from rig.telling import machine, proof, say, table, target

TARGET_HELP_MS, TARGET_READY_S = 150.0, 1.5
TARGET_WORKER_MB, TARGET_ALL_MB = 110.0, 180.0
REST_S = 5.0
# What help has no use for; each of them costs more than all that help needs.
ABSENT_FROM_HELP = frozenset({
    "alembic", "asyncio", "asyncpg", "crawleruseragents", "jinja2", "litestar", "pil", "pypdfium2", "re2", "resvg_py",
    "segno", "sqlalchemy", "sqlite3", "sqlite_utils", "uvicorn", "uvloop", "zxingcpp",
})  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=20, help="how often help is asked for")
    options = asked.parse_args()
    machine()
    with fresh_folder() as folder:
        program = Program(folder / "data")
        measure_help(program, options.times)
        measure_server(program)


def measure_help(program: Program, times: int) -> None:
    command = [*COMMAND, "--help"]
    bare_ms = median(_cpu_ms([COMMAND[0], "-c", "pass"], program.environment()) for _ in range(times))
    help_ms = median(_cpu_ms(command, program.environment()) for _ in range(times))
    loaded = _modules(program)
    say(
        f"  scanly --help: {help_ms:.0f} ms of CPU, of which Python itself {bare_ms:.0f}; {len(loaded)} modules"
    )
    target(f"help in {help_ms:.0f} ms (below {TARGET_HELP_MS:g})", met=help_ms < TARGET_HELP_MS)
    needless = sorted({name.partition(".")[0].lower() for name in loaded} & ABSENT_FROM_HELP)
    proof(f"help loads none of what it does not need {needless or ''}".rstrip(), holds=not needless)


def _cpu_ms(command: list[str], environment: Mapping[str, str]) -> float:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed.")
    return (used.ru_utime + used.ru_stime) * 1e3


def _modules(program: Program) -> set[str]:
    command = [COMMAND[0], "-X", "importtime", *COMMAND[1:], "--help"]
    done = subprocess.run(command, env=program.environment(), capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line}


def measure_server(program: Program) -> None:
    with program.serve() as server:
        first_s = server.ready_cpu_s
    again: list[float] = []
    for _ in range(2):
        with program.serve() as server:
            again.append(server.ready_cpu_s)
    with program.serve() as server:
        again.append(server.ready_cpu_s)
        time.sleep(REST_S)
        memory = _memory(server)
    ready_s = median(again)
    say(f"  scanly serve: ready after {first_s:.2f} s of CPU in a new folder, {ready_s:.2f} s in a known one")
    worst_s = max(first_s, ready_s)
    target(f"ready in {worst_s:.2f} s of CPU (below {TARGET_READY_S:g})", met=worst_s < TARGET_READY_S)
    rows = [(name, f"{rss:.0f}", f"{pss:.0f}") for name, (rss, pss) in memory.items()]
    all_rss, all_pss = (sum(each[kind] for each in memory.values()) for kind in (0, 1))
    table(("at rest", "RSS MB", "PSS MB"), [*rows, ("all", f"{all_rss:.0f}", f"{all_pss:.0f}")])
    worker_mb = memory["worker"][0]
    target(f"worker {worker_mb:.0f} MB (below {TARGET_WORKER_MB:g})", met=worker_mb < TARGET_WORKER_MB)
    target(f"all {all_rss:.0f} MB of RSS (below {TARGET_ALL_MB:g})", met=all_rss < TARGET_ALL_MB)


def _memory(server: Server) -> dict[str, tuple[float, float]]:
    """RSS and PSS of each process, in MB."""
    return {name: _rss_and_pss(process) for name, process in server.parts().items()}


def _rss_and_pss(process: psutil.Process) -> tuple[float, float]:
    lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    kilobytes = {line.partition(":")[0]: int(line.split()[1]) for line in lines}
    return kilobytes["Rss"] * 1.024e-3, kilobytes["Pss"] * 1.024e-3


if __name__ == "__main__":
    main()
