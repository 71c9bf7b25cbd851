"""A scan as the journal keeps it: everything that is known of one visit, and no address of a person."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

from msgspec import Meta, Struct

# A scan was fetched ahead of a person's tap, or made by the owner trying a link out.
PREFETCH_FLAG = 1
TEST_FLAG = 2

# The local hour of a scan from before hours were recorded.
NO_HOUR = 24

# The visitor of a scan in a workspace that does not tell people apart: recorded, but counted as nobody.
NOBODY = 0

TEXT_LIMIT = 512
WORD_LIMIT = 128

_Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
# Ids end in the year 2248, after so many days; whatever says another day is no scan.
_LAST_DAY = 2**43 // 86_400_000 + 1
_Day = Annotated[int, Meta(ge=0, le=_LAST_DAY)]
_Signed = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_Flags = Annotated[int, Meta(ge=0, le=255)]
_Hour = Annotated[int, Meta(ge=0, le=NO_HOUR)]


class Kind(IntEnum):
    """Who came. Reports show the word, `word`; the database keeps the number."""

    PERSON = 0
    BOT = 1
    PREVIEW = 2
    PREFETCH = 3
    TEST = 4

    @property
    def word(self) -> str:
        return self.name.lower()


class Outcome(IntEnum):
    """What the visitor got. VIEW, CLICK and LEAD (a form was sent) are a site's; the others are a link's."""

    REDIRECT = 0
    FALLBACK = 1
    CLOSED = 2
    PASSWORD = 3
    VIEW = 4
    CLICK = 5
    LEAD = 6

    @property
    def word(self) -> str:
        return self.name.lower()


# The outcomes that count as a scan when a person came.
LANDED = frozenset({Outcome.REDIRECT, Outcome.FALLBACK})
# Those of a site.
OF_SITES = frozenset({Outcome.VIEW, Outcome.CLICK, Outcome.LEAD})


class Scan(Struct, array_like=True, frozen=True, gc=False):
    """One visit. On disk it is an array: fields are only ever added, at the end, with a default.

    ``link_id`` is the site's id where the outcome is a site's. ``day`` is the workspace's local day as days since
    1970-01-01; ``visitor`` is a keyed hash; ``referrer`` is host and path; ``rule`` is 0 when no rule decided.
    ``part`` says what of a site: the block and number that was clicked, who was invited to the view, the form that
    was sent. ``hour`` is the local one. ``host`` is the one a link or site is bound to, ``drive`` the link's own
    campaign, while ``campaign`` is a word of the address that was visited. ``period`` is the first day of the time
    through which a visitor's hash stays the same, 0 when it is that day's alone. Unknown texts are empty.
    """

    id: _Id
    link_id: _Id
    workspace_id: _Id
    day: _Day
    outcome: Outcome
    flags: _Flags
    visitor: _Signed
    country: str = ""
    city: str = ""
    agent: str = ""
    language: str = ""
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    rule: _Id = 0
    part: str = ""
    hour: _Hour = NO_HOUR
    host: str = ""
    drive: str = ""
    period: _Day = 0
