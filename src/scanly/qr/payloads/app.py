"""An app in its store.

One code holds one address, which phones of the other system cannot use: two stores need a short link that
leads each phone to its own.

Source: Apple, "App Store links" (``apps.apple.com/app/id``); Android, "Linking to Google Play" (``details?id=``).
"""

from __future__ import annotations

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from scanly.core.address import web_address
from scanly.core.errors import Problem
from scanly.qr.grammar.rules import refuse, settle, shown, wrong

_APPLE_ID = re.compile(r"(?:id)?(\d{6,12})", re.ASCII)
_APPLE_ADDRESS = re.compile(r"https://apps\.apple\.com/(?:[^?#]*/)?id\d{6,12}/?(?:[?#].*)?", re.ASCII)
_WORD = "[A-Za-z][A-Za-z0-9_]*"
_PACKAGE = re.compile(rf"{_WORD}(?:\.{_WORD})+")
_PLAY_ADDRESS = re.compile(
    rf"https://play\.google\.com/store/apps/details\?(?:[^#]*&)?id={_PACKAGE.pattern}(?:[&#].*)?"
)


class Payload(msgspec.Struct, frozen=True):
    """One of three addresses."""

    ios: Annotated[str, Meta(description="App Store: the app's id, such as id310633997, or its address")] = ""
    android: Annotated[
        str, Meta(description="Google Play: the app's package, such as org.example.app, or its address")
    ] = ""
    other: Annotated[str, Meta(description="The address in another store, or of the app's own page")] = ""

    def __post_init__(self) -> None:
        problems = settle(self, {"ios": _app_store, "android": _google_play, "other": web_address})
        given = [field for field in self.__struct_fields__ if getattr(self, field)]
        if not given:
            problems.append(Problem("ios", "is missing, and so are android and other.", "Give one of them."))
        hint = "Make a short link whose rules send each system to its own address, and print that."
        problems += [
            Problem(field, f"A code holds one address, and {given[0]} is given already.", hint)
            for field in given[1:]
        ]
        refuse(problems)

    def text(self) -> str:
        return self.ios or self.android or self.other


def _app_store(text: str) -> str:
    typed = text.strip(" ")
    if found := _APPLE_ID.fullmatch(typed):
        return f"https://apps.apple.com/app/id{found[1]}"
    hint = "Give its id, such as id310633997, or an address like https://apps.apple.com/app/id310633997."
    if "://" not in typed or not _APPLE_ADDRESS.fullmatch(address := web_address(typed)):
        raise wrong(f"{shown(text)} is not an app in the App Store.", hint)
    return address


def _google_play(text: str) -> str:
    typed = text.strip(" ")
    if _PACKAGE.fullmatch(typed):
        return f"https://play.google.com/store/apps/details?id={typed}"
    hint = (
        "Give its package, such as org.example.app, or an address like "
        "https://play.google.com/store/apps/details?id=org.example.app."
    )
    if "://" not in typed or not _PLAY_ADDRESS.fullmatch(address := web_address(typed)):
        raise wrong(f"{shown(text)} is not an app in Google Play.", hint)
    return address


EXAMPLES = (
    ({"ios": "id310633997"}, "https://apps.apple.com/app/id310633997"),
    (
        {"android": "com.google.android.apps.maps"},
        "https://play.google.com/store/apps/details?id=com.google.android.apps.maps",
    ),
    (
        {"other": "https://f-droid.org/packages/org.example.app/"},
        "https://f-droid.org/packages/org.example.app/",
    ),
)
