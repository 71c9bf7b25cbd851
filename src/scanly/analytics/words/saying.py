"""Turns facts into sentences: what matters most, in few and plain words, and never more than the numbers carry."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from scanly.analytics.words.facts import (
    AgainstUsual,
    BestCode,
    BestHours,
    BusiestDay,
    Fact,
    Outlook,
    Robots,
    RobotWave,
    Silent,
    SteadyChange,
    Today,
    TooLittle,
    Total,
    UnusualDay,
)
from scanly.analytics.words.wording import Wording

MOST_SENTENCES = 8
# Of several of a kind, so many are named.
_MOST_UNUSUAL, _MOST_WAVES, _MOST_SILENT = 3, 1, 3
# Of fewer scans than these, a change in percent sounds like more than it is.
_LEAST_COMPARED = 20
# A period that includes today is compared with the time before when it has so many days.
_LEAST_DAYS_SO_FAR = 14
_SHORT_DAYS = 7
# "The most since": worth saying when it was so long ago.
_LEAST_RECORD_DAYS = 28
_MOST = 0.5

FactType = TypeVar("FactType", bound=Fact)


def sentences(facts: Sequence[Fact], language: str, *, pages: bool = False) -> tuple[str, ...]:
    """At most `MOST_SENTENCES`, in Hindi or else in English. ``pages``: what is counted are views, not scans."""
    total = _first(facts, Total)
    wording = Wording.of(language, date.fromisoformat(total.until).year if total else 0, pages=pages)
    said = [(kind, sentence) for kind, say in _SAYING.items() for sentence in say(wording, facts)]
    for kind in _FIRST_TO_GO:
        if len(said) > MOST_SENTENCES:
            said = [(of, sentence) for of, sentence in said if of is not kind]
    return tuple(sentence for _, sentence in said[:MOST_SENTENCES])


def _total(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    for fact in _each(facts, Total):
        days = _days(facts)
        if days == 1:
            words = "{scans} on {day}" if fact.scans else "Nobody came on {day}"
            what = w.t(words, scans=w.scans(fact.scans), day=w.day(fact.since))
        else:
            words = "{scans} from {since} to {until}" if fact.scans else "Nobody came from {since} to {until}"
            since, until = (w.day(day, weekday=False) for day in (fact.since, fact.until))
            what = w.t(words, scans=w.scans(fact.scans), since=since, until=until)
        yield w.sentence(what, _compared(w, fact, days))


def _compared(w: Wording, fact: Total, days: int) -> str:
    """Against the time before; not where an unfinished day would weigh too much."""
    if fact.before is None or not (fact.before or fact.scans) or (fact.so_far and days < _LEAST_DAYS_SO_FAR):
        return ""
    before = w.n("on the day before", "in the {n} days before", days)
    if fact.before < _LEAST_COMPARED:
        return w.t("after {number} {before}", number=w.number(fact.before), before=before)
    change = fact.scans / fact.before - 1
    if abs(fact.scans - fact.before) < 2 * math.sqrt(fact.scans + fact.before):
        return w.t("about as many as {before}", before=before)
    than = "{percent} more than {before}" if change > 0 else "{percent} fewer than {before}"
    return w.t(than, percent=w.percent(change), before=before)


def _busiest(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    unusual = {fact.day: fact for fact in _each(facts, UnusualDay)}
    for fact in _each(facts, BusiestDay):
        what = w.t("{day} was the busiest day: {scans}", day=w.day(fact.day), scans=w.scans(fact.scans))
        usual = unusual.get(fact.day)
        aside = w.t("{usual} are usual", usual=_about(w, usual.usual)) if usual else ""
        yield w.sentence(what, _record(w, fact), _hours_of_day(w, fact.hours), aside=aside)


def _record(w: Wording, fact: BusiestDay) -> str:
    if fact.as_many:
        ago_days = (date.fromisoformat(fact.day) - date.fromisoformat(fact.as_many)).days
        return w.t("the most since {day}", day=w.day(fact.as_many)) if ago_days >= _LEAST_RECORD_DAYS else ""
    return ""


def _hours_of_day(w: Wording, hours: BestHours | None) -> str:
    if hours is None:
        return ""
    between = w.between(hours.first_hour, hours.end_hour)
    if hours.share > _MOST:
        return w.t("most of them {between}", between=between)
    return w.t("{percent} of them {between}", percent=w.percent(hours.share), between=between)


def _unusual(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    busiest = {fact.day for fact in _each(facts, BusiestDay)}
    silent_since = min((fact.since for fact in _each(facts, Silent) if not fact.code), default="9")
    days = [fact for fact in _each(facts, UnusualDay) if fact.day not in busiest and fact.day < silent_since]
    if _days(facts) == 1:
        days = []  # it is held against the usual as a whole
    chosen = sorted(days, key=lambda fact: fact.chance)[:_MOST_UNUSUAL]
    for fact in sorted(chosen, key=lambda fact: fact.day):
        usual, day = _about(w, fact.usual), w.day(fact.day)
        if fact.scans > fact.usual:
            words = "{day} was far above the usual: {scans}, where {usual} are usual"
        elif fact.scans:
            words = "{day} was far below the usual: {scans}, where {usual} are usual"
        else:
            words = "Nobody came on {day}, where {usual} are usual"
        yield w.sentence(w.t(words, day=day, scans=w.scans(fact.scans), usual=usual))


def _silent(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    silent = _each(facts, Silent)
    if len(silent) == 1:
        days, usual = w.n("{n} day", "{n} days", silent[0].days), _about(w, silent[0].usual)
        words = "{code} has been silent for {days}, in which {usual} are usual"
        if not silent[0].code:
            words = "Nobody has come for {days}, in which {usual} are usual"
        yield w.sentence(w.t(words, code=_name(silent[0]), days=days, usual=usual))
    elif silent:
        named = [
            w.t("{code} ({days})", code=_name(fact), days=w.n("{n} day", "{n} days", fact.days))
            for fact in silent[:_MOST_SILENT]
        ]
        if more := len(silent) - len(named):
            named.append(w.n("{n} more", "{n} more", more))
        yield w.sentence(w.t("Silent for longer than usual: {codes}", codes=w.join(named)))


def _against_usual(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    for fact in _each(facts, AgainstUsual):
        if not fact.stands_out:
            continue
        percent, above = w.percent(fact.change), fact.change > 0
        if fact.since == fact.until:
            words = "{day}: {percent} above what this weekday usually brings"
            if not above:
                words = "{day}: {percent} below what this weekday usually brings"
            yield w.sentence(w.t(words, day=w.day(fact.since), percent=percent))
            continue
        since, until = (w.day(day, weekday=False) for day in (fact.since, fact.until))
        words = "{since} to {until}: {scans}, {percent} above what these weekdays usually bring"
        if not above:
            words = "{since} to {until}: {scans}, {percent} below what these weekdays usually bring"
        yield w.sentence(w.t(words, since=since, until=until, percent=percent, scans=w.scans(fact.scans)))


def _today(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    """In a long period today is worth a sentence only where it stands out."""
    for fact in _each(facts, Today):
        if not fact.stands_out and _days(facts) > _SHORT_DAYS:
            continue
        words = "Today so far: {scans}, about the usual for this time of day"
        if fact.stands_out and fact.change > 0:
            words = "Today so far: {scans}, {percent} above the usual for this time of day"
        elif fact.stands_out:
            words = "Today so far: {scans}, {percent} below the usual for this time of day"
        yield w.sentence(w.t(words, scans=w.scans(fact.scans), percent=w.percent(fact.change)))


def _steady(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    for fact in _each(facts, SteadyChange):
        words = "It is rising steadily: by about {percent} a week for {n} weeks"
        if fact.change_a_week < 0:
            words = "It is falling steadily: by about {percent} a week for {n} weeks"
        yield w.sentence(w.t(words, percent=w.percent(fact.change_a_week), n=w.number(fact.weeks)))


def _best_hours(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    busiest = _first(facts, BusiestDay)
    said = busiest.hours if busiest else None
    for fact in _each(facts, BestHours):
        if (
            said
            and said.share > _MOST
            and (said.first_hour, said.end_hour) == (fact.first_hour, fact.end_hour)
        ):
            continue
        between, percent = w.between(fact.first_hour, fact.end_hour), w.percent(fact.share)
        words = "The best time is {between}: {percent} of all"
        yield w.sentence(w.t(words, between=between, percent=percent))


def _best_code(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    for fact in _each(facts, BestCode):
        words = "{code} brought the most: {scans}, {percent} of all"
        percent = w.percent(fact.share)
        yield w.sentence(w.t(words, code=_name(fact), scans=w.scans(fact.scans), percent=percent))


def _waves(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    waves = sorted(_each(facts, RobotWave), key=lambda fact: fact.chance)[:_MOST_WAVES]
    for fact in waves:
        yield w.sentence(
            w.t(
                "Many robots came on {day}: {number}, where {usual} are usual; they are not counted",
                day=w.day(fact.day),
                number=w.number(fact.visits),
                usual=_about(w, fact.usual),
            )
        )


def _robots(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    if not _first(facts, RobotWave):
        for fact in _each(facts, Robots):
            words = ("{n} visit by robots is not counted", "{n} visits by robots are not counted")
            yield w.sentence(w.n(*words, fact.visits))


def _outlook(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    for fact in _each(facts, Outlook):
        low, high = w.number(fact.total.low_80), w.scans(fact.total.high_80)
        what = w.n(
            "The next day will probably bring {low} to {high}",
            "The next {n} days will probably bring {low} to {high}",
            len(fact.days),
            low=low,
            high=high,
        )
        nearer = 1 - fact.rhythm.mase / fact.last_week.mase if fact.method == "rhythm" else 0.0
        if round(nearer * 100) < 1:
            yield w.sentence(what, aside=w.t("going by the week before, which was the best guess so far"))
        else:
            words = "tried on past days, this was {percent} nearer than the numbers of the week before"
            yield w.sentence(what, aside=w.t(words, percent=w.percent(nearer)))


def _too_little(w: Wording, facts: Sequence[Fact]) -> Iterator[str]:
    if _first(facts, TooLittle):
        yield w.sentence(w.t("There is too little yet to say what is usual"))


# In the order in which they are said.
_SAYING: Mapping[type[Fact], Callable[[Wording, Sequence[Fact]], Iterator[str]]] = {
    Total: _total,
    BusiestDay: _busiest,
    UnusualDay: _unusual,
    Silent: _silent,
    AgainstUsual: _against_usual,
    Today: _today,
    SteadyChange: _steady,
    BestHours: _best_hours,
    BestCode: _best_code,
    RobotWave: _waves,
    Robots: _robots,
    Outlook: _outlook,
    TooLittle: _too_little,
}
# Which give way when there are too many.
_FIRST_TO_GO = (Robots, BestCode, BestHours, AgainstUsual, Today, RobotWave, Outlook, SteadyChange)


def _about(w: Wording, usual: float) -> str:
    return w.t("about {number}", number=w.number(usual)) if round(usual) else w.t("hardly any")


def _days(facts: Sequence[Fact]) -> int:
    total = _first(facts, Total)
    return (date.fromisoformat(total.until) - date.fromisoformat(total.since)).days + 1 if total else 0


def _name(fact: Silent | BestCode) -> str:
    return fact.title or fact.code


def _each(facts: Sequence[Fact], kind: type[FactType]) -> list[FactType]:
    return [fact for fact in facts if isinstance(fact, kind)]


def _first(facts: Sequence[Fact], kind: type[FactType]) -> FactType | None:
    return next(iter(_each(facts, kind)), None)
