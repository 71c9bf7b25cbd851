"""Places come from the owner's file, in each of the shapes such files have."""

from __future__ import annotations

from pathlib import Path

import mmdb_writer
import pytest
from netaddr import IPSet

from scanly.core.errors import Invalid
from scanly.links.place import UNKNOWN, Place
from scanly.scans.place import Places

# GeoLite2 City, and DB-IP City, which has no codes of regions.
GEOLITE = {
    "continent": {"code": "AS", "names": {"en": "Asia"}},
    "country": {"iso_code": "IN", "names": {"de": "Indien", "en": "India", "fr": "Inde"}},
    "subdivisions": [{"iso_code": "MH", "names": {"en": "Maharashtra", "ru": "Махараштра"}}],
    "city": {"names": {"de": "Puna", "en": "Pune", "ja": "プネー"}},
    "location": {"latitude": 18.5204, "longitude": 73.8567, "time_zone": "Asia/Kolkata"},
}
DB_IP = {
    "country": {"iso_code": "DE", "names": {"en": "Germany"}},
    "subdivisions": [{"names": {"en": "Bavaria"}}],
    "city": {"names": {"en": "Munich (Sendling)"}},
    "location": {"latitude": 48.118, "longitude": 11.5399},
}
NESTED = {
    "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
    "subdivisions": [{"iso_code": "ENG", "names": {"en": "England"}}, {"iso_code": "CMD"}],
    "city": {"names": {"en": "London"}},
}
# IPinfo Location, IPinfo Core, IPinfo Lite, and the free files of ip-location-db.
IPINFO = {
    "country": "FR",
    "region": "Île-de-France",
    "region_code": "IDF",
    "city": "Paris",
    "lat": "48.8534",
    "lng": "2.3488",
}
IPINFO_CORE = {
    "country": "United States",
    "country_code": "US",
    "region": "New York",
    "region_code": "US-NY",
    "city": "Buffalo",
    "latitude": 42.8865,
    "longitude": -78.8784,
}
IPINFO_LITE = {"country": "Ghana", "country_code": "GH", "continent": "Africa"}
FREE = {
    "city": "New York",
    "country_code": "US",
    "latitude": 40.7128,
    "longitude": -74.006,
    "state1": "New York",
}
GEORGIA = {"country": {"iso_code": "GE", "names": {"en": "Georgia"}}, "city": {"names": {"en": "Tbilisi"}}}
ATLANTA = {**FREE, "city": "Atlanta", "state1": "Georgia"}

PUNE = Place("IN", "MH", "Maharashtra", "Pune", 18.5204, 73.8567)
MUNICH = Place("DE", "", "Bavaria", "Munich (Sendling)", 48.118, 11.5399)
PARIS = Place("FR", "IDF", "Île-de-France", "Paris", 48.8534, 2.3488)
BUFFALO = Place("US", "NY", "New York", "Buffalo", 42.8865, -78.8784)
NEW_YORK = Place("US", "", "New York", "New York", 40.7128, -74.006)

# Record by record: what is nothing, nonsense or half there is unknown, and the rest is kept.
SHAPES: list[tuple[object, Place]] = [
    (GEOLITE, PUNE),
    (DB_IP, MUNICH),
    (NESTED, Place("GB", "ENG", "England", "London")),
    (IPINFO, PARIS),
    (IPINFO_CORE, BUFFALO),
    (IPINFO_LITE, Place("GH")),
    (FREE, NEW_YORK),
    (GEORGIA, Place("GE", city="Tbilisi")),
    (ATLANTA, Place("US", "", "Georgia", "Atlanta", 40.7128, -74.006)),
    ({"country_code": "DE"}, Place("DE")),
    ({"country": {"names": {"en": "Nowhere"}}, "city": 7}, UNKNOWN),
    ({"country": "ZZ", "city": ""}, UNKNOWN),
    ({"country": "Erewhon"}, UNKNOWN),
    ({"country": {"iso_code": "IN"}, "subdivisions": []}, Place("IN")),
    ({"country": {"iso_code": "IN"}, "subdivisions": "MH", "city": {"names": ["Pune"]}}, Place("IN")),
    ({"subdivisions": [{"iso_code": "much too long", "names": 3}]}, UNKNOWN),
    ({"location": {"latitude": 18.5}}, UNKNOWN),
    ({"location": {"latitude": 0.0, "longitude": 0.0}}, UNKNOWN),
    ({"location": {"latitude": 0.0, "longitude": 32.5}}, Place(latitude=0.0, longitude=32.5)),
    ({"lat": "91", "lng": "0"}, UNKNOWN),
    ({"lat": "nan", "lng": "nan"}, UNKNOWN),
    ({"lat": "north", "lng": "2"}, UNKNOWN),
    ({"latitude": True, "longitude": True}, UNKNOWN),
    ({"city": {"names": {"en": ["Pune"]}}, "region": {"a": 1}}, UNKNOWN),
    ("IN", UNKNOWN),
    ([1, 2], UNKNOWN),
]


def address(number: int) -> str:
    return f"198.51.{number}.7"


def file_of(folder: Path, records: list[object]) -> Path:
    """A file in which the address of a record is that of its number."""
    writer = mmdb_writer.MMDBWriter(
        ip_version=6, ipv4_compatible=True, database_type="Test", float_type="f64"
    )
    for number, record in enumerate(records):
        writer.insert_network(IPSet([f"198.51.{number}.0/24"]), record)
    writer.insert_network(IPSet(["2001:db8::/32"]), {"country": {"iso_code": "KE"}})
    path = folder / "places.mmdb"
    writer.to_db_file(str(path))
    return path


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(file_of(tmp_path_factory.mktemp("places"), [record for record, _ in SHAPES]))


@pytest.mark.parametrize(("number", "place"), [(number, place) for number, (_, place) in enumerate(SHAPES)])
def test_an_address_has_the_place_that_the_file_says(places: Places, number: int, place: Place) -> None:
    assert places.find(address(number)) == place


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        (f"::ffff:{address(0)}", PUNE),
        ("2001:db8::1", Place("KE")),
        ("192.0.2.1", UNKNOWN),
        ("not an address", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_an_address_of_any_kind_can_be_asked_for(places: Places, asked: str, place: Place) -> None:
    assert places.find(asked) == place


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Pune", PUNE),
        ("pUNE ", PUNE),
        ("puna", PUNE),
        ("プネー", PUNE),
        ("Paris", PARIS),
        # A name that a city shares with its region is the city's, though another city of the region is first.
        ("new-york", NEW_YORK),
        # Of a region and a country no city and no point is told.
        ("Maharashtra", Place("IN", "MH", "Maharashtra")),
        ("махараштра", Place("IN", "MH", "Maharashtra")),
        ("île de france", Place("FR", "IDF", "Île-de-France")),
        ("India", Place("IN")),
        ("Indien", Place("IN")),
        ("Ghana", Place("GH")),
        ("gh", Place("GH")),
        ("FR", Place("FR")),
        ("de", Place("DE")),
        # A region comes before a country.
        ("Georgia", Place("US", "", "Georgia")),
        ("Asia", None),
        ("Pun", None),
        ("18.5204", None),
        ("", None),
        (" - ", None),
    ],
)
def test_a_place_is_found_by_its_name(places: Places, name: str, place: Place | None) -> None:
    assert places.named(name) == place


def test_without_a_file_every_place_is_unknown() -> None:
    places = Places(None)
    assert places.find("198.51.100.7") == UNKNOWN
    assert places.named("Pune") is None
    places.close()


def test_a_file_that_is_no_place_database_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mmdb"
    bad.write_bytes(b"\xab\xcd\xefMaxMind.com" + bytes(40))
    for path in (bad, tmp_path / "missing.mmdb"):
        with pytest.raises(Invalid, match="geoip_file"):
            Places(path)


def test_in_a_damaged_file_an_address_is_unknown_and_a_search_says_so(tmp_path: Path) -> None:
    path = file_of(tmp_path, [GEOLITE])
    whole = path.read_bytes()
    # The records begin after the tree and sixteen zero bytes; a pointer that leads nowhere takes their place.
    start, end = whole.index(bytes(16)) + 16, whole.rindex(b"\xab\xcd\xefMaxMind.com")
    path.write_bytes(whole[:start] + b"\x3f" * (end - start) + whole[end:])
    places = Places(path)
    assert places.find(address(0)) == UNKNOWN
    with pytest.raises(Invalid, match="cannot be read as a place database"):
        places.named("Pune")
