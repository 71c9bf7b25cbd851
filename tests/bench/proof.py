"""What it costs to prove a finished file: quick, standard and thorough, for each format, in CPU time a code.

A short address at level M (version 3) and at level H (version 4), drawn as the command line draws them. The
figure is that of the fastest of several rounds, because others use the machine, too.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from rig.telling import machine, proof, say, table, target

from scanly.qr.drawing import draw
from scanly.qr.encoding import encode
from scanly.qr.proof import confirm, verify
from scanly.qr.proof.decoders import installed_decoders
from scanly.qr.style import Style

CONTENT = "https://go.example.com/AbC1234"
TARGET_STANDARD_MS = 15.0
FORMATS = ("svg", "png", "pdf")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=20, help="proofs in each round")
    asked.add_argument("--rounds", type=int, default=8)
    options = asked.parse_args()
    machine()
    say(f"  decoders: {', '.join(installed_decoders())}")
    rows: list[tuple[str, ...]] = []
    standard_ms: list[float] = []
    for level in ("M", "H"):
        symbol = encode(CONTENT, level=level, boost=False)
        width_modules = symbol.modules + 8
        for format_ in FORMATS:
            file = draw(symbol, Style(), format_)
            found = verify(file, format_, CONTENT, width_modules=width_modules)
            proof(f"{symbol.name} as {format_} gets grade {found.grade}", holds=found.grade == "A")
            costs = [
                _fastest_ms(act, options.times, options.rounds)
                for act in (
                    lambda file=file, format_=format_: confirm(file, format_, CONTENT),
                    *(
                        lambda file=file, format_=format_, strength=strength, width=width_modules: verify(
                            file, format_, CONTENT, strength=strength, width_modules=width
                        )
                        for strength in ("quick", "standard", "thorough")
                    ),
                )
            ]
            standard_ms.append(costs[2])
            rows.append((f"{symbol.name} {format_}", *(f"{cost:.1f}" for cost in costs)))
    table(("CPU ms a file", "confirm", "quick", "standard", "thorough"), rows)
    worst = max(standard_ms)
    target(
        f"a standard proof in {worst:.1f} ms (at most {TARGET_STANDARD_MS:g})",
        met=worst <= TARGET_STANDARD_MS,
    )


def _fastest_ms(act: Callable[[], object], times: int, rounds: int) -> float:
    act()
    return min(_mean_ms(act, times) for _ in range(rounds))


def _mean_ms(act: Callable[[], object], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - started) / times * 1000


if __name__ == "__main__":
    main()
