"""Accounts at networks, each by its handle alone: ``instagram: asha.kirana``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from scanly.core.errors import Invalid
from scanly.sites.fields import At, Field, as_word
from scanly.sites.social import find_network, networks, read_handle

if TYPE_CHECKING:
    from scanly.sites.leading import Target
    from scanly.sites.page import Page

EXAMPLE = {"instagram": "asha.kirana", "youtube": "ashacooks"}


class Account(NamedTuple):
    """One account: the network's title and letters, the handle and where it is."""

    title: str
    mark: str
    handle: str
    to: Target


def check(field: Field, value: Any, at: At) -> dict[str, str] | None:
    """Bare handles by the names of their networks, in the order of the owner."""
    if not isinstance(value, dict):
        at.wrong("must have networks.", "Such as {instagram: asha.kirana}.")
        return None
    found: dict[str, str] = {}
    for name, given in cast("dict[str, Any]", value).items():
        there = at.step(name)
        word = None if given is None else as_word(given, there)
        try:
            network = find_network(name)
        except Invalid as error:
            there.wrong(error.problems[0].message, error.problems[0].hint, at_key=True)
            continue
        try:
            if word:
                found[network.name] = read_handle(network, word)
        except Invalid as error:
            there.take(error.problems[0])
    return found or None


def schema(field: Field) -> dict[str, Any]:
    handle = {"type": "string", "maxLength": 300}
    names = "|".join(networks())
    return {"type": "object", "patternProperties": {f"^({names})$": handle}, "additionalProperties": False}


def view(field: Field, value: dict[str, str], page: Page) -> list[Account]:
    known = [(networks()[name], handle) for name, handle in value.items()]
    return [
        Account(network.title, network.mark, handle, page.link(network.address_of(handle)))
        for network, handle in known
    ]
