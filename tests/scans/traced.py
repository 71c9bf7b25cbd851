"""What a process really asked of the disk, as strace saw it: a judge that shares nothing with the journal."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import missing

CALLS = "write,pwrite64,fdatasync,fsync,ftruncate"
_LINE = re.compile(
    r"(?:(?P<at_s>[\d.]+) )?(?P<call>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>(?:, (?P<told>.*))?\) += (?P<result>-?\d+)"
    r"(?: (?P<fault>[A-Z]+))?.*?(?: <(?P<took_s>[\d.]+)>)?$"
)


@dataclass(frozen=True)
class Call:
    """One system call on one file; ``at_s`` is when it began, by the tracer's clock."""

    name: str
    path: Path
    told: str
    result: int
    at_s: float
    took_s: float

    @property
    def failed(self) -> bool:
        return self.result < 0


def strace(needs: Path, *options: str) -> list[str]:
    """The command that traces, to be followed by a command or ``-p``; skips the test where that is forbidden."""
    probe = ["strace", "-f", "-o", "/dev/null", "-e", "trace=none", "true"]
    try:
        done = subprocess.run(probe, capture_output=True, text=True, timeout=20, check=False)
    except FileNotFoundError:
        missing("strace (apt-get install strace)")
    else:
        if done.returncode:
            missing(f"permission to trace processes ({done.stderr.strip()[:80]})")
    return [
        "strace",
        "-f",
        "-ff",
        "-y",
        "-T",
        "-ttt",
        "-s",
        "64",
        "-o",
        str(needs),
        "-e",
        f"trace={CALLS}",
        *options,
    ]


def threads(log: Path) -> list[list[Call]]:
    """The calls of each thread, in order, from the files that `strace` named ``log.THREAD``."""
    return [list(_calls(path)) for path in sorted(log.parent.glob(f"{log.name}.*"))]


def _calls(path: Path) -> Iterator[Call]:
    for line in path.read_text(errors="replace").splitlines():
        found = _LINE.match(line)
        if found:
            yield Call(
                found["call"],
                Path(found["path"]),
                found["told"] or "",
                int(found["result"]),
                float(found["at_s"] or 0),
                float(found["took_s"] or 0),
            )


@dataclass
class Disk:
    """What would be left after a power cut: of each file as much as its last good sync promised.

    A file whose sync failed promises nothing more, whatever later syncs say.
    """

    written: dict[Path, int] = field(default_factory=lambda: defaultdict(int))
    safe: dict[Path, int] = field(default_factory=lambda: defaultdict(int))
    lost: set[Path] = field(default_factory=set[Path])
    synced_again: set[Path] = field(default_factory=set[Path])

    def see(self, call: Call) -> None:
        if call.name == "write" and not call.failed:
            self.written[call.path] += call.result
        elif call.name == "ftruncate" and not call.failed:
            self.written[call.path] = int(call.told)
        elif call.name in ("fdatasync", "fsync"):
            if call.path in self.lost:
                self.synced_again.add(call.path)
            elif call.failed:
                self.lost.add(call.path)
            else:
                self.safe[call.path] = self.written[call.path]


def unsynced_s(calls: Sequence[Call], suffix: str) -> list[tuple[float, float]]:
    """For each write: the time until the end of the first sync that began after it; without that of syncs.

    The second is what the program decides; how long a sync takes is the disk's affair.
    """
    ours = sorted((call for call in calls if call.path.suffix == suffix), key=lambda call: call.at_s)
    syncs = [(call.at_s, call.at_s + call.took_s, call.path) for call in ours if call.name == "fdatasync"]
    found: list[tuple[float, float]] = []
    for call in ours:
        if call.name != "write":
            continue
        end_s = next((end for begin, end, path in syncs if begin > call.at_s and path == call.path), None)
        if end_s is not None:  # none when the tracing ended before
            busy_s = sum(max(0.0, min(end, end_s) - max(begin, call.at_s)) for begin, end, _ in syncs)
            found.append((end_s - call.at_s, end_s - call.at_s - busy_s))
    return found
