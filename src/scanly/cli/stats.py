"""``scanly stats``: what the printed codes brought in; without the name of a command below, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperGroup

from scanly.cli.commands import Entry, load
from scanly.cli.session import group

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

REPORT = "show"
STATS: dict[str, Entry] = {
    REPORT: Entry("stats_show", "show", "The report, also of a code that is named like a command here."),
    "explain": Entry("stats_explain", "explain", "What happened, in plain words."),
    "watch": Entry("stats_watch", "watch", "The scans as they come, and how many people there are just now."),
    "funnel": Entry("stats_funnel", "funnel", "How many go on from a scan to a page, a click and a form."),
    "goals": Entry("stats_goals", "app", "What people are hoped to do, and how many did."),
    "cohorts": Entry("stats_cohorts", "cohorts", "Who came back, where people are told apart for longer."),
    "recount": Entry(
        "stats_recount", "recount", "Judge all single scans again, by the present rules and zone."
    ),
    "alerts": Entry("stats_alerts", "app", "What fired, and the rules that say what should."),
}


class Stats(TyperGroup):
    """The commands by name; each is loaded when it is used."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        named = args[:1] in (["--help"], ["-h"]) or (args and args[0] in STATS)
        return super().parse_args(ctx, args if named else [REPORT, *args])

    def list_commands(self, ctx: Context) -> list[str]:
        return list(STATS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        return load(cmd_name, STATS[cmd_name]) if cmd_name in STATS else None

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        report = self.get_command(ctx, REPORT)
        return [*(report.collect_usage_pieces(ctx) if report else ()), "| COMMAND …"]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Those of the report, then the commands."""
        report = self.get_command(ctx, REPORT)
        if report:
            report.format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(name.ljust(10), entry.help) for name, entry in STATS.items()])


app = group()
app.info.cls = Stats
