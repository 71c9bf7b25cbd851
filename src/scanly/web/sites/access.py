"""Who may see a site: the one decision that page, files, clicks and forms ask, so that none leaks beside the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scanly.core.ids import show
from scanly.core.secrets import Signer
from scanly.sites.live.model import Invitation, Live
from scanly.web.unlock import Lock, Unlocker, cookie

Gate = Literal["removed", "expired", "uninvited", "locked"]
# Of an invitation without an end; whoever comes later uses the invitation again.
_LASTS_MS = 30 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Access:
    """``gate`` is what stands before the visitor, None if nothing does; ``invitation`` is the one they came with."""

    gate: Gate | None
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Reads and writes the proofs that visitors carry. ``secure`` for https alone."""

    unlocker: Unlocker
    signer: Signer
    secure: bool

    def decide(self, site: Live, cookies: str, now_ms: int) -> Access:
        """What stands before a visitor who sent these cookies."""
        if not site.hash:
            return Access("removed")
        if site.ends_ms is not None and now_ms >= site.ends_ms:
            return Access("expired")
        invitation = self._invitation(site, cookies, now_ms) if site.invitations else None
        if site.guests_only and invitation is None:
            return Access("uninvited")
        if site.password and not self.unlocker.is_unlocked(lock_of(site), cookies, now_ms):
            return Access("locked", invitation)
        return Access(None, invitation)

    def welcome(self, site: Live, invitation: Invitation, now_ms: int) -> str:
        """The cookie of somebody who came with an invitation."""
        ends_ms = invitation.expires_ms
        until_ms = now_ms + _LASTS_MS if ends_ms is None else min(ends_ms, now_ms + _LASTS_MS)
        proof = self.signer.sign(_meant(site, invitation), until_ms)
        secure = "; Secure" if self.secure else ""
        lasts = f"Path={site.path or '/'}; Max-Age={(until_ms - now_ms) // 1000}"
        return f"{_name(site)}={show(invitation.id)}.{proof}; {lasts}; HttpOnly; SameSite=Lax{secure}"

    def _invitation(self, site: Live, cookies: str, now_ms: int) -> Invitation | None:
        number, _, proof = cookie(cookies, _name(site)).partition(".")
        invitation = next((one for one in site.invitations if show(one.id) == number), None)
        if invitation is None or not invitation.holds(now_ms):
            return None
        return invitation if self.signer.holds(proof, _meant(site, invitation), now_ms) else None


def lock_of(site: Live) -> Lock:
    return Lock(site.id, site.path or "/", site.password)


def _name(site: Live) -> str:
    return f"scanly_for_{show(site.id)}"


def _meant(site: Live, invitation: Invitation) -> str:
    """What a proof is for: this invitation to this site; one that was withdrawn is worthless."""
    return f"{site.id} {invitation.id} {invitation.token}"
