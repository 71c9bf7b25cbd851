"""What a place database is, by its own words and records, and whether it may be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from scanly.core.clock import at
from scanly.core.errors import Invalid
from scanly.core.text import printable
from scanly.scans.geoip.licences import UNKNOWN, Licence, licence_of
from scanly.scans.place import DAMAGED, DAMAGED_INSIDE, Reader, open_reader, place_of, unreadable

Tells = Literal["city", "country", "nothing"]
TELLS: dict[Tells, str] = {
    "city": "countries and cities",
    "country": "countries only",
    "nothing": "no places",
}

_DAY_MS = 86_400_000
_OLD_DAYS = 60
# Cities come early in a file that knows any.
_LOOKED_AT = 5_000
# Four thousand addresses from all over IPv4.
_PROBED = tuple(f"{first}.{second}.0.1" for first in range(1, 224) for second in range(3, 256, 16))


class Facts(msgspec.Struct, frozen=True):
    """``networks`` is how many it holds, 0 unless all of it was read; ``description`` is in English."""

    type: str
    description: str
    built_ms: int
    languages: tuple[str, ...]
    tells: Tells
    licence: Licence = UNKNOWN
    networks: int = 0

    def warning(self, now_ms: int) -> str:
        """One sentence about its age, or nothing."""
        days = (now_ms - self.built_ms) // _DAY_MS
        most = self.licence.replace_days
        if most is not None and days > most:
            return (
                f"The place database is {days} days old: {self.licence.publisher} asks that a file is gone "
                f"{most} days after there is a newer one."
            )
        if days > _OLD_DAYS:
            return f"The place database is {days} days old: networks have moved since."
        return ""

    def __str__(self) -> str:
        built = f"{at(self.built_ms):%Y-%m-%d}"
        return f"{self.type or 'a file of unknown type'}, built {built}, tells {TELLS[self.tells]}"


def describe(path: Path, name: str = "") -> Facts:
    """What a file is, from its metadata and first records; ``name`` is how it was called. Raises Invalid."""
    reader = open_reader(path)
    try:
        return _facts(reader, name or path.name, _Told().count(islice(_records(reader), _LOOKED_AT)))
    except DAMAGED as error:
        raise unreadable(path, DAMAGED_INSIDE) from error
    finally:
        reader.close()


def licence_in(path: Path, name: str) -> Licence:
    """Whose a file is, from its metadata alone. Raises Invalid."""
    reader = open_reader(path)
    try:
        return _facts(reader, name, _Told()).licence
    finally:
        reader.close()


def prove(path: Path, name: str) -> Facts:
    """Reads every record: about 3 µs each, so half a minute for a file of cities.

    Raises Invalid when one is damaged, or when the file tells no places.
    """
    try:
        reader = open_reader(path)
    except Invalid as error:
        raise _unusable(name, "is no MMDB file, or breaks off.") from error
    try:
        facts = _facts(reader, name, _Told().count(_records(reader)), whole=True)
    except DAMAGED as error:
        raise _unusable(name, f"cannot be used: {DAMAGED_INSIDE}.") from error
    finally:
        reader.close()
    if facts.tells == "nothing":
        raise _unusable(name, f"is of another kind ({facts.type or 'no type'}): it tells no country.")
    return facts


def _unusable(name: str, why: str) -> Invalid:
    hint = "Give a database of countries or cities, such as DB-IP City Lite or GeoLite2 City."
    return Invalid.field("file", f'"{printable(name)}" {why}', hint=hint)


def is_sound(reader: Reader) -> bool:
    """Whether addresses from all over the file can be looked up; takes some milliseconds."""
    try:
        for address in _PROBED:
            reader.get(address)
    except DAMAGED:
        return False
    return True


class _Told(Counter[Tells]):
    """How many networks there are, by what is told of them."""

    def count(self, records: Iterable[object]) -> _Told:
        for record in records:
            place = place_of(record)
            self["city" if place.city else "country" if place.country else "nothing"] += 1
        return self

    @property
    def most(self) -> Tells:
        return "city" if self["city"] else "country" if self["country"] else "nothing"


def _records(reader: Reader) -> Iterable[object]:
    return (record for _, record in reader)


def _facts(reader: Reader, name: str, told: _Told, *, whole: bool = False) -> Facts:
    said = reader.metadata()
    description = said.description.get("en", "")
    return Facts(
        type=said.database_type,
        description=description,
        built_ms=said.build_epoch * 1000,
        languages=tuple(said.languages),
        tells=told.most,
        licence=licence_of(said.database_type, description, name),
        networks=told.total() if whole else 0,
    )
