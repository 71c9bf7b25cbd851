"""Whether a rule came true: at the crossing, once, and not again before it was false in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scanly.analytics.alerts.model import Rule


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule is judged by. ``scans`` are people's, by period; a period without any may be missing.

    ``over`` are the periods after `Rule.judged` that have ended and are counted, in order; ``running`` is the one
    after them. What is judged was made in the period ``born``: before that, and in it, quiet is no news. None when
    there is nothing.
    """

    scans: Mapping[int, int]
    over: Sequence[int]
    running: int
    born: int | None


class Firing(NamedTuple):
    """A period, and the scans in it, or in the days of silence that end with it."""

    period: int
    scans: int


def judge(rule: Rule, facts: Facts) -> tuple[Rule, list[Firing]]:
    """The rule as it stands afterwards, and what fired, in order."""
    if rule.kind == "digest":
        last = facts.over[-1:]
        fired = [Firing(period, facts.scans.get(period, 0)) for period in last]
        return (replace(rule, judged=last[0]) if last else rule), fired
    fired: list[Firing] = []
    firing = rule.firing
    for period in facts.over:
        true = _is_true(rule, facts, period)
        if true and not firing:
            fired.append(Firing(period, facts.scans.get(period, 0)))
        firing = true
    # Counts only grow, so "more" is certain before its period has ended.
    if rule.kind == "more" and not firing and _is_true(rule, facts, facts.running):
        fired.append(Firing(facts.running, facts.scans[facts.running]))
        firing = True
    judged = facts.over[-1] if facts.over else rule.judged
    return replace(rule, judged=judged, firing=firing), fired


def _is_true(rule: Rule, facts: Facts, period: int) -> bool:
    if rule.kind == "more":
        return facts.scans.get(period, 0) > rule.number
    if rule.kind == "silent":
        days = range(period - rule.number + 1, period + 1)
        return _is_older(facts, days.start) and not any(facts.scans.get(day, 0) for day in days)
    return _is_older(facts, period) and facts.scans.get(period, 0) < rule.number


def _is_older(facts: Facts, period: int) -> bool:
    return facts.born is not None and facts.born < period
