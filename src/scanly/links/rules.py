"""Routing rules as a YAML document that people write, and as conditions that answer visits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scanly.core import document
from scanly.core.document import Document
from scanly.core.errors import Invalid, Problem
from scanly.core.text import has_control, nearest
from scanly.links import conditions
from scanly.links.conditions import Condition, Setting
from scanly.links.model import check_target
from scanly.links.moments import find_zone, is_date
from scanly.links.terms import MAX_RULE_NAME, MAX_RULES, Rule, Terms
from scanly.links.values import Path, Wrong, as_list, as_mapping

_TOP = ("zone", "calendars", "rules")
_PARTS = ("name", "priority", "when", "target", "closed")
_MOST_PRIORITY = 1_000_000


class RuleSet(NamedTuple):
    """What a document of rules says; the fields are those of `Terms`."""

    zone: str
    calendars: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]


class Compiled(NamedTuple):
    """A rule with the condition that it asks."""

    rule: Rule
    condition: Condition


def read_rules(text: str, before: Terms, zone: str, make_id: Callable[[], int]) -> RuleSet:
    """The rules of a document; one that keeps its name keeps its id. ``zone`` is the workspace's.

    Raises Invalid with every problem, each with its path, line and column.
    """
    return _Reading(document.read(text), before, zone, make_id).all()


def write_rules(terms: Terms) -> str:
    """The document that `read_rules` reads, in the order in which rules are asked."""
    found: dict[str, Any] = {}
    if terms.zone:
        found["zone"] = terms.zone
    if terms.calendars:
        found["calendars"] = {name: list(days) for name, days in terms.calendars.items()}
    found["rules"] = [_as_value(rule) for rule in in_order(terms.rules)]
    return document.write(found)


def in_order(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """As they are asked: higher priority first, then as they stand."""
    return tuple(sorted(rules, key=lambda rule: -rule.priority))


def compiled(terms: Terms, zone: str) -> tuple[Compiled, ...]:
    """The rules in the order in which they are asked. ``zone`` is the workspace's. Raises Invalid."""
    found: list[Compiled] = []
    for rule in in_order(terms.rules):
        setting = Setting(terms.zone or zone, terms.calendars, rule.id)
        try:
            found.append(Compiled(rule, conditions.parse(rule.when, setting)))
        except Wrong as wrong:
            where = document.shown(wrong.path)
            raise Invalid.field(where, wrong.message, hint=wrong.hint, where=f'rule "{rule.name}"') from wrong
    return tuple(found)


def _as_value(rule: Rule) -> dict[str, Any]:
    value: dict[str, Any] = {"name": rule.name}
    if rule.priority:
        value["priority"] = rule.priority
    value["when"] = rule.when
    return value | ({"closed": True} if rule.closed else {"target": rule.target})


class _Reading:
    """One document being read; problems are gathered."""

    def __init__(self, given: Document, before: Terms, zone: str, make_id: Callable[[], int]) -> None:
        self._document, self._zone, self._make_id = given, zone, make_id
        self._ids = {rule.name: rule.id for rule in before.rules}
        self._problems: list[Problem] = []
        self._calendars: dict[str, tuple[str, ...]] = {}

    def all(self) -> RuleSet:
        top = self._document.value
        if as_list(top) is not None:
            top = {"rules": top}
            places, keys = (
                {("rules", *path): at for path, at in known.items()}
                for known in (self._document.places, self._document.keys)
            )
            self._document = Document(top, places, keys)
        given = as_mapping(top)
        if given is None or not given:
            raise Invalid(problems=(self._document.problem((), "must be rules.", 'Begin with "rules:".'),))
        self._names(given, _TOP, ())
        zone = self._own_zone(given.get("zone"))
        self._calendars = self._read_calendars(given.get("calendars"))
        rules = self._rules(given.get("rules"), zone or self._zone)
        if self._problems:
            raise Invalid(problems=tuple(self._problems))
        return RuleSet(zone, self._calendars, rules)

    def _wrong(self, path: Path, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self._problems.append(self._document.problem(path, message, hint, at_key=at_key))

    def _names(self, given: Mapping[str, Any], allowed: tuple[str, ...], path: Path) -> None:
        for name in given:
            if name not in allowed:
                hint = nearest(name, allowed) or _listed(allowed)
                self._wrong((*path, name), "is not known here.", hint, at_key=True)

    def _own_zone(self, value: Any) -> str:
        if value is None:
            return ""
        try:
            return str(find_zone(str(value)))
        except Invalid as error:
            self._wrong(("zone",), error.problems[0].message, error.problems[0].hint)
            return ""

    def _read_calendars(self, value: Any) -> dict[str, tuple[str, ...]]:
        given = {} if value is None else as_mapping(value)
        if given is None:
            self._wrong(
                ("calendars",), "must be lists of days by name.", "Such as {festival: [2026-11-08, 12-25]}."
            )
            return {}
        found: dict[str, tuple[str, ...]] = {}
        for name, days in given.items():
            if not name.strip() or has_control(name):
                self._wrong(("calendars", name), "needs a visible name.", at_key=True)
            listed = as_list(days) or [days]
            for number, day in enumerate(listed):
                if not is_date(str(day)):
                    hint = "Write it like 2026-12-24, or 12-24 for every year."
                    self._wrong(("calendars", name, number), f'"{str(day)[:40]}" is no date.', hint)
            found[name] = tuple(map(str, listed))
        return found

    def _rules(self, value: Any, zone: str) -> tuple[Rule, ...]:
        listed = as_list(value)
        if listed is None:
            hint = 'Begin each rule with a dash; "rules: []" is none at all.'
            self._wrong(("rules",), "must be a list.", hint)
            return ()
        if len(listed) > MAX_RULES:
            self._wrong(("rules",), f"has {len(listed)} rules.", f"{MAX_RULES} are the limit.")
            return ()
        found = [self._rule(each, ("rules", number), zone) for number, each in enumerate(listed)]
        seen: set[str] = set()
        for number, rule in enumerate(found):
            if rule is None or not rule.name:
                continue
            if rule.name in seen:
                self._wrong(
                    ("rules", number, "name"), f'"{rule.name}" is the name of two rules.', "Change one."
                )
            seen.add(rule.name)
        return tuple(rule for rule in found if rule is not None)

    def _rule(self, value: Any, path: Path, zone: str) -> Rule | None:
        given = as_mapping(value)
        if given is None:
            self._wrong(
                path, "must be a rule.", "Such as: {name: Hindi, when: {language: hi}, target: https://…}"
            )
            return None
        self._names(given, _PARTS, path)
        name = self._name(given.get("name"), path)
        rule_id = self._ids.get(name) or self._make_id()
        self._condition(given.get("when"), (*path, "when"), Setting(zone, self._calendars, rule_id))
        priority = given.get("priority", 0)
        if isinstance(priority, bool) or not isinstance(priority, int) or abs(priority) > _MOST_PRIORITY:
            self._wrong((*path, "priority"), "must be a whole number.", "Higher ones are asked first.")
            priority = 0
        target, closed = self._end(given, path)
        return Rule(rule_id, name, given.get("when") or {}, target, closed, priority)

    def _name(self, value: Any, path: Path) -> str:
        given = f"rule {int(path[-1]) + 1}" if value is None else value
        name = "" if isinstance(given, dict | list) else " ".join(str(given).split())
        if not name or len(name) > MAX_RULE_NAME or has_control(name):
            self._wrong((*path, "name"), f"needs 1 to {MAX_RULE_NAME} visible characters.")
        return name

    def _condition(self, value: Any, path: Path, setting: Setting) -> None:
        try:
            conditions.parse(value, setting, path)
        except Wrong as wrong:
            self._wrong(wrong.path, wrong.message, wrong.hint, at_key=wrong.at_key)

    def _end(self, given: Mapping[str, Any], path: Path) -> tuple[str, bool]:
        closed = given.get("closed", False)
        if not isinstance(closed, bool):
            self._wrong((*path, "closed"), "is true or left out.")
        if bool(closed) == ("target" in given):
            self._wrong(path, "needs one end.", "Give target: https://… or closed: true.")
            return "", bool(closed)
        if closed:
            return "", True
        try:
            return check_target(str(given["target"])), False
        except Invalid as error:
            for problem in error.problems:
                self._wrong((*path, "target"), problem.message, problem.hint)
            return "", False


def _listed(names: tuple[str, ...]) -> str:
    return f"There are {', '.join(names)}."


def app_rules(ios: str, android: str, before: Terms, make_id: Callable[[], int]) -> tuple[Rule, ...]:
    """The rules with those that lead to an app's store by system; an empty address takes its rule away."""
    rules = list(before.rules)
    for name, system, target in (("App Store", "ios", ios), ("Google Play", "android", android)):
        place = next((number for number, rule in enumerate(rules) if rule.name == name), len(rules))
        known = rules[place : place + 1]
        rule_id = known[0].id if known else make_id()
        new = [Rule(rule_id, name, {"os": system}, check_target(target))] if target else []
        rules[place : place + 1] = new
    return tuple(rules)
