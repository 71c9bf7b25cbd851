"""The address of a film or a song, which opens in the app that plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scanly.sites.fields import At, Field, link
from scanly.sites.video import player_of

if TYPE_CHECKING:
    from scanly.sites.leading import Target
    from scanly.sites.page import Page

EXAMPLE = "https://www.youtube.com/watch?v=jNQXAC9IVRw"


class Film(NamedTuple):
    """Where it plays, and what to say there: ``Watch on YouTube``."""

    to: Target
    words: str


def check(field: Field, value: Any, at: At) -> str | None:
    address = link.check(field, value, at)
    if address and not address.startswith(("http://", "https://")):
        at.wrong("must be a web address.", f"Such as {EXAMPLE}.")
        return None
    return address


def schema(field: Field) -> dict[str, Any]:
    return link.schema(field)


def view(field: Field, value: str, page: Page) -> Film:
    player = player_of(value)
    words = {
        "watch": page.t("Watch on {app}", app=player.name),
        "listen": page.t("Listen on {app}", app=player.name),
        "open": page.t("Play on {app}", app=player.name),
    }
    return Film(page.link(value), words[player.kind])
