"""What every command shares: the common options, and opening the installation.

Commands import what they need when they run: ``scanly --help`` is to be there at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from scanly.core.paths import DataFolder

if TYPE_CHECKING:
    from scanly.accounts.model import Workspace
    from scanly.app import App
    from scanly.core.settings import Settings

T = TypeVar("T")

PARTLY_DONE = 3
# Options that may stand anywhere in a command; those with a value first.
WITH_VALUE = ("--data", "--workspace")
FLAGS = ("--json", "--quiet", "--debug")


@dataclass(frozen=True, slots=True)
class Session:
    """The common options of one command."""

    data: Path | None = None
    workspace: str | None = None
    json: bool = False
    quiet: bool = False

    @classmethod
    def of(cls, context: typer.Context) -> Session:
        session = context.find_root().obj
        return session if isinstance(session, Session) else cls()

    @property
    def folder(self) -> DataFolder:
        """``--data``, then ``SCANLY_DATA``, then the platform's folder for a user's data."""
        if self.data:
            return DataFolder(self.data.expanduser().absolute())
        return DataFolder(default_folder())

    def settings(self, options: Mapping[str, object] | None = None) -> Settings:
        """The settings with a command's own options on top. Raises Invalid."""
        from scanly.core.log import configure
        from scanly.core.settings import environment, load

        folder = self.folder
        settings, _ = load(folder.settings_file, environment(), options or {}, folder.served_file)
        configure("warning" if self.quiet else settings.log_level, settings.log_format)
        return settings

    def run(self, work: Callable[[App], Awaitable[T]], options: Mapping[str, object] | None = None) -> T:
        """Opens the installation and does ``work`` on it."""
        import asyncio

        from scanly.app import open_app

        async def main() -> T:
            async with open_app(self.folder, self.settings(options)) as app:
                return await work(app)

        return asyncio.run(main())

    def run_in_workspace(
        self, work: Callable[[App, Workspace], Awaitable[T]], options: Mapping[str, object] | None = None
    ) -> T:
        """The same with the workspace that ``--workspace`` names, or the only one."""

        async def main(app: App) -> T:
            from scanly.accounts.actions import choose_workspace

            return await work(app, await choose_workspace(app.call(), self.workspace))

        return self.run(main, options)


def group() -> typer.Typer:
    """A group of commands; its line in the help stands in `commands`."""
    return typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)


def default_folder(suffix: str = "") -> Path:
    """Where data lies when nothing is said."""
    from scanly.core.settings import environment

    given = environment().get("SCANLY_DATA")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir(f"scanly{suffix}", appauthor=False))


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with common options moved to the front, so that they may stand anywhere before ``--``."""
    common: list[str] = []
    rest: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            rest += [argument, *remaining]
        elif argument in FLAGS or argument.startswith(tuple(f"{name}=" for name in WITH_VALUE)):
            common.append(argument)
        elif argument in WITH_VALUE:
            common += [argument, *([value] if (value := next(remaining, None)) is not None else [])]
        else:
            rest.append(argument)
    return [*common, *rest]
