"""A placement: one printed copy, or one place where a code hangs; its link carries its name and its scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scanly.codes.placements.details import Details
from scanly.core.ids import LinkId, WorkspaceId
from scanly.links.address import Address

# A replacement is announced so long before.
NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Placement:
    """A line of the register. ``name`` is the link's placement; a removed link still hangs where it hung."""

    link_id: LinkId
    workspace_id: WorkspaceId
    host: str
    code: str
    name: str
    details: Details
    created_ms: int
    changed_ms: int
    removed_ms: int | None
    link_removed_ms: int | None

    @property
    def address(self) -> Address:
        return Address(self.host, self.code)

    def is_due(self, today: date) -> bool:
        """Whether it is to be replaced within the next days, or should have been."""
        return self.details.replace_by is not None and self.details.replace_by <= today + NOTICE


@dataclass(frozen=True, slots=True)
class Filter:
    """Which placements to list; ``due_by`` is the last day on which they are to be replaced."""

    batch: str | None = None
    place: str | None = None
    due_by: date | None = None
    removed: bool = False
    limit: int | None = None
