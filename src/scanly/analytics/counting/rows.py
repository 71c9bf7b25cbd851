"""A raw scan as both databases keep it: its columns, in order, all of them numbers."""

from __future__ import annotations

from scanly.core.ids import first_of

# Columns that hold the number of a word; the kind of a word is the name of its column.
WORDS = ("country", "city", "language", "referrer", "source", "medium", "campaign", "term", "content")
# Likewise: the rule that decided, what of a site it was for, and why a scan is not a person's.
RULE, PART, REASON = "rule", "part", "reason"
ROW = (
    "id", "subject", "day", "hour", "kind", "outcome", "flags", "visitor", "agent", *WORDS,
    RULE, PART, "drive", REASON, "ruling", "period",
)  # fmt: skip
Row = tuple[int, ...]

COLUMN = {name: position for position, name in enumerate(ROW)}
SUBJECT, DAY, HOUR, KIND, OUTCOME, VISITOR = (
    COLUMN[name] for name in ("subject", "day", "hour", "kind", "outcome", "visitor")
)
# What dimensions are made of.
FIELDS = ("agent", *WORDS, RULE)

_DAY_MS = 86_400_000


def raw_since_of(workspace_id: int) -> str:
    """The state that says from which day on the raw scans of a workspace that was imported are all there."""
    return f"raw_since/{workspace_id}"


def ids_around(day: int) -> tuple[int, int]:
    """The range of ids that holds every scan of a local day, whatever its zone."""
    return first_of(max(day - 1, 0) * _DAY_MS), first_of((day + 2) * _DAY_MS)


def ids_of(day: int) -> tuple[int, int]:
    """The range of ids of a day in UTC."""
    return first_of(max(day, 0) * _DAY_MS), first_of(max(day + 1, 0) * _DAY_MS)
