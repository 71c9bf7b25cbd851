"""Places and the distances between them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.links.place import UNKNOWN, Place, Point, distance_km, parse_point

PUNE, MUMBAI = (18.5204, 73.8567), (19.0760, 72.8777)
LONDON, NEW_YORK, SYDNEY = (51.5074, -0.1278), (40.7128, -74.0060), (-33.8688, 151.2093)
QUARTER_KM = 6371.0088 * math.pi / 2

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        (PUNE, MUMBAI, 120.0),
        (LONDON, NEW_YORK, 5570.2),
        (LONDON, SYDNEY, 16993.9),
        ((0, 0), (0, 1), 111.2),
        ((0, 179.5), (0, -179.5), 111.2),
        ((90, 0), (-90, 77), 2 * QUARTER_KM),
        ((0, 12), (90, 140), QUARTER_KM),
    ],
)
def test_the_distance_of_known_places_is_the_known_one(a: Point, b: Point, km: float) -> None:
    assert distance_km(a, b) == pytest.approx(km, rel=0.002)


def by_chord_km(a: Point, b: Point) -> float:
    """Another way to the same number: the chord through the earth, from points in space."""

    def in_space(point: Point) -> tuple[float, float, float]:
        latitude, longitude = map(math.radians, point)
        flat = math.cos(latitude)
        return flat * math.cos(longitude), flat * math.sin(longitude), math.sin(latitude)

    return 2 * 6371.0088 * math.asin(min(1.0, math.dist(in_space(a), in_space(b)) / 2))


@given(POINTS, POINTS)
def test_the_distance_is_what_the_chord_says_in_both_directions(a: Point, b: Point) -> None:
    # Near the opposite point asin loses half of its digits in either way: a few hundred metres.
    assert distance_km(a, b) == pytest.approx(by_chord_km(a, b), abs=0.5)
    assert distance_km(a, b) == distance_km(b, a)


@given(POINTS)
def test_a_point_and_its_opposite_are_no_error(point: Point) -> None:
    opposite = (-point[0], point[1] - math.copysign(180, point[1]))
    assert distance_km(point, point) == 0
    assert distance_km(point, opposite) == pytest.approx(2 * QUARTER_KM, abs=0.5)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("18.52,73.85", (18.52, 73.85)),
        (" 18.52 ,  73.85\n", (18.52, 73.85)),
        ("-33.8688,151.2093", (-33.8688, 151.2093)),
        ("+1,-0", (1, 0)),
        ("90,180", (90, 180)),
        ("-90.0,-180.000", (-90, -180)),
    ],
)
def test_a_point_is_read(text: str, point: Point) -> None:
    assert parse_point(text) == point


@given(POINTS)
def test_a_point_that_was_written_is_read_again(point: Point) -> None:
    written = f"{point[0]:.12f},{point[1]:.12f}"
    assert parse_point(written) == pytest.approx(point, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a point"),
        ("18.52", "is not a point"),
        ("18,52,73,85", "is not a point"),
        ("18.52;73.85", "is not a point"),
        ("18.52 73.85", "is not a point"),
        ("nan,nan", "is not a point"),
        ("1e1,1e1", "is not a point"),
        ("१८,७३", "is not a point"),
        ("1_0,2", "is not a point"),
        ("Pune", "18.52,73.85"),
        ("91,100", "latitude 91 .*from -90 to 90"),
        ("-90.001,0", "latitude"),
        ("151.2,-33.8", r"Latitude comes first: -33.8,151.2\?"),
        ("0,180.5", "longitude 180.5 .*from -180 to 180"),
        ("0,-999", "longitude"),
        ("1,2\x1b[2J", r"\\x1b"),
        ("9" * 100_000, r"999\.\.\."),
    ],
)
def test_what_is_no_point_is_refused_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        parse_point(text, field="near")
    assert [problem.field for problem in refused.value.problems] == ["near"]
    assert len(str(refused.value)) < 300


@given(st.text(max_size=60) | st.from_regex(r"[0-9.,+-]{0,30}"))
def test_any_text_is_a_point_on_earth_or_refused(text: str) -> None:
    try:
        latitude, longitude = parse_point(text)
    except Invalid:
        return
    assert -90 <= latitude <= 90
    assert -180 <= longitude <= 180


def test_a_place_has_a_point_only_with_both_degrees() -> None:
    assert Place("IN", "MH", "Maharashtra", "Pune", *PUNE).point == PUNE
    assert Place("IN", latitude=0.0, longitude=0.0).point == (0, 0)
    assert Place("IN", latitude=18.5).point is None
    assert UNKNOWN.point is None


def test_a_place_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        UNKNOWN.city = "Pune"  # type: ignore[misc]
