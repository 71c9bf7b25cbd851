"""Pictures of numbers for a terminal, in characters: they are read without colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log10

BAR_CHARS = 30
_BLOCKS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = " ░▒▓█"
_PLOT_LINES = 8
_HOURS = 24
_LEAST_LABEL_CHARS = 4


def bar(number: int, most: int, chars: int = BAR_CHARS) -> str:
    """A bar to scale; whatever is not nothing is seen."""
    if not number or not most:
        return ""
    eighths = max(1, round(number / most * chars * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def nice(most: int) -> int:
    """The next number from ``most`` on with few digits that are not zero: the top of an axis."""
    if most <= 6:
        return max(most, 1)
    tens = 10 ** int(log10(most))
    return next(
        step * tens // 10 for step in (10, 15, 20, 30, 40, 50, 60, 80, 100) if step * tens // 10 >= most
    )


def series(points: Sequence[tuple[str, int]], chars: int) -> list[str]:
    """Columns over time within ``chars`` columns of text, with both axes.

    More points than fit are drawn together, as the greatest of each column.
    """
    if not points:
        return []
    top = nice(max(number for _, number in points))
    label_chars = max(_LEAST_LABEL_CHARS, len(f"{top:,}"))
    room = max(chars - label_chars - 3, 10)
    together = ceil(len(points) / room)
    groups = [points[start : start + together] for start in range(0, len(points), together)]
    wide = max(1, min(6, room // len(groups)))
    levels = [round(max(number for _, number in group) / top * _PLOT_LINES * 8) for group in groups]
    lines: list[str] = []
    for line in range(_PLOT_LINES, 0, -1):
        said = {_PLOT_LINES: f"{top:,}", _PLOT_LINES // 2: f"{top / 2:,g}" if top > 1 else ""}.get(line, "")
        drawn = "".join(_column(level - (line - 1) * 8, wide) for level in levels)
        lines.append(f"{said:>{label_chars}} ┤{drawn}".rstrip())
    lines.append(f"{'0':>{label_chars}} ┼{'─' * (wide * len(groups))}")
    lines.append(" " * (label_chars + 2) + _axis([group[0][0] for group in groups], points[-1][0], wide))
    if together > 1:
        lines.append(f"{'':>{label_chars}}  Each column is the most of {together}.")
    return lines


def heat(numbers: Sequence[Sequence[int]], names: Sequence[str]) -> list[str]:
    """A line a day of the week and two characters an hour: darker is more."""
    most = max((number for row in numbers for number in row), default=0)
    hours = "".join(f"{hour:02}".ljust(6) for hour in range(0, _HOURS, 3))
    lines = [f"     {hours}".rstrip()]
    for name, row in zip(names, numbers, strict=True):
        cells = "".join(_shade(number, most) * 2 for number in row)
        lines.append(f"{name:<4} {cells} {sum(row):>9,}")
    steps = len(_SHADES) - 1
    legend = "  ".join(
        f"{shade * 2} {'0' if not step else f'to {most * step // steps:,}'}"
        for step, shade in enumerate(_SHADES)
        if not step or most * step // steps
    )
    return [*lines, f"     {legend.strip()}"]


def _column(eighths: int, wide: int) -> str:
    block = _BLOCKS[min(max(eighths, 0), 8)]
    return block * wide if wide < 3 else block * (wide - 1) + " "


def _shade(number: int, most: int) -> str:
    return _SHADES[ceil(number / most * (len(_SHADES) - 1))] if number else _SHADES[0]


def _axis(names: Sequence[str], last: str, wide: int) -> str:
    """The names of the first, the middle and the last column, where there is room for them."""
    chars = wide * len(names)
    if chars < 2 * len(last) + 1:
        return names[0]
    line = names[0].ljust(chars - len(last)) + last
    middle = len(names) // 2
    start = middle * wide
    end = start + len(names[middle])
    if start > len(names[0]) + 1 and end < chars - len(last) - 1:
        line = line[:start] + names[middle] + line[end:]
    return line
