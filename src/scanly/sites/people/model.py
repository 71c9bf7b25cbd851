"""What was found of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from scanly.sites.answers.model import Lead
from scanly.sites.model import Guest


class Invited(NamedTuple):
    """An invitation, with the site it is for."""

    guest: Guest
    site_id: int
    slug: str
    host: str


class Gift(NamedTuple):
    """A ``coupon`` or stamp ``card`` of whoever has the token; nothing else is known of its holder."""

    kind: str
    site_id: int
    block: str
    slug: str
    host: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that holds what was sought."""

    leads: tuple[Lead, ...] = ()
    invited: tuple[Invited, ...] = ()
    gifts: tuple[Gift, ...] = ()

    @property
    def number(self) -> int:
        return len(self.leads) + len(self.invited) + len(self.gifts)

    @property
    def oldest_ms(self) -> int | None:
        """When the first of it came; every backup since then may hold it."""
        moments = [
            *(lead.answer.created_ms for lead in self.leads),
            *(each.guest.created_ms for each in self.invited),
            *(gift.at_ms for gift in self.gifts),
        ]
        return min(moments, default=None)
