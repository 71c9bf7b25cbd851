"""How long "today" is for a shop: until it closes, which may be after midnight."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from scanly.sites.model import Site
from scanly.sites.times.hours import Week, closing_ms
from scanly.sites.times.hours_text import read_week
from scanly.sites.times.local_time import day_begin_ms, day_end_ms

HOURS_BLOCK = "opening-hours"


def week_of(site: Site) -> Week | None:
    """The hours on the page, None where it has none."""
    given = next((block.values.get("hours") for block in site.blocks if block.type == HOURS_BLOCK), None)
    return read_week(given)[0] if given else None


def business_ms(site: Site, day: date, zone: ZoneInfo) -> tuple[int, int]:
    """From midnight until the shop closes; until the next midnight where it does not say when."""
    week = week_of(site)
    closing = week and closing_ms(week, day, zone)
    return day_begin_ms(day, zone), closing or day_end_ms(day, zone)
