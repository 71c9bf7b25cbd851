"""A goal: something that people are hoped to do, and how it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import msgspec

from scanly.analytics.journeys.rates import Rate
from scanly.core.errors import Invalid
from scanly.core.text import has_control
from scanly.scans.model import LANDED, Outcome

What = Literal["view", "click", "lead", "scan"]
WHATS: tuple[What, ...] = get_args(What)
MAX_NAME = 80
OUTCOMES: dict[What, tuple[Outcome, ...]] = {
    "view": (Outcome.VIEW,),
    "click": (Outcome.CLICK,),
    "lead": (Outcome.LEAD,),
    "scan": tuple(sorted(LANDED)),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """Of a site (``subject_id``) a view, a click or a form; or a scan of a link, or of the links of a ``tag``.

    ``part`` narrows clicks and forms to one block, or clicks to one thing in it (``block/key``).
    """

    id: int
    name: str
    what: What
    subject_id: int = 0
    part: str = ""
    tag: str = ""
    created_ms: int = 0


class Day(msgspec.Struct, frozen=True):
    """``people`` is None where they are not told apart, or no longer kept one by one."""

    key: str
    reached: int
    people: int | None


class GoalReport(msgspec.Struct, frozen=True):
    """``reached`` is how often, by ``people`` (each once a day); ``before`` how often in the period before.

    ``rate`` is the share of those who could have (``out_of`` says who they are): of people where they are known,
    else of visits, and None where it would be of nobody.
    """

    name: str
    what: str
    subject: str
    since: str
    until: str
    time_zone: str
    reached: int
    people: int | None
    before: int
    out_of: str
    rate: Rate | None
    days: Sequence[Day]
    notes: Sequence[str] = ()


def check_name(name: str) -> str:
    """The name without blanks around it. Raises Invalid."""
    plain = name.strip()
    if not plain or len(plain) > MAX_NAME or has_control(plain):
        raise Invalid.field("name", f"has to be 1 to {MAX_NAME} plain characters.", hint="Shorten it.")
    return plain


def check_goal(goal: Goal) -> Goal:
    """The goal itself. Raises Invalid for a part of what has none."""
    check_name(goal.name)
    if goal.part and goal.what not in ("click", "lead"):
        raise Invalid.field(
            "block", f"a {goal.what} has none.", hint="Leave it out, or count clicks or forms."
        )
    return goal
