"""Which commands there are, by what people want to do; each is loaded when it is used.

So ``scanly --help`` loads none of them, and a command loads only its own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import typer
from typer.core import TyperGroup

from scanly.cli.session import group
from scanly.core.text import nearest

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter


class Entry(NamedTuple):
    """A command: the file in this folder, the function or group in it, and its line in the help."""

    file: str
    name: str
    help: str


COMMANDS: dict[str, dict[str, Entry]] = {
    "Make and check codes": {
        "qr": Entry("codes", "app", "QR codes: one, a spreadsheet of them, and the proof that they scan."),
    },
    "Short addresses": {
        "link": Entry("links", "app", "Short addresses: make them, change where they lead."),
    },
    "Printed things": {
        "print": Entry("print", "app", "For print shops: sheets of labels, posters, cards; and preflight."),
        "placement": Entry("placements", "app", "Where each code hangs, what it cost, when to replace it."),
    },
    "Pages": {
        "site": Entry("sites", "app", "Small pages: written in a file, checked, published at once."),
        "leads": Entry("leads", "app", "What visitors sent from pages: questions, bookings, feedback."),
        "media": Entry("media", "app", "The pictures that pages show, made small for phones."),
    },
    "Numbers": {
        "stats": Entry("stats", "app", "Scans, visitors and robots, in the workspace's time zone."),
    },
    "People": {
        "workspace": Entry("workspaces", "workspace_app", "Workspaces: one for each shop or client."),
        "user": Entry("workspaces", "user_app", "The people of a workspace and what they may do."),
    },
    "The server": {
        "serve": Entry("serve", "serve", "Run everything: redirects, pages, background work."),
        "doctor": Entry("upkeep", "doctor", "Say what is wrong with the installation and how to mend it."),
        "config": Entry("upkeep", "config", "Every setting, its value and where it came from."),
        "geoip": Entry("geoip", "app", "The file that tells countries and cities: what it is, a new one."),
    },
    "Keep and move": {
        "privacy": Entry("privacy", "app", "What is kept of visitors, and all or nothing of one of them."),
        "backup": Entry("upkeep", "backup_app", "Consistent copies of everything, also while serving."),
        "export": Entry("upkeep", "export", "Write a workspace, or everything, as one SQLite file."),
        "import": Entry("upkeep", "import_app", "Bring links and scans in."),
    },
}


class Commands(TyperGroup):
    """The top of the command line."""

    def list_commands(self, ctx: Context) -> list[str]:
        return [name for section in COMMANDS.values() for name in section]

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None:
            ctx.fail(f'There is no command "{args[0]}". {nearest(args[0], self.list_commands(ctx))}'.strip())
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        for section in COMMANDS.values():
            if cmd_name in section:
                return load(cmd_name, section[cmd_name])
        return None

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        for title, section in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(10), entry.help) for name, entry in section.items()])


def load(name: str, entry: Entry) -> Command:
    """The command itself, ready to be run."""
    found = getattr(import_module(f"scanly.cli.{entry.file}"), entry.name)
    if isinstance(found, typer.Typer):
        command: Command = typer.main.get_group(found)
    else:
        alone = group()
        alone.command(name)(found)
        command = typer.main.get_command(alone)
    command.name, command.help = name, entry.help
    return command
