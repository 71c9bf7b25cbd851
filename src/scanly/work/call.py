"""``Call``: who acts, when, and on which databases; the first argument of every action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanly.core.actor import Actor
from scanly.db.engine import Database


@dataclass(frozen=True, slots=True)
class Call:
    """One request or command. ``now_ms`` is the only time its actions know, so they can be repeated."""

    who: Actor
    now_ms: int
    db: Database
    make_id: Callable[[], int]
