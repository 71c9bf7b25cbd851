import itertools
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanly.core import document
from scanly.core.errors import Invalid
from scanly.links.conditions import examples
from scanly.links.rules import app_rules, compiled, in_order, read_rules, write_rules
from scanly.links.terms import MAX_RULES, PLAIN, Rule, Terms, check_terms

ZONE = "Asia/Kolkata"


def read(text: str, before: Terms = PLAIN, first_id: int = 1) -> Terms:
    """The terms with the rules of a document; new ids count up."""
    return Terms(**read_rules(text, before, ZONE, itertools.count(first_id).__next__)._asdict())


WHOLE = """
zone: Europe/Berlin
calendars:
  festival: [2026-11-08, 12-25]
  closing: 12-31
rules:
  - name: Hindi
    when:
      language: [hi, mr]
      not: {query: {ref: 007, "no": off}}
    target: https://EXAMPLE.com/hi
  - when: {holiday: festival, zone: Asia/Tokyo}
    closed: true
    priority: -5
  - {name: "12:30", when: {near: {at: "18.52,73.85", km: 10.5}}, target: /_demo/cafe, priority: 10}
"""


def test_a_document_is_read_whole():
    terms = read(WHOLE)
    assert terms.zone == "Europe/Berlin"
    assert terms.calendars == {"festival": ("2026-11-08", "12-25"), "closing": ("12-31",)}
    assert terms.rules == (
        Rule(1, "Hindi", {"language": ["hi", "mr"], "not": {"query": {"ref": "007", "no": "off"}}},
             "https://example.com/hi"),
        Rule(2, "rule 2", {"holiday": "festival", "zone": "Asia/Tokyo"}, "", True, -5),
        Rule(3, "12:30", {"near": {"at": "18.52,73.85", "km": 10.5}}, "/_demo/cafe", False, 10),
    )  # fmt: skip


def test_what_was_read_is_written_in_the_order_of_asking_and_read_back_the_same():
    terms = read(WHOLE)
    again = read(write_rules(terms), terms, first_id=100)
    assert again == msgspec.structs.replace(terms, rules=in_order(terms.rules))
    assert [rule.name for rule in again.rules] == ["12:30", "Hindi", "rule 2"]
    assert write_rules(again) == write_rules(terms)


NAMES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12) | st.sampled_from(
    ["no", "12:30", "1e3", "a: b", "- x", "#1", "007", "null", "☕ a b"]
)
RULES = st.lists(
    st.builds(
        lambda name, example, target, closed, priority: {
            "name": name,
            "when": {example[0]: example[1]},
            **({"closed": True} if closed else {"target": target}),
            "priority": priority,
        },
        NAMES,
        st.sampled_from([*examples(), ("city", "no"), ("query", {"ref": "1e3"}), ("city", ["- a", "b: c"])]),
        st.sampled_from(["https://example.com/?a=1#no", "/_demo/x"]),
        st.booleans(),
        st.integers(-1_000_000, 1_000_000),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda rule: " ".join(rule["name"].split()),
)


@settings(deadline=None, max_examples=60)
@given(RULES)
def test_any_rules_survive_being_written_and_stored(rules):
    terms = read(json.dumps({"rules": rules}))
    assert [rule.priority for rule in terms.rules] == [rule["priority"] for rule in rules]
    again = read(write_rules(terms), terms, first_id=100)
    assert again.rules == in_order(terms.rules)
    stored = msgspec.json.decode(msgspec.json.encode(terms), type=Terms)
    assert stored == check_terms(terms)
    assert [each.rule for each in compiled(stored, ZONE)] == list(in_order(terms.rules))


def test_a_rule_keeps_its_id_with_its_name_and_no_id_is_used_again():
    first = read(
        "{rules: [{name: A, when: {days: fri}, closed: true}, {name: B, when: {days: sat}, closed: true}]}"
    )
    assert [(rule.id, rule.name) for rule in first.rules] == [(1, "A"), (2, "B")]
    changed = read("[{name: C, when: {days: mon}, closed: true}, {name: ' B ', when: {os: ios}, target: 'https://a.example'}]",
                   first, 3)  # fmt: skip
    assert [(rule.id, rule.name) for rule in changed.rules] == [(3, "C"), (2, "B")]
    # A came back: nobody knows any more that it is the same.
    back = read("[{name: A, when: {days: fri}, closed: true}]", changed, 4)
    assert [(rule.id, rule.name) for rule in back.rules] == [(4, "A")]


def test_higher_priority_is_asked_first_and_then_what_stands_first():
    rules = tuple(Rule(number, str(number), {"days": "fri"}, closed=True, priority=priority)
                  for number, priority in enumerate([0, 5, -1, 5, 0]))  # fmt: skip
    assert [rule.id for rule in in_order(rules)] == [1, 3, 0, 4, 2]
    assert [each.rule.id for each in compiled(Terms(rules=rules), ZONE)] == [1, 3, 0, 4, 2]


def test_a_list_alone_is_the_rules_and_its_problems_name_them():
    assert read("- {when: {days: fri}, closed: true}").rules[0].name == "rule 1"
    assert read("[]").rules == ()
    with pytest.raises(Invalid) as refused:
        read("- {when: {days: fri}, closed: true}\n- when:\n    citty: x\n  closed: true")
    (problem,) = refused.value.problems
    assert (problem.field, problem.where) == ("rules[2].when.citty", "line 3, column 5")


BAD = """\
zone: Mars
calender: {}
calendars:
  festival: [2026-02-30, 12-25]
  "": []
rules:
  - name: One
    when: {country: XX}
    target: https://a.example
  - just text
  - name: One
    whne: {days: fri}
    closed: true
  - name: [a]
    when:
      any:
        - {days: fri}
        - citty:
            - x
    priority: high
  - name: Both
    when: {days: fri}
    target: javascript:alert(1)
  - name: Ends
    when: {days: fri}
    target: https://a.example
    closed: true
  - {name: "", when: {days: fri}, closed: maybe}
"""
FOUND = [
    ("line 2, column 1", "calender", 'is not known here. Did you mean "calendars"?'),
    ("line 1, column 7", "zone", '"Mars" is not a time zone'),
    ("line 4, column 14", "calendars.festival[1]", '"2026-02-30" is no date'),
    ("line 5, column 3", "calendars.", "needs a visible name"),
    ("line 5, column 7", "calendars.[1]", '"[]" is no date'),
    ("line 8, column 21", "rules[1].when.country", '"XX" is no country'),
    ("line 10, column 5", "rules[2]", "must be a rule"),
    ("line 12, column 5", "rules[3].whne", 'Did you mean "when"?'),
    ("line 11, column 5", "rules[3].when", "must be a condition"),
    ("line 14, column 11", "rules[4].name", "needs 1 to 80 visible characters"),
    ("line 18, column 11", "rules[4].when.any[2].citty", 'Did you mean "city"?'),
    ("line 20, column 15", "rules[4].priority", "must be a whole number"),
    ("line 14, column 5", "rules[4]", "needs one end"),
    ("line 23, column 13", "rules[5].target", "Only http:// and https://"),
    ("line 24, column 5", "rules[6]", "needs one end"),
    ("line 28, column 12", "rules[7].name", "visible characters"),
    ("line 28, column 43", "rules[7].closed", "is true or left out"),
    ("line 11, column 11", "rules[3].name", '"One" is the name of two rules'),
]


def test_every_problem_of_a_document_is_told_at_once_with_its_place():
    with pytest.raises(Invalid) as refused:
        read(BAD)
    problems = refused.value.problems
    assert [(problem.where, problem.field) for problem in problems] == [
        (where, field) for where, field, _ in FOUND
    ]
    for problem, (_, _, said) in zip(problems, FOUND, strict=True):
        assert said in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be rules"), ("# nothing", "must be rules"), ("null", "must be rules"), ("hello", "must be rules"),
        ("{}", "must be rules"), ("7", "must be rules"), ("zone: UTC", "rules: must be a list"),
        ("rules:", "must be a list"), ("rules: {}", "must be a list"), ("rules: ''", "must be a list"),
        ("rules: 0", "must be a list"), ("rules: false", "must be a list"),
        ("{calendars: [], rules: []}", "lists of days by name"),
        ("{calendars: '', rules: []}", "lists of days by name"),
        ("{rules: [], calendars: {a: [[12-25]]}}", "is no date"),
        ("- {when: {days: fri}, closed: false}", "needs one end"), ("- {when: {days: fri}}", "needs one end"),
        ("- {when: {days: fri}, target:}", "target"), ("- {when: {days: fri}, target: []}", "target"),
        ("- {name: 'x', when: {}, closed: true}", "must be a condition"), ("- {closed: true}", "must be a condition"),
        ("- {name: {a: b}, when: {days: fri}, closed: true}", "visible characters"),
        (f"- {{name: {'x' * 81}, when: {{days: fri}}, closed: true}}", "80 visible characters"),
        ('- {name: "a\\u202eb", when: {days: fri}, closed: true}', "visible characters"),
        ("- {when: {days: fri}, closed: true, priority: true}", "whole number"),
        ("- {when: {days: fri}, closed: true, priority: 1000001}", "whole number"),
        ("- {when: {days: fri}, closed: true, priority: 1.0}", "whole number"),
        ("- {when: {holiday: festival}, closed: true}", "no calendar"),
        ("[" + "{when: {days: fri}, closed: true}, " * (MAX_RULES + 1) + "]", "101 rules"),
    ],
    ids=lambda each: each[:40],
)  # fmt: skip
def test_what_says_no_rules_changes_none(text, said):
    """An empty file in particular: it is more often a mistake than the wish to have no rules."""
    with pytest.raises(Invalid, match=said) as refused:
        read(text)
    assert all(problem.where for problem in refused.value.problems)


def test_as_many_rules_as_are_allowed_are_read():
    many = [{"name": str(number), "when": {"days": "fri"}, "closed": True} for number in range(MAX_RULES)]
    terms = read(json.dumps(many))
    assert len(read(write_rules(terms), terms).rules) == MAX_RULES


def test_hours_are_on_the_clocks_of_the_rules_or_of_the_workspace():
    text = "{rules: [{when: {time: {from: '2026-12-24 18:00'}}, closed: true}]}"
    (local,) = compiled(read(text), ZONE)
    (own,) = compiled(read(text.replace("{rules", "{zone: UTC, rules")), ZONE)
    assert own.condition.start_ms - local.condition.start_ms == int(5.5 * 3_600_000)


def test_rules_that_this_version_cannot_read_are_named():
    terms = Terms(rules=(Rule(1, "Later", {"moon": "full"}, "https://a.example"),))
    with pytest.raises(Invalid, match=r'rule "Later", moon: is no condition'):
        compiled(terms, ZONE)
    assert document.read(write_rules(terms)).value["rules"][0]["when"] == {"moon": "full"}


def test_app_stores_are_two_rules_that_come_and_go_by_themselves():
    mine = Rule(9, "Mine", {"days": "fri"}, closed=True)
    ids = itertools.count(20).__next__
    ios, android = "https://apps.apple.com/app/x", "https://play.google.com/x"
    both = Terms(rules=app_rules(ios, android, Terms(rules=(mine,)), ids))
    stores = (Rule(20, "App Store", {"os": "ios"}, ios), Rule(21, "Google Play", {"os": "android"}, android))
    assert both.rules == (mine, *stores)
    changed = app_rules(f"{ios}2", android, both, ids)
    assert [(rule.id, rule.target) for rule in changed] == [(9, ""), (20, f"{ios}2"), (21, android)]
    assert [rule.name for rule in app_rules("", android, both, ids)] == ["Mine", "Google Play"]
    assert app_rules("", "", both, ids) == (mine,)
    assert app_rules("", "", PLAIN, ids) == ()
    assert len(compiled(both, ZONE)) == 3
    with pytest.raises(Invalid, match="target"):
        app_rules("itms://x", "", PLAIN, ids)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(opens_ms=-1), "opens"), (Terms(expires_ms=2**60), "expires"), (Terms(max_scans=0), "max_scans"),
        (Terms(max_scans=2**31), "max_scans"), (Terms(paused_ms=-1), "paused"),
        (Terms(opens_ms=5, expires_ms=5), "expires"), (Terms(utm={"medium": "a\nb"}), "utm medium"),
        (Terms(utm={"medium": "a" * 129}), "utm medium"), (Terms(utm={"id": "x"}), "utm"),
        (Terms(fallback_when_broken=True), "when-broken"), (Terms(fallback="ftp://x"), "fallback"),
    ],
)  # fmt: skip
def test_terms_that_could_not_be_kept_or_read_back_are_refused_by_name(terms, field):
    with pytest.raises(Invalid) as refused:
        check_terms(terms)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_terms_at_their_limits_are_kept():
    terms = Terms(opens_ms=0, expires_ms=253_402_300_799_999, max_scans=2**31 - 1, utm={"term": "é" * 128})
    assert msgspec.convert(msgspec.to_builtins(check_terms(terms)), Terms) == terms
    assert check_terms(Terms(fallback="HTTPS://Example.com")).fallback == "https://example.com"
