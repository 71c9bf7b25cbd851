from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanly.accounts.actions import add_workspace
from scanly.core.ids import WorkspaceId
from scanly.links.actions import add_links
from scanly.links.model import Link, LinkDraft


@pytest.fixture
def furnish() -> Callable[..., Any]:
    """Makes a workspace with links that lead to ``https://example.com/<code>``; returns its id."""

    async def make(app, *codes: str, name: str = "Café", **fields: Any) -> WorkspaceId:
        workspace = await add_workspace(app.call(), name, {})
        drafts = [LinkDraft(f"https://example.com/{code}", code, **fields) for code in codes]
        made = await add_links(app.call(), workspace.id, drafts, printed_host="go.example.com")
        assert all(isinstance(link, Link) for link in made), made
        return workspace.id

    return make
