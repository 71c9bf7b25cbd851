"""By the app that the page was opened in; visits in a browser of its own are not counted."""

from __future__ import annotations

from scanly.analytics.agents import OTHER_APP, Agent
from scanly.analytics.dimensions import as_it_is, said

NUMBER = 24
PART = "device"
FIELD = "agent"
TITLE = {"en": "App", "hi": "ऐप"}
EXAMPLES = ((Agent(app="WhatsApp"), "WhatsApp"), (Agent(browser="Safari"), ""))

_LABELS = {OTHER_APP: {"en": "Another app", "hi": "कोई और ऐप"}}


def value(found: Agent) -> str:
    return found.app


def label(value: str, language: str) -> str:
    return said(_LABELS[value], language) if value in _LABELS else as_it_is(value, language)
