"""From a scan to a form that was sent: how many go on from step to step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from scanly.analytics.journeys.rates import Rate, rate

StepName = Literal["scan", "view", "click", "lead"]
STEPS: tuple[StepName, ...] = ("scan", "view", "click", "lead")


class Step(msgspec.Struct, frozen=True):
    """``count`` is how often it happened, by anybody. ``people`` did this and every step before it on one day.

    ``of_before`` and ``of_first`` say which share of the people of the step before, and of the first, that is.
    ``people`` and the rates are None where visitors are not told apart, or no longer kept one by one.
    """

    name: StepName
    count: int
    people: int | None = None
    of_before: Rate | None = None
    of_first: Rate | None = None


class Funnel(msgspec.Struct, frozen=True):
    """The steps in order. ``notes`` are sentences that whoever reads the numbers must know."""

    subject: str
    since: str
    until: str
    time_zone: str
    steps: Sequence[Step]
    notes: Sequence[str] = ()


def steps_of(
    names: Sequence[StepName], counts: Mapping[StepName, int], people: Sequence[int] | None
) -> list[Step]:
    """The steps with their rates. ``people``, in the order of ``names``, never grow; None when not known."""
    if people is None:
        return [Step(name, counts[name]) for name in names]
    return [
        Step(
            name,
            counts[name],
            people[number],
            rate(people[number], people[number - 1]) if number else None,
            rate(people[number], people[0]) if number else None,
        )
        for number, name in enumerate(names)
    ]
