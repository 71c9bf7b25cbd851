"""Public holidays by country and region, from the library "holidays"; nothing is looked up elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from scanly.core.text import nearest


def unknown(name: str, own: Iterable[str]) -> str:
    """What to do about a calendar that does not exist; empty when it does."""
    country, dash, region = name.partition("-")
    regions = _countries().get(country.upper())
    if regions is None:
        near = nearest(name, [*own, *_countries()])
        return near or "Name a country such as IN, a region such as IN-MH, or one of your own calendars."
    if dash and region.upper() not in regions:
        return f"{country.upper()} has the regions {', '.join(sorted(regions)) or 'of nobody'}."
    return ""


def holiday(name: str, day: date) -> str | None:
    """What is celebrated on a day; None on an ordinary one. The first call of a year takes milliseconds."""
    return _year(name, day.year).get(day)


@lru_cache(maxsize=256)
def _year(name: str, year: int) -> Mapping[date, str]:
    import holidays

    country, _, region = name.upper().partition("-")
    found: Any = holidays.country_holidays(country, subdiv=region or None, years=year, expand=False)
    return dict(found)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, frozenset[str]]:
    import holidays

    listed = holidays.list_supported_countries()
    return {country: frozenset(name.upper() for name in regions) for country, regions in listed.items()}
