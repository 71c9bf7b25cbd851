"""What is asked of the scans: about which links or which site, which days, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanly.accounts.model import Workspace
from scanly.analytics.reports.period import Period
from scanly.links.model import Link
from scanly.links.store import Filter
from scanly.sites.model import Known

EVERY_LINK = Filter()
# A dimension and the value that is wanted of it.
Where = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: one link, one site, or the links that a filter finds (at first every one)."""

    link: Link | None = None
    site: Known | None = None
    wanted: Filter = EVERY_LINK

    @property
    def words(self) -> str:
        """As people say it; empty for everything."""
        if self.link:
            return address_of(self.link)
        if self.site:
            return f"{self.site.host}/{self.site.slug}" if self.site.host else self.site.slug
        wanted = self.wanted
        named = (("tag", wanted.tag), ("campaign", wanted.campaign), ("placement", wanted.placement))
        said = [f"{name} {value}" for name, value in named if value]
        if wanted.host is not None:
            said.append(f"host {wanted.host or 'by default'}")
        return ", ".join(said)


EVERYTHING = Subject()


@dataclass(frozen=True, slots=True)
class Question:
    """``by`` is a word of `breakdowns.breakdowns`. ``where`` narrows it to people with these values.

    ``before`` is the period to compare with. Of more than ``limit`` rows, the
    last are one, "other". ``language`` is that of the titles.
    """

    workspace: Workspace
    period: Period
    by: str = "day"
    subject: Subject = EVERYTHING
    where: Sequence[Where] = ()
    before: Period | None = None
    limit: int | None = None
    language: str = "en"


def address_of(link: Link) -> str:
    """A link as people name it."""
    return f"{link.host}/{link.code}" if link.host else link.code
