from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scanly.core.clock import now_ms
from scanly.scans.journal import Journal
from scanly.scans.model import Outcome, Scan


@pytest.fixture
def make_scan() -> Callable[..., Scan]:
    """The n-th of a series of scans that all differ."""

    def make(n: int, **fields: object) -> Scan:
        values: dict[str, object] = {
            "id": n,
            "link_id": 7,
            "workspace_id": 3,
            "day": 20_000,
            "outcome": Outcome.REDIRECT,
            "flags": 0,
            "visitor": -n,
            "agent": f"Mozilla/5.0 ({n})",
            "city": "पुणे",
        }
        return Scan(**(values | fields))

    return make


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Node 0's journal, in ``tmp_path``."""
    opened = Journal(tmp_path, 0, now_ms)
    yield opened
    opened.close()
