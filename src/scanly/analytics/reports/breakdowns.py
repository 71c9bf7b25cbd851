"""Ways to break the numbers of a period down: what each reads of the rollups, and the rows it makes of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scanly.analytics.counting.packed import (
    CLICKED,
    INVITED,
    KINDS,
    LINK_OF_GROUP,
    MOMENT_OF_WEEK,
    OUTCOME_OF_KIND,
    OUTCOMES,
    REPEATS,
    SENT,
    Part,
)
from scanly.analytics.reports.answer import Row
from scanly.analytics.reports.question import address_of
from scanly.core.clock import day_of
from scanly.core.ids import LinkId
from scanly.links.model import Link
from scanly.scans.model import LANDED, OF_SITES, Kind, Outcome

if TYPE_CHECKING:
    from scanly.analytics.dimensions import Dimension
    from scanly.analytics.reports.period import Period
    from scanly.analytics.reports.slices import Slice, Sums

UNKNOWN, OTHER = "unknown", "other"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = tuple(f"{hour:02}" for hour in range(24))
Measured = Literal["links", "sites", "both"]
_OF_PARTS: tuple[Part, ...] = ("parts",)
_OF_TIME: tuple[Part, ...] = ("time",)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read for one period.

    ``texts`` are the words in the slices, ``links`` those of the subject as far as they were asked for, and
    ``numbers`` the link of each subject number in the slices. ``pages``: it is about a site, whose scans are views.
    """

    period: Period
    sums: Sums
    texts: Mapping[int, str]
    links: Mapping[LinkId, Link]
    numbers: Mapping[int, LinkId]
    language: str = "en"
    pages: bool = False

    @property
    def slices(self) -> Sequence[Slice]:
        return self.sums.slices

    @property
    def scans(self) -> int:
        return sum(each.scans for each in self.slices)

    @property
    def visitors(self) -> int:
        return sum(each.visitors for each in self.slices)

    @property
    def kinds(self) -> tuple[int, ...]:
        """Recorded visits, in the order of `KINDS`."""
        return tuple(sum(each.kinds[kind] for each in self.slices) for kind in range(len(KINDS)))


@dataclass(frozen=True, slots=True)
class Breakdown:
    """``parts`` is what is read beside the counters, ``counted`` the dimension whose words are shown.

    ``daily`` ones need every day for itself, ``ordered`` ones have all their rows in an order of their own, which
    is that of time for ``dated`` ones, and ``named`` ones need to know the links. ``narrows`` says whether people
    with certain values are told from days alone (True), together with another dimension (False), or not (None).
    """

    name: str
    rows: Callable[[Facts], list[Row]]
    parts: tuple[Part, ...] = ()
    counted: int = 0
    daily: bool = False
    ordered: bool = False
    dated: bool = False
    named: bool = False
    narrows: bool | None = False
    of: Measured = "both"


class _Sums:
    """Scans, visitors and recorded visits by key."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.scans = dict.fromkeys(keys, 0)
        self.visitors = dict.fromkeys(self.scans, 0)
        self.recorded = dict.fromkeys(self.scans, 0)

    def add(self, key: str, scans: int, visitors: int, recorded: int = 0) -> None:
        self.scans[key] = self.scans.get(key, 0) + scans
        self.visitors[key] = self.visitors.get(key, 0) + visitors
        self.recorded[key] = self.recorded.get(key, 0) + recorded

    def rows(self, *, recorded: bool = False, title: Callable[[str], str] = lambda _: "") -> list[Row]:
        return [
            Row(key, scans, self.visitors[key], self.recorded[key] if recorded else None, title(key))
            for key, scans in self.scans.items()
        ]


def unknown(facts: Facts, rows: Sequence[Row]) -> list[Row]:
    """The people of whom the value is not known: those who are in no row."""
    scans = facts.scans - sum(row.scans for row in rows)
    visitors = facts.visitors - sum(row.visitors or 0 for row in rows)
    return [Row(UNKNOWN, scans, max(visitors, 0))] if scans > 0 else []


def most_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.scans, -(row.recorded or 0), row.key))


def _series(
    key: Callable[[int], str], keys: Callable[[Period], Iterable[str]]
) -> Callable[[Facts], list[Row]]:
    def rows(facts: Facts) -> list[Row]:
        sums = _Sums(keys(facts.period))
        for each in facts.slices:
            sums.add(key(each.first), each.scans, each.visitors, sum(each.kinds))
        return sums.rows(recorded=True)

    return rows


def _of_days(key: Callable[[int], str]) -> Callable[[Facts], list[Row]]:
    def keys(period: Period) -> Iterable[str]:
        first, last = period.numbers
        return dict.fromkeys(map(key, range(first, last + 1)))

    return _series(key, keys)


def _week(day: int) -> str:
    year, week, _ = day_of(day).isocalendar()
    return f"{year}-W{week:02}"


def _counted(facts: Facts, dimension: int) -> dict[int, tuple[int, int]]:
    """How many people had each value of a dimension, and how many different ones a day."""
    people, again = facts.sums.of(dimension), facts.sums.of(REPEATS + dimension)
    return {value: (count, count - again.get(value, 0)) for value, count in people.items()}


def _moments(key: Callable[[int], str], keys: Iterable[str]) -> Callable[[Facts], list[Row]]:
    names = tuple(keys)

    def rows(facts: Facts) -> list[Row]:
        sums = _Sums(names)
        for moment, (scans, visitors) in _counted(facts, MOMENT_OF_WEEK).items():
            sums.add(key(moment), scans, visitors)
        found = sums.rows()
        return [*found, *unknown(facts, found)]

    return rows


def _by_kind(facts: Facts) -> list[Row]:
    found = [
        Row(word, facts.scans if kind == Kind.PERSON else 0, None, recorded)
        for kind, (word, recorded) in enumerate(zip(KINDS, facts.kinds, strict=True))
        if recorded
    ]
    return sorted(found, key=lambda row: -(row.recorded or 0))


def _by_outcome(facts: Facts) -> list[Row]:
    sums = _Sums()
    for value, (recorded, _) in _counted(facts, OUTCOME_OF_KIND).items():
        kind, outcome = Kind(value // OUTCOMES), Outcome(value % OUTCOMES)
        if (outcome in OF_SITES) != facts.pages:  # a workspace's own rollup holds both
            continue
        scans = recorded if kind is Kind.PERSON and outcome in (*LANDED, Outcome.VIEW) else 0
        sums.add(outcome.word, scans, 0, recorded)
    found = [Row(row.key, row.scans, None, row.recorded) for row in sums.rows(recorded=True)]
    return sorted(found, key=lambda row: (-(row.recorded or 0), row.key))


def _are_links(facts: Facts) -> bool:
    """Whether links were read one by one, not as a group."""
    return all(each.scope.kind == "link" for each in facts.slices)


def _per_link(facts: Facts) -> list[tuple[LinkId | None, int, int, int]]:
    """Link, scans, visitors and recorded visits, the latter 0 where a group of links was read."""
    if _are_links(facts):
        return [
            (LinkId(int(each.scope.key)), each.scans, each.visitors, sum(each.kinds)) for each in facts.slices
        ]
    counted = _counted(facts, LINK_OF_GROUP)
    return [(facts.numbers.get(number), scans, visitors, 0) for number, (scans, visitors) in counted.items()]


def visited(facts: Facts) -> set[LinkId | None]:
    """The links that somebody visited; where a group of them was read, that people scanned."""
    if _are_links(facts):
        return {LinkId(int(each.scope.key)) for each in facts.slices if any(each.kinds)}
    return {facts.numbers.get(number) for number in facts.sums.of(LINK_OF_GROUP)}


def _of_links(
    name: str, key: Callable[[Link], str], title: Callable[[Link], str] = lambda _: ""
) -> Breakdown:
    """Rows by something a link has; the people of several links are added up."""

    def rows(facts: Facts) -> list[Row]:
        sums = _Sums()
        for link_id, *numbers in _per_link(facts):
            link = facts.links.get(link_id) if link_id else None
            sums.add(key(link) if link else UNKNOWN, *numbers)
        titles = {key(link): title(link) for link in facts.links.values()}
        recorded = any(sums.recorded.values())
        found = most_first(sums.rows(recorded=recorded, title=lambda name: titles.get(name, "")))
        return sorted(found, key=lambda row: row.key == UNKNOWN)

    return Breakdown(name, rows, _OF_PARTS, LINK_OF_GROUP, named=True, of="links")


def _of_pages(name: str, dimension: int) -> Breakdown:
    """Rows by what people did on a page; nobody is missing there, as not everybody does it."""

    def rows(facts: Facts) -> list[Row]:
        counted = _counted(facts, dimension)
        return most_first(Row(facts.texts.get(word, ""), number) for word, (number, _) in counted.items())

    return Breakdown(name, rows, _OF_PARTS, dimension, narrows=None, of="sites")


def by_dimension(name: str, dimension: Dimension) -> Breakdown:
    """Rows by one of the dimensions that are extensions."""

    def rows(facts: Facts) -> list[Row]:
        rules = {str(rule.id): rule.name for link in facts.links.values() for rule in link.terms.rules}
        sums = _Sums()
        for word, (scans, visitors) in _counted(facts, dimension.NUMBER).items():
            sums.add(facts.texts.get(word, UNKNOWN), scans, visitors)

        def title(key: str) -> str:
            label = rules.get(key, "") if name == "rule" else dimension.label(key, facts.language)
            return "" if label == key else label

        found = most_first(sums.rows(title=title))
        return [*found, *unknown(facts, found)]

    return Breakdown(name, rows, (dimension.PART,), dimension.NUMBER, named=name == "rule")


_WAYS = (
    Breakdown(
        "day",
        _of_days(lambda day: day_of(day).isoformat()),
        daily=True,
        ordered=True,
        dated=True,
        narrows=True,
    ),
    Breakdown("week", _of_days(_week), daily=True, ordered=True, dated=True, narrows=True),
    Breakdown(
        "month", _of_days(lambda day: day_of(day).isoformat()[:7]), ordered=True, dated=True, narrows=True
    ),
    Breakdown("hour", _moments(lambda moment: HOURS[moment % 24], HOURS), _OF_TIME, ordered=True),
    Breakdown(
        "weekday",
        _series(lambda day: WEEKDAYS[day_of(day).weekday()], lambda _: WEEKDAYS),
        daily=True,
        ordered=True,
        narrows=True,
    ),
    Breakdown(
        "heatmap",
        _moments(
            lambda moment: f"{WEEKDAYS[moment // 24]} {HOURS[moment % 24]}",
            (f"{weekday} {hour}" for weekday in WEEKDAYS for hour in HOURS),
        ),
        _OF_TIME,
        ordered=True,
    ),
    _of_links("code", address_of, lambda link: link.title),
    _of_links("placement", lambda link: link.placement or UNKNOWN),
    _of_links("host", lambda link: link.host or "default"),
    Breakdown("kind", _by_kind, narrows=None),
    Breakdown("outcome", _by_outcome, _OF_TIME, narrows=None),
    _of_pages("clicked", CLICKED),
    _of_pages("invited", INVITED),
    _of_pages("sent", SENT),
)
BUILT_IN: Mapping[str, Breakdown] = {way.name: way for way in _WAYS}


def breakdowns() -> Mapping[str, Breakdown]:
    """Every word for ``--by``: the built-in ones, and one for each dimension."""
    from scanly.analytics.dimensions import DIMENSIONS

    return {**BUILT_IN} | {name: by_dimension(name, dimension) for name, dimension in DIMENSIONS.items()}
