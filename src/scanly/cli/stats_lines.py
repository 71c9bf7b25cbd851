"""A report as lines in a terminal: a table, a plot, and the sentences that must be known."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scanly.cli import output
from scanly.cli.stats_plot import bar, heat, series
from scanly.core import text

if TYPE_CHECKING:
    from scanly.analytics.reports.answer import Report, Totals
    from scanly.app import App

_DATED = ("day", "week", "month")
_PLACES = ("country", "city")
_MOST_CHARS = 120


def show(answer: Report) -> None:
    """All of it."""
    one = answer.measure.removesuffix("s")
    if answer.by == "heatmap":
        show_heat({row.key: row.scans for row in answer.rows}, one)
    elif answer.rows:
        _show_rows(answer)
        show_series(answer.by, [(row.key, row.scans) for row in answer.rows])
    what = f"{answer.subject}: " if answer.subject else ""
    output.say(
        f"{what}{text.count(answer.scans, one)} by {text.count(answer.visitors, 'visitor')}, "
        f"{answer.since} to {answer.until} ({answer.time_zone})."
    )
    say_before(answer.scans, answer.before)
    say_kinds(answer.by_kind, "Not counted as scans")
    for note in answer.notes:
        output.say(note)
    if answer.silent:
        output.say(f"{answer.silent:,} of {text.count(answer.links, 'link')} had no visit.")


def show_series(by: str, points: Sequence[tuple[str, int]]) -> None:
    """A plot over time, as wide as the terminal, where ``by`` is one of time."""
    if not _is_series(by, len(points)):
        return
    chars = min(output.console(sys.stdout).width, _MOST_CHARS)
    output.say()
    for line in series(points, chars):
        output.say(line)
    output.say()


def show_heat(scans: Mapping[str, int], one: str) -> None:
    """The week as a grid of hours, of scans by the key of a heat map; ``one`` says what one of them is."""
    from scanly.analytics.reports.breakdowns import HOURS, UNKNOWN, WEEKDAYS

    for line in heat([[scans[f"{day} {hour}"] for hour in HOURS] for day in WEEKDAYS], WEEKDAYS):
        output.say(line)
    if UNKNOWN in scans:
        output.say(f"Of {text.count(scans[UNKNOWN], one)} the hour is not known.")
    output.say()


def say_before(scans: int, before: Totals | None) -> None:
    if before:
        output.say(
            f"Before, {before.since} to {before.until}: {before.scans:,}. {change(scans, before.scans)}."
        )


def say_kinds(by_kind: Mapping[str, int], heading: str) -> None:
    others = {kind: number for kind, number in by_kind.items() if kind != "person" and number}
    if others:
        output.say(f"{heading}: " + ", ".join(f"{number:,} {kind}" for kind, number in others.items()) + ".")


def change(now: int, before: int | None) -> str:
    """``+12 %``; "new" where nothing was before."""
    if before is None or (not now and not before):
        return ""
    return f"{(now - before) / before:+.0%}".replace("%", " %") if before else "new"


def attributions(app: App, by: str) -> list[str]:
    """What the licence of the file of places asks for where they are shown."""
    from scanly.scans.geoip.shelf import attribution

    asked = attribution(app.folder, app.settings) if by in _PLACES else ""
    return [asked] if asked else []


def _show_rows(answer: Report) -> None:
    rows = answer.rows
    # Where people are not told apart (kinds, outcomes), every visit has its bar.
    sizes = [row.scans if row.visitors is not None or row.recorded is None else row.recorded for row in rows]
    columns = {
        answer.by: [row.key for row in rows],
        "title": [row.title for row in rows],
        answer.measure: [row.scans for row in rows],
        "visitors": known([row.visitors for row in rows]),
        "recorded": known([row.recorded for row in rows]),
        "before": known([row.before for row in rows]) if answer.before else [],
        "change": [change(row.scans, row.before) for row in rows if answer.before],
        "": bars(answer.by, sizes),
    }
    table(columns, answer.measure)


def table(columns: Mapping[str, Sequence[str | int]], measure: str) -> None:
    """Columns by their heads, without those that say nothing."""
    shown = {name: cells for name, cells in columns.items() if any(cell != "" for cell in cells)}
    numbers = (measure, "visitors", "clicks", "recorded", "before", "change")
    output.table(list(shown), list(zip(*shown.values(), strict=True)), numbers=numbers)


def bars(by: str, sizes: Sequence[int]) -> list[str]:
    """A bar for each row, but where they are drawn by `show_series`."""
    most = max(sizes, default=0)
    return [] if _is_series(by, len(sizes)) else [bar(size, most) for size in sizes]


def _is_series(by: str, rows: int) -> bool:
    return by in _DATED and rows > 1


def known(numbers: Sequence[int | None]) -> list[int | str]:
    """Cells of a table."""
    return ["" if number is None else number for number in numbers]
