"""How a measurement is told: tables, targets that are met or missed, and proofs without which it fails.

A missed target is news about speed and leaves the exit status alone, because a busy machine misses some too; a
proof that does not hold is a defect and ends the script with status 1.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Sequence


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def machine() -> None:
    """What the figures were taken on; with a load beyond the number of cores, read only the ratios."""
    load = os.getloadavg()[0]
    say(f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}, {platform.release()}")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they need; the first to the left, numbers to the right."""
    lines = [tuple(columns), *(tuple(row) for row in rows)]
    widths = [max(len(cell) for cell in cells) for cells in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        say("  ".join((f"  {first.ljust(widths[0])}", *cells)).rstrip())


def target(sentence: str, *, met: bool) -> None:
    say(f"  {'met' if met else 'MISSED':6}  {sentence}")


def proof(sentence: str, *, holds: bool) -> None:
    """Raises SystemExit when it does not hold."""
    say(f"  {'true' if holds else 'FALSE':6}  {sentence}")
    if not holds:
        raise SystemExit(1)


def require(*programs: str) -> None:
    """Ends the script with what to install when one is missing. Names are those of Debian's packages."""
    commands = {"nginx-light": "nginx", "util-linux": "taskset", "default-jre-headless": "java"}
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [name for name in programs if not shutil.which(commands.get(name, name), path=path)]
    if missing:
        say(f"This measurement needs {' and '.join(missing)}: apt-get install {' '.join(missing)}")
        raise SystemExit(1)
