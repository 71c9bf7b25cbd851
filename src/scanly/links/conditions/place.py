"""Where somebody is, as far as their network tells: country, region, city, or within a distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanly.core.errors import Invalid
from scanly.core.text import fold, nearest
from scanly.links.conditions import Setting
from scanly.links.place import Place, distance_km, parse_point
from scanly.links.values import Path, Wrong, mapping, number, words
from scanly.links.visitor import Visitor

_FARTHEST_KM = 20_000
# ISO 3166-1 alpha-2.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class Country:
    """In one of these countries."""

    codes: frozenset[str]
    name: str = "country"

    def holds(self, visitor: Visitor) -> bool:
        return visitor.place.country in self.codes

    def fact(self, visitor: Visitor) -> str:
        return _whereabouts(visitor.place)


@dataclass(frozen=True, slots=True)
class Region:
    """In one of these regions: ``MH``, ``IN-MH`` or ``Maharashtra``, folded."""

    names: frozenset[str]
    name: str = "region"

    def holds(self, visitor: Visitor) -> bool:
        place = visitor.place
        return not self.names.isdisjoint(_names_of_region(place))

    def fact(self, visitor: Visitor) -> str:
        return _whereabouts(visitor.place)


@dataclass(frozen=True, slots=True)
class City:
    """In one of these cities, by name, folded."""

    names: frozenset[str]
    name: str = "city"

    def holds(self, visitor: Visitor) -> bool:
        return fold(visitor.place.city) in self.names

    def fact(self, visitor: Visitor) -> str:
        return _whereabouts(visitor.place)


@dataclass(frozen=True, slots=True)
class Near:
    """Within so many kilometres of a point."""

    point: tuple[float, float]
    km: float
    name: str = "near"

    def holds(self, visitor: Visitor) -> bool:
        there = self._distance(visitor)
        return there is not None and there <= self.km

    def fact(self, visitor: Visitor) -> str:
        there = self._distance(visitor)
        return "where exactly is unknown" if there is None else f"the visitor is {there:,.0f} km away"

    def _distance(self, visitor: Visitor) -> float | None:
        there = visitor.place.point
        return None if there is None else distance_km(self.point, there)


def _names_of_region(place: Place) -> set[str]:
    """The spellings by which a region is known."""
    if not place.region and not place.region_name:
        return set()
    code = {fold(place.region), fold(f"{place.country}-{place.region}")} if place.region else set[str]()
    return code | ({fold(place.region_name)} if place.region_name else set[str]())


def _whereabouts(place: Place) -> str:
    known = [part for part in (place.city, place.region_name or place.region, place.country) if part]
    return f"the visitor is in {', '.join(known)}" if known else "where the visitor is, is unknown"


def _country(value: Any, path: Path, _: Setting) -> Country:
    codes = frozenset(word.upper() for word in words(value, path, "[IN, NP]"))
    for code in codes - COUNTRIES:
        hint = nearest(code, COUNTRIES) if len(code) == 2 else ""
        raise Wrong(
            path, f'"{code[:40]}" is no country.', hint or "Give its two letters, such as IN (ISO 3166)."
        )
    return Country(codes)


def _region(value: Any, path: Path, _: Setting) -> Region:
    return Region(_folded(value, path, "IN-MH"))


def _city(value: Any, path: Path, _: Setting) -> City:
    return City(_folded(value, path, "Pune"))


def _folded(value: Any, path: Path, example: str) -> frozenset[str]:
    names = frozenset(fold(word) for word in words(value, path, example))
    if "" in names:
        raise Wrong(path, "is no name.", f"Such as {example}.")
    return names


def _near(value: Any, path: Path, _: Setting) -> Near:
    found = mapping(value, path, ("at", "km"), '{at: "18.52,73.85", km: 10}')
    try:
        point = parse_point(str(found.get("at", "")))
    except Invalid as error:
        raise Wrong(
            (*path, "at"), "must be latitude and longitude.", 'Write it like "18.52,73.85".'
        ) from error
    return Near(point, number(found.get("km"), (*path, "km"), 0.1, _FARTHEST_KM))


CONDITIONS = {"country": _country, "region": _region, "city": _city, "near": _near}
EXAMPLES = {
    "country": ["IN", "NP"],
    "region": "IN-MH",
    "city": ["Pune", "Mumbai"],
    "near": {"at": "18.52,73.85", "km": 10},
}
