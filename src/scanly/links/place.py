"""Where a visitor is, and how far that is from a point: what rules about places compare."""

from __future__ import annotations

import re
from math import asin, cos, radians, sin, sqrt

import msgspec

from scanly.core.errors import Invalid
from scanly.core.text import printable

# Latitude and longitude in degrees, WGS 84; north and east are positive.
Point = tuple[float, float]

# The mean radius R1 of the earth, as GRS 80 has it; a sphere of it is at most 0.6 % wrong.
_EARTH_RADIUS_KM = 6371.0088
_DEGREES = r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_POINT = re.compile(rf"({_DEGREES})\s*,\s*({_DEGREES})")
_MOST_LATITUDE, _MOST_LONGITUDE = 90.0, 180.0
_SHOWN_CHARACTERS = 40


class Place(msgspec.Struct, frozen=True, gc=False):
    """What is known of a place; what is unknown is empty, or None.

    ``country`` is an ISO 3166-1 code (``IN``), ``region`` the part after the hyphen of an ISO 3166-2 code
    (``MH``), the names are English ones. Latitude and longitude are both there, or neither is.
    """

    country: str = ""
    region: str = ""
    region_name: str = ""
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def point(self) -> Point | None:
        """Latitude and longitude, None when they are unknown."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


UNKNOWN = Place()


def distance_km(a: Point, b: Point) -> float:
    """The way from ``a`` to ``b`` along the surface (haversine)."""
    latitude_a, latitude_b = radians(a[0]), radians(b[0])
    half_up = sin((latitude_b - latitude_a) / 2) ** 2
    half_across = sin(radians(b[1] - a[1]) / 2) ** 2
    # Rounding can lift two opposite points a little over 1, where asin ends.
    return (
        2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_up + cos(latitude_a) * cos(latitude_b) * half_across)))
    )


def parse_point(text: str, *, field: str = "point") -> Point:
    """``18.52,73.85`` as (latitude, longitude) in degrees. Raises Invalid, about ``field``."""
    found = _POINT.fullmatch(text.strip()) if len(text) <= 200 else None
    if found is None:
        raise Invalid.field(
            field,
            f'"{_shown(text)}" is not a point on the map.',
            hint="Write latitude and longitude in degrees, like 18.52,73.85 (south and west are negative).",
        )
    latitude, longitude = float(found[1]), float(found[2])
    if not is_latitude(latitude):
        swapped = is_latitude(longitude) and is_longitude(latitude)
        hint = f"Latitude comes first: {found[2]},{found[1]}?" if swapped else "It is from -90 to 90 degrees."
        raise Invalid.field(field, f'the latitude {found[1]} in "{_shown(text)}" is not on earth.', hint=hint)
    if not is_longitude(longitude):
        message = f'the longitude {found[2]} in "{_shown(text)}" is not on earth.'
        raise Invalid.field(field, message, hint="It is from -180 to 180 degrees.")
    return latitude, longitude


def is_latitude(degrees: float) -> bool:
    return -_MOST_LATITUDE <= degrees <= _MOST_LATITUDE


def is_longitude(degrees: float) -> bool:
    return -_MOST_LONGITUDE <= degrees <= _MOST_LONGITUDE


def _shown(text: str) -> str:
    short = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."
    return printable(short)
