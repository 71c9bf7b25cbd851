"""What an installation does by itself, and when."""

from __future__ import annotations

from scanly.core.clock import Clock, day_number
from scanly.core.clock import at as moment
from scanly.core.paths import DataFolder
from scanly.core.settings import Settings
from scanly.ops import backup
from scanly.scans.visitor import Salts
from scanly.work.model import Job
from scanly.work.schedule import Duty

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
# The last place on earth leaves a date 12 hours after UTC does.
_LAST_ZONE_MS = 12 * HOUR_MS


def duties(folder: DataFolder, settings: Settings, clock: Clock) -> tuple[Duty, ...]:
    """The nightly backup (02:00 UTC) and the hourly end of salts whose date is over everywhere."""

    async def back_up(_: Job) -> None:
        await backup.create(folder, settings, clock(), reason="nightly")
        backup.prune(folder, settings.backup_keep)

    async def destroy_salts(_: Job) -> None:
        Salts(folder.salts).destroy_before(oldest_living_day(clock()))

    salts = Duty("salts.destroy", HOUR_MS, 0, destroy_salts)
    nightly = Duty("backup.nightly", DAY_MS, 2 * HOUR_MS, back_up)
    return (salts, nightly) if settings.backup_keep else (salts,)


def oldest_living_day(now_ms: int) -> int:
    """The earliest date that it still is somewhere on earth, as a day number."""
    return day_number(moment(now_ms - _LAST_ZONE_MS).date())
