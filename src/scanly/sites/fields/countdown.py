"""A day, or a day with a time, that visitors look forward to: it knows how long that still is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scanly.core.clock import at
from scanly.sites.fields import At, Field, moment
from scanly.sites.times.countdown import Left, days_left, time_left

if TYPE_CHECKING:
    from scanly.sites.page import Page
    from scanly.sites.views import Moment

EXAMPLE = "2026-12-24 18:00"


class Ahead(NamedTuple):
    """The moment in words and for machines, and what is left in words; ``over`` when it has passed.

    ``clock`` is its time of day in words, empty for a whole day.
    """

    text: str
    iso: str
    clock: str
    left: str
    over: bool

    def after(self, start: Moment) -> str:
        """The words for it as an end of what began at ``start``: a time alone, if it is the same day."""
        return self.clock if self.clock and start.iso[:10] == self.iso[:10] else self.text


def check(field: Field, value: Any, at: At) -> str | None:
    return moment.check(field, value, at)


def schema(field: Field) -> dict[str, Any]:
    return moment.schema(field)


def view(field: Field, value: str, page: Page) -> Ahead:
    then = page.moment(value)
    if then.whole_day:
        left = days_left(page.now_ms, then.day.day, page.zone)
    else:
        left = time_left(page.now_ms, then.ms, page.zone)
    if left.until_ms is not None:
        page.until(left.until_ms)
    clock = "" if then.whole_day else page.time(at(then.ms, page.zone))
    return Ahead(then.text, then.iso, clock, _words(left, page), left.unit == "over")


def _words(left: Left, page: Page) -> str:
    match left.unit:
        case "days":
            return page.n("{n} day left", "{n} days left", left.number)
        case "hours":
            return page.n("{n} hour left", "{n} hours left", left.number)
        case "soon":
            return page.t("Less than an hour left")
        case "today":
            return page.t("Today")
        case "over":
            return ""
