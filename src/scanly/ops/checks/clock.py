"""Whether the machine's clock can be right: scans are dated by it."""

from __future__ import annotations

from sqlalchemy import func, select

from scanly.analytics.tables import positions
from scanly.core.clock import at, iso
from scanly.links.tables import links
from scanly.ops import schema
from scanly.ops.checks import Finding, Site

TITLE = "clock"
_FIRST_YEAR = 2026
_TOLERANCE_MS = 120_000


async def run(site: Site) -> list[Finding]:
    hint = "Set the clock, for example with: timedatectl set-ntp true."
    if at(site.now_ms).year < _FIRST_YEAR:
        return [Finding("error", f"The clock says {iso(site.now_ms)}, which is past.", hint)]
    newest = await _newest_ms(site)
    if newest > site.now_ms + _TOLERANCE_MS:
        sentence = f"The clock says {iso(site.now_ms)}, but there is data from {iso(newest)}."
        return [Finding("error", sentence, hint)]
    return [Finding("ok", f"It is {iso(site.now_ms)}.")]


async def _newest_ms(site: Site) -> int:
    """The latest moment that the databases know of."""
    newest = 0
    for part, column in (("main", links.c.changed_ms), ("events", positions.c.at_ms)):
        async with site.database("main" if part == "main" else "events") as database:
            if database is not None and await schema.version(database) is not None:
                async with database.read() as connection:
                    newest = max(newest, (await connection.execute(select(func.max(column)))).scalar() or 0)
    return newest
