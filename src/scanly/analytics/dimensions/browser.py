"""By the browser; within an app that is the app."""

from __future__ import annotations

from scanly.analytics.agents import OTHER_APP, Agent
from scanly.analytics.dimensions import as_it_is, said

NUMBER = 23
PART = "device"
FIELD = "agent"
TITLE = {"en": "Browser", "hi": "ब्राउज़र"}
EXAMPLES = ((Agent(browser="Chrome"), "Chrome"), (Agent(), ""))

_LABELS = {
    "MiuiBrowser": {"en": "MIUI Browser"},
    OTHER_APP: {"en": "Another app", "hi": "कोई और ऐप"},
}


def value(found: Agent) -> str:
    return found.browser


def label(value: str, language: str) -> str:
    return said(_LABELS[value], language) if value in _LABELS else as_it_is(value, language)
