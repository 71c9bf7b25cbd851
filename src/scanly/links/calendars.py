"""Public holidays by country and region, from the library "holidays"; nothing is looked up elsewhere."""

from __future__ import annotations

import warnings
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
        listed = ", ".join(sorted(regions))
        return f"{country.upper()} has {f'the regions {listed}' if listed else 'no regions'}."
    return ""


def holiday(name: str, day: date) -> str | None:
    """What is celebrated on a day; None on an ordinary one. The first call of a year takes milliseconds."""
    return _year(name, day.year).get(day)


@lru_cache(maxsize=256)
def _year(name: str, year: int) -> Mapping[date, str]:
    import holidays

    country, _, region = name.upper().partition("-")
    subdivision = _countries()[country].get(region)
    with warnings.catch_warnings():
        # Of years far away it knows the fixed days only, and says so each time.
        warnings.simplefilter("ignore")
        found: Any = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
    return dict(found)


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, Mapping[str, str]]:
    """The regions of each country: how they are compared, and how the library spells them."""
    import holidays

    listed = holidays.list_supported_countries()
    return {country: {name.upper(): name for name in regions} for country, regions in listed.items()}
