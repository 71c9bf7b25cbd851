"""How results look: a table for people, JSON for machines; messages and progress go to stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from scanly.core.text import printable

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int], None]


def say(text: str = "") -> None:
    """A result, on stdout."""
    sys.stdout.write(f"{text}\n")


def tell(text: str) -> None:
    """A message, on stderr."""
    sys.stderr.write(f"{text}\n")


def as_json(value: object) -> None:
    """One JSON value on stdout, and nothing else."""
    import msgspec

    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=1).decode() + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, numbers: Sequence[str] = ()) -> None:
    """A table on stdout; the columns named in ``numbers`` are set flush right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(Text(_cell(value)) for value in row))
    console(sys.stdout).print(grid)


def fields(values: Mapping[str, object]) -> None:
    """The fields of one thing, a line each; empty ones are left out."""
    shown = {
        name.replace("_", " "): _cell(value) for name, value in values.items() if value not in ("", None)
    }
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        say(f"{name:{width}}  {value}")


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else printable(str(value))


def console(file: IO[str]) -> Console:
    """Colour only on a terminal and without NO_COLOR; lines are as wide as they need where nobody looks."""
    from rich.console import Console

    from scanly.core.settings import environment

    plain = "NO_COLOR" in environment() or not file.isatty()
    return Console(file=file, no_color=plain, highlight=False, width=None if file.isatty() else 200)


def _nowhere(_done: int, _total: int) -> None:
    return None


@contextmanager
def progress(what: str, *, quiet: bool) -> Generator[Progress]:
    """A bar with the time left on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield _nowhere
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(sys.stderr)) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)
