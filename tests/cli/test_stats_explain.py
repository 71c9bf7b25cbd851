"""``scanly stats explain``, as people call it."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.analytics.words.cafe import FESTIVAL_AGO, Cafe
from tests.analytics.words.opened import ZONE, open_cafe

from scanly.core.clock import day_of, local_day, now_ms

TODAY = local_day(now_ms(), ZoneInfo(ZONE))


@pytest.fixture
def cafe(scanly, installation):
    """The café, whose workspace speaks Hindi."""
    installation.run(lambda app: open_cafe(app, Cafe(TODAY), language="hi"))
    return scanly


def test_it_speaks_the_language_of_the_workspace_or_the_one_asked_for(cafe):
    hindi, english = cafe("stats", "explain"), cafe("stats", "explain", "--language", "en")
    assert hindi.status == english.status == 0
    assert len(hindi.out.splitlines()) == len(english.out.splitlines()) == 8
    assert "सबसे व्यस्त दिन" in hindi.out and not re.search("[a-z]", hindi.out.replace("Table", ""))
    assert "was the busiest day" in english.out and "Table 4 has been silent" in english.out


def test_one_code_one_tag_and_a_week_can_be_asked_for(cafe):
    code = cafe("stats", "explain", "table-4", "--language", "en")
    assert "Nobody has come for" in code.out and code.status == 0
    assert cafe("stats", "explain", "--tag", "4", "--language", "en").out == code.out
    festival = day_of(TODAY - FESTIVAL_AGO)
    week = cafe(
        "stats",
        "explain",
        "--since",
        festival - timedelta(days=3),
        "--until",
        festival + timedelta(days=3),
        "--json",
    ).json
    assert [fact["day"] for fact in week["facts"] if fact["fact"] == "unusual-day"] == [festival.isoformat()]
    assert not [fact for fact in week["facts"] if fact["fact"] == "forecast"]


def test_json_holds_facts_with_their_numbers_and_methods(cafe):
    found = cafe("stats", "explain", "--json", "--language", "en").json
    facts = {fact["fact"]: fact for fact in found["facts"]}
    assert {"total", "busiest-day", "silent", "trend", "best-code", "robot-wave", "forecast"} <= facts.keys()
    assert facts["silent"]["code"] == "table-4" and facts["silent"]["chance"] < 0.01
    assert facts["silent"]["method"] == "weekly rhythm, negative binomial"
    assert facts["forecast"]["rhythm"]["mase"] < facts["forecast"]["last_week"]["mase"]
    assert 0 <= facts["forecast"]["rhythm"]["inside_80"] <= 1
    assert found["time_zone"] == ZONE and len(found["sentences"]) == 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothere",), 'There is no code "nothere"'),
        (("--language", "fr"), "Use en or hi"),
        (("--since", "2026-02-30"), "2026-02-30"),
        (("table-1", "--tag", "4"), "not both"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_a_sentence(cafe, arguments, said):
    done = cafe("stats", "explain", *arguments)
    assert done.status != 0 and said in done.err and "Traceback" not in done.err
