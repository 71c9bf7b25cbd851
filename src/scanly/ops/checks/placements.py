"""Whether printed things are to be printed anew."""

from __future__ import annotations

from collections.abc import Sequence

from scanly.codes.placements.model import NOTICE
from scanly.codes.placements.store import list_due_anywhere
from scanly.core.clock import at
from scanly.core.text import count
from scanly.ops import schema
from scanly.ops.checks import Finding, Site

TITLE = "printed things"
_MOST_NAMED = 5
_HINT = 'See which: "scanly placement list --due".'


async def run(site: Site) -> list[Finding]:
    today = at(site.now_ms).date()
    async with site.database("main") as database:
        if database is None or await schema.version(database) != schema.HEADS["main"]:
            return [Finding("ok", "Nothing printed is in the register.")]
        async with database.read() as connection:
            due = await list_due_anywhere(connection, today + NOTICE)
    late = [code for code, day in due if day <= today]
    soon = [code for code, day in due if day > today]
    findings: list[Finding] = []
    if late:
        verb = "was" if len(late) == 1 else "were"
        sentence = f"{count(len(late), 'printed thing')} {verb} to be replaced by now: {_named(late)}."
        findings.append(Finding("warning", sentence, _HINT))
    if soon:
        sentence = (
            f"{count(len(soon), 'printed thing')} to be replaced within {NOTICE.days} days: {_named(soon)}."
        )
        findings.append(Finding("ok", sentence, _HINT))
    return findings or [Finding("ok", "No printed thing in the register has to be replaced soon.")]


def _named(codes: Sequence[str]) -> str:
    more = len(codes) - _MOST_NAMED
    return ", ".join(codes[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
