"""By the kind of device that somebody holds."""

from __future__ import annotations

from scanly.analytics.agents import Agent
from scanly.analytics.dimensions import as_it_is, said

NUMBER = 20
PART = "device"
FIELD = "agent"
TITLE = {"en": "Device", "hi": "डिवाइस"}
EXAMPLES = ((Agent(device="phone"), "phone"), (Agent(), ""))

_LABELS = {
    "phone": {"en": "Phone", "hi": "फ़ोन"},
    "tablet": {"en": "Tablet", "hi": "टैबलेट"},
    "desktop": {"en": "Computer", "hi": "कंप्यूटर"},
    "tv": {"en": "Television", "hi": "टीवी"},
    "watch": {"en": "Watch", "hi": "घड़ी"},
    "console": {"en": "Game console", "hi": "गेम कंसोल"},
    "car": {"en": "Car", "hi": "कार"},
}


def value(found: Agent) -> str:
    return found.device


def label(value: str, language: str) -> str:
    return said(_LABELS[value], language) if value in _LABELS else as_it_is(value, language)
