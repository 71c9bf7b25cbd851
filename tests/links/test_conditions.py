import json
import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.clock import at
from scanly.links import conditions
from scanly.links.agent import Agent, read_agent
from scanly.links.conditions import Setting, asks, explain, parse
from scanly.links.moments import find_zone, parse_moment
from scanly.links.place import UNKNOWN, Place, distance_km
from scanly.links.simulation import Simulated, place_in_rules
from scanly.links.values import Wrong
from scanly.links.visitor import lot

CALENDARS = {"festival": ("2026-11-08", "12-25"), "IN": ("2026-06-01",)}
ZONE = "Asia/Kolkata"
PUNE = Place("IN", "MH", "Maharashtra", "Pune", 18.52, 73.85)
BERLIN = Place("DE", "BE", "State of Berlin", "Berlin", 52.52, 13.405)
PARIS = Place("FR", "IDF", "Île-de-France", "Paris")
STUTTGART = Place("DE", "BW", "Baden-Württemberg", "Stuttgart")
CHROME_10 = read_agent(
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
ANDROID = Agent("phone", "android", (9, 1), "chrome")
IPHONE = Agent("phone", "ios", (17, 6, 1), "", "instagram")


def when(text: str, zone: str = ZONE) -> int:
    return parse_moment(text, find_zone(zone), 0, field="at")


def holds(value: object, visitor: Simulated, zone: str = ZONE, key: int = 1) -> bool:
    """Whether it holds; the explanation must say the same."""
    condition = parse(value, Setting(zone, CALENDARS, key))
    first, *_ = steps = list(explain(condition, visitor))
    assert all(step.fact for step in steps)
    assert first.holds == condition.holds(visitor)
    return first.holds


# Each line: what a rule says, moments at which it holds, moments at which it does not.
WEEK = {"mon-fri": "09:00-17:00", "sat": ["09:00-12:00", "14:00-18:00"], "sun": "closed"}
NIGHT = {"fri": "18:00-02:00", "sat": "22:00-24:00", "sun": "24:00-01:00"}
# 2026-12-04 is a Friday.
MOMENTS = [
    ({"hours": "09:00-17:00"}, ["2026-12-04 09:00", "2026-12-04 16:59:59"], ["2026-12-04 08:59:59",
     "2026-12-04 17:00"]),
    ({"hours": "18:00-02:00"}, ["2026-12-04 18:00", "2026-12-04 00:00", "2026-12-04 01:59:59"],
     ["2026-12-04 02:00", "2026-12-04 17:59:59"]),
    ({"hours": "18:00-24:00"}, ["2026-12-04 18:00", "2026-12-04 23:59:59"], ["2026-12-04 00:00", "2026-12-04 17:00"]),
    ({"hours": "00:00-24:00"}, ["2026-12-04 00:00", "2026-12-04 23:59:59"], []),
    ({"hours": "09:00-09:00"}, ["2026-12-04 09:00", "2026-12-04 08:59"], []),
    ({"hours": ["08.00 – 9.30", "12:00-13:00"]}, ["2026-12-04 08:00", "2026-12-04 12:59"],
     ["2026-12-04 09:30", "2026-12-04 11:00"]),
    ({"hours": "closed"}, [], ["2026-12-04 09:00", "2026-12-04 00:00"]),
    ({"hours": "open"}, ["2026-12-04 09:00", "2026-12-04 00:00"], []),
    ({"weekly": WEEK}, ["2026-12-04 09:00", "2026-11-30 16:59", "2026-12-05 11:59", "2026-12-05 14:00"],
     ["2026-12-04 17:00", "2026-12-05 12:00", "2026-12-05 18:00", "2026-12-06 10:00", "2026-12-06 00:00"]),
    ({"weekly": NIGHT}, ["2026-12-04 18:00", "2026-12-05 00:00", "2026-12-05 01:59", "2026-12-05 22:00",
                         "2026-12-05 23:59", "2026-12-06 00:00", "2026-12-06 00:59"],
     ["2026-12-04 00:00", "2026-12-04 01:59", "2026-12-05 02:00", "2026-12-06 01:00", "2026-12-06 23:59",
      "2026-12-07 00:00", "2026-12-07 00:30"]),
    # Past midnight from Sunday to Monday, and from a day with no hours of its own.
    ({"weekly": {"sun": "22:00-03:00"}}, ["2026-12-06 22:00", "2026-12-07 02:59"],
     ["2026-12-06 02:00", "2026-12-07 03:00", "2026-12-07 22:00"]),
    ({"weekly": {"fri-mon": "10:00-11:00"}}, ["2026-12-04 10:00", "2026-12-05 10:00", "2026-12-06 10:00",
     "2026-12-07 10:00"],
     ["2026-12-08 10:00", "2026-12-03 10:00"]),
    ({"days": ["sat", "Sunday"]}, ["2026-12-05 00:00", "2026-12-06 23:59:59"], ["2026-12-04 23:59:59",
     "2026-12-07 00:00"]),
    ({"days": "sat-mon"}, ["2026-12-05", "2026-12-07"], ["2026-12-08"]),
    ({"days": "mon-sun"}, ["2026-12-05", "2026-12-07", "2026-12-09"], []),
    ({"dates": {"from": "2026-12-01", "to": "2026-12-31"}}, ["2026-12-01", "2026-12-31 23:59:59"],
     ["2026-11-30 23:59:59", "2027-01-01", "2025-12-10", "2027-12-10"]),
    ({"dates": {"from": "12-24", "to": "01-06"}}, ["2026-12-24", "2026-12-31 23:59", "2027-01-01", "2027-01-06 23:59"],
     ["2026-12-23 23:59", "2027-01-07", "2026-06-01"]),
    ({"dates": {"from": "06-01", "to": "08-31"}}, ["2026-06-01", "2027-08-31 23:59"], ["2026-05-31 23:59",
     "2026-09-01"]),
    ({"dates": {"from": "02-29", "to": "02-29"}}, ["2028-02-29 12:00"], ["2027-02-28 23:59", "2027-03-01"]),
    ({"dates": {"from": "02-29", "to": "03-01"}}, ["2028-02-29", "2027-03-01"], ["2027-02-28 23:59", "2027-03-02"]),
    ({"dates": {"from": "2026-12-24", "to": "2026-12-24"}}, ["2026-12-24", "2026-12-24 23:59:59"], ["2026-12-25"]),
    ({"time": {"from": "2026-12-24 18:00", "to": "2026-12-24 23:00"}}, ["2026-12-24 18:00", "2026-12-24 22:59:59"],
     ["2026-12-24 17:59:59", "2026-12-24 23:00", "2027-12-24 19:00"]),
    ({"time": {"from": "2026-12-24"}}, ["2026-12-24 00:00", "2030-01-01"], ["2026-12-23 23:59:59"]),
    ({"time": {"to": "2026-12-24"}}, ["2020-01-01", "2026-12-24 23:59:59"], ["2026-12-25 00:00"]),
    ({"time": {"from": "2026-12-24T12:30Z", "to": "2026-12-24 24:00"}}, ["2026-12-24 18:00", "2026-12-24 23:59:59"],
     ["2026-12-24 17:59:59", "2026-12-25 00:00"]),
    ({"holiday": "IN-MH"}, ["2026-05-01 12:00", "2026-08-15 00:00", "2026-01-26 23:59:59"], ["2026-05-02",
     "2026-08-16"]),
    ({"holiday": "de-by"}, ["2026-01-06", "2026-12-25", "2026-11-01"], ["2026-01-07", "2026-10-31"]),
    ({"holiday": "DE-Augsburg"}, ["2026-08-08"], ["2026-08-09"]),
    ({"holiday": "festival"}, ["2026-11-08", "2026-12-25", "2030-12-25"], ["2027-11-08", "2026-12-26"]),
    ({"holiday": ["festival", "DE"]}, ["2026-11-08", "2026-10-03"], ["2026-11-09"]),
    # An own calendar of a country's name is the one that is meant.
    ({"holiday": "IN"}, ["2026-06-01"], ["2026-08-15"]),
    ({"all": [{"days": "fri"}, {"hours": "09:00-17:00"}]}, ["2026-12-04 12:00"], ["2026-12-04 18:00",
     "2026-12-03 12:00"]),
    ({"days": "fri", "hours": "09:00-17:00"}, ["2026-12-04 12:00"], ["2026-12-04 18:00", "2026-12-03 12:00"]),
    ({"any": [{"days": "fri"}, {"hours": "09:00-17:00"}]}, ["2026-12-04 18:00", "2026-12-03 12:00"],
     ["2026-12-03 18:00"]),
    ({"not": {"days": "fri", "hours": "09:00-17:00"}}, ["2026-12-04 18:00", "2026-12-03 12:00"], ["2026-12-04 12:00"]),
    ({"not": {"any": [{"days": "fri"}, {"not": {"hours": "09:00-17:00"}}]}}, ["2026-12-03 12:00"],
     ["2026-12-04 12:00", "2026-12-03 18:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "inside", "outside"), MOMENTS, ids=lambda each: json.dumps(each)[:60])
def test_a_rule_about_time_holds_within_its_bounds_only(value, inside, outside):
    for moment in inside:
        assert holds(value, Simulated(when(moment))), moment
    for moment in outside:
        assert not holds(value, Simulated(when(moment))), moment


ZONES = [
    # The zone of the rule, not of the visitor; at the top, in a part, and in a part of a part.
    ({"hours": "09:00-10:00", "zone": "Europe/Berlin"}, "2026-12-04T08:30Z", True),
    ({"hours": "09:00-10:00", "zone": "Europe/Berlin"}, "2026-12-04T03:45Z", False),
    ({"hours": "09:00-10:00"}, "2026-12-04T03:45Z", True),
    ({"any": [{"hours": "09:00-10:00", "zone": "Europe/Berlin"}, {"hours": "09:00-10:00"}]}, "2026-12-04T08:30Z", True),
    ({"any": [{"hours": "09:00-10:00", "zone": "Europe/Berlin"}, {"hours": "09:00-10:00"}]}, "2026-12-04T03:45Z", True),
    ({"zone": "Europe/Berlin", "all": [{"hours": "09:00-10:00"}, {"not": {"hours": "08:00-09:00", "zone": "UTC"}}]},
     "2026-12-04T08:30Z", False),
    ({"zone": "Europe/Berlin", "all": [{"hours": "09:00-10:00"}, {"not": {"hours": "13:00-14:00", "zone": "UTC"}}]},
     "2026-12-04T08:30Z", True),
    ({"days": "sat", "zone": "Pacific/Auckland"}, "2026-12-04T11:30Z", True),
    ({"days": "sat", "zone": "America/New_York"}, "2026-12-05T04:30Z", False),
    ({"dates": {"from": "2027-01-01", "to": "2027-01-01"}, "zone": "Asia/Tokyo"}, "2026-12-31T15:00Z", True),
    ({"holiday": "DE", "zone": "Europe/Berlin"}, "2026-12-24T23:30Z", True),
    ({"holiday": "DE", "zone": "UTC"}, "2026-12-24T23:30Z", False),
    ({"time": {"from": "2026-12-24 18:00"}, "zone": "Europe/Berlin"}, "2026-12-24T17:00Z", True),
    ({"time": {"from": "2026-12-24 18:00"}, "zone": "Europe/Berlin"}, "2026-12-24T16:59Z", False),
    # Clocks skip 2:00 to 3:00 on 2026-03-29 and show it twice on 2026-10-25.
    ({"hours": "02:00-03:00", "zone": "Europe/Berlin"}, "2026-03-29T00:59Z", False),
    ({"hours": "02:00-03:00", "zone": "Europe/Berlin"}, "2026-03-29T01:00Z", False),
    ({"hours": "02:00-03:00", "zone": "Europe/Berlin"}, "2026-10-25T00:30Z", True),
    ({"hours": "02:00-03:00", "zone": "Europe/Berlin"}, "2026-10-25T01:30Z", True),
    ({"hours": "02:00-03:00", "zone": "Europe/Berlin"}, "2026-10-25T02:00Z", False),
    ({"weekly": {"sat": "22:00-03:00"}, "zone": "Europe/Berlin"}, "2026-10-25T01:59Z", True),
    ({"weekly": {"sat": "22:00-03:00"}, "zone": "Europe/Berlin"}, "2026-03-29T00:59Z", True),
    ({"weekly": {"sat": "22:00-03:00"}, "zone": "Europe/Berlin"}, "2026-03-29T01:00Z", False),
]  # fmt: skip


@pytest.mark.parametrize(("value", "moment", "expected"), ZONES)
def test_clocks_are_those_of_the_nearest_zone_with_its_daylight_saving(value, moment, expected):
    assert holds(value, Simulated(when(moment))) is expected


WHO = [
    ({"country": ["IN", "np"]}, {"place": PUNE}, True),
    ({"country": "in"}, {"place": BERLIN}, False),
    ({"country": "IN"}, {"place": UNKNOWN}, False),
    ({"region": "MH"}, {"place": PUNE}, True),
    ({"region": "in-mh"}, {"place": PUNE}, True),
    ({"region": "MAHARASHTRA"}, {"place": PUNE}, True),
    ({"region": ["Goa", " maha rashtra "]}, {"place": PUNE}, True),
    ({"region": "DE-MH"}, {"place": PUNE}, False),
    ({"region": "IN"}, {"place": PUNE}, False),
    ({"region": "Île de France"}, {"place": PARIS}, True),
    ({"region": "baden-württemberg"}, {"place": STUTTGART}, True),
    ({"region": "MH"}, {"place": UNKNOWN}, False),
    ({"region": 75}, {"place": Place("FR", "75")}, True),
    ({"city": "pune"}, {"place": PUNE}, True),
    ({"city": ["Mumbai", "PUNE"]}, {"place": PUNE}, True),
    ({"city": "New-York"}, {"place": Place(city="new york")}, True),
    ({"city": "Straße"}, {"place": Place(city="STRASSE")}, True),
    ({"city": "Pun"}, {"place": PUNE}, False),
    ({"city": "Pune"}, {"place": UNKNOWN}, False),
    ({"near": {"at": "18.52,73.85", "km": 0.1}}, {"place": PUNE}, True),
    ({"near": {"at": "18.52,73.85", "km": 20_000}}, {"place": BERLIN}, True),
    ({"near": {"at": "-18.52, -73.85", "km": 10}}, {"place": PUNE}, False),
    ({"near": {"at": "18.52,73.85", "km": 20_000}}, {"place": UNKNOWN}, False),
    ({"near": {"at": "18.52,73.85", "km": 20_000}}, {"place": PARIS}, False),
    ({"device": "Phone"}, {"agent": ANDROID}, True),
    ({"device": ["tablet", "desktop"]}, {"agent": ANDROID}, False),
    ({"device": "phone"}, {}, False),
    ({"browser": "chrome"}, {"agent": ANDROID}, True),
    ({"browser": "chrome"}, {"agent": IPHONE}, False),
    ({"app": "instagram"}, {"agent": IPHONE}, True),
    ({"app": "any"}, {"agent": IPHONE}, True),
    ({"app": "none"}, {"agent": IPHONE}, False),
    ({"app": "any"}, {"agent": ANDROID}, False),
    ({"app": "none"}, {"agent": ANDROID}, True),
    ({"app": ["facebook", "none"]}, {"agent": ANDROID}, True),
    ({"app": ["facebook", "none"]}, {"agent": IPHONE}, False),
    ({"visit": "first"}, {}, True),
    ({"visit": "first"}, {"seen_before": True}, False),
    ({"visit": "repeat"}, {"seen_before": True}, True),
    ({"visit": ["Repeat"]}, {}, False),
    ({"nth": 100}, {"nth": 100}, True),
    ({"nth": 100}, {"nth": 101}, False),
    ({"nth": 1}, {"nth": 0}, False),
    ({"nth": {"every": 10}}, {"nth": 10}, True),
    ({"nth": {"every": 10}}, {"nth": 20}, True),
    ({"nth": {"every": 10}}, {"nth": 15}, False),
    ({"nth": {"every": 10}}, {"nth": 0}, False),
    ({"nth": {"from": 1, "to": 50}}, {"nth": 50}, True),
    ({"nth": {"from": 1, "to": 50}}, {"nth": 51}, False),
    ({"nth": {"from": 2}}, {"nth": 1}, False),
    ({"nth": {"from": 2}}, {"nth": 2**31 - 1}, True),
    ({"nth": {"to": 5}}, {"nth": 0}, False),
    ({"nth": {"every": 3, "from": 5, "to": 9}}, {"nth": 3}, False),
    ({"nth": {"every": 3, "from": 5, "to": 9}}, {"nth": 9}, True),
    ({"not": {"nth": {"every": 10}}}, {"nth": 0}, True),
    ({"language": "pt"}, {"language": "pt-br"}, True),
    ({"language": "PT_BR"}, {"language": "pt-br"}, True),
    ({"language": "pt-br"}, {"language": "pt"}, False),
    ({"language": ["hi", "mr"]}, {"language": "mr"}, True),
    ({"language": "de"}, {"language": "den"}, False),
    ({"language": "de"}, {"language": ""}, False),
    ({"language": "zh-hant"}, {"language": "zh-hant-tw"}, True),
    ({"referrer": "example.com"}, {"referrer": "example.com"}, True),
    ({"referrer": "example.com"}, {"referrer": "www.example.com/a/b"}, True),
    ({"referrer": "https://www.Example.com/"}, {"referrer": "m.example.com/"}, True),
    ({"referrer": "example.com"}, {"referrer": "evilexample.com"}, False),
    ({"referrer": "example.com"}, {"referrer": "example.com.evil.net"}, False),
    ({"referrer": "example.com"}, {"referrer": "evil.net/example.com"}, False),
    ({"referrer": "example.com/Menu"}, {"referrer": "www.example.com/Menu/1"}, True),
    ({"referrer": "example.com/menu"}, {"referrer": "example.com/other"}, False),
    ({"referrer": "example.com/menu"}, {"referrer": "example.com"}, False),
    ({"referrer": "münchen.de"}, {"referrer": "www.xn--mnchen-3ya.de/x"}, True),
    ({"referrer": "none"}, {"referrer": ""}, True),
    ({"referrer": "none"}, {"referrer": "example.com"}, False),
    ({"referrer": ["none", "instagram.com"]}, {"referrer": "l.instagram.com/"}, True),
    ({"referrer": "example.com"}, {"referrer": ""}, False),
    ({"query": {"ref": "poster"}}, {"queries": (("ref", "poster"),)}, True),
    ({"query": {"ref": "poster"}}, {"queries": (("ref", "Poster"),)}, False),
    ({"query": {"ref": "poster"}}, {"queries": (("REF", "poster"),)}, False),
    ({"query": {"ref": "poster"}}, {"queries": (("ref", "window"), ("ref", "poster"))}, False),
    ({"query": {"ref": "poster"}}, {"queries": (("ref", "poster"), ("ref", "window"))}, True),
    ({"query": {"ref": ["poster", "window"]}}, {"queries": (("ref", "window"),)}, True),
    ({"query": {"ref": "*"}}, {"queries": (("ref", ""),)}, True),
    ({"query": {"ref": "*"}}, {"queries": (("other", "x"),)}, False),
    ({"query": {"ref": 7}}, {"queries": (("ref", "7"),)}, True),
    ({"query": {"a": "1", "b": "*"}}, {"queries": (("a", "1"),)}, False),
    ({"query": {"a": "1", "b": "*"}}, {"queries": (("b", "x"), ("a", "1"))}, True),
    ({"query": {"ref[]": "x"}}, {"queries": (("ref[]", "x"),)}, True),
]  # fmt: skip


@pytest.mark.parametrize(("value", "facts", "expected"), WHO, ids=lambda each: repr(each)[:50])
def test_a_rule_about_who_and_how_holds_for_those_it_means(value, facts, expected):
    assert holds(value, Simulated(0, **facts)) is expected


def test_a_distance_counts_to_its_end():
    point = (18.6, 73.9)
    km = distance_km((18.52, 73.85), point)
    there = Simulated(0, place=Place(latitude=point[0], longitude=point[1]))
    assert holds({"near": {"at": "18.52,73.85", "km": km}}, there)
    assert not holds({"near": {"at": "18.52,73.85", "km": math.nextafter(km, 0)}}, there)


OS = [
    ("android", ANDROID, True), ("ANDROID", ANDROID, True), ("ios", ANDROID, False), ("android", Agent(), False),
    ("android>=9", ANDROID, True), ("android >= 9.1", ANDROID, True), ("android>=9.2", ANDROID, False),
    ("android>9", ANDROID, False), ("android>8", ANDROID, True), ("android>9.0", ANDROID, True),
    ("android<9", ANDROID, False), ("android<10", ANDROID, True), ("android<=9", ANDROID, True),
    ("android<=9.0", ANDROID, False), ("android=9", ANDROID, True), ("android 9", ANDROID, True),
    ("android9.1", ANDROID, True), ("android=9.1.0", ANDROID, True), ("android=9.1.1", ANDROID, False),
    (["ios", "android<9"], ANDROID, False), (["ios", "android<10"], ANDROID, True),
    ("ios>=17.6.1", IPHONE, True), ("ios<17.6.1", IPHONE, False),
    # Chrome says Android 10 of everything later: only "at least" is known.
    ("android>=10", CHROME_10, True), ("android>=9", CHROME_10, True), ("android>9", CHROME_10, True),
    ("android>10", CHROME_10, False), ("android>=12", CHROME_10, False), ("android<12", CHROME_10, False),
    ("android<=10", CHROME_10, False), ("android=10", CHROME_10, False), ("android", CHROME_10, True),
    # Without a version no comparison is known to hold.
    ("android>=1", Agent(os="android"), False), ("android<99", Agent(os="android"), False),
    ("android", Agent(os="android"), True),
]  # fmt: skip


@pytest.mark.parametrize(("value", "agent", "expected"), OS)
def test_a_version_is_compared_by_as_many_parts_as_are_named_and_only_when_it_is_known(
    value, agent, expected
):
    assert holds({"os": value}, Simulated(0, agent=agent)) is expected


SHARES = ("25%", 50, "0.5 %", "99.9%", 100)


@pytest.mark.parametrize("share", SHARES)
def test_a_share_of_all_visitors_gets_in_and_always_the_same_ones(share):
    ratio = float(str(share).strip(" %")) / 100
    condition = parse({"share": share}, Setting(ZONE, {}, 77))
    people = [Simulated(0, name=f"visitor {number}") for number in range(20_000)]
    drawn = [condition.holds(each) for each in people]
    assert drawn == [condition.holds(replace(each, now_ms=10**12, nth=5)) for each in people]
    deviation = math.sqrt(ratio * (1 - ratio) * len(people))
    assert abs(sum(drawn) - ratio * len(people)) <= 4 * deviation


def test_two_rules_with_the_same_share_draw_independently():
    first, second = (parse({"share": "30%"}, Setting(ZONE, {}, key)) for key in (1, 2))
    people = [Simulated(0, name=f"visitor {number}") for number in range(20_000)]
    both = sum(first.holds(each) and second.holds(each) for each in people)
    assert abs(both - 0.09 * len(people)) <= 4 * math.sqrt(0.09 * 0.91 * len(people))


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**63))
def test_a_lot_is_a_number_from_0_to_below_1(visitor, key):
    assert 0 <= lot(visitor, key) < 1


def test_the_highest_lot_is_still_below_1(monkeypatch):
    monkeypatch.setattr("scanly.links.visitor.mixed", lambda *_: 2**64 - 1)
    assert lot.__wrapped__(1, 2) < 1


# What is wrong, where in it, and a word of the reason.
WRONG = [
    ({}, (), "{country: IN}"), (None, (), "condition"), ([], (), "condition"), ("IN", (), "condition"), (7, (),
     "condition"),
    ({"zone": "UTC"}, (), "without a condition"), ({"zone": "Mars", "days": "fri"}, ("zone",), '"Mars"'),
    ({"zone": ["UTC"], "days": "fri"}, ("zone",), "time zone"),
    ({"contry": "IN"}, ("contry",), 'Did you mean "country"'), ({"": 1}, ("",), "is no condition"),
    ({"any": {}}, ("any",), "list"), ({"all": []}, ("all",), "list"), ({"any": ["x"]}, ("any", 0), "condition"),
    ({"any": [{"days": "fri"}, {"not": {"citty": "x"}}]}, ("any", 1, "not", "citty"), "city"),
    ({"not": None}, ("not",), "condition"),
    ({"country": "India"}, ("country",), "two letters"), ({"country": "UX"}, ("country",), '"UX" is no country'),
    ({"country": []}, ("country",), "empty"), ({"country": True}, ("country",), "word"),
    ({"country": ["IN", None]}, ("country", 1), "word"), ({"country": {"IN": 1}}, ("country",), "word"),
    ({"city": ""}, ("city",), "word"), ({"city": [["Pune"]]}, ("city", 0), "word"), ({"city": 1.5}, ("city",), "word"),
    ({"city": "-"}, ("city",), "no name"), ({"region": ["MH", " _ "]}, ("region",), "no name"),
    ({"city": "a\0b"}, ("city",), "invisible"), ({"city": ["x", "a\u202eb"]}, ("city", 1), "invisible"),
    ({"near": "18,73"}, ("near",), "parts"), ({"near": {"at": "18.52,73.85"}}, ("near", "km"), "number"),
    ({"near": {"at": "x", "km": 1}}, ("near", "at"), "18.52,73.85"), ({"near": {"km": 1}}, ("near", "at"), "latitude"),
    ({"near": {"at": "91,0", "km": 1}}, ("near", "at"), "latitude"),
    ({"near": {"at": "18.52,73.85", "km": 0}}, ("near", "km"), "from 0.1 to 20,000"),
    ({"near": {"at": "18.52,73.85", "km": "10"}}, ("near", "km"), "number"),
    ({"near": {"at": "18.52,73.85", "km": True}}, ("near", "km"), "number"),
    ({"near": {"at": "18.52,73.85", "km": float("nan")}}, ("near", "km"), "number"),
    ({"near": {"at": "18.52,73.85", "kms": 1}}, ("near", "kms"), 'Did you mean "km"'),
    ({"device": "phnoe"}, ("device",), 'Did you mean "phone"'), ({"browser": "zzz"}, ("browser",), "There are"),
    ({"app": "instagrm"}, ("app",), "instagram"), ({"os": "andriod>=9"}, ("os",), "android"),
    ({"os": "android=>9"}, ("os",), "is no system"), ({"os": 9}, ("os",), "is no system"),
    ({"os": "android>=nine"}, ("os",), "android>=9"),
    ({"visit": "second"}, ("visit",), "first"), ({"visit": ["first", "repeat"]}, ("visit",), "either"),
    ({"nth": 0}, ("nth",), "from 1"), ({"nth": True}, ("nth",), "whole number"), ({"nth": "10"}, ("nth",), "parts"),
    ({"nth": 2**31}, ("nth",), "2,147,483,647"), ({"nth": 1.5}, ("nth",), "parts"),
    ({"nth": {"every": 1.5}}, ("nth", "every"), "whole number"), ({"nth": {"every": None}}, ("nth", "every"), "whole"),
    ({"nth": {"from": 9, "to": 8}}, ("nth",), "ends before"), ({"nth": {"evry": 2}}, ("nth", "evry"), "every"),
    ({"share": "0%"}, ("share",), "above 0"), ({"share": 101}, ("share",), "percentage"), ({"share": True},
     ("share",), "25%"),
    ({"share": "half"}, ("share",), "25%"), ({"share": -5}, ("share",), "above 0"), ({"share": [25]},
     ("share",), "25%"),
    ({"language": "english!"}, ("language",), "pt-br"), ({"language": "*"}, ("language",), "no language"),
    ({"referrer": "instagram"}, ("referrer",), "instagram.com"), ({"referrer": "a b.com"}, ("referrer",), "no site"),
    ({"referrer": "https:///x"}, ("referrer",), "no site"), ({"referrer": "."}, ("referrer",), "no site"),
    ({"query": "ref"}, ("query",), "parts"), ({"query": {}}, ("query",), "parts"),
    ({"query": {"a b": "x"}}, ("query", "a b"), "no name of a parameter"), ({"query": {"ref": ""}}, ("query",
     "ref"), "word"),
    ({"query": {"ref": {"x": 1}}}, ("query", "ref"), "word"),
    ({"time": {}}, ("time",), "parts"), ({"time": {"from": "sunday"}}, ("time", "from"), "2026-12-24 18:00"),
    ({"time": {"from": "2026-12-24 25:00"}}, ("time", "from"), "date and time"),
    ({"time": {"from": "2026-12-25", "to": "2026-12-24"}}, ("time",), "ends before"),
    ({"time": {"from": "2026-12-24 18:00", "to": "2026-12-24 18:00"}}, ("time",), "ends before"),
    ({"dates": {"from": "12-24"}}, ("dates", "to"), "must be a date"),
    ({"dates": {"from": "2026-12-24", "to": "01-06"}}, ("dates",), "year on one side"),
    ({"dates": {"from": "2026-12-24", "to": "2026-01-06"}}, ("dates",), "ends before"),
    ({"dates": {"from": "02-30", "to": "03-01"}}, ("dates", "from"), "must be a date"),
    ({"days": "funday"}, ("days",), '"funday" is no weekday'), ({"days": "mon-"}, ("days",), "weekday"),
    ({"hours": "9-17"}, ("hours",), "09:00-17:30"), ({"hours": "09:00"}, ("hours",), "09:00-17:30"),
    ({"hours": "09:00-25:00"}, ("hours",), "no hours"), ({"hours": []}, ("hours",), "empty"),
    ({"weekly": "09:00-17:00"}, ("weekly",), "by weekday"), ({"weekly": {"mo": "x"}}, ("weekly", "mo"), "no weekday"),
    ({"weekly": {"mon": "x"}}, ("weekly", "mon"), "no hours"), ({"weekly": {"mon": None}}, ("weekly", "mon"), "word"),
    ({"weekly": {"mon-fri": "closed", "tue": "open"}}, ("weekly", "tue"), "names tue a second time"),
    ({"holiday": "IN-ZZ"}, ("holiday",), "AN, AP"), ({"holiday": "festivl"}, ("holiday",), "festival"),
    ({"holiday": "nowhere"}, ("holiday",), "IN-MH"), ({"holiday": "SG-X"}, ("holiday",), "no regions"),
    ({"holiday": ""}, ("holiday",), "word"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "path", "said"), WRONG, ids=lambda each: repr(each)[:40])
def test_a_wrong_value_is_refused_with_where_it_stands_and_what_to_write(value, path, said):
    with pytest.raises(Wrong) as refused:
        parse(value, Setting(ZONE, CALENDARS))
    assert refused.value.path == path
    sentence = f"{refused.value.message} {refused.value.hint}"
    assert said in sentence
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize("name", ["any", "not"])
def test_nesting_has_an_end(name):
    value: object = {"days": "fri"}
    for _ in range(30):
        value = {name: [value] if name == "any" else value}
    with pytest.raises(Wrong, match="too deeply"):
        parse(value, Setting(ZONE))


def test_every_region_for_which_holidays_are_offered_can_be_asked():
    visitor = Simulated(when("2026-01-01"))
    for country, regions in conditions.time.calendars._countries().items():  # as a rule may name them
        for region in ("", *regions):
            name = f"{country}-{region}" if region else country
            if len(country) == 2:
                parse({"holiday": name}, Setting(ZONE)).holds(visitor)


def test_every_condition_has_examples_that_are_read_and_explained():
    given = dict(conditions.examples())
    assert set(given) | {"all", "any", "not"} == set(conditions.names())
    visitor = Simulated(
        when("2026-12-24 18:30"), ANDROID, PUNE, "hi", "instagram.com", nth=10, queries=(("ref", "1"),)
    )
    for name, value in given.items():
        condition = parse({name: value}, Setting(ZONE))
        assert condition.name == name
        assert asks(condition, name)
        assert asks(parse({"not": {"any": [{name: value}]}}, Setting(ZONE)), name)
        (step,) = explain(condition, visitor)
        assert step.fact
        assert step.fact[-1] != "."


def test_an_explanation_shows_every_part_below_what_it_is_part_of():
    value = {"any": [{"days": "fri", "hours": "09:00-17:00"}, {"not": {"country": "IN"}}]}
    told = [(step.depth, step.name, step.holds) for step in
            explain(parse(value, Setting(ZONE)), Simulated(when("2026-12-04 18:00"), place=PUNE))]  # fmt: skip
    assert told == [(0, "any", False), (1, "all", False), (2, "days", True), (2, "hours", False), (1, "not", False),
                    (2, "country", True)]  # fmt: skip


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["first", "25%", "android>=9", "fri-mon", "09:00-17:00", "IN", "none", "*", "2026-12-24", "12-24",
                       "18.52,73.85", "festival", "UTC", "-", "IN-MH", "a.b"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["from", "to", "at", "km", "every", "mon", "sat-sun", "ref", "zone", "x"])
                      | st.sampled_from(conditions.names()) | st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
# Like a condition, so that more of them are ones.
RULES = st.recursive(
    st.dictionaries(st.sampled_from(conditions.names()), JSON, min_size=1, max_size=3)
    | st.sampled_from([{name: value} for name, value in conditions.examples()]),
    lambda inner: st.builds(lambda name, parts: {name: parts}, st.sampled_from(["all", "any"]), st.lists(inner,
     max_size=3))
    | st.builds(lambda part: {"not": part}, inner),
    max_leaves=4,
)  # fmt: skip
WORDS = st.sampled_from(["", "a", "x" * 600, "pt-br", "é\udcff", "\0", "example.com/%", "//", "."])
VISITORS = st.builds(
    Simulated,
    now_ms=st.integers(-(10**12), 250_000_000_000_000),
    agent=st.builds(Agent, WORDS, st.sampled_from(["android", "ios", ""]), st.lists(st.integers(0, 99),
     max_size=4).map(tuple),
                    WORDS, st.sampled_from(["", "instagram"]), st.booleans()),
    place=st.builds(Place, WORDS, WORDS, WORDS, WORDS) | st.builds(
        Place, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180)),
    language=WORDS,
    referrer=WORDS,
    seen_before=st.booleans(),
    nth=st.integers(0, 2**40),
    queries=st.lists(st.tuples(st.sampled_from(["ref", "x", ""]), WORDS), max_size=3).map(tuple),
)  # fmt: skip


@settings(deadline=timedelta(seconds=5), max_examples=250)
@given(JSON | RULES, VISITORS)
def test_any_value_is_a_condition_that_answers_every_visitor_or_is_wrong_for_a_reason(value, visitor):
    try:
        condition = parse(value, Setting(ZONE, CALENDARS, 1))
    except Wrong as wrong:
        assert wrong.message.endswith(".")  # noqa: PT017
        return
    held = condition.holds(visitor)
    steps = list(explain(condition, visitor))
    assert steps[0].holds == held
    assert all(isinstance(step.fact, str) and step.fact for step in steps)


def test_a_place_that_rules_name_is_where_they_hold():
    class Rule:
        def __init__(self, value):
            self.condition = parse(value, Setting(ZONE))

    rules = [Rule({"any": [{"city": ["Pune", "New York"]}, {"not": {"region": ["IN-MH", "Goa",
     "Baden-Württemberg"]}}]}),
             Rule({"country": "NP"})]  # fmt: skip
    for name in ("pune", "NEW-YORK", "in-mh", "Goa", "Baden-Württemberg", "np", "FR"):
        place = place_in_rules(name, rules)
        assert place is not None, name
        visitor = Simulated(0, place=place)
        if name != "FR":
            assert any(step.holds and step.depth in (0, 1, 2) and step.name in ("city", "region", "country")
                       for rule in rules for step in explain(rule.condition, visitor)), name  # fmt: skip
    assert place_in_rules("Atlantis", rules) is None
    assert place_in_rules("Baden-Württemberg", rules).country == ""


def test_a_simulated_visitor_sees_the_clocks_of_a_zone():
    visitor = Simulated(when("2026-12-04T12:00Z"))
    assert visitor.local("Asia/Tokyo") == at(visitor.now_ms, find_zone("Asia/Tokyo"))
    assert visitor.local("Asia/Tokyo").hour == 21
