"""By the model of the device, where its browser tells it: Chrome on Android does not, nor do most desktops."""

from __future__ import annotations

from scanly.analytics.agents import Agent
from scanly.analytics.dimensions import as_it_is

NUMBER = 21
PART = "device"
FIELD = "agent"
TITLE = {"en": "Device model", "hi": "डिवाइस मॉडल"}
EXAMPLES = ((Agent(model="Samsung SM-A546E"), "Samsung SM-A546E"), (Agent(), ""))


def value(found: Agent) -> str:
    return found.model


def label(value: str, language: str) -> str:
    return as_it_is(value, language)
