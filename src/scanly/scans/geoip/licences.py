"""Who published a place database and what its licence asks for, as far as the file says what it is.

Source: the terms of DB-IP Lite, GeoLite2 (End User License Agreement, 2.3 and 4), IPinfo Lite, the IPFire location
database, and the licences that ip-location-db names for each of its files.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Licence(NamedTuple):
    """``attribution`` is what must stand wherever places are shown; empty when nothing must, or nothing is known.

    ``replace_days`` is the time within which an older file must be gone once there is a newer one.
    """

    publisher: str = ""
    name: str = "unknown"
    attribution: str = ""
    replace_days: int | None = None


UNKNOWN = Licence()
_DB_IP = Licence("DB-IP", "CC BY 4.0", "IP Geolocation by DB-IP, https://db-ip.com")
_MAXMIND = Licence(
    "MaxMind",
    "GeoLite End User License Agreement",
    "This product includes GeoLite Data created by MaxMind, available from https://www.maxmind.com.",
    30,
)
_FREE = Licence("ip-location-db", "public domain (PDDL)")

# By the type that a file gives itself and its description; the first that fits.
_BY_TYPE: tuple[tuple[str, Licence], ...] = (
    (r"DBIP-.*\bLite\b", _DB_IP),
    (r"DBIP-", Licence("DB-IP", "commercial")),
    (r"GeoLite2?-", _MAXMIND),
    (r"GeoIP2?-", Licence("MaxMind", "commercial")),
    (
        r"ipinfo .*(free|lite)",
        Licence("IPinfo", "CC BY-SA 4.0", "IP address data powered by IPinfo, https://ipinfo.io"),
    ),
    (r"ipinfo ", Licence("IPinfo", "commercial")),
    (
        r".*\bIPFire\b",
        Licence("IPFire", "CC BY-SA 4.0", "Locations by the IPFire Project, https://location.ipfire.org"),
    ),
)
# ip-location-db says in its files neither who it is nor whose data it packed: that stands in the names of the files.
_REPACKED = re.compile(r"(country|city) ipv(4|6|All)")
_BY_NAME: tuple[tuple[str, Licence], ...] = (
    (r"dbip-", _DB_IP),
    (r"geolite2-", _MAXMIND),
    (r"(iptoasn|asn|user|server)-country|geo-(whois-)?asn-country", _FREE),
)


def licence_of(database_type: str, description: str, file_name: str) -> Licence:
    """By what the file says of itself, else by its name; unknown where neither is known."""
    if _REPACKED.fullmatch(database_type):
        return _first(_BY_NAME, file_name)
    return _first(_BY_TYPE, f"{database_type} {description}")


def _first(table: tuple[tuple[str, Licence], ...], text: str) -> Licence:
    return next((licence for start, licence in table if re.match(start, text, re.IGNORECASE)), UNKNOWN)
