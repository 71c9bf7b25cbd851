"""A site as the server knows it between two looks at the database: enough to decide, too little to draw."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from scanly.core.ids import WorkspaceId
from scanly.core.secrets import kept
from scanly.links.hosts import DEFAULT
from scanly.sites.times.local_time import end_ms


class Invitation(Struct, frozen=True):
    """Somebody who may open a page that is not for everybody; ``token`` is the hash of what their address holds."""

    id: int
    name: str
    token: str
    expires_ms: int | None

    def holds(self, now_ms: int) -> bool:
        return self.expires_ms is None or now_ms < self.expires_ms


class Live(Struct, frozen=True):
    """A site at its address. ``release_id`` is None while nothing is published; ``password`` is kept as a hash.

    ``until_ms`` is when another release takes its place by itself, ``ends_ms`` when the page closes.
    """

    id: int
    workspace_id: WorkspaceId
    host: str
    slug: str
    front: bool
    release_id: int | None
    state: int
    password: str
    hash: str = ""
    languages: tuple[str, ...] = ()
    unlisted: bool = False
    guests_only: bool = False
    ends_ms: int | None = None
    invitations: tuple[Invitation, ...] = ()
    until_ms: int | None = None

    @property
    def path(self) -> str:
        """Where its pages begin: nothing follows the host where it is the host's front."""
        return "" if self.front and self.host != DEFAULT else f"/s/{self.slug}"

    @property
    def private(self) -> bool:
        """Whether not everybody may see it, or find it."""
        return bool(self.password or self.guests_only or self.unlisted)

    def listed(self, now_ms: int) -> bool:
        """Whether everybody may find it now."""
        return bool(self.hash) and not self.private and (self.ends_ms is None or now_ms < self.ends_ms)

    def invited(self, token: str, now_ms: int) -> Invitation | None:
        """Whose invitation a token is."""
        stored = kept(token)
        return next((one for one in self.invitations if one.token == stored and one.holds(now_ms)), None)


def ends_ms(expires: str, time_zone: str) -> int | None:
    """When a site with this ``expires`` closes: a day alone is open until it is over."""
    return end_ms(expires, ZoneInfo(time_zone)) if expires else None
