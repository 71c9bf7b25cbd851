"""Where an address is, from an MMDB file that the owner supplies; what is unknown is never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

import maxminddb

from scanly.core.errors import Invalid

_UNKNOWN = ("", "")
_MAPPED_IPV4 = "::ffff:"


class _Reader(Protocol):
    """The part of a reader that is used here; the library's own types are incomplete."""

    def get(self, address: str, /) -> object: ...

    def close(self) -> None: ...


class Places:
    """A lookup of country and city; without a file every place is unknown.

    Raises Invalid when the file cannot be read as an MMDB.
    """

    def __init__(self, path: Path | None) -> None:
        self._reader = _open(path) if path else None

    def find(self, address: str) -> tuple[str, str]:
        """ISO country code and English city name of an IP address, each empty when unknown."""
        if self._reader is None:
            return _UNKNOWN
        try:
            found = self._reader.get(address.removeprefix(_MAPPED_IPV4))
        except (ValueError, maxminddb.InvalidDatabaseError):
            return _UNKNOWN
        if not isinstance(found, Mapping):
            return _UNKNOWN
        record = cast("Mapping[str, object]", found)
        return _country(record), _city(record)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


def _open(path: Path) -> _Reader:
    try:
        reader = maxminddb.open_database(path)  # pyright: ignore[reportUnknownMemberType] - see _Reader
        return cast("_Reader", reader)
    except (OSError, maxminddb.InvalidDatabaseError, ValueError) as error:
        raise Invalid.field(
            "geoip_file",
            f'"{path}" cannot be read as a place database: {error}.',
            hint="Give an MMDB file such as DB-IP Lite or GeoLite2, or leave the setting empty.",
        ) from error


def _country(record: Mapping[str, object]) -> str:
    """GeoLite2 and DB-IP nest the code, IPinfo and the free country files do not."""
    country = record.get("country")
    if isinstance(country, Mapping):
        return _text(cast("Mapping[str, object]", country).get("iso_code"))
    return _text(record.get("country_code")) or _text(country)


def _city(record: Mapping[str, object]) -> str:
    city = record.get("city")
    if not isinstance(city, Mapping):
        return _text(city)
    names = cast("Mapping[str, object]", city).get("names")
    return _text(cast("Mapping[str, object]", names).get("en")) if isinstance(names, Mapping) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
