import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core.errors import Invalid
from scanly.core.ids import LinkId, WorkspaceId
from scanly.links.agent import Agent
from scanly.links.model import Link, Plan
from scanly.links.routing import NO_RULE, Answer, Decision, Known, Reason, Route, as_of, route_of
from scanly.links.simulation import Simulated
from scanly.links.terms import PLAIN, Rule, Terms

ZONE = "Asia/Kolkata"
TARGET, FALLBACK, HINDI = "https://example.com/menu", "https://example.com/closed", "https://example.com/hi"
FOR_EVER = 2**62
NOW = 1_000_000
PLAIN_LINK = Link(LinkId(1), WorkspaceId(1), "", "menu", TARGET, "", (), "", "", 0, 0, None)
RULES = (
    Rule(11, "Hindi", {"language": "hi"}, HINDI),
    Rule(12, "Tablets", {"device": "tablet"}, closed=True),
    Rule(13, "First ten", {"nth": {"to": 10}}, "https://example.com/first", priority=5),
)


NOBODY = Known()


def decided(
    terms: Terms = PLAIN, known: Known = NOBODY, who: Simulated | None = None, **link: object
) -> Decision:
    route = Route.of(replace(PLAIN_LINK, terms=terms, **link), ZONE)
    return route.decide(who or Simulated(NOW), known)


REDIRECT = Decision(Answer.REDIRECT, TARGET)
# Everything at once: what is asked first decides, and with each gate out of the way, the next one.
ALL = {
    "expires_ms": NOW, "max_scans": 5, "password": "scrypt$x$y", "paused_ms": 7, "rules": RULES,
}  # fmt: skip
HINDI_TABLET = Simulated(NOW, Agent("tablet"), language="hi", nth=3)
ORDER = [
    ({}, {"removed_ms": 3, "broken_ms": 4}, Known(led_on=5), Decision(Answer.CLOSED, "", NO_RULE, Reason.REMOVED, 3)),
    ({}, {"broken_ms": 4}, Known(led_on=5), Decision(Answer.CLOSED, "", NO_RULE, Reason.PAUSED, 7)),
    ({"paused_ms": None, "opens_ms": NOW + 1, "expires_ms": NOW + 2}, {}, Known(led_on=5),
     Decision(Answer.CLOSED, "", NO_RULE, Reason.NOT_YET, NOW + 1)),
    ({"paused_ms": None}, {}, Known(led_on=5), Decision(Answer.CLOSED, "", NO_RULE, Reason.EXPIRED, NOW)),
    ({"paused_ms": None, "expires_ms": NOW + 1}, {}, Known(led_on=5),
     Decision(Answer.CLOSED, "", NO_RULE, Reason.USED_UP)),
    ({"paused_ms": None, "expires_ms": NOW + 1}, {}, Known(led_on=4, person=False), Decision(Answer.PASSWORD)),
    ({"paused_ms": None, "expires_ms": None}, {}, Known(led_on=4, person=False, unlocked=True),
     Decision(Answer.CONFIRM)),
    ({"paused_ms": None, "expires_ms": None}, {}, Known(led_on=4, unlocked=True),
     Decision(Answer.REDIRECT, "https://example.com/first", 13)),
    ({"paused_ms": None, "expires_ms": None, "rules": RULES[:2]}, {}, Known(led_on=4, unlocked=True),
     Decision(Answer.REDIRECT, HINDI, 11)),
    ({"paused_ms": None, "expires_ms": None, "rules": RULES[1:2]}, {}, Known(led_on=4, unlocked=True),
     Decision(Answer.CLOSED, "", 12, Reason.RULE)),
    ({"paused_ms": None, "expires_ms": None, "rules": ()}, {}, Known(led_on=4, unlocked=True), REDIRECT),
    ({"paused_ms": None, "expires_ms": None, "rules": (), "max_scans": None}, {}, Known(person=False,
     unlocked=True), REDIRECT),
    ({"paused_ms": None, "expires_ms": None, "rules": (), "password": ""}, {}, Known(), REDIRECT),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "link", "known", "expected"), ORDER)
def test_what_is_asked_first_decides(terms, link, known, expected):
    assert decided(Terms(**(ALL | terms)), known, HINDI_TABLET, **link) == expected


@pytest.mark.parametrize(("terms", "link", "known", "expected"), ORDER)
def test_with_a_fallback_whoever_would_be_told_that_it_is_closed_is_led_there_but_not_from_a_removed_link(
    terms, link, known, expected
):
    found = decided(Terms(**(ALL | terms | {"fallback": FALLBACK})), known, HINDI_TABLET, **link)
    if expected.answer is Answer.CLOSED and expected.reason is not Reason.REMOVED:
        assert found == expected._replace(answer=Answer.FALLBACK, target=FALLBACK)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (Terms(), REDIRECT),
        (Terms(fallback=FALLBACK), REDIRECT),
        (Terms(fallback=FALLBACK, fallback_when_broken=True),
         Decision(Answer.FALLBACK, FALLBACK, NO_RULE, Reason.BROKEN, 4)),
        (Terms(fallback=FALLBACK, fallback_when_broken=True, rules=RULES[:1]), Decision(Answer.REDIRECT, HINDI, 11)),
    ],
)  # fmt: skip
def test_a_broken_target_is_gone_to_unless_another_way_was_agreed(terms, expected):
    assert decided(terms, who=Simulated(NOW, language="hi"), broken_ms=4) == expected


@pytest.mark.parametrize(
    ("opens", "expires", "reasons"),
    [
        (NOW, None, {NOW - 1: Reason.NOT_YET, NOW: None}),
        (None, NOW, {NOW - 1: None, NOW: Reason.EXPIRED}),
        (NOW - 1, NOW, {NOW - 2: Reason.NOT_YET, NOW - 1: None, NOW: Reason.EXPIRED}),
    ],
)
def test_a_link_opens_and_expires_exactly_at_its_moments(opens, expires, reasons):
    for moment, reason in reasons.items():
        assert decided(Terms(opens_ms=opens, expires_ms=expires), who=Simulated(moment)).reason is reason


def test_exactly_so_many_people_are_led_on():
    for led_on in range(5):
        expected = Answer.REDIRECT if led_on < 3 else Answer.CLOSED
        assert decided(Terms(max_scans=3), Known(led_on=led_on)).answer is expected


def test_a_route_knows_what_its_answers_depend_on():
    def facts(*rules: Rule, **terms: object) -> tuple[bool, bool]:
        route = Route.of(replace(PLAIN_LINK, terms=Terms(rules=rules, **terms)), ZONE)
        return route.counted, route.returning

    assert facts() == (False, False)
    assert facts(max_scans=1) == (True, False)
    assert facts(Rule(1, "a", {"days": "fri"}, closed=True)) == (False, False)
    assert facts(Rule(1, "a", {"not": {"any": [{"nth": 5}, {"days": "fri"}]}}, closed=True)) == (True, False)
    assert facts(RULES[0], Rule(1, "a", {"all": [{"visit": "first"}]}, closed=True)) == (False, True)


MOMENTS = st.integers(0, 60)
OPTIONAL = st.none() | MOMENTS
LINKS = st.builds(
    lambda opens, expires, paused, removed, broken, when_broken, limit, password, rules: replace(
        PLAIN_LINK,
        removed_ms=removed,
        broken_ms=broken,
        terms=Terms(
            opens_ms=opens, expires_ms=expires, paused_ms=paused, max_scans=limit, password=password,
            fallback=FALLBACK, fallback_when_broken=when_broken, rules=rules,
        ),
    ),
    *(OPTIONAL, OPTIONAL, *[st.none() | st.none() | MOMENTS] * 3, st.booleans()),
    *(st.sampled_from([None, None, 3]), st.sampled_from(["", "", "x"]), st.sampled_from([(), (), RULES[:1]])),
)  # fmt: skip
WHO = st.builds(lambda language, device, nth, query: Simulated(0, Agent(device), language=language, nth=nth,
 queries=query),
                st.sampled_from(["", "hi", "de"]), st.sampled_from(["", "phone", "tablet"]), st.integers(0, 12),
                st.sampled_from([(), (("ref", "x"),)]))  # fmt: skip
KNOWN = st.builds(Known, st.booleans(), st.booleans(), st.integers(0, 4))


@given(LINKS, MOMENTS)
def test_a_plain_link_leads_everybody_to_its_target_up_to_the_moment_it_names_and_turns_where_it_says(
    link, now
):
    route = Route.of(link, ZONE)
    until, turn = route.plain_until(now), route.turns_at(now)
    assert turn > now
    people = [(Simulated(0, Agent(device), language=language, nth=nth), Known(unlocked, person, led_on))
              for device, language, nth, (unlocked, person, led_on) in itertools.product(
                  ["", "tablet"], ["", "hi"], [0, 3], [(False, False, 0), (True, True, 9)])]  # fmt: skip

    def plain(moment: int) -> bool:
        return all(route.decide(replace(who, now_ms=moment), known) == REDIRECT for who, known in people)

    if until is not None:
        assert until > now
        assert all(plain(moment) for moment in range(now, min(until, 70)))
        assert until == FOR_EVER or not plain(until)
    # Who is not plain now has a reason that lasts: a term, or one that ends at the turn.
    elif plain(now):
        assert link.terms.rules or link.terms.password or link.terms.max_scans
    # Between turns, every answer stays the same.
    for who, known in people:
        answers = {route.decide(replace(who, now_ms=moment), known) for moment in range(now, min(turn, 70))}
        assert len(answers) == 1


@given(LINKS, MOMENTS)
def test_a_link_without_gates_and_rules_is_plain_whenever_it_is_open(link, now):
    bare = replace(link, terms=Terms(opens_ms=link.terms.opens_ms, expires_ms=link.terms.expires_ms))
    until = Route.of(bare, ZONE).plain_until(now)
    opens, expires = bare.terms.opens_ms, bare.terms.expires_ms
    is_open = (
        bare.removed_ms is None and (opens is None or now >= opens) and (expires is None or now < expires)
    )
    assert (until is not None) == is_open
    assert until in (None, FOR_EVER if expires is None else expires)


CONDITIONS = st.sampled_from(
    [{"language": "hi"}, {"device": "tablet"}, {"nth": {"to": 10}}, {"query": {"ref": "*"}},
     {"not": {"language": "hi"}},
     {"any": [{"device": "phone"}, {"language": "de"}]}, {"language": "hi", "device": "tablet"}]
)  # fmt: skip
RULE_SETS = st.lists(st.tuples(CONDITIONS, st.booleans(), st.integers(-2, 2)), max_size=5).map(
    lambda given: tuple(
        Rule(number, f"rule {number}", when, "" if closed else f"{TARGET}/{number}", closed, priority)
        for number, (when, closed, priority) in enumerate(given, 1)
    )
)


@settings(deadline=None)
@given(LINKS, RULE_SETS, WHO, KNOWN, MOMENTS)
def test_the_explanation_is_the_decision_step_by_step(link, rules, who, known, now):
    link = replace(link, terms=replace_terms(link.terms, rules=rules))
    route, who = Route.of(link, ZONE), replace(who, now_ms=now)
    decision = route.decide(who, known)
    explained = list(route.explain(who, decision))
    asked = [each.rule for each, _ in explained]
    assert asked == [each.rule for each in route.rules][: len(asked)]
    for each, steps in explained:
        assert steps[0].holds == each.condition.holds(who)
    held = [each.rule for each, steps in explained if steps[0].holds]
    if decision.rule != NO_RULE:
        assert held == asked[-1:]
        assert held[0].id == decision.rule
        assert decision.reason is (Reason.RULE if held[0].closed else None)
        assert held[0].closed or decision == Decision(Answer.REDIRECT, held[0].target, held[0].id)
    elif decision.reason in (None, Reason.BROKEN) and decision.answer not in (
        Answer.PASSWORD,
        Answer.CONFIRM,
    ):
        assert (held, len(asked)) == ([], len(rules))
    else:
        assert asked == []


def replace_terms(terms: Terms, **fields: object) -> Terms:
    return Terms(**{name: getattr(terms, name) for name in Terms.__struct_fields__} | fields)


def plan(at_ms: int, **changes: object) -> Plan:
    return Plan(at_ms, LinkId(1), at_ms, "owner", changes)


def test_a_link_is_at_every_moment_what_was_planned_up_to_then():
    plans = [plan(10, target="https://a.example"), plan(20, title="Summer", expires_ms=25), plan(20, title="Late"),
             plan(30, target=TARGET, expires_ms=None)]  # fmt: skip
    expected = {
        9: (TARGET, "", None, 10),
        10: ("https://a.example", "", None, 20),
        19: ("https://a.example", "", None, 20),
        20: ("https://a.example", "Late", 25, 30),
        30: (TARGET, "Late", None, FOR_EVER),
    }
    for moment, facts in expected.items():
        link, due = as_of(PLAIN_LINK, plans, moment, pytest.fail)
        assert (link.target, link.title, link.terms.expires_ms, due) == facts
    assert as_of(PLAIN_LINK, [], 5, pytest.fail) == (PLAIN_LINK, FOR_EVER)


def test_a_plan_that_cannot_be_made_is_told_and_the_others_are_made():
    told: list[Invalid] = []
    plans = [plan(10, target="javascript:x"), plan(11, max_scans=0), plan(12, title="Menu")]
    link, due = as_of(PLAIN_LINK, plans, 20, told.append)
    assert (link, due) == (replace(PLAIN_LINK, title="Menu"), FOR_EVER)
    assert len(told) == 2


def test_rules_of_a_later_version_are_told_and_everybody_is_led_to_the_target():
    told: list[Invalid] = []
    later = Terms(rules=(Rule(1, "Later", {"moon": "full"}, HINDI),), max_scans=2)
    route = route_of(replace(PLAIN_LINK, terms=later), ZONE, told.append)
    assert len(told) == 1
    assert route.decide(Simulated(NOW), Known()) == REDIRECT
    assert route.decide(Simulated(NOW), Known(led_on=2)).reason is Reason.USED_UP
    assert route.counted
    assert route.plain_until(NOW) is None
    assert route_of(PLAIN_LINK, ZONE, pytest.fail) == Route(PLAIN_LINK)
