"""By the operating system, without its version."""

from __future__ import annotations

from scanly.analytics.agents import Agent
from scanly.analytics.dimensions import as_it_is

NUMBER = 22
PART = "device"
FIELD = "agent"
TITLE = {"en": "Operating system", "hi": "ऑपरेटिंग सिस्टम"}
EXAMPLES = ((Agent(system="Android"), "Android"), (Agent(), ""))


def value(found: Agent) -> str:
    return found.system


def label(value: str, language: str) -> str:
    return as_it_is(value, language)
