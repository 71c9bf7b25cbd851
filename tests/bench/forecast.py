"""How near forecasts come beside three plainer ways, on days not shown to them; how often chance is taken for news.

Each way forecasts 7 or 14 days from several past days, from what came before them alone. Series are negative binomial,
of several sorts; ``--csv`` takes series of your own, a date and a number a line, with a name before them if there are
several. An error is told over that of the same weekday a week before, so below 1 is better than the plainest guess.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean

from rig.telling import machine, say, table, target

from scanly.analytics.rhythm.anomaly import unusual_days
from scanly.analytics.rhythm.forecast import SHARES, forecast
from scanly.analytics.rhythm.rhythm import WEEK_DAYS, follow

SHOP = (0.8, 0.7, 0.8, 0.9, 1.3, 1.6, 0.9)
CLOSED = (1.1, 1.0, 1.1, 1.2, 1.4, 1.2, 0.0)
HISTORY_DAYS, MOST_AHEAD = 112, 14
# Level, dispersion, week, growth a week, and the deviation of a day's step of the level.
FAMILIES: Mapping[str, tuple[float, float, Sequence[float], float, float]] = {
    "2 a day": (2, 0.05, SHOP, 1.0, 0.0),
    "20 a day": (20, 0.05, SHOP, 1.0, 0.0),
    "20 a day, Poisson": (20, 0.0, SHOP, 1.0, 0.0),
    "20 a day, in bursts": (20, 0.4, SHOP, 1.0, 0.0),
    "20 a day, closed on Sunday": (20, 0.05, CLOSED, 1.0, 0.0),
    "200 a day": (200, 0.03, SHOP, 1.0, 0.0),
    "growing 2 % a week": (20, 0.05, SHOP, 1.02, 0.0),
    "growing 10 % a week": (10, 0.05, SHOP, 1.1, 0.0),
    "falling 10 % a week": (80, 0.05, SHOP, 0.9, 0.0),
    "wandering 3 % a day": (30, 0.05, SHOP, 1.0, 0.03),
}
MOST_FALSE_STEADY, MOST_FALSE, LEAST_INSIDE = 0.05, 0.10, 0.75

Way = Callable[[int, Sequence[int], int], list[float]]


def by_rhythm(first_weekday: int, seen: Sequence[int], ahead: int) -> list[float]:
    known = follow(first_weekday, seen)[-1]
    return [known.expect((first_weekday + len(seen) + day) % 7, day + 1).mean for day in range(ahead)]


def by_last_week(_: int, seen: Sequence[int], ahead: int) -> list[float]:
    return [float(seen[-WEEK_DAYS + day % WEEK_DAYS]) for day in range(ahead)]


def by_four_weeks(_: int, seen: Sequence[int], ahead: int) -> list[float]:
    """The mean of the same weekday of four weeks."""
    return [fmean(seen[-WEEK_DAYS * week + day % WEEK_DAYS] for week in range(1, 5)) for day in range(ahead)]


def by_holt_winters(_: int, seen: Sequence[int], ahead: int) -> list[float]:
    """Additive, with a damped trend, at the smoothing that met the days seen best."""
    choices = [
        (level, trend, season)
        for level in (0.05, 0.15, 0.3)
        for trend in (0.0, 0.05)
        for season in (0.05, 0.2)
    ]
    runs = [_smoothed(seen, ahead, choice) for choice in choices]
    return min(runs, key=lambda run: run[0])[1]


def _smoothed(
    seen: Sequence[int], ahead: int, rates: tuple[float, float, float]
) -> tuple[float, list[float]]:
    of_level, of_trend, of_season = rates
    level, trend, damping, errors = fmean(seen[:14]), 0.0, 0.95, 0.0
    season = [(seen[day] + seen[day + 7]) / 2 - level for day in range(7)]
    for day, count in enumerate(seen):
        expected = level + damping * trend + season[day % 7]
        errors += (count - expected) ** 2 if day >= 14 else 0.0
        before, level = (
            level,
            of_level * (count - season[day % 7]) + (1 - of_level) * (level + damping * trend),
        )
        trend = of_trend * (level - before) + (1 - of_trend) * damping * trend
        season[day % 7] = of_season * (count - level) + (1 - of_season) * season[day % 7]
    grown = [trend * sum(damping ** (step + 1) for step in range(day + 1)) for day in range(ahead)]
    return errors, [max(0.0, level + grown[day] + season[(len(seen) + day) % 7]) for day in range(ahead)]


WAYS: Mapping[str, Way] = {
    "rhythm": by_rhythm,
    "last week": by_last_week,
    "four weeks": by_four_weeks,
    "Holt-Winters": by_holt_winters,
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--series", type=int, default=12)
    asked.add_argument("--months", type=int, default=200, help="calm months of each sort that are looked at")
    asked.add_argument("--csv", type=Path)
    given = asked.parse_args()
    machine()
    if given.csv:
        errors({name: [(weekday, days)] for name, weekday, days in read(given.csv)})
        return
    errors({name: [(0, made(name, 182, seed)) for seed in range(given.series)] for name in FAMILIES})
    alarms(given.months)


def errors(families: Mapping[str, Sequence[tuple[int, Sequence[int]]]]) -> None:
    say("\nErrors over those of the week before, and shares of days inside of the bands of 80 and 95 of 100")
    rows, beaten, inside = [], [], []
    for name, some in families.items():
        sums = dict.fromkeys(WAYS, 0.0)
        held: dict[float, list[bool]] = {share: [] for share in SHARES}
        for weekday, days in some:
            for at in range(HISTORY_DAYS, len(days) - MOST_AHEAD + 1, WEEK_DAYS):
                seen, came = days[at - HISTORY_DAYS : at], days[at : at + MOST_AHEAD]
                first = (weekday + at - HISTORY_DAYS) % WEEK_DAYS
                for way, guess in WAYS.items():
                    sums[way] += sum(
                        abs(a - b) for a, b in zip(guess(first, seen, MOST_AHEAD), came, strict=True)
                    )
                found = forecast(first, seen, MOST_AHEAD)
                for band, count in zip(found.days if found else (), came, strict=False):
                    held[0.8].append(band.low_80 <= count <= band.high_80)
                    held[0.95].append(band.low_95 <= count <= band.high_95)
        ratios = {way: sums[way] / (sums["last week"] or 1.0) for way in WAYS}
        shares = [fmean(held[share]) if held[share] else 0.0 for share in SHARES]
        rows.append(
            (name[:36], *(f"{ratio:.2f}" for ratio in ratios.values()), *(f"{share:.2f}" for share in shares))
        )
        beaten.append(ratios["rhythm"] < 1)
        inside.append(shares[0] >= LEAST_INSIDE)
    table(("series", *WAYS, "in 80", "in 95"), rows)
    target(f"nearer than the week before on {sum(beaten)} of {len(beaten)}", met=all(beaten))
    target(
        f"at least {LEAST_INSIDE} inside of the band of 80 on {sum(inside)} of {len(inside)}", met=all(inside)
    )


def alarms(months: int) -> None:
    say("\nCalm months in which some day is called unusual; changed days (times 2, 0.3, 0) that are noticed")
    rows, false = [], {}
    for name in FAMILIES:
        calm = [made(name, HISTORY_DAYS, 1_000 + seed) for seed in range(months)]
        false[name] = fmean(bool(unusual_days(0, days, 82)) for days in calm)
        noticed = [f"{fmean(_noticed(days, times) for days in calm[:100]):.2f}" for times in (2, 0.3, 0)]
        rows.append((name, f"{false[name]:.3f}", *noticed))
    table(("series", "false", "x 2", "x 0.3", "x 0"), rows)
    target(
        f"false in at most {MOST_FALSE_STEADY} of all months", met=fmean(false.values()) <= MOST_FALSE_STEADY
    )
    target(f"false in at most {MOST_FALSE} of any sort", met=max(false.values()) <= MOST_FALSE)


def _noticed(days: Sequence[int], times: float) -> bool:
    changed = [*days[:100], round(days[100] * times), *days[101:]]
    return any(found.number == 100 for found in unusual_days(0, changed, 82))


def made(name: str, days: int, seed: int) -> list[int]:
    level, dispersion, week, growth, step = FAMILIES[name]
    dice = random.Random(f"{name} {seed}")
    found: list[int] = []
    for day in range(days):
        mean = level * week[day % 7]
        rate = dice.gammavariate(1 / dispersion, dispersion * mean) if dispersion and mean else mean
        count, passed = 0, dice.expovariate(1)
        while passed < rate:
            count, passed = count + 1, passed + dice.expovariate(1)
        found.append(count)
        level *= growth ** (1 / 7) * (1 + dice.gauss(0, step) if step else 1)
    return found


def read(path: Path) -> Iterator[tuple[str, int, list[int]]]:
    """Name, weekday of the first day, and numbers by day; the last two columns are date and number."""
    found: dict[str, list[tuple[date, int]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            try:
                day = date.fromisoformat(row[-2])
            except ValueError:
                continue  # the line of titles
            found[" ".join(row[:-2])].append((day, round(float(row[-1] or 0))))
    for name, days in found.items():
        yield name or path.stem, min(days)[0].weekday(), [count for _, count in sorted(days)]


if __name__ == "__main__":
    main()
