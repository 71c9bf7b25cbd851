"""People, robots and previews, by their User-Agent."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import crawleruseragents
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanly.scans.bots import RULES_VERSION, judge, ruled
from scanly.scans.model import PREFETCH_FLAG, TEST_FLAG, Kind

AGENTS = Path(__file__).parents[1] / "fixtures" / "user-agents.tsv"
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"


def known_agents() -> list[tuple[str, str]]:
    with AGENTS.open(encoding="utf-8", newline="") as file:
        return [(row["agent"], row["kind"]) for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize(("agent", "word"), known_agents())
def test_a_known_agent_is_what_it_is(agent: str, word: str) -> None:
    assert judge(agent).word == word


@pytest.mark.parametrize(
    "agent",
    [
        f"{PHONE} MetaIAB Facebook",
        f"{PHONE};KAKAOTALK 2410410",
        f"{PHONE} musical_ly_2023206030 BytedanceWebview/d8a21c6",
        f"{PHONE} XWEB/5169 MMWEBSDK/20230405 MicroMessenger/8.0.35 WeChat/arm64",
        f"{IPHONE} Mobile/15E148 Snapchat/12.61.0.33 (like Safari/8617.1.17.10.9, panda)",
        f"{IPHONE} Mobile/21B91 [Pinterest/iOS]",
        f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.29.5364",
        f"{IPHONE} Mobile/15E148 Twitter for iPhone/10.20",
        f"{IPHONE} Mobile/15E148 Safari Line/13.18.1",
        f"{IPHONE} GSA/289.0.577789551 Mobile/15E148 Safari/604.1",
        PHONE.replace("; K)", "; CUBOT NOTE 20)"),
        "Opera/9.80 (Android; Opera Mini/69.0/191.310; U; en) Presto/2.12.423 Version/12.16",
    ],
)
def test_the_browsers_inside_apps_are_people(agent: str) -> None:
    assert judge(agent) is Kind.PERSON


@pytest.mark.parametrize(
    "agent",
    [
        f"{IPHONE} Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Jakarta Commons-HttpClient/3.1 +http://www.linkedin.com)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    ],
)
def test_what_a_chat_fetches_is_a_preview(agent: str) -> None:
    assert judge(agent) is Kind.PREVIEW


def test_every_example_of_the_list_is_found_so_no_pattern_was_lost() -> None:
    listed = crawleruseragents.CRAWLER_USER_AGENTS_DATA
    missed = [
        agent
        for entry in listed
        if entry["pattern"] != "MetaIAB Facebook"
        for agent in entry["instances"]
        if judge(agent) is Kind.PERSON and len(agent) <= 512
    ]
    assert len(listed) > 1_000
    assert missed == []


@pytest.mark.parametrize("agent", ["", "   "])
def test_who_sends_no_agent_is_a_robot(agent: str) -> None:
    assert judge(agent) is Kind.BOT


def test_flags_tell_prefetches_and_tests_but_a_robot_stays_a_robot() -> None:
    assert judge(PHONE, PREFETCH_FLAG) is Kind.PREFETCH
    assert judge(PHONE, TEST_FLAG) is Kind.TEST
    assert judge("curl/8.5.0", TEST_FLAG | PREFETCH_FLAG) is Kind.TEST
    assert judge("curl/8.5.0", PREFETCH_FLAG) is Kind.BOT
    assert judge("WhatsApp/2.23.20.0 A", PREFETCH_FLAG) is Kind.PREVIEW


def test_512_characters_are_looked_at_and_a_long_agent_costs_no_more() -> None:
    assert judge("x" * 502 + "Googlebot/") is Kind.BOT
    assert judge("x" * 503 + "Googlebot/") is Kind.PERSON
    started = time.process_time()
    for n in range(20):
        judge(f"{n}" + "(Mozilla/" * 200_000)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("agent", "flags", "kind", "reason"),
    [
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            0,
            "bot",
            r"Googlebot\/",
        ),
        ("curl/8.5.0", 0, "bot", "^curl"),
        ("WhatsApp/2.23.20.0 A", 0, "preview", "^WhatsApp"),
        ("Applebot-LinkPreview", 0, "preview", "Applebot-LinkPreview"),
        ("curl/8.5.0", PREFETCH_FLAG, "bot", "^curl"),
        ("x" * 502 + "Googlebot/", 0, "bot", r"Googlebot\/"),
        ("curl/8.5.0" + "x" * 600 + "Googlebot/", 0, "bot", "^curl"),
    ],
)
def test_the_reason_is_the_pattern_that_an_agent_fits(agent: str, flags: int, kind: str, reason: str) -> None:
    found, why = ruled(agent, flags)
    assert (found.word, why) == (kind, f"agent: {reason}")


@pytest.mark.parametrize(
    ("agent", "flags", "kind", "reason"),
    [
        (PHONE, 0, Kind.PERSON, ""),
        ("x" * 503 + "Googlebot/", 0, Kind.PERSON, ""),
        (PHONE, PREFETCH_FLAG, Kind.PREFETCH, "header: prefetch"),
        (PHONE, TEST_FLAG, Kind.TEST, "test"),
        ("curl/8.5.0", TEST_FLAG | PREFETCH_FLAG, Kind.TEST, "test"),
        ("", 0, Kind.BOT, "no agent"),
        (" ", PREFETCH_FLAG, Kind.BOT, "no agent"),
    ],
)
def test_what_no_pattern_decided_has_its_reason_too(agent: str, flags: int, kind: Kind, reason: str) -> None:
    assert ruled(agent, flags) == (kind, reason)


def test_every_robot_of_the_list_has_a_reason_that_really_fits_it() -> None:
    """Judged by Python's own regular expressions; the first that fits is told, previews before others."""
    agents = [
        agent[:512] for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA for agent in entry["instances"]
    ]
    reasons = {agent: ruled(agent) for agent in agents[::7]}
    assert len(reasons) > 300
    for agent, (kind, reason) in reasons.items():
        if kind is not Kind.PERSON:
            assert re.search(reason.removeprefix("agent: "), agent)
    assert len({reason for _, reason in reasons.values()}) > 100


@given(st.text() | st.sampled_from(["\ud800", "Googlebot/\ud800", "\x00curl"]), st.integers(0, 3))
def test_any_text_has_a_kind_and_only_people_come_without_a_reason(agent: str, flags: int) -> None:
    kind, reason = ruled(agent, flags)
    assert kind is judge(agent, flags)
    assert (reason == "") == (kind is Kind.PERSON)
    assert len(reason) < 128


def test_the_version_of_the_rules_fits_its_column() -> None:
    assert 0 < RULES_VERSION < 2**31
