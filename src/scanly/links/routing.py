"""What a visitor of a link gets: pure decisions, the same for a scan, a preview and a simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple

from scanly.core.errors import Invalid
from scanly.links import conditions
from scanly.links.conditions import Step
from scanly.links.model import Link, Plan, with_changes
from scanly.links.rules import Compiled, compiled
from scanly.links.visitor import Visitor

NO_RULE = 0
_FOR_EVER_MS = 2**62


class Answer(Enum):
    """REDIRECT and FALLBACK lead on; CLOSED and PASSWORD are told so; CONFIRM asks whether it is a person."""

    REDIRECT = auto()
    FALLBACK = auto()
    CLOSED = auto()
    PASSWORD = auto()
    CONFIRM = auto()


class Reason(Enum):
    """Why a link does not lead to where it usually does; the value is the word in pages and reports."""

    REMOVED = "removed"
    PAUSED = "paused"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    USED_UP = "used_up"
    RULE = "rule"
    BROKEN = "broken"


class Decision(NamedTuple):
    """``target`` is empty unless it leads on; ``at_ms`` is when it ended or will open; ``rule`` is `NO_RULE`
    when no rule decided."""

    answer: Answer
    target: str = ""
    rule: int = NO_RULE
    reason: Reason | None = None
    at_ms: int | None = None


class Known(NamedTuple):
    """What is known of a visit beside the visitor: whether the password was given, whether somebody said to
    be a person, and how many people were led on before (0 where that is not counted)."""

    unlocked: bool = False
    person: bool = True
    led_on: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """A link ready to decide; ``rules`` in the order in which they are asked.

    ``counted``: an answer depends on how many people were led on before; ``returning``: on who was here before.
    """

    link: Link
    rules: tuple[Compiled, ...] = ()
    counted: bool = False
    returning: bool = False

    @classmethod
    def of(cls, link: Link, zone: str) -> Route:
        """``zone`` is the workspace's. Raises Invalid for rules that this version cannot read."""
        rules = compiled(link.terms, zone) if link.terms.rules else ()
        numbered, returning = (
            any(conditions.asks(each.condition, name) for each in rules) for name in ("nth", "visit")
        )
        return cls(link, rules, link.terms.max_scans is not None or numbered, returning)

    def decide(self, visitor: Visitor, known: Known) -> Decision:
        """What the visitor gets at the moment of the visit."""
        link = self.link
        terms = link.terms
        if link.removed_ms is not None:
            return Decision(Answer.CLOSED, reason=Reason.REMOVED, at_ms=link.removed_ms)
        closing = self._closing(visitor.now_ms, known.led_on)
        if closing is not None:
            return self._closed(*closing)
        if terms.password and not known.unlocked:
            return Decision(Answer.PASSWORD)
        if terms.max_scans is not None and not known.person:
            return Decision(Answer.CONFIRM)
        for rule, condition in self.rules:
            if condition.holds(visitor):
                if rule.closed:
                    return self._closed(Reason.RULE, None, rule.id)
                return Decision(Answer.REDIRECT, rule.target, rule.id)
        if link.broken_ms is not None and terms.fallback_when_broken and terms.fallback:
            return self._closed(Reason.BROKEN, link.broken_ms)
        return Decision(Answer.REDIRECT, link.target)

    def _closing(self, now_ms: int, led_on: int) -> tuple[Reason, int | None] | None:
        terms = self.link.terms
        if terms.paused_ms is not None:
            return Reason.PAUSED, terms.paused_ms
        if terms.opens_ms is not None and now_ms < terms.opens_ms:
            return Reason.NOT_YET, terms.opens_ms
        if terms.expires_ms is not None and now_ms >= terms.expires_ms:
            return Reason.EXPIRED, terms.expires_ms
        if terms.max_scans is not None and led_on >= terms.max_scans:
            return Reason.USED_UP, None
        return None

    def _closed(self, reason: Reason, at_ms: int | None, rule: int = NO_RULE) -> Decision:
        fallback = self.link.terms.fallback
        answer = Answer.FALLBACK if fallback else Answer.CLOSED
        return Decision(answer, fallback, rule, reason, at_ms)

    def plain_until(self, now_ms: int) -> int | None:
        """Up to which moment everybody is led to the target, whoever they are; None when it depends."""
        link, terms = self.link, self.link.terms
        depends = (
            link.removed_ms is not None
            or terms.password
            or terms.rules
            or terms.max_scans is not None
            or (link.broken_ms is not None and terms.fallback_when_broken)
        )
        if depends or self._closing(now_ms, 0) is not None:
            return None
        return _FOR_EVER_MS if terms.expires_ms is None else terms.expires_ms

    def turns_at(self, now_ms: int) -> int:
        """The next moment at which it opens or expires."""
        moments = (self.link.terms.opens_ms, self.link.terms.expires_ms)
        return min((at for at in moments if at is not None and at > now_ms), default=_FOR_EVER_MS)

    def explain(self, visitor: Visitor, decision: Decision) -> Iterator[tuple[Compiled, list[Step]]]:
        """The rules that were asked up to the one that decided, each with what its conditions found."""
        if decision.reason in _BEFORE_RULES or decision.answer in (Answer.PASSWORD, Answer.CONFIRM):
            return
        for each in self.rules:
            yield each, list(conditions.explain(each.condition, visitor))
            if each.rule.id == decision.rule:
                return


_BEFORE_RULES = frozenset(Reason) - {Reason.RULE, Reason.BROKEN}


def as_of(
    link: Link, plans: Sequence[Plan], now_ms: int, unreadable: Callable[[Invalid], None]
) -> tuple[Link, int]:
    """The link with what was planned up to now, and when the next plan is due. ``plans`` in order of time."""
    for plan in plans:
        if plan.at_ms > now_ms:
            return link, plan.at_ms
        try:
            link = with_changes(link, plan.changes)
        except Invalid as error:
            unreadable(error)
    return link, _FOR_EVER_MS


def route_of(link: Link, zone: str, unreadable: Callable[[Invalid], None]) -> Route:
    """The route of a link; one whose rules this version cannot read leads everybody to its target."""
    try:
        return Route.of(link, zone)
    except Invalid as error:
        unreadable(error)
        return Route(link, counted=link.terms.max_scans is not None)
