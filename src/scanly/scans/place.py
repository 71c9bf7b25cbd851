"""Where an address is, from an MMDB file that the owner supplies; what is unknown is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

import maxminddb

from scanly.core.errors import Invalid
from scanly.core.text import fold
from scanly.links.place import UNKNOWN, Place, is_latitude, is_longitude

_MAPPED_IPV4 = "::ffff:"
_COUNTRY = re.compile("[A-Z]{2}")
# What files write for a place that they do not know: a code that ISO 3166 will never give away.
_NO_COUNTRY = "ZZ"
# The part of an ISO 3166-2 code after the country, which some files repeat before it.
_REGION = re.compile("(?:[A-Z]{2}-)?([A-Z0-9]{1,3})")

# What reading from a damaged file raises; also an address that is none.
DAMAGED = (ValueError, maxminddb.InvalidDatabaseError)
DAMAGED_INSIDE = "records in it are damaged"

_Record = Mapping[str, object]
_EMPTY: _Record = {}


class Metadata(Protocol):
    """What a file says about itself; ``build_epoch`` is in seconds."""

    database_type: str
    description: Mapping[str, str]
    languages: Sequence[str]
    build_epoch: int


class Reader(Protocol):
    """The part of a reader that is used here; the library's own types are incomplete."""

    def get(self, address: str, /) -> object: ...

    def metadata(self) -> Metadata: ...

    def close(self) -> None: ...

    def __iter__(self) -> Iterator[tuple[object, object]]: ...


class Places:
    """A lookup of places; without a file every place is unknown.

    Raises Invalid when the file cannot be read as an MMDB.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._reader = open_reader(path) if path else None

    def find(self, address: str) -> Place:
        """The place of an IP address."""
        if self._reader is None:
            return UNKNOWN
        try:
            found = self._reader.get(address.removeprefix(_MAPPED_IPV4))
        except DAMAGED:
            return UNKNOWN
        return place_of(found) if found else UNKNOWN

    def named(self, name: str) -> Place | None:
        """The place of this name, in English or a language of the file; None without one, or without a file.

        The first city of the name comes before a region, and that before a country, whose code is a name, too.
        Of a region or country nothing smaller is told: no city and no point in it stands for the whole.
        Reads networks until it finds such a city, which takes seconds on a big file. Raises Invalid when the
        file is damaged.
        """
        wanted = fold(name)
        if self._reader is None or not wanted:
            return None
        region = country = None
        try:
            for _, found in self._reader:
                record = _mapping(found)
                if _bears(wanted, _names(record.get("city"))):
                    return _place(record)
                if region is None and _bears(wanted, _region_names(record)):
                    region = _place(record)
                if country is None and _bears(wanted, _country_names(record)):
                    country = _place(record)
        except DAMAGED as error:
            raise unreadable(self._path, DAMAGED_INSIDE) from error
        if region is not None:
            return Place(region.country, region.region, region.region_name)
        return Place(country.country) if country is not None else None

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


def open_reader(path: Path) -> Reader:
    """Raises Invalid. The file stays mapped: whoever shortens it in place ends the process."""
    try:
        reader = maxminddb.open_database(path)  # pyright: ignore[reportUnknownMemberType] - see Reader
        return cast("Reader", reader)
    except FileNotFoundError as error:
        raise unreadable(path, "there is no such file") from error
    except (OSError, *DAMAGED) as error:
        raise unreadable(path, "it is no MMDB file, or breaks off") from error


def place_of(found: object) -> Place:
    """What a record of a file tells."""
    return _place(_mapping(found))


def unreadable(path: Path | str | None, why: str) -> Invalid:
    """An error about the setting that names a file."""
    return Invalid.field(
        "geoip_file",
        f'"{path}" cannot be read as a place database: {why}.',
        hint="Give an MMDB file such as DB-IP Lite or GeoLite2, or leave the setting empty.",
    )


def _place(record: _Record) -> Place:
    latitude, longitude = _coordinates(record)
    region, region_name = _region(record)
    return Place(_country(record), region, region_name, _city(record), latitude, longitude)


def _country(record: _Record) -> str:
    """GeoLite2 and DB-IP nest the code, IPinfo and the free country files do not."""
    country = record.get("country")
    nested = _mapping(country).get("iso_code")
    for code in (nested, record.get("country_code"), country):
        if isinstance(code, str) and _COUNTRY.fullmatch(code) and code != _NO_COUNTRY:
            return code
    return ""


def _region(record: _Record) -> tuple[str, str]:
    """Code and name. Of several nested in each other the first counts, the largest: England, not London."""
    nested = _first_subdivision(record)
    if nested:
        return _region_code(nested.get("iso_code")), _english(nested)
    name = _text(record.get("region")) or _text(record.get("state1"))
    return _region_code(record.get("region_code")), name


def _region_code(value: object) -> str:
    found = _REGION.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found else ""


def _city(record: _Record) -> str:
    city = record.get("city")
    return _text(city) or _english(_mapping(city))


def _coordinates(record: _Record) -> tuple[float, float] | tuple[None, None]:
    """Both or neither. Files that know none write 0,0, where nobody lives."""
    location = _mapping(record.get("location")) or record
    latitude = _number(location.get("latitude", location.get("lat")))
    longitude = _number(location.get("longitude", location.get("lng")))
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None, None
    return (latitude, longitude) if is_latitude(latitude) and is_longitude(longitude) else (None, None)


def _number(value: object) -> float | None:
    """IPinfo writes its degrees as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _names(thing: object) -> Iterable[object]:
    """What a city, region or country is called, in all languages of the file."""
    if not isinstance(thing, dict):
        return (thing,)
    return _mapping(_mapping(cast("object", thing)).get("names")).values()


def _region_names(record: _Record) -> Iterable[object]:
    return (*_names(_first_subdivision(record)), record.get("region"), record.get("state1"))


def _country_names(record: _Record) -> Iterable[object]:
    country = record.get("country")
    code = _mapping(country).get("iso_code")
    return (*_names(country), code, record.get("country_code"), record.get("country_name"))


def _bears(wanted: str, names: Iterable[object]) -> bool:
    try:
        return wanted in map(_folded, names)
    except TypeError:  # a name that is a list or a table is none
        return False


# A file has millions of records, but few names.
@lru_cache(maxsize=65_536)
def _folded(name: object) -> str:
    return fold(name) if isinstance(name, str) else ""


def _first_subdivision(record: _Record) -> _Record:
    subdivisions = record.get("subdivisions")
    if not isinstance(subdivisions, list) or not subdivisions:
        return _EMPTY
    return _mapping(cast("list[object]", subdivisions)[0])


def _english(thing: _Record) -> str:
    return _text(_mapping(thing.get("names")).get("en"))


def _mapping(value: object) -> _Record:
    return cast("_Record", value) if isinstance(value, dict) else _EMPTY


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
