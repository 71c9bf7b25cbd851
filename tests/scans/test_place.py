"""Places come from the owner's file, in each of the shapes such files have."""

from __future__ import annotations

from pathlib import Path

import mmdb_writer
import pytest
from netaddr import IPSet

from scanly.core.errors import Invalid
from scanly.scans.place import Places

RECORDS = {
    "198.51.100.0/25": {"country": {"iso_code": "IN"}, "city": {"names": {"de": "Puna", "en": "Pune"}}},
    "198.51.100.128/25": {"country_code": "DE"},
    "203.0.113.0/25": {"country": "FR", "city": "Paris"},
    "203.0.113.128/25": {"country": {"names": {"en": "Nowhere"}}, "city": 7},
    "2001:db8::/32": {"country": {"iso_code": "GH"}},
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    writer = mmdb_writer.MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test")
    for network, record in RECORDS.items():
        writer.insert_network(IPSet([network]), record)
    path = tmp_path_factory.mktemp("places") / "places.mmdb"
    writer.to_db_file(str(path))
    return Places(path)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("198.51.100.7", ("IN", "Pune")),
        ("::ffff:198.51.100.7", ("IN", "Pune")),
        ("198.51.100.200", ("DE", "")),
        ("203.0.113.1", ("FR", "Paris")),
        ("203.0.113.200", ("", "")),
        ("2001:db8::1", ("GH", "")),
        ("192.0.2.1", ("", "")),
        ("not an address", ("", "")),
        ("", ("", "")),
    ],
)
def test_an_address_has_the_place_that_the_file_says(
    places: Places, address: str, place: tuple[str, str]
) -> None:
    assert places.find(address) == place


def test_without_a_file_every_place_is_unknown() -> None:
    assert Places(None).find("198.51.100.7") == ("", "")


def test_a_file_that_is_no_place_database_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mmdb"
    bad.write_bytes(b"\xab\xcd\xefMaxMind.com" + bytes(40))
    for path in (bad, tmp_path / "missing.mmdb"):
        with pytest.raises(Invalid, match="geoip_file"):
            Places(path)
