"""Countries on the silhouette of the land."""

import io
import math
import re

import pytest
import resvg_py
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.analytics.samples import ranked, report

from scanly.analytics.charts.wording import wording
from scanly.analytics.charts.world import HIGH, WIDE, bubbles, land, places, spot, world_chart
from scanly.analytics.reports.answer import Row
from scanly.analytics.reports.breakdowns import UNKNOWN
from scanly.core.paths import asset

ENGLISH = wording("en")
# Groups of countries, codes for tests and for nothing, and a continent without a map here.
NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AQ"}


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    """The land as another renderer draws it, one pixel a unit, black on white."""
    png = bytes(resvg_py.svg_to_bytes(svg_path=str(asset("reports", "land.svg")), background="white"))
    return Image.open(io.BytesIO(png)).convert("L")


def is_land(drawn: Image.Image, longitude: float, latitude: float, near: int = 0) -> bool:
    x, y = map(round, spot(longitude, latitude))
    box = (max(x - near, 0), max(y - near, 0), min(x + near + 1, WIDE), min(y + near + 1, HIGH))
    return (drawn.crop(box).getextrema()[0]) < 128


def test_every_country_has_a_place_on_the_map():
    territories = {code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code)}
    assert territories - NOT_COUNTRIES == places().keys()
    assert all(0 <= x <= WIDE and 0 <= y <= HIGH for x, y in places().values())


@given(st.floats(-179, 179), st.floats(-55, 80))
def test_the_projection_keeps_areas(longitude: float, latitude: float):
    """The area of a small field is that on the globe, times one number for the whole map."""
    step = 1e-3
    here, east, north = (
        spot(longitude, latitude),
        spot(longitude + step, latitude),
        spot(longitude, latitude + step),
    )
    area = (east.x - here.x) * (here.y - north.y) - (east.y - here.y) * (here.x - north.x)
    assert area / math.cos(math.radians(latitude)) == pytest.approx(
        (WIDE / 5.41326 * math.radians(step)) ** 2, rel=1e-3
    )


def test_the_projection_has_the_proportions_that_its_paper_gives():
    across = spot(180, 0).x - spot(-180, 0).x
    down = spot(0, -90).y - spot(0, 90).y
    assert across / down == pytest.approx(2.05458, abs=1e-4)


@pytest.mark.parametrize(
    ("place", "longitude", "latitude"),
    [
        ("Delhi", 77.2, 28.6),
        ("Nairobi", 36.8, -1.3),
        ("Brasília", -47.9, -15.8),
        ("Alice Springs", 133.9, -23.7),
        ("Denver", -105.0, 39.7),
        ("Novosibirsk", 82.9, 55.0),
        ("Madrid", -3.7, 40.4),
        ("Anadyr, beyond 180 degrees", -173.5, 66.5),
    ],
)
def test_cities_lie_on_land(drawn: Image.Image, place: str, longitude: float, latitude: float):
    assert is_land(drawn, longitude, latitude)


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(-30, 0), (-150, 0), (80, -30), (-40, 45), (50.5, 42), (0, -50), (-160, 40), (175, 40)],
)
def test_seas_are_empty_and_the_caspian_is_one(drawn: Image.Image, longitude: float, latitude: float):
    assert not is_land(drawn, longitude, latitude, near=2)


@pytest.mark.parametrize(
    "country", ["IN", "US", "BR", "ZA", "DE", "EG", "CN", "AU", "RU", "CA", "ID", "GB", "JP", "NO", "CL"]
)
def test_bubbles_of_large_countries_stand_on_their_land(drawn: Image.Image, country: str):
    x, y = map(round, places()[country])
    assert drawn.getpixel((x, y)) < 128


@pytest.mark.parametrize("country", ["SG", "BH", "MV", "MU", "MT", "XK", "TW", "PS", "RE", "VA"])
def test_small_countries_have_a_bubble_too(country: str):
    (found,) = bubbles([Row(country, 1)])
    assert found.row.key == country


def test_the_outline_is_one_small_path_in_whole_units():
    assert len(land().encode()) <= 18_000
    assert re.fullmatch(r"(M\d+ \d+l[-\d ]+z)+", land())


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=8))
def test_areas_of_bubbles_are_in_proportion_to_scans(scans: list[int]):
    found = bubbles([Row(country, number) for country, number in zip(places(), scans, strict=False)])
    largest = found[0]
    for one in found:
        share = (one.radius / largest.radius) ** 2
        assert one.radius == 5 or share == pytest.approx(one.row.scans / largest.row.scans)
    assert [one.row.scans for one in found] == sorted(scans, reverse=True)


def test_whoever_cannot_be_placed_is_in_the_table_but_not_on_the_map():
    asked = report("country", [Row("IN", 7, title="India"), Row("A1", 2), Row(UNKNOWN, 1)])
    chart = world_chart(asked, ENGLISH)
    assert chart.picture.count("<circle") == 1 and chart.table.count("<tr>") == 4
    assert chart.sentence == "From 2 countries. Most are in India: 70% of all."


def test_the_map_says_each_number_to_whoever_points_at_it():
    chart = world_chart(ranked("country", 1_000), ENGLISH)
    assert "<title>United Arab Emirates: 60 scans</title>" in chart.picture
    assert 'viewBox="0 0 1000 432"' in chart.picture and "style=" not in chart.picture
