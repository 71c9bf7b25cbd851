"""What can be said of a period, as data: each fact with its numbers, and by which method it was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from scanly.analytics.rhythm.forecast import Band, Method, Score

# How facts were found; the files named say it exactly, with their sources.
Rhythmic = Literal["weekly rhythm, negative binomial"]
RHYTHMIC: Rhythmic = "weekly rhythm, negative binomial"


class Total(Struct, frozen=True, tag_field="fact", tag="total"):
    """``before`` is the number of as many days before; None where that is not known.

    ``so_far`` says that the last day is not over.
    """

    since: str
    until: str
    scans: int
    before: int | None
    so_far: bool


class BestHours(Struct, frozen=True, tag_field="fact", tag="best-hours"):
    """From an hour of the day up to another one, which lies after midnight if it is smaller."""

    first_hour: int
    end_hour: int
    scans: int
    share: float
    chance: float
    method: Literal["binomial"] = "binomial"


class BusiestDay(Struct, frozen=True, tag_field="fact", tag="busiest-day"):
    """``as_many`` is the last day before that had as many; empty when none is known in ``known_days``."""

    day: str
    scans: int
    as_many: str
    known_days: int
    hours: BestHours | None


class UnusualDay(Struct, frozen=True, tag_field="fact", tag="unusual-day"):
    """19 of 20 such days were to lie between ``low`` and ``high``."""

    day: str
    scans: int
    usual: float
    low: int
    high: int
    chance: float
    method: Rhythmic = RHYTHMIC


class Silent(Struct, frozen=True, tag_field="fact", tag="silent"):
    """No scan for ``days``, in which ``usual`` were to be expected. ``code`` is empty for the whole subject."""

    code: str
    title: str
    days: int
    since: str
    usual: float
    chance: float
    method: Rhythmic = RHYTHMIC


class AgainstUsual(Struct, frozen=True, tag_field="fact", tag="against-usual"):
    """Whole days against what was to be expected before the first; the last days of a long period.

    ``change`` is 0.3 for 30 % above. ``stands_out`` says whether it is more than chance.
    """

    since: str
    until: str
    scans: int
    usual: float
    low: int
    high: int
    change: float
    chance: float
    stands_out: bool
    method: Rhythmic = RHYTHMIC


class Today(Struct, frozen=True, tag_field="fact", tag="today"):
    """The day that is not over, against what was to be expected by this hour; the rest as in `AgainstUsual`."""

    day: str
    scans: int
    usual: float
    low: int
    high: int
    change: float
    chance: float
    stands_out: bool
    method: Rhythmic = RHYTHMIC


class SteadyChange(Struct, frozen=True, tag_field="fact", tag="trend"):
    """``change_a_week`` is 0.05 for 5 % more each week."""

    weeks: int
    change_a_week: float
    chance: float
    method: Literal["Mann-Kendall, Sen"] = "Mann-Kendall, Sen"


class BestCode(Struct, frozen=True, tag_field="fact", tag="best-code"):
    """The code with the most, of ``codes`` that had any."""

    code: str
    title: str
    scans: int
    share: float
    codes: int


class RobotWave(Struct, frozen=True, tag_field="fact", tag="robot-wave"):
    """A day on which far more robots came than usual."""

    day: str
    visits: int
    usual: float
    chance: float
    method: Rhythmic = RHYTHMIC


class Robots(Struct, frozen=True, tag_field="fact", tag="robots"):
    """Visits by robots, previews and what fetches ahead, which are in no other number."""

    visits: int


class Outlook(Struct, frozen=True, tag_field="fact", tag="forecast"):
    """The days to come, by the better of two ways, with how both did on past days that were not shown to them."""

    since: str
    until: str
    total: Band
    days: Sequence[Band]
    method: Method
    tried_days: int
    rhythm: Score
    last_week: Score


class TooLittle(Struct, frozen=True, tag_field="fact", tag="too-little"):
    """So few days, or scans on them, that nothing is usual yet."""

    days: int
    scans: int


Fact = (
    Total
    | BusiestDay
    | UnusualDay
    | Silent
    | AgainstUsual
    | Today
    | SteadyChange
    | BestHours
    | BestCode
    | RobotWave
    | Robots
    | Outlook
    | TooLittle
)


class Explanation(Struct, frozen=True):
    """``facts`` are for programs, ``sentences`` say the most important of them in one language."""

    subject: str
    since: str
    until: str
    time_zone: str
    language: str
    facts: Sequence[Fact]
    sentences: Sequence[str]
